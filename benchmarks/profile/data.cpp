// SPDX-License-Identifier: MIT
#include "data.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <utility>

#include "common/idx.hpp"
#include "digits/dataset.hpp"

namespace profile {
namespace {

// More than one, because in training a step does not find its batch in the caches.
constexpr std::size_t random_batches = 4;
// One batch of random data may be large; more batches are made only up to this size.
constexpr std::size_t enough_elements = std::size_t{1} << 24;

template <class T>
examples<T> random_examples(const options& o) {
  const std::size_t inputs = o.layers.front();
  const std::size_t batches = std::clamp<std::size_t>(enough_elements / inputs / o.batch, 1, random_batches);
  examples<T> data{twinpath::matrix<T>(batches * o.batch, inputs),
                   std::vector<std::int32_t>(batches * o.batch), "random"};
  std::mt19937_64 bits(o.seed);
  std::uniform_real_distribution<T> input(0, 1);
  std::uniform_int_distribution<std::int32_t> label(0, static_cast<std::int32_t>(o.layers.back() - 1));
  std::ranges::generate(data.inputs.elements(), [&] { return input(bits); });
  std::ranges::generate(data.classes, [&] { return label(bits); });
  return data;
}

template <class T>
examples<T> examples_of_files(const options& o) {
  const bool idx = !o.idx.empty();
  bench::dataset read = idx ? bench::read_idx(o.idx, "train", o.layers.front(), o.layers.back())
                            : digits::read_csv(o.train, o.layers.front(), o.layers.back(), 1);
  examples<T> data;
  data.inputs = twinpath::matrix<T>(read.inputs.rows(), read.inputs.cols());
  // Inputs such as 0 to 255 would drive the weights to infinity.
  float largest = 0;
  for (const float x : read.inputs.elements()) largest = std::max(largest, std::abs(x));
  const T scale = largest > 0 ? 1 / static_cast<T>(largest) : 1;
  std::ranges::transform(read.inputs.elements(), data.inputs.elements().begin(),
                         [scale](float x) { return static_cast<T>(x) * scale; });
  data.classes = std::move(read.classes);
  data.origin = (idx ? o.idx : o.train).filename().string();
  return data;
}

}  // namespace

template <class T>
examples<T> load_examples(const options& o) {
  const bool random = o.train.empty() && o.idx.empty();
  examples<T> data = random ? random_examples<T>(o) : examples_of_files<T>(o);
  if (data.classes.size() < o.batch) {
    throw std::runtime_error((o.idx.empty() ? o.train : o.idx).string() + ": " +
                             std::to_string(data.classes.size()) + " examples, fewer than the batch of " +
                             std::to_string(o.batch));
  }
  return data;
}

template examples<float> load_examples(const options&);
template examples<double> load_examples(const options&);

}  // namespace profile
