// SPDX-License-Identifier: MIT
#include "html.hpp"

#include <algorithm>

#include "common/numbers.hpp"

namespace report {

std::string section(const std::string& id, const std::string& title, const std::string& lead,
                    const std::string& content) {
  return "<section id=\"" + id + "\">\n<h2>" + escaped(title) + "</h2>\n" +
         (lead.empty() ? "" : "<p>" + lead + "</p>\n") + content + "</section>\n";
}

std::string details(const std::string& summary, const std::string& content) {
  return "<details><summary>" + escaped(summary) + "</summary>\n" + content + "</details>\n";
}

std::string grid(const std::string& content) {
  return "<div class=\"grid\">\n" + content + "</div>\n";
}

html_table::html_table(const std::vector<std::string>& titles) {
  rows_ = "<thead><tr>";
  for (const std::string& title : titles) rows_ += "<th scope=\"col\">" + escaped(title) + "</th>";
  rows_ += "</tr></thead>\n<tbody>\n";
}

void html_table::add(const std::vector<std::string>& cells) {
  rows_ += "<tr>";
  for (const std::string& cell : cells) rows_ += "<td>" + escaped(cell) + "</td>";
  rows_ += "</tr>\n";
}

std::string html_table::text() const {
  return "<div class=\"scroll\"><table>\n" + rows_ + "</tbody></table></div>\n";
}

std::string bar_card(const std::string& title, const std::string& subtitle, const std::vector<bar>& bars) {
  double most = 0;
  for (const bar& b : bars) most = std::max(most, b.value);
  std::string text = "<div class=\"card\"><h4>" + escaped(title) + "</h4><p class=\"sub\">" +
                     escaped(subtitle) + "</p><div class=\"bars\">\n";
  for (const bar& b : bars) {
    const double share = most > 0 ? 100 * b.value / most : 0;
    text += "<span class=\"name\">" + escaped(b.name) + "</span><span class=\"track\"><i class=\"" + b.look +
            "\" style=\"width:" + bench::fixed(share, 1) + "%\"></i></span><span class=\"value\">" +
            escaped(b.label) + "</span>\n";
  }
  return text + "</div></div>\n";
}

}  // namespace report
