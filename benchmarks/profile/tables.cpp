// SPDX-License-Identifier: MIT
#include "tables.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "common/numbers.hpp"
#include "common/table.hpp"
#include "terminal.hpp"

namespace profile {
namespace {

using bench::fixed;

// With more threads, one row summarises them.
constexpr std::size_t most_thread_columns = 4;

std::vector<std::string> idle_titles(std::size_t lanes) {
  if (lanes > most_thread_columns) return {"least idle", "median", "most"};
  std::vector<std::string> titles;
  for (std::size_t i = 1; i <= lanes; ++i) titles.push_back((i == 1 ? "idle: T" : "T") + std::to_string(i));
  return titles;
}

std::vector<std::string> idle_cells(const std::vector<double>& idle, std::size_t lanes) {
  if (lanes > most_thread_columns) {
    return {percent(std::ranges::min(idle)), percent(digits::median(idle)), percent(std::ranges::max(idle))};
  }
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < lanes; ++i) cells.push_back(i < idle.size() ? percent(idle[i]) : "");
  return cells;
}

void print_schedules(std::ostream& out, const numbers& n) {
  std::size_t lanes = 0;
  for (const schedule_numbers& s : n.schedules) lanes = std::max(lanes, s.idle.size());
  std::vector<std::string> titles{"schedule", "step, median", "p95", "GFLOP/s", "of peak", "gain"};
  for (std::string& title : idle_titles(lanes)) titles.push_back(std::move(title));
  bench::table table(titles);
  for (const schedule_numbers& s : n.schedules) {
    std::vector<std::string> cells{s.name,
                                   time_text(s.median_us),
                                   time_text(s.p95_us),
                                   fixed(s.gflops, s.gflops < 10 ? 2 : 0),
                                   percent(s.of_peak),
                                   s.gain == 0 ? "" : fixed(s.gain, 2)};
    for (std::string& cell : idle_cells(s.idle, lanes)) cells.push_back(std::move(cell));
    table.add(std::move(cells));
  }
  table.print(out, bench::style::text);
}

void print_operations(std::ostream& out, const schedule_numbers& s, bool colours) {
  bench::table table(
      {"operation", "calls", "pieces", "median", "p95", "threads", "GFLOP/s", "of peak", "of step"});
  for (const operation_numbers& o : s.operations) {
    table.add({o.name, std::to_string(o.calls),
               fixed(static_cast<double>(o.pieces) / static_cast<double>(o.calls), 1), time_text(o.median_us),
               time_text(o.p95_us), fixed(o.threads, 1),
               o.gflops == 0 ? "" : fixed(o.gflops, o.gflops < 10 ? 2 : 0),
               o.gflops == 0 ? "" : percent(o.of_peak), fixed(100 * o.of_step, 1) + " %"});
  }
  // Colours are added last, because the table would count them as characters.
  std::stringstream text;
  table.print(text, bench::style::text);
  std::string line;
  std::getline(text, line);
  out << bold(line, colours) << '\n';
  for (const operation_numbers& o : s.operations) {
    std::getline(text, line);
    out << coloured(line, o.path, colours) << '\n';
  }
}

void print_overlaps(std::ostream& out, const schedule_numbers& s) {
  if (s.forks.empty()) return;
  std::string text = "overlap, as a share of the shorter one:";
  for (const fork_numbers& f : s.forks) {
    text +=
        (&f == &s.forks.front() ? " " : ", ") + f.parameter + " and " + f.backprop + ' ' + percent(f.overlap);
  }
  out << wrapped(text);
}

}  // namespace

void print_header(std::ostream& out, const numbers& n) {
  const std::string threads = counted(static_cast<std::size_t>(n.threads), "thread");
  out << wrapped(n.cpu + ", " + n.tier + " tier, " + threads + ", FMA peak " + fixed(n.peak, 0) +
                     " GFLOP/s in " + n.element,
                 "machine  ")
      << wrapped(name(n.layers) + " in " + n.element + ", batch " + std::to_string(n.batch) +
                     ", sgd; data: " + n.data,
                 "network  ")
      << wrapped(std::to_string(n.steps) + " timed and as many traced for each schedule, after " +
                     std::to_string(n.warmup) + " to warm up",
                 "steps    ")
      << '\n';
}

void print_tables(std::ostream& out, const numbers& n, bool colours) {
  print_schedules(out, n);
  for (const schedule_numbers& s : n.schedules) {
    out << '\n' << wrapped(bold(s.name, colours) + ": " + s.form_text);
    print_operations(out, s, colours);
    print_overlaps(out, s);
    if (s.dropped != 0) out << counted(s.dropped, "span") << " did not fit into the trace\n";
  }
  out << '\n'
      << wrapped(
             "gain: time of a sequential step over that of the schedule. idle: share of each thread's time "
             "in "
             "traced steps; T1 is the calling thread. median, p95: time in a step during which a piece of "
             "the operation runs. threads: working on it at the same time. of step: share of the time of all "
             "threads.")
      << '\n';
}

}  // namespace profile
