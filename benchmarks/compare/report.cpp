// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <algorithm>
#include <string_view>

namespace compare {
namespace {

std::string time_text(double seconds) {
  if (seconds < 1e-6) return fixed(seconds * 1e9, 1) + " ns";
  if (seconds < 1e-3) return fixed(seconds * 1e6, 2) + " µs";
  return fixed(seconds * 1e3, 2) + " ms";
}

// Three digits say enough.
std::string gflops_text(double gflops) {
  return fixed(gflops, gflops < 10 ? 2 : gflops < 100 ? 1 : 0);
}

std::string percent(double share) {
  return fixed(100 * share, 0) + " %";
}

std::string optional_text(const std::optional<double>& value, int decimals) {
  return value ? fixed(*value, decimals) : "-";
}

std::string mark(const row_result& r) {
  return std::string(r.behind() ? "<" : r.doubtful() ? "~" : "") + (r.row.excepted ? "*" : "");
}

bool has_before(const comparison& c) {
  return std::any_of(c.rows.begin(), c.rows.end(), [](const row_result& r) { return r.before.has_value(); });
}

bool has_excepted(const comparison& c) {
  return std::any_of(c.rows.begin(), c.rows.end(), [](const row_result& r) { return r.row.excepted; });
}

bool has_doubtful(const comparison& c) {
  return std::any_of(c.rows.begin(), c.rows.end(), [](const row_result& r) { return r.doubtful(); });
}

void print_machine(std::ostream& out, const std::vector<comparison>& all,
                   const std::vector<std::string>& left_out, const report_options& options) {
  const char* bullet = options.how == style::markdown ? "- " : "";
  const run& first = all.front().libraries.front();
  out << bullet << first.cpu << ", " << first.date << '\n';
  for (const comparison& c : all) {
    out << bullet << "FMA peak of " << c.threads << (c.threads == 1 ? " thread, " : " threads, ")
        << c.libraries.front().tier << ':';
    const char* separator = " ";
    for (const auto& [type, peak] : c.peak) {
      out << separator << fixed(peak, 0) << " GFLOP/s " << type;
      separator = ", ";
    }
    out << "; " << c.rounds << (c.rounds == 1 ? " round" : " rounds") << '\n';
  }
  for (const run& r : all.front().libraries) {
    out << bullet << r.library << ' ' << r.version << ": " << r.kernels << '\n';
  }
  if (options.cpu_time)
    out << bullet << "one thread: by the time that the thread ran, not by the wall clock\n";
  for (const std::string& line : left_out) out << bullet << "left out: " << line << '\n';
}

void print_rows(std::ostream& out, const comparison& c, const report_options& options) {
  const bool before = has_before(c);
  std::vector<std::string> titles{"row", "time", "twinpath"};
  for (std::size_t i = 1; i < c.libraries.size(); ++i) titles.push_back(c.libraries[i].library);
  for (const char* title : {"ratio", "", "min..max", "peak"}) titles.push_back(title);
  if (before) titles.push_back("before");
  table t(titles);
  for (const row_result& r : c.rows) {
    if (options.only_behind && !r.behind() && !r.doubtful()) continue;
    std::vector<std::string> cells{r.row.name, time_text(r.seconds), gflops_text(r.gflops)};
    for (std::size_t i = 1; i < c.libraries.size(); ++i) {
      const auto peer = r.peers.find(c.libraries[i].library);
      const bool best = r.best_peer == c.libraries[i].library;
      cells.push_back(peer == r.peers.end() ? "-" : std::string(best ? "=" : "") + gflops_text(peer->second));
    }
    cells.push_back(r.ratio ? fixed(r.ratio->median, 2) : "-");
    cells.push_back(mark(r));
    cells.push_back(r.ratio ? fixed(r.ratio->least, 2) + ".." + fixed(r.ratio->most, 2) : "-");
    cells.push_back(percent(r.peak_share));
    if (before) cells.push_back(optional_text(r.before, 2));
    t.add(cells);
  }
  t.print(out, options.how);
}

void print_legend(std::ostream& out, const comparison& c) {
  out << "GFLOP/s, = the best peer; ratio: ours to the best peer, the median of the rounds; "
      << "< behind in every round (ratio below " << fixed(bar, 2) << ')';
  if (has_doubtful(c)) out << "; ~ behind in the median";
  if (has_excepted(c)) {
    out << "; * a dot product that the arithmetic contract excepts (behind below " << fixed(excepted_bar, 2)
        << ')';
  }
  if (has_before(c)) out << "; before: speed now to speed before";
  out << ".\n";
}

void print_families(std::ostream& out, const comparison& c, style how) {
  const bool before = has_before(c);
  std::vector<std::string> titles{"family", "rows",  "geometric mean", "without *", "behind",
                                  "~",      "worst", "its row",        "peak"};
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
      out << '\n';
      print_legend(out, c);
      out << '\n';
    }
    print_families(out, c, options.how);
  }
}

}  // namespace compare
