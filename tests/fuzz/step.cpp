// SPDX-License-Identifier: MIT
// A training step of any network on any batch, under any schedule, on any tier and number of threads, has the
// bits of the contract.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <twinpath/mlp.hpp>

#include "failure.hpp"
#include "sizes.hpp"
#include "support/arithmetic.hpp"
#include "support/shapes.hpp"
#include "support/step_problem.hpp"
#include "support/threads.hpp"
#include "tier.hpp"
#include "values.hpp"

namespace {

namespace tp = twinpath;

std::size_t multiply_adds(const std::vector<std::size_t>& widths) {
  std::size_t sum = 0;
  for (std::size_t l = 1; l < widths.size(); ++l) sum += widths[l - 1] * widths[l];
  return sum;
}

template <class T>
std::vector<std::size_t> draw_widths(FuzzedDataProvider& input) {
  constexpr std::size_t most_layers = 4;
  // Narrow layers leave time for long batches.
  const std::size_t most_width = input.ConsumeBool() ? 300 : 12;
  const tests::families::tile tile = tests::families::tile_of<T>();
  std::vector<std::size_t> widths;
  for (std::size_t count = 1 + input.ConsumeIntegralInRange<std::size_t>(1, most_layers); count-- > 0;) {
    const std::size_t width = fuzz::draw_size(input, {tile.rows, tile.width, tile.cols, 32}, most_width);
    widths.push_back(std::max<std::size_t>(1, width));
  }
  return widths;
}

/// Around the blocks of the column sums, and up to three slices of k.
template <class T>
std::size_t draw_batch(FuzzedDataProvider& input, const std::vector<std::size_t>& widths) {
  constexpr std::size_t most_rows = 14000, most_work = std::size_t{1} << 21;
  const std::size_t most = std::clamp<std::size_t>(most_work / multiply_adds(widths), 1, most_rows);
  const std::size_t rows = fuzz::draw_size(
      input, {tp::contract::sum_rows, tp::contract::block_length<T>, tp::contract::slice_length}, most);
  return std::max<std::size_t>(1, rows);
}

tp::optimizer draw_rule(FuzzedDataProvider& input) {
  const double rate = input.ConsumeBool() ? 0.05 : 0.7;
  const double decay = input.ConsumeBool() ? 0.01 : 0;
  switch (input.ConsumeIntegralInRange(0, 4)) {
    case 1:
      return tp::sgd{.learning_rate = rate, .momentum = 0.9, .weight_decay = decay};
    case 2:
      return tp::sgd{.learning_rate = rate, .momentum = 0.9, .weight_decay = decay, .nesterov = true};
    case 3:
      return tp::adam{.learning_rate = rate, .weight_decay = decay};
    case 4:
      return tp::adamw{.learning_rate = rate, .weight_decay = decay};
    default:
      return tp::sgd{.learning_rate = rate, .weight_decay = decay};
  }
}

tp::mlp_options draw_options(FuzzedDataProvider& input) {
  constexpr auto last_activation = static_cast<int>(tp::activation::silu);
  constexpr auto last_loss = static_cast<int>(tp::loss::mean_squared_error);
  tp::mlp_options options;
  options.activation = static_cast<tp::activation>(input.ConsumeIntegralInRange(0, last_activation));
  options.loss = static_cast<tp::loss>(input.ConsumeIntegralInRange(0, last_loss));
  options.reduction = input.ConsumeBool() ? tp::reduction::sum : tp::reduction::mean;
  return options;
}

template <class T>
tests::step_problem<T> draw_problem(FuzzedDataProvider& input) {
  const std::vector<std::size_t> widths = draw_widths<T>(input);
  const std::size_t batch = draw_batch<T>(input, widths);
  tests::step_problem<T> problem(widths, batch, input.ConsumeIntegralInRange<std::size_t>(1, 2));
  problem.rule = draw_rule(input);
  problem.options = draw_options(input);
  problem.options.seed = input.ConsumeIntegral<std::uint16_t>();
  fuzz::values values(input);
  values.fill(problem.X.view());
  return problem;
}

/// By the contract, or for a large problem one operation after the other on one thread.
template <class T>
tests::history<T> expected(const tests::step_problem<T>& problem) {
  constexpr std::size_t most_work = std::size_t{1} << 17;
  if (multiply_adds(problem.widths) * problem.X.rows() <= most_work) {
    return tests::with_arithmetic(
        [&]<class arithmetic>(arithmetic) { return tests::train_by_contract<arithmetic>(problem); });
  }
  tests::history<T> all;
  tests::on_threads(1, [&] { all = tests::train(problem, tp::schedule::sequential); });
  return all;
}

template <class T>
void test(FuzzedDataProvider& input) {
  const tp::schedule how = input.PickValueInArray(tests::all_schedules);
  const auto threads = input.ConsumeIntegralInRange<std::size_t>(1, 4);
  const tests::step_problem<T> problem = draw_problem<T>(input);
  tests::history<T> actual;
  tests::on_threads(threads, [&] { actual = tests::train(problem, how); });
  const std::string difference = tests::difference(actual, expected(problem));
  if (difference.empty()) return;
  fuzz::fail(problem.text() + (sizeof(T) == 4 ? " in float" : " in double") + ", " + std::to_string(threads) +
             " threads, " + std::string(name(tp::active_isa())) + ": " + difference + "\n" +
             problem.network(how).describe(problem.X.rows()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, []<class T>(FuzzedDataProvider& input, T) { test<T>(input); });
}
