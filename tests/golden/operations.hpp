// SPDX-License-Identifier: MIT
// Every public operation on fixed data, by the library and by the contract.
//
// The data are exact however a compiler computes them: integers times powers of two, or bits.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <twinpath/matrix.hpp>

namespace tests {

namespace tp = twinpath;

/// The elements of all results of an operation, one after the other.
template <class T>
using results = std::vector<T>;

/// One way to call an operation of the library.
template <class T>
struct form {
  std::string name;
  std::function<results<T>()> run;
};

/// An operation, large enough for several threads if possible. All of its forms have the same bits.
template <class T>
struct operation {
  std::string name;
  std::vector<form<T>> by_library;
  std::function<results<T>()> by_contract;
  /// Whether some inputs, intermediate or final results are subnormal.
  bool subnormals = false;
};

template <class T>
[[nodiscard]] std::vector<operation<T>> all_operations();

/// Appends the elements of a matrix.
template <class T>
void append(results<T>& all, const tp::matrix<T>& x) {
  all.insert(all.end(), x.elements().begin(), x.elements().end());
}

}  // namespace tests
