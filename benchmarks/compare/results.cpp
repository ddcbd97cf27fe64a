// SPDX-License-Identifier: MIT
#include "results.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace compare {
namespace {

using nlohmann::json;

double to_seconds(double time, const std::string& unit) {
  if (unit == "ns") return time * 1e-9;
  if (unit == "us") return time * 1e-6;
  if (unit == "ms") return time * 1e-3;
  return time;
}

// "layer/f32/NN/128x128x784/min_time:0.007/repeats:3/real_time": the settings follow the row's name.
std::string row_name(const std::string& benchmark) {
  std::size_t end = benchmark.size();
  for (const char* setting : {"/min_time:", "/repeats:", "/real_time"})
    end = std::min(end, benchmark.find(setting));
  return benchmark.substr(0, end);
}

run read_file(const std::filesystem::path& file, time_source source) {
  std::ifstream in(file);
  const json data = json::parse(in);
  const json& context = data.at("context");
  run r;
  r.library = context.at("library");
  r.version = context.at("version");
  r.kernels = context.at("kernels");
  r.tier = context.at("tier");
  r.cpu = context.at("cpu");
  r.date = context.at("date").get<std::string>().substr(0, 10);
  r.machine_tier = context.value("machine_tier", "unknown");
  r.commit = context.value("commit", "unknown");
  r.cores = context.value("num_cpus", 0);
  r.threads = std::stoi(context.at("threads").get<std::string>());
  r.round = std::stoi(context.at("round").get<std::string>());
  for (const char* type : {"f32", "f64"}) {
    const std::string key = std::string("peak_") + type;
    if (context.contains(key)) r.peak[type] = std::stod(context.at(key).get<std::string>());
  }
  for (const char* place : {"l2", "memory"}) {
    const std::string key = std::string("read_") + place;
    if (context.contains(key)) r.read[place] = std::stod(context.at(key).get<std::string>());
  }
  if (context.contains("core_round_trip_ns"))
    r.round_trip = std::stod(context.at("core_round_trip_ns").get<std::string>());
  if (context.contains("multiply_add_ns"))
    r.multiply_add_ns = std::stod(context.at("multiply_add_ns").get<std::string>());
  r.memory = context.value("memory", "");
  const char* time = source == time_source::cpu && r.threads == 1 ? "cpu_time" : "real_time";
  std::map<std::string, std::vector<double>> times;
  for (const json& entry : data.at("benchmarks")) {
    if (entry.value("run_type", "iteration") != "iteration" || entry.value("error_occurred", false)) continue;
    times[row_name(entry.at("name"))].push_back(to_seconds(entry.at(time), entry.at("time_unit")));
  }
  for (auto& [name, values] : times) r.least[name] = *std::min_element(values.begin(), values.end());
  for (auto& [name, values] : times) r.seconds[name] = median(std::move(values));
  return r;
}

}  // namespace

run read_result(const std::filesystem::path& file, time_source source) {
  try {
    return read_file(file, source);
  } catch (const std::exception& e) {
    throw std::runtime_error(file.string() + ": " + e.what());
  }
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::vector<run> read_folder(const std::filesystem::path& folder, time_source source) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (files.empty()) throw std::runtime_error(folder.string() + ": no *.json");
  std::sort(files.begin(), files.end());
  std::vector<run> runs;
  for (const auto& file : files) runs.push_back(read_result(file, source));
  return runs;
}

std::vector<std::string> read_left_out(const std::filesystem::path& folder) {
  std::vector<std::string> lines;
  std::ifstream in(folder / "left_out.txt");
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace compare
