// SPDX-License-Identifier: MIT
#include "page.hpp"

#include "html.hpp"
#include "sections.hpp"
#include "style.hpp"

namespace report {
namespace {

struct part {
  const char* id;
  const char* title;
  std::string (*write)(const results&);
};

constexpr part parts[] = {
    {"overview", "Overview", overview},        {"products", "Products", products},
    {"roofline", "Roofline", roofline},        {"scaling", "Threads", scaling},
    {"two-paths", "Two paths", two_paths_map}, {"step", "Networks", networks},
    {"elementary", "Functions", elementary},   {"tables", "All rows", tables},
};

}  // namespace

std::string page(const results& all) {
  std::string links, content, missing;
  for (const part& p : parts) {
    const std::string text = p.write(all);
    content += text;
    if (text.find("id=\"" + std::string(p.id) + '"') != std::string::npos)
      links += "<a href=\"#" + std::string(p.id) + "\">" + p.title + "</a>\n";
    if (text.empty()) missing.append(missing.empty() ? "" : ", ").append(p.title);
  }
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>twinpath "
         "benchmarks</title>\n<style>\n" +
         std::string(style) + "</style></head>\n<body>\n<header><h1>twinpath benchmarks</h1>\n<nav>" + links +
         "</nav></header>\n<main>\n" + content +
         (missing.empty() ? "" : "<p>Not measured: " + escaped(missing) + ".</p>\n") +
         "</main>\n</body></html>\n";
}

}  // namespace report
