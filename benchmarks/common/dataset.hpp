// SPDX-License-Identifier: MIT
// Labelled examples, and errors in their files.
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

/// An invalid file. The text begins with the file's name and the line, if there is one.
struct data_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace bench
