// SPDX-License-Identifier: MIT
// Labelled examples, and what is wrong with the files that they come from.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

#include <twinpath/matrix.hpp>

namespace bench {

/// One example a row, with its class.
struct dataset {
  twinpath::matrix<float> inputs;
  std::vector<std::int32_t> classes;
};

/// A file that is not what it should be; the text begins with the file's name and, where there is one, the
/// line.
struct data_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace bench
