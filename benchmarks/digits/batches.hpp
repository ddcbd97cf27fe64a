// SPDX-License-Identifier: MIT
// Shuffled examples, cut into batches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include <twinpath/matrix.hpp>

#include "dataset.hpp"

namespace digits {

struct batch {
  twinpath::matrix_view<const float> inputs;
  std::span<const std::int32_t> classes;
};

/// The batches of one epoch. The order is a function of the seed and the number of shuffles alone, on every
/// platform.
class batches {
 public:
  batches(const dataset& data, std::size_t batch_size, std::uint64_t seed);

  /// A new order for the next epoch.
  void shuffle();
  /// Batches of an epoch; the last one may be shorter than the others.
  [[nodiscard]] std::size_t count() const noexcept { return (rows() + batch_size_ - 1) / batch_size_; }
  [[nodiscard]] std::size_t rows() const noexcept { return classes_.size(); }
  /// Batch i = 0 … count() - 1. Valid until the next shuffle.
  [[nodiscard]] batch operator[](std::size_t i) const;

 private:
  const dataset& data_;
  std::size_t batch_size_;
  std::mt19937_64 generator_;
  std::vector<std::size_t> order_;
  twinpath::matrix<float> inputs_;
  std::vector<std::int32_t> classes_;
};

}  // namespace digits
