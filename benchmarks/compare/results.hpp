// SPDX-License-Identifier: MIT
// Results of the benchmark programs.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace compare {

/// One process: one library, one number of threads, one round.
struct run {
  std::string library, version, kernels, tier, cpu, date;
  std::string machine_tier, commit;  ///< "unknown" in results of older versions
  int cores = 0;
  int threads = 1;
  int round = 1;
  std::map<std::string, double> peak;     ///< by type (f32, f64), in GFLOP/s
  std::map<std::string, double> read;     ///< by level (l2, memory), in GB/s, if measured
  std::optional<double> round_trip;       ///< of a cache line between two cores, in ns, if measured
  std::optional<double> multiply_add_ns;  ///< latency of a multiply-add, if measured
  std::string memory;                     ///< where operands began; empty if unknown
  std::map<std::string, double> least;    ///< seconds by row, the shortest of the repetitions
  std::map<std::string, double> seconds;  ///< by row, the median of the repetitions
};

enum class time_source {
  wall,
  cpu,  ///< the time for which the calling thread ran; for results of one thread on a busy machine
};

/// Throws std::runtime_error if the file is not a result of a benchmark program.
[[nodiscard]] run read_result(const std::filesystem::path& file, time_source source);

/// All *.json files of the folder, ordered by name. Throws std::runtime_error if there are none, or one is
/// not a result of a benchmark program.
[[nodiscard]] std::vector<run> read_folder(const std::filesystem::path& folder, time_source source);

/// Lines of left_out.txt, in which run.sh names the libraries that it did not measure, and why.
[[nodiscard]] std::vector<std::string> read_left_out(const std::filesystem::path& folder);

/// The median of a non-empty list; the mean of the middle two for an even number.
[[nodiscard]] double median(std::vector<double> values);

}  // namespace compare
