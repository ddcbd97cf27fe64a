// SPDX-License-Identifier: MIT
// Elementwise functions other than activations.
#pragma once

#include "kernels/elementary.hpp"
#include "kernels/simd/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
[[gnu::flatten]] void exp(const T* x, T* y, std::size_t n) {
  for_vectors<T>(n, [&](std::size_t i, auto across) { across.store(y + i, exp_of<T>(across.load(x + i))); });
}
template <class T>
[[gnu::flatten]] void log(const T* x, T* y, std::size_t n) {
  for_vectors<T>(n, [&](std::size_t i, auto across) { across.store(y + i, log_of<T>(across.load(x + i))); });
}
template <class T>
[[gnu::flatten]] void erf(const T* x, T* y, std::size_t n) {
  for_vectors<T>(n, [&](std::size_t i, auto across) { across.store(y + i, erf_of<T>(across.load(x + i))); });
}
template <class T>
[[gnu::flatten]] void scale_by(T factor, T* x, std::size_t n) {
  const vec<T> f(factor);
  for_vectors<T>(n, [&](std::size_t i, auto across) { across.store(x + i, f * across.load(x + i)); });
}
template <class T>
[[gnu::flatten]] void add(const T* x, T* total, std::size_t n) {
  for_vectors<T>(n, [&](std::size_t i, auto across) {
    across.store(total + i, across.load(total + i) + across.load(x + i));
  });
}

}  // namespace
}  // namespace twinpath::inline v0::detail
