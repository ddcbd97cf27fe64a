// SPDX-License-Identifier: MIT
#include "changes.hpp"

#include <optional>
#include <string>

#include "common/numbers.hpp"

namespace compare {
namespace {

using bench::fixed;
using bench::table;
using bench::time_text;

constexpr int decimals = 3;

const char* mark(const change& c) {
  return c.behind() ? "<< " : c.slower() ? "< " : c.faster() ? "> " : "";
}

std::string from_to(double low, double high) {
  return fixed(low, decimals) + ".." + fixed(high, decimals);
}

}  // namespace

void print_changes(std::ostream& out, const std::vector<const row_result*>& rows, const std::string& family,
                   bench::style how) {
  table t({family, "before", "now", "speed", "interval", "min..max"});
  for (const row_result* r : rows) {
    std::vector<std::string> cells{r->row.name.substr(family.size() + 1)};
    if (const auto& c = r->before) {
      cells.insert(cells.end(), {time_text(r->seconds_before), time_text(r->seconds),
                                 mark(*c) + fixed(c->median, decimals), from_to(c->low, c->high),
                                 from_to(c->least, c->most)});
    } else {
      cells.insert(cells.end(), {"-", time_text(r->seconds), "-", "-", "-"});
    }
    t.add(cells);
  }
  t.print(out, how);
}

std::string changes_legend() {
  return "speed: now over before, the median over the rounds; interval: 95 % interval of that median (sign "
         "test; the whole range for fewer than six rounds); < slower and > faster by the whole interval, as "
         "one row in twenty is by chance; << below " +
         fixed(bar, 2) + " in every round.";
}

void print_family_changes(std::ostream& out, const comparison& c, bench::style how) {
  table t({"family", "rows", "mean speed", "slower", "faster", "slowest", "its row"});
  for (const family_result& f : c.families) {
    const bool any = f.before.has_value();
    t.add({f.name, std::to_string(f.rows), any ? fixed(*f.before, decimals) : "-", std::to_string(f.slower),
           std::to_string(f.faster), any ? fixed(f.most_slowed, decimals) : "-",
           any ? f.most_slowed_row.substr(f.name.size() + 1) : "-"});
  }
  t.print(out, how);
  out << "\nMeans are geometric, over the medians of the rows.\n";
}

}  // namespace compare
