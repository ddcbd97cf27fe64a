// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "common/numbers.hpp"
#include "html.hpp"
#include "sections.hpp"

namespace report {
namespace {

using bench::fixed;
using compare::comparison;
using compare::run;

constexpr const char* suites[] = {"gemm", "step", "predict"};

// One run of each library.
std::vector<const run*> libraries_of(const results& all) {
  std::vector<const run*> result;
  std::set<std::string> seen;
  for (const char* suite : suites) {
    for (const comparison& c : all.suite(suite)) {
      for (const run& r : c.libraries) {
        if (seen.insert(r.library).second) result.push_back(&r);
      }
    }
  }
  if (result.empty() && all.elementary) result.push_back(&*all.elementary);
  return result;
}

// Line breaks in the value become line breaks of the page.
std::string fact(const std::string& name, const std::string& value) {
  std::string text = "<div><dt>" + escaped(name) + "</dt>";
  for (std::size_t begin = 0; begin <= value.size();) {
    const std::size_t end = std::min(value.find('\n', begin), value.size());
    text += "<dd>" + escaped(value.substr(begin, end - begin)) + "</dd>";
    begin = end + 1;
  }
  return text + "</div>\n";
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

// By number of threads, from the first suite that has it.
std::string peak_text(const results& all) {
  std::set<int> seen;
  std::string text;
  for (const char* suite : suites) {
    for (const comparison& c : all.suite(suite)) {
      if (!seen.insert(c.threads).second) continue;
      for (const auto& [type, peak] : c.peak) {
        if (!text.empty()) text += '\n';
        text += fixed(peak, 0) + " GFLOP/s " + type + ", " + threads_text(c.threads);
      }
    }
  }
  return text.empty() ? "not measured" : text;
}

std::string read_text(const results& all) {
  std::string text;
  for (const auto& [threads, places] : all.read) {
    for (const auto& [place, speed] : places) {
      if (!text.empty()) text += '\n';
      text += fixed(speed, speed < 100 ? 1 : 0) + " GB/s " + (place == "l2" ? "L2 cache" : place) + ", " +
              threads_text(threads);
    }
  }
  return text.empty() ? "not measured" : text;
}

std::string round_trip_text(const results& all) {
  std::vector<double> ns;
  for (const char* suite : suites) {
    for (const comparison& c : all.suite(suite))
      ns.insert(ns.end(), c.round_trips.begin(), c.round_trips.end());
  }
  if (ns.empty()) return "not measured";
  const auto [least, most] = std::minmax_element(ns.begin(), ns.end());
  return fixed(*least, 0) + " to " + fixed(*most, 0) + " ns there and back, median " +
         fixed(compare::median(ns), 0);
}

std::string facts(const results& all, const std::vector<const run*>& libraries) {
  const run& first = *libraries.front();
  std::set<std::string> commits, dates;
  const auto add = [&](const run& r) {
    commits.insert(r.commit);
    dates.insert(r.date);
  };
  for (const run* r : libraries) add(*r);
  if (all.elementary) add(*all.elementary);
  return "<dl>\n" +
         fact("processor",
              first.cpu + (first.cores > 0 ? ", " + std::to_string(first.cores) + " cores" : "")) +
         fact("instruction sets",
              "twinpath runs " + first.tier + ", the machine's best is " + first.machine_tier) +
         fact("FMA peak", peak_text(all)) + fact("reading", read_text(all)) +
         fact("core to core", round_trip_text(all)) + fact("commit", joined(commits)) +
         fact("date", joined(dates)) + "</dl>\n";
}

std::string library_table(const std::vector<const run*>& libraries,
                          const std::vector<std::string>& left_out) {
  html_table t({"library", "version", "its kernels, by its own description"});
  for (const run* r : libraries) t.add({r->library, r->version, r->kernels});
  std::string text = "<div class=\"words\">" + t.text() + "</div>";
  for (const std::string& line : left_out) text += "<p>Left out: " + escaped(line) + "</p>\n";
  return text;
}

const compare::family_result* find(const comparison& c, const std::string& family) {
  const auto it = std::find_if(c.families.begin(), c.families.end(),
                               [&](const compare::family_result& f) { return f.name == family; });
  return it == c.families.end() ? nullptr : &*it;
}

// A row for each family; columns for each number of threads, side by side.
std::string standing(const results& all) {
  std::set<int> threads;
  for (const char* suite : suites) {
    for (const comparison& c : all.suite(suite)) threads.insert(c.threads);
  }
  if (threads.empty()) return "";
  std::vector<std::string> titles{"family", "rows"};
  for (const int count : threads) {
    for (const char* title : {"ratio", "behind", "of peak"})
      titles.push_back(std::string(title) + (threads.size() > 1 ? ", " + std::to_string(count) : ""));
  }
  html_table t(titles);
  for (const char* suite : suites) {
    if (all.suite(suite).empty()) continue;
    for (const compare::family_result& family : all.suite(suite).front().families) {
      std::vector<std::string> cells{family.name, std::to_string(family.rows)};
      for (const int count : threads) {
        const compare::family_result* f = nullptr;
        for (const comparison& c : all.suite(suite)) {
          if (c.threads == count) f = find(c, family.name);
        }
        cells.push_back(f != nullptr && f->mean_unexcepted ? fixed(*f->mean_unexcepted, 2) : "-");
        cells.push_back(f != nullptr && f->mean_unexcepted ? std::to_string(f->behind) : "-");
        cells.push_back(f != nullptr ? bench::percent(f->peak_share) : "-");
      }
      t.add(cells);
    }
  }
  return "<h3>Compared with the best peer of each row</h3>\n<p>Ratio: speed of twinpath to the best other "
         "library, "
         "above 1 is faster; geometric mean over the rows, without dot products, whose fast form the "
         "arithmetic "
         "contract forbids. Behind: rows below " +
         fixed(compare::bar, 2) +
         " in every round. Of peak: the median row. The number after a comma is the number of "
         "threads.</p>\n" +
         t.text();
}

}  // namespace

std::string threads_text(int threads) {
  return std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

std::string overview(const results& all) {
  const std::vector<const run*> libraries = libraries_of(all);
  if (libraries.empty()) return "";
  return "<section id=\"overview\">\n" + facts(all, libraries) + standing(all) +
         details("Libraries and their versions", library_table(libraries, all.left_out)) + "</section>\n";
}

}  // namespace report
