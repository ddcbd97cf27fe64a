// SPDX-License-Identifier: MIT
// The messages of refused calls.
#pragma once

#include <cstddef>
#include <exception>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <twinpath/matrix.hpp>

#include "support/random.hpp"

namespace tests {

template <class T>
constexpr T NaN = std::numeric_limits<T>::quiet_NaN();

template <class T>
tp::matrix<T> some_matrix(std::size_t rows, std::size_t cols) {
  generator random(rows + cols);
  return uniform_matrix<T>(rows, cols, random);
}
template <class T>
std::vector<T> some_vector(std::size_t size) {
  return std::vector<T>(size, T(7));
}

/// The message with which a call refuses its arguments.
template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("not an invalid_argument: ") + error.what();
  }
  return "no error";
}

/// The same, with a note if the call wrote to one of its outputs nevertheless.
template <class Call, class... Outputs>
std::string refusal(const Call& call, const Outputs&... outputs) {
  const auto bytes = [](const auto& x) {
    return std::string_view(reinterpret_cast<const char*>(x.data()), x.size() * sizeof(*x.data()));
  };
  const std::string before[] = {std::string(bytes(outputs))...};
  const std::string text = error_of(call);
  std::size_t i = 0;
  for (const std::string_view now : {bytes(outputs)...}) {
    if (now != before[i]) return text + ", but output " + std::to_string(i) + " has changed";
    ++i;
  }
  return text;
}

/// Two operands in one piece of memory, which overlap by one element or are disjoint.
template <class T>
class neighbours {
 public:
  neighbours(std::size_t rows, std::size_t cols) : memory_(400), first_(memory_.data(), rows, cols) {}

  [[nodiscard]] tp::matrix_view<T> first() const { return first_; }
  [[nodiscard]] std::span<T> first_span() const { return {first_.data(), size()}; }
  [[nodiscard]] tp::matrix_view<T> sharing(std::size_t rows, std::size_t cols) const {
    return {first_.data() + size() - 1, rows, cols};
  }
  [[nodiscard]] tp::matrix_view<T> disjoint(std::size_t rows, std::size_t cols) const {
    return {first_.data() + size(), rows, cols};
  }
  [[nodiscard]] std::span<T> sharing(std::size_t n) const { return sharing(1, n).row(0); }
  [[nodiscard]] std::span<T> disjoint(std::size_t n) const { return disjoint(1, n).row(0); }
  [[nodiscard]] std::span<const T> memory() const { return memory_; }

 private:
  [[nodiscard]] std::size_t size() const { return first_.rows() * first_.cols(); }

  std::vector<T> memory_;
  tp::matrix_view<T> first_;
};

}  // namespace tests
