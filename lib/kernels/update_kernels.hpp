// SPDX-License-Identifier: MIT
// Updates of parameters w from their gradients, elementwise.
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
[[gnu::flatten]] void decayed_update(const T* gradient, T* w, T*, T*, const update_factors<T>& factors,
                                     std::size_t n) {
  const contract::sgd_factors<T>& f = factors.sgd;
  const vec<T> step(-f.rate);
  const vec<T> decay(f.decay);
  for_vectors<T>(n, [&](std::size_t i, auto across) TWINPATH_LAMBDA {
    const vec<T> old = across.load(w + i);
    across.store(w + i, fma(step, fma(decay, old, across.load(gradient + i)), old));
  });
}

/// contract::momentum_update
template <bool nesterov, class T>
[[gnu::flatten]] void momentum_update(const T* gradient, T* w, T* velocity, T*,
                                      const update_factors<T>& factors, std::size_t n) {
  const contract::sgd_factors<T>& f = factors.sgd;
  const vec<T> step(-f.rate);
  const vec<T> decay(f.decay);
  const vec<T> momentum(f.momentum);
  for_vectors<T>(n, [&](std::size_t i, auto across) TWINPATH_LAMBDA {
    const vec<T> old = across.load(w + i);
    const vec<T> g = fma(decay, old, across.load(gradient + i));
    const vec<T> v = fma(momentum, across.load(velocity + i), g);
    across.store(velocity + i, v);
    across.store(w + i, fma(step, nesterov ? fma(momentum, v, g) : v, old));
  });
}

/// contract::adam_update
template <class T>
[[gnu::flatten]] void adam_update(const T* gradient, T* w, T* first, T* second,
                                  const update_factors<T>& factors, std::size_t n) {
  const contract::adam_factors<T>& f = factors.adam;
  const vec<T> step(-f.rate), scale(f.scale), epsilon(f.epsilon), decay(f.decay), keep(f.keep);
  const vec<T> beta1(f.beta1), fresh1(f.fresh1), beta2(f.beta2), fresh2(f.fresh2);
  for_vectors<T>(n, [&](std::size_t i, auto across) TWINPATH_LAMBDA {
    const vec<T> old = across.load(w + i);
    const vec<T> g = fma(decay, old, across.load(gradient + i));
    const vec<T> m = fma(beta1, across.load(first + i), fresh1 * g);
    const vec<T> v = fma(beta2, across.load(second + i), fresh2 * g * g);
    const vec<T> denominator = fma(root<T>(v), scale, epsilon);
    across.store(first + i, m);
    across.store(second + i, v);
    across.store(w + i, fma(step, divide<T>(m, denominator), keep * old));
  });
}

template <class T>
constexpr update_functions<T> make_updates() {
  return {.decayed = &decayed_update<T>,
          .momentum = &momentum_update<false, T>,
          .nesterov = &momentum_update<true, T>,
          .adam = &adam_update<T>};
}

}  // namespace
}  // namespace twinpath::inline v0::detail
