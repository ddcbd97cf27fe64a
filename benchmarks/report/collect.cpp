// SPDX-License-Identifier: MIT
#include "collect.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace report {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

two_paths_results read_two_paths(const json& data) {
  two_paths_results result;
  result.threads = data.at("threads");
  for (const json& row : data.at("rows")) {
    result.cells.push_back({row.at("batch"), row.at("inputs"), row.at("outputs"), row.at("sequential_s"),
                            row.at("concurrent_s"), row.at("automatic_s"), row.at("overlap")});
  }
  return result;
}

// The suite by the names of its rows; empty if no suite that compares libraries has them.
std::string suite_of(const compare::run& r) {
  if (r.seconds.empty()) return "gemm";
  const std::string& name = r.seconds.begin()->first;
  const std::string family = name.substr(0, name.find('/'));
  if (family == "step" || family == "predict") return family;
  const std::vector<std::string> known = compare::known_families();
  return std::find(known.begin(), known.end(), family) == known.end() ? "" : "gemm";
}

struct reader {
  results all;
  std::map<std::string, std::vector<compare::run>> runs;
  std::map<std::string, fs::path> folders;  ///< folders with the results of each suite

  void only_one(const std::string& suite, const fs::path& place) {
    const auto [it, is_new] = folders.emplace(suite, place);
    if (is_new || it->second == place) return;
    throw std::runtime_error("two results of " + suite + ", " + it->second.string() + " and " +
                             place.string() + ": give a folder with one result of each suite");
  }

  void read(const fs::path& file) {
    std::ifstream in(file);
    json data;
    try {
      data = json::parse(in);
      if (data.contains("rows")) {
        only_one("two_paths", file);
        all.two_paths = read_two_paths(data);
        return;
      }
    } catch (const json::exception& e) {
      throw std::runtime_error(file.string() + ": " + e.what());
    }
    compare::run r = compare::read_result(file, compare::time_source::wall);
    const std::string suite = suite_of(r);
    if (suite.empty()) {
      only_one("elementary", file);
      all.elementary = std::move(r);
      return;
    }
    only_one(suite, file.parent_path());
    if (!r.read.empty()) all.read[r.threads] = r.read;
    runs[suite].push_back(std::move(r));
  }
};

}  // namespace

const std::vector<compare::comparison>& results::suite(const std::string& name) const {
  static const std::vector<compare::comparison> none;
  const auto it = suites.find(name);
  return it == suites.end() ? none : it->second;
}

results collect(const fs::path& folder) {
  std::vector<fs::path> files;
  reader r;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
    if (entry.path().filename() != "left_out.txt") continue;
    for (std::string& line : compare::read_left_out(entry.path().parent_path())) {
      if (std::find(r.all.left_out.begin(), r.all.left_out.end(), line) == r.all.left_out.end())
        r.all.left_out.push_back(std::move(line));
    }
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) r.read(file);
  for (const auto& [suite, runs] : r.runs) {
    std::vector<compare::comparison> of_threads = compare::compare_runs(runs, {});
    if (of_threads.empty()) throw std::runtime_error(r.folders[suite].string() + ": no run of twinpath");
    r.all.suites[suite] = std::move(of_threads);
  }
  if (r.all.suites.empty() && !r.all.two_paths && !r.all.elementary)
    throw std::runtime_error(folder.string() + ": no results");
  return std::move(r.all);
}

}  // namespace report
