// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <algorithm>
#include <string_view>

#include "changes.hpp"
#include "common/numbers.hpp"
#include "distribution.hpp"

namespace compare {
namespace {

using bench::fixed;
using bench::percent;
using bench::three_digits;
using bench::time_text;

std::string optional_text(const std::optional<double>& value, int decimals) {
  return value ? fixed(*value, decimals) : "-";
}

std::string mark(const row_result& r) {
  return std::string(r.behind() ? "<" : r.doubtful() ? "~" : "") + (r.row.excepted ? "*" : "");
}

bool has_before(const comparison& c) {
  return std::any_of(c.rows.begin(), c.rows.end(), [](const row_result& r) { return r.before.has_value(); });
}

// With an earlier run and no peer, only the change is shown.
bool only_changes(const comparison& c) {
  return has_before(c) && c.libraries.size() == 1;
}

bool has_excepted(const comparison& c) {
  return std::any_of(c.rows.begin(), c.rows.end(), [](const row_result& r) { return r.row.excepted; });
}

bool has_doubtful(const comparison& c) {
  return std::any_of(c.rows.begin(), c.rows.end(), [](const row_result& r) { return r.doubtful(); });
}

// Lines are broken for a terminal only.
void print_text(std::ostream& out, const std::string& text, style how) {
  out << (how == style::markdown ? text : bench::wrapped(text)) << '\n';
}

void print_machine(std::ostream& out, const std::vector<comparison>& all,
                   const std::vector<std::string>& left_out, const report_options& options) {
  const std::string bullet = options.how == style::markdown ? "- " : "";
  const run& first = all.front().libraries.front();
  const auto print = [&](const std::string& text) { print_text(out, bullet + text, options.how); };
  const std::string& commit_before = all.front().commit_before;
  print(first.cpu + ", " + first.date + ", commit " + first.commit +
        (commit_before.empty() ? "" : ", before: " + commit_before));
  for (const comparison& c : all) {
    std::string text = "FMA peak of " + std::to_string(c.threads) +
                       (c.threads == 1 ? " thread, " : " threads, ") + c.libraries.front().tier + ':';
    const char* separator = " ";
    for (const auto& [type, peak] : c.peak) {
      text += separator + fixed(peak, 0) + " GFLOP/s " + type;
      separator = ", ";
    }
    print(text + "; " + std::to_string(c.rounds) + (c.rounds == 1 ? " round" : " rounds"));
    if (!c.round_trips.empty()) {
      print("a cache line from core to core and back: " + fixed(c.round_trips.front(), 0) + " to " +
            fixed(c.round_trips.back(), 0) + " ns, median " + fixed(median(c.round_trips), 0) +
            "; the longer, the less two threads gain on small work");
    }
  }
  for (const run& r : all.front().libraries) print(r.library + ' ' + r.version + ": " + r.kernels);
  if (!first.memory.empty()) print("memory of the operands: " + first.memory);
  if (options.cpu_time) print("one thread: the time for which the thread ran, not wall-clock time");
  for (const std::string& line : left_out) print("left out: " + line);
}

// Whether the chains limit the row more than the multiply-adds of the processor.
bool is_limit(const row_result& r) {
  return r.bound && r.peak_share > 0 && *r.bound < r.gflops / r.peak_share;
}

// Two lines if it has two words: "onednn-" and "matmul".
std::string column_title(const std::string& library) {
  const std::size_t end = library.find('-');
  return end == std::string::npos ? library : library.substr(0, end + 1) + '\n' + library.substr(end + 1);
}

void print_speeds(std::ostream& out, const comparison& c, const std::vector<const row_result*>& rows,
                  const std::string& family, style how) {
  std::vector<std::string> titles{family, "twinpath"};
  for (std::size_t i = 1; i < c.libraries.size(); ++i) titles.push_back(column_title(c.libraries[i].library));
  table t(titles);
  for (const row_result* r : rows) {
    std::vector<std::string> cells{r->row.name.substr(family.size() + 1), three_digits(r->gflops)};
    for (std::size_t i = 1; i < c.libraries.size(); ++i) {
      const auto peer = r->peers.find(c.libraries[i].library);
      const bool best = r->best_peer == c.libraries[i].library;
      cells.push_back(peer == r->peers.end() ? "-"
                                             : std::string(best ? "=" : "") + three_digits(peer->second));
    }
    t.add(cells);
  }
  t.print(out, how);
}

// The better of its two forms; empty if it was not measured.
std::optional<double> torch_speed(const row_result& r) {
  std::optional<double> best;
  for (const auto& [library, gflops] : r.peers) {
    if (library.starts_with("torch") && gflops > best.value_or(0)) best = gflops;
  }
  return best;
}

void print_ratios(std::ostream& out, const comparison& c, const std::vector<const row_result*>& rows,
                  const std::string& family, style how) {
  const bool before = has_before(c);
  const bool torch =
      std::any_of(rows.begin(), rows.end(), [](const row_result* r) { return torch_speed(*r).has_value(); });
  std::vector<std::string> titles{family, "time", "twinpath", "best peer"};
  if (torch) titles.push_back("torch");
  titles.push_back("ratio");
  // Both do not fit side by side.
  titles.push_back(before ? "before" : "min..max");
  titles.push_back("of peak");
  const bool bounds =
      std::any_of(rows.begin(), rows.end(), [&](const row_result* r) { return is_limit(*r); });
  if (bounds) titles.push_back("bound");
  table t(titles);
  for (const row_result* r : rows) {
    std::vector<std::string> cells{r->row.name.substr(family.size() + 1), time_text(r->seconds),
                                   three_digits(r->gflops)};
    const auto peer = r->peers.find(r->best_peer);
    cells.push_back(peer == r->peers.end() ? "-" : r->best_peer + ' ' + three_digits(peer->second));
    if (torch) {
      const std::optional<double> speed = torch_speed(*r);
      cells.push_back(speed ? three_digits(*speed) : "-");
    }
    cells.push_back(mark(*r) + (r->ratio ? fixed(r->ratio->median, 2) : "-"));
    if (before) {
      cells.push_back(r->before ? fixed(r->before->median, 2) : "-");
    } else {
      cells.push_back(r->ratio ? fixed(r->ratio->least, 2) + ".." + fixed(r->ratio->most, 2) : "-");
    }
    cells.push_back(percent(r->peak_share));
    if (bounds) cells.push_back(is_limit(*r) ? three_digits(*r->bound) : "");
    t.add(cells);
  }
  t.print(out, how);
}

// A table for each family, so that its name is not repeated in every row.
void print_rows(std::ostream& out, const comparison& c, const report_options& options) {
  for (const family_result& f : c.families) {
    std::vector<const row_result*> rows;
    for (const row_result& r : c.rows) {
      if (!r.row.name.starts_with(f.name + '/')) continue;
      const bool behind = only_changes(c) ? r.before && r.before->slower() : r.behind() || r.doubtful();
      if (!options.only_behind || behind) rows.push_back(&r);
    }
    if (rows.empty()) continue;
    if (only_changes(c)) {
      print_changes(out, rows, f.name, options.how);
    } else if (options.all_peers) {
      print_speeds(out, c, rows, f.name, options.how);
    } else {
      print_ratios(out, c, rows, f.name, options.how);
    }
    out << '\n';
  }
}

void print_legend(std::ostream& out, const comparison& c, const report_options& options) {
  if (only_changes(c)) return print_text(out, changes_legend(), options.how);
  std::string text = "GFLOP/s";
  if (options.all_peers) {
    text += ", = the best peer";
  } else {
    text += "; ratio: speed of twinpath over the best peer, the median of the rounds; < below " +
            fixed(bar, 2) + " in every round (behind)";
    if (has_doubtful(c)) text += "; ~ below that in the median, but not in every round";
    if (has_excepted(c)) {
      text += "; * a dot product, which the arithmetic contract slows down (behind below " +
              fixed(excepted_bar, 2) + ')';
    }
    if (std::any_of(c.rows.begin(), c.rows.end(), is_limit)) {
      text +=
          "; bound: the speed with all chains of dependent multiply-adds of the contract at once, where it "
          "is below the peak";
    }
    if (has_before(c)) text += "; before: speed now over speed before";
  }
  print_text(out, text + '.', options.how);
}

void print_families(std::ostream& out, const comparison& c, style how) {
  if (only_changes(c)) return print_family_changes(out, c, how);
  const bool before = has_before(c);
  std::vector<std::string> titles{"family", "rows",  "mean ratio", "without *", "behind",
                                  "~",      "worst", "its row",    "of peak"};
  if (before) titles.push_back("before");
  table t(titles);
  for (const family_result& f : c.families) {
    std::vector<std::string> cells{f.name,
                                   std::to_string(f.rows),
                                   optional_text(f.mean, 3),
                                   optional_text(f.mean_unexcepted, 3),
                                   std::to_string(f.behind),
                                   std::to_string(f.doubtful),
                                   f.worst_row.empty() ? "-" : fixed(f.worst_ratio, 2),
                                   f.worst_row.empty() ? "-" : f.worst_row.substr(f.name.size() + 1),
                                   percent(f.peak_share)};
    if (before) cells.push_back(optional_text(f.before, 3));
    t.add(cells);
  }
  t.print(out, how);
  out << '\n';
  print_text(out,
             "Means are geometric. without *: without dot products, whose fast form the arithmetic contract "
             "forbids; behind: rows below " +
                 fixed(bar, 2) +
                 " of the best peer in every round; ~: rows below that in the median, but not " +
                 "in every round; of peak: the median.",
             how);
}

void print_distributions(std::ostream& out, const std::vector<distribution>& all, const std::string& title,
                         style how) {
  if (all.empty()) return;
  table t({title, "rows", "mean", "10th percentile", "behind", "worst", "its row"});
  for (const distribution& d : all) {
    const double share = static_cast<double>(d.behind) / static_cast<double>(d.rows);
    t.add({d.peer, std::to_string(d.rows), fixed(d.mean, 3), fixed(d.tenth, 2),
           std::to_string(d.behind) + " (" + percent(share) + ")", fixed(d.worst, 2), d.worst_row});
  }
  out << '\n';
  t.print(out, how);
}

void print_apart(std::ostream& out, const std::vector<const row_result*>& rows, const std::string& title,
                 style how) {
  if (rows.empty()) return;
  table t({title, "twinpath", "best peer", "ratio", "bound"});
  for (const row_result* r : rows) {
    const double peer = r->fastest.best_peer();
    t.add({r->row.name, three_digits(r->fastest.gflops), three_digits(peer),
           fixed(r->fastest.gflops / peer, 2), r->bound ? three_digits(*r->bound) : "-"});
  }
  out << '\n';
  t.print(out, how);
}

// Dot products and forbidden rows are shown apart, and once together with all others.
void print_distribution(std::ostream& out, const comparison& c, bench::element type, style how) {
  std::vector<const row_result*> all, usual, dots, forbidden;
  const std::string middle = std::string("/") + bench::name(type) + '/';
  for (const row_result& r : c.rows) {
    if (r.row.name.find(middle) == std::string::npos || r.fastest.peers.empty()) continue;
    all.push_back(&r);
    (r.row.excepted ? dots : r.forbidden() ? forbidden : usual).push_back(&r);
  }
  if (all.empty()) return;
  const std::string name = bench::name(type), everything = name + ", all rows";
  const bool apart = usual.size() != all.size();
  print_distributions(out, distributions(usual, c.libraries), apart ? name : everything, how);
  if (!apart) return;
  std::vector<distribution> together = distributions(all, c.libraries);
  together.resize(1);
  print_distributions(out, together, everything, how);
  print_apart(out, dots, "apart: " + std::to_string(dots.size()) + " dot products", how);
  print_apart(out, forbidden, "apart: " + std::to_string(forbidden.size()) + " forbidden by chains", how);
}

void print_distributions(std::ostream& out, const comparison& c, style how) {
  for (const auto type : {bench::element::f32, bench::element::f64}) print_distribution(out, c, type, how);
  std::string text =
      "Speed of twinpath over that of each peer, by the fastest repetition of all rounds; behind: rows "
      "below " +
      fixed(distribution_bar, 2) + '.';
  if (c.multiply_add_ns) {
    text += " bound: two operations for each chain (m·n·blocks of k) in the " + fixed(*c.multiply_add_ns, 2) +
            " ns of a multiply-add, measured in this run; a row is forbidden where it lies below " +
            fixed(forbidden_bar, 2) + " of the best peer.";
  }
  out << '\n';
  print_text(out, text, how);
}

}  // namespace

void print_report(std::ostream& out, const std::vector<comparison>& all,
                  const std::vector<std::string>& left_out, const report_options& options) {
  print_machine(out, all, left_out, options);
  for (const comparison& c : all) {
    const std::string title = std::to_string(c.threads) + (c.threads == 1 ? " thread" : " threads");
    out << '\n' << (options.how == style::markdown ? "### " + title : "== " + title) << "\n\n";
    if (!options.only_families) {
      print_rows(out, c, options);
      print_legend(out, c, options);
      out << '\n';
    }
    print_families(out, c, options.how);
    if (!only_changes(c) && c.libraries.size() > 1) print_distributions(out, c, options.how);
  }
}

}  // namespace compare
