// SPDX-License-Identifier: MIT
#include "comparison.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <set>

namespace compare {
namespace {

constexpr const char* ours = "twinpath";

// The order of the columns; other libraries come last.
constexpr std::array order{ours,
                           "OpenBLAS",
                           "OpenBLAS-pip",
                           "BLIS",
                           "Eigen",
                           "onednn-sgemm",
                           "onednn-matmul",
                           "onednn-ip",
                           "oneMKL",
                           "oneMKL-strict",
                           "torch-autograd",
                           "torch-tensors",
                           "torch-pip",
                           "jax"};

std::ptrdiff_t place(const std::string& library) {
  return std::find(order.begin(), order.end(), library) - order.begin();
}

// By round and library; the last of several runs of a round counts.
using rounds = std::map<int, std::map<std::string, const run*>>;

rounds by_round(const std::vector<run>& runs, int threads) {
  rounds result;
  for (const run& r : runs) {
    if (r.threads == threads) result[r.round][r.library] = &r;
  }
  return result;
}

const double* seconds_of(const run* r, const std::string& name) {
  if (r == nullptr) return nullptr;
  const auto it = r->seconds.find(name);
  return it == r->seconds.end() ? nullptr : &it->second;
}

const double* our_seconds_of(const rounds& all, int round, const std::string& name) {
  const auto libraries = all.find(round);
  if (libraries == all.end()) return nullptr;
  const auto us = libraries->second.find(ours);
  return us == libraries->second.end() ? nullptr : seconds_of(us->second, name);
}

// The number k of smallest and of largest values among n that can be left out so that the others contain the
// median with 95 % probability: the median is below the (k+1)-th smallest if at most k of n coin tosses are
// heads.
std::size_t values_outside_of_interval(std::size_t n) {
  const auto count = static_cast<double>(n);
  double probability = std::pow(0.5, count);  // of k heads
  double at_most = probability;
  std::size_t k = 0;
  while (true) {
    const auto heads = static_cast<double>(k);
    probability *= (count - heads) / (heads + 1);
    at_most += probability;
    if (2 * at_most > 0.05) return k;
    ++k;
  }
}

change change_of(std::vector<double> ratios) {
  std::sort(ratios.begin(), ratios.end());
  const std::size_t outside = values_outside_of_interval(ratios.size());
  return {median(ratios), ratios[outside], ratios[ratios.size() - 1 - outside], ratios.front(),
          ratios.back()};
}

void compare_with_before(row_result& row, const rounds& now, const rounds& before) {
  std::vector<double> seconds, ratios;
  for (const auto& [round, libraries] : before) {
    const double* earlier = our_seconds_of(before, round, row.row.name);
    const double* later = our_seconds_of(now, round, row.row.name);
    if (earlier == nullptr || later == nullptr) continue;
    seconds.push_back(*earlier);
    ratios.push_back(*earlier / *later);
  }
  if (ratios.empty()) return;
  row.seconds_before = median(std::move(seconds));
  row.before = change_of(std::move(ratios));
}

std::optional<row_result> compare_row(const known_row& row, bench::element type, const rounds& all) {
  const std::string& name = row.name;
  row_result result;
  result.row = row;
  std::vector<double> seconds, shares, ratios;
  std::map<std::string, std::vector<double>> peers;
  for (const auto& [round, libraries] : all) {
    double best_peer = 0;
    for (const auto& [library, r] : libraries) {
      const double* peer_seconds = library == ours ? nullptr : seconds_of(r, name);
      if (peer_seconds == nullptr) continue;
      peers[library].push_back(row.flops / *peer_seconds * 1e-9);
      best_peer = std::max(best_peer, peers[library].back());
    }
    const double* our_seconds = our_seconds_of(all, round, name);
    if (our_seconds == nullptr) continue;
    const double gflops = row.flops / *our_seconds * 1e-9;
    seconds.push_back(*our_seconds);
    const run& us = *libraries.at(ours);
    if (const auto peak = us.peak.find(bench::name(type)); peak != us.peak.end()) {
      shares.push_back(gflops / peak->second);
    }
    if (best_peer > 0) ratios.push_back(gflops / best_peer);
  }
  if (seconds.empty()) return std::nullopt;
  result.seconds = median(seconds);
  result.gflops = row.flops / result.seconds * 1e-9;
  if (!shares.empty()) result.peak_share = median(shares);
  double best = 0;
  for (auto& [library, values] : peers) {
    result.peers[library] = median(values);
    if (result.peers[library] > best) {
      best = result.peers[library];
      result.best_peer = library;
    }
  }
  if (!ratios.empty()) {
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    result.ratio = {median(ratios), *least, *most};
  }
  return result;
}

// Both are of all rounds: the speed without disturbance by other processes.
speeds fastest_of(const known_row& row, const rounds& all) {
  speeds result;
  for (const auto& [round, libraries] : all) {
    for (const auto& [library, r] : libraries) {
      const auto it = r->least.find(row.name);
      if (it == r->least.end()) continue;
      double& speed = library == ours ? result.gflops : result.peers[library];
      speed = std::max(speed, row.flops / it->second * 1e-9);
    }
  }
  return result;
}

// The rows of the suites' tables, then those that users chose, by the work in them.
std::vector<known_row> rows_of(bench::element type, const std::vector<run>& runs) {
  std::vector<known_row> rows = known_rows(type);
  std::set<std::string> seen;
  for (const known_row& row : rows) seen.insert(row.name);
  std::vector<known_row> chosen;
  const std::string middle = std::string("/") + bench::name(type) + '/';
  for (const run& r : runs) {
    for (const auto& [name, seconds] : r.seconds) {
      if (name.find(middle) == std::string::npos || !seen.insert(name).second) continue;
      if (auto row = parse_row(name)) chosen.push_back(std::move(*row));
    }
  }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const known_row& a, const known_row& b) { return a.flops < b.flops; });
  std::move(chosen.begin(), chosen.end(), std::back_inserter(rows));
  return rows;
}

