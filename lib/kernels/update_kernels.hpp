// SPDX-License-Identifier: MIT
// Updates of parameters from their gradients, elementwise: c is the gradient, x the parameters, y and z what
// the optimiser remembers.
#pragma once

#include <twinpath/contract/optimizers.hpp>

#include "kernels/kernel_table.hpp"
#include "kernels/simd/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// contract::sgd_update
template <class T>
[[gnu::flatten]] void sgd_update(T rate, const T* g, T* w, std::size_t n) {
  const vec<T> step(-rate);
  for_vectors<T>(n, [&](std::size_t i, auto across) {
    across.store(w + i, fma(step, across.load(g + i), across.load(w + i)));
  });
}

/// contract::decayed_update
template <class T>
[[gnu::flatten]] void decayed_update(T* c, T* x, T*, T*, const void* factors, std::size_t n) {
  const auto& f = *static_cast<const contract::sgd_factors<T>*>(factors);
  const vec<T> step(-f.rate);
  const vec<T> decay(f.decay);
  for_vectors<T>(
      n, [&](std::size_t i, auto across) __attribute__((always_inline)) {
        const vec<T> w = across.load(x + i);
        across.store(x + i, fma(step, fma(decay, w, across.load(c + i)), w));
      });
}

/// contract::momentum_update
template <bool nesterov, class T>
[[gnu::flatten]] void momentum_update(T* c, T* x, T* y, T*, const void* factors, std::size_t n) {
  const auto& f = *static_cast<const contract::sgd_factors<T>*>(factors);
  const vec<T> step(-f.rate);
  const vec<T> decay(f.decay);
  const vec<T> momentum(f.momentum);
  for_vectors<T>(
      n, [&](std::size_t i, auto across) __attribute__((always_inline)) {
        const vec<T> w = across.load(x + i);
        const vec<T> g = fma(decay, w, across.load(c + i));
        const vec<T> v = fma(momentum, across.load(y + i), g);
        across.store(y + i, v);
        across.store(x + i, fma(step, nesterov ? fma(momentum, v, g) : v, w));
      });
}

/// contract::adam_update
template <class T>
[[gnu::flatten]] void adam_update(T* c, T* x, T* y, T* z, const void* factors, std::size_t n) {
  const auto& f = *static_cast<const contract::adam_factors<T>*>(factors);
  const vec<T> step(-f.rate), scale(f.scale), epsilon(f.epsilon), decay(f.decay), keep(f.keep);
  const vec<T> beta1(f.beta1), fresh1(f.fresh1), beta2(f.beta2), fresh2(f.fresh2);
  for_vectors<T>(
      n, [&](std::size_t i, auto across) __attribute__((always_inline)) {
        const vec<T> w = across.load(x + i);
        const vec<T> g = fma(decay, w, across.load(c + i));
        const vec<T> m = fma(beta1, across.load(y + i), fresh1 * g);
        const vec<T> v = fma(beta2, across.load(z + i), fresh2 * g * g);
        const vec<T> denominator = fma(root<T>(v), scale, epsilon);
        across.store(y + i, m);
        across.store(z + i, v);
        across.store(x + i, fma(step, divide<T>(m, denominator), keep * w));
      });
}

}  // namespace
}  // namespace twinpath::inline v0::detail
