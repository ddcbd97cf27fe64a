// SPDX-License-Identifier: MIT
#include "batches.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace digits {
namespace {

// std::shuffle and std::uniform_int_distribution draw differently in each standard library; the generator
// itself is the same everywhere.
std::uint64_t draw_below(std::mt19937_64& generator, std::uint64_t bound) {
  const std::uint64_t surplus =
      (0 - bound) % bound;  // 2^64 mod bound: as many draws would favour some results
  std::uint64_t draw = generator();
  while (draw < surplus) draw = generator();
  return draw % bound;
}

}  // namespace

batches::batches(const dataset& data, std::size_t batch_size, std::uint64_t seed)
    : data_(data),
      batch_size_(std::min(batch_size, data.classes.size())),
      generator_(seed),
      order_(data.classes.size()),
      inputs_(data.inputs),
      classes_(data.classes) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
}

void batches::shuffle() {
  for (std::size_t left = order_.size(); left > 1; --left) {
    std::swap(order_[left - 1], order_[static_cast<std::size_t>(draw_below(generator_, left))]);
  }
  for (std::size_t i = 0; i < order_.size(); ++i) {
    std::ranges::copy(data_.inputs.row(order_[i]), inputs_.row(i).begin());
    classes_[i] = data_.classes[order_[i]];
  }
}

batch batches::operator[](std::size_t i) const {
  const std::size_t first = i * batch_size_;
  const std::size_t size = std::min(batch_size_, rows() - first);
  return {inputs_.block(first, 0, size, inputs_.cols()), std::span(classes_).subspan(first, size)};
}

}  // namespace digits
