// SPDX-License-Identifier: MIT
// The training examples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <twinpath/matrix.hpp>

#include "options.hpp"

namespace profile {

template <class T>
struct examples {
  twinpath::matrix<T> inputs;
  std::vector<std::int32_t> classes;
  std::string origin;  ///< a description
};

/// The file of `--train`, the training part of `--idx`, or random inputs from 0 to 1 with random classes: at
/// least one batch. Throws std::runtime_error if a file is invalid or has fewer rows than a batch.
template <class T>
[[nodiscard]] examples<T> load_examples(const options& o);

}  // namespace profile