std::optional<double> geometric_mean(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return std::exp(sum / static_cast<double>(values.size()));
}

family_result compare_family(const std::string& name, const std::vector<const row_result*>& rows) {
  family_result result;
  result.name = name;
  result.rows = rows.size();
  std::vector<double> ratios, unexcepted, shares, before;
  for (const row_result* r : rows) {
    shares.push_back(r->peak_share);
    if (r->before) {
      before.push_back(r->before->median);
      result.slower += r->before->slower();
      result.faster += r->before->faster();
      if (result.most_slowed_row.empty() || r->before->median < result.most_slowed) {
        result.most_slowed_row = r->row.name;
        result.most_slowed = r->before->median;
      }
    }
    result.behind += r->behind();
    result.doubtful += r->doubtful();
    if (!r->ratio) continue;
    ratios.push_back(r->ratio->median);
    if (r->row.excepted) continue;
    unexcepted.push_back(r->ratio->median);
    if (result.worst_row.empty() || r->ratio->median < result.worst_ratio) {
      result.worst_row = r->row.name;
      result.worst_ratio = r->ratio->median;
    }
  }
  result.peak_share = median(shares);
  result.mean = geometric_mean(ratios);
  result.mean_unexcepted = geometric_mean(unexcepted);
  result.before = geometric_mean(before);
  return result;
}

void add_rows(comparison& result, bench::element type, const std::vector<run>& runs, const rounds& all,
              const rounds& before) {
  std::vector<row_result> of_type;
  for (const known_row& row : rows_of(type, runs)) {
    std::optional<row_result> r = compare_row(row, type, all);
    if (!r) continue;
    compare_with_before(*r, all, before);
    r->fastest = fastest_of(row, all);
    if (row.chains > 0 && result.multiply_add_ns) r->bound = 2 * row.chains / *result.multiply_add_ns;
    of_type.push_back(std::move(*r));
  }
  for (const std::string& family : known_families()) {
    std::vector<const row_result*> members;
    for (const row_result& r : of_type) {
      if (r.row.family == family) members.push_back(&r);
    }
    if (members.empty()) continue;
    result.families.push_back(compare_family(family + '/' + bench::name(type), members));
  }
  std::move(of_type.begin(), of_type.end(), std::back_inserter(result.rows));
}

comparison compare_threads(int threads, const std::vector<run>& runs, const std::vector<run>& before) {
  comparison result;
  result.threads = threads;
  std::map<std::string, std::vector<double>> peaks;
  std::set<std::string> seen;
  std::set<int> our_rounds;
  for (const run& r : runs) {
    if (r.threads != threads) continue;
    if (r.round_trip) result.round_trips.push_back(*r.round_trip);
    if (seen.insert(r.library).second) result.libraries.push_back(r);
    if (r.library != ours) continue;
    our_rounds.insert(r.round);
    if (r.multiply_add_ns)
      result.multiply_add_ns =
          std::min(result.multiply_add_ns.value_or(*r.multiply_add_ns), *r.multiply_add_ns);
    for (const auto& [type, peak] : r.peak) peaks[type].push_back(peak);
  }
  std::stable_sort(result.libraries.begin(), result.libraries.end(),
                   [](const run& a, const run& b) { return place(a.library) < place(b.library); });
  for (const auto& [type, values] : peaks) result.peak[type] = median(values);
  std::sort(result.round_trips.begin(), result.round_trips.end());
  result.rounds = our_rounds.size();

  const rounds all = by_round(runs, threads);
  const rounds earlier = by_round(before, threads);
  for (const run& r : before) {
    if (r.threads == threads && r.library == ours) result.commit_before = r.commit;
  }
  for (const auto type : {bench::element::f32, bench::element::f64})
    add_rows(result, type, runs, all, earlier);
  return result;
}

}  // namespace

std::vector<comparison> compare_runs(const std::vector<run>& runs, const std::vector<run>& before) {
  std::set<int> threads;
  for (const run& r : runs) {
    if (r.library == ours) threads.insert(r.threads);
  }
  std::vector<comparison> result;
  for (const int count : threads) result.push_back(compare_threads(count, runs, before));
  return result;
}

}  // namespace compare
