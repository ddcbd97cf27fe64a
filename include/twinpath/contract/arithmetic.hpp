// SPDX-License-Identifier: MIT
// The multiply-add of the arithmetic contract.
//
// It is written as a call everywhere, because compilers may contract `a * b + c` on their own.
#pragma once

#include <cmath>

namespace twinpath::inline v0::contract {

/// Multiply-add with one rounding: every tier but `baseline`.
struct fused {
  /// a * b + c, rounded once.
  template <class T>
  static T multiply_add(T a, T b, T c) {
    return std::fma(a, b, c);
  }
};

/// Multiply-add with two roundings: the `baseline` tier of x86-64.
struct unfused {
  /// a * b rounded, + c rounded.
  template <class T>
  static T multiply_add(T a, T b, T c) {
    // Volatile, so that no compiler fuses the two, nor the sum with the product that c may be.
    const volatile T product = a * b;
    const volatile T addend = c;
    return product + addend;
  }
};

}  // namespace twinpath::inline v0::contract
