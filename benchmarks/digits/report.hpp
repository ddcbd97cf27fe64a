// SPDX-License-Identifier: MIT
// The output of the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <twinpath/activation.hpp>

#include "comparison.hpp"
#include "options.hpp"

namespace digits {

struct run_facts {
  std::vector<std::size_t> layers;
  twinpath::activation activation{};
  std::size_t train_rows = 0;
  std::size_t test_rows = 0;
  std::size_t parameters = 0;
  std::size_t batch = 0;        ///< the batch size in use: not more than the rows
  std::uint64_t updates = 0;    ///< of the network before the run
  std::size_t first_epoch = 0;  ///< the epochs before it count as done
  std::string tier;
  int threads = 0;
};

struct final_results {
  double step_us = 0;  ///< median over all steps of the training
  std::size_t steps = 0;
  double accuracy = 0;  ///< 0 to 1
  std::uint64_t fingerprint = 0;
};

void print_header(const options& o, const run_facts& facts);
void print_epoch_titles();
void print_epoch(std::size_t epoch, double loss, double accuracy, double milliseconds);
void print_results(const run_facts& facts, const final_results& results);
void print_saved_file(const std::filesystem::path& file);
void print_comparison(std::size_t steps, const schedule_comparison& schedules, const fork_profile& fork);
void print_trace_file(const std::filesystem::path& file);
/// The conclusion in a sentence.
void print_conclusion(const run_facts& facts, const schedule_comparison& schedules, const fork_profile& fork);

}  // namespace digits
