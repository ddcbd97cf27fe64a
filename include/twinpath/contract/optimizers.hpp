// SPDX-License-Identifier: MIT
// The arithmetic contract: updates of one parameter w from its gradient g.
#pragma once

#include <cmath>
#include <limits>

#include <twinpath/contract/arithmetic.hpp>

namespace twinpath::inline v0::contract {

/// sum + factor * x. A factor of 0 leaves the term out, so that an infinite x makes no NaN.
template <class Arithmetic = fused, class T>
[[nodiscard]] T add_term(T factor, T x, T sum) {
  return factor == 0 ? sum : Arithmetic::multiply_add(factor, x, sum);
}

/// +0 for subnormal numbers. This is the rule for moments, and for parameters under weight decay: they fade
/// away when gradients vanish, and processors compute slowly with subnormal numbers.
template <class T>
[[nodiscard]] T without_subnormals(T x) {
  return std::abs(x) < std::numeric_limits<T>::min() ? T(0) : x;
}

/// Gradient descent without momentum and weight decay.
template <class Arithmetic = fused, class T>
[[nodiscard]] T sgd_update(T rate, T gradient, T parameter) {
  return add_term<Arithmetic>(-rate, gradient, parameter);
}

/// Factors of gradient descent, each rounded to T once.
template <class T>
struct sgd_factors {
  T rate;      ///< learning rate
  T decay;     ///< weight decay
  T momentum;  ///< of the old velocity
};

/// Gradient descent with weight decay.
template <class Arithmetic = fused, class T>
void decayed_update(const sgd_factors<T>& f, T g, T& w) {
  w = sgd_update<Arithmetic>(f.rate, add_term<Arithmetic>(f.decay, w, g), w);
  if (f.decay != 0) w = without_subnormals(w);
}

/// Gradient descent with momentum; v is the velocity.
template <class Arithmetic = fused, class T>
void momentum_update(const sgd_factors<T>& f, bool nesterov, T g, T& w, T& v) {
  const T decayed = add_term<Arithmetic>(f.decay, w, g);
  v = without_subnormals(add_term<Arithmetic>(f.momentum, v, decayed));
  const T step = nesterov ? add_term<Arithmetic>(f.momentum, v, decayed) : v;
  w = sgd_update<Arithmetic>(f.rate, step, w);
  if (f.decay != 0) w = without_subnormals(w);
}

/// Factors of Adam, computed in double and rounded to T once.
template <class T>
struct adam_factors {
  T rate;     ///< learning rate / (1 - beta1^t)
  T scale;    ///< 1 / sqrt(1 - beta2^t)
  T epsilon;  ///< added to the root
  T beta1;    ///< of the old m
  T fresh1;   ///< 1 - beta1
  T beta2;    ///< of the old v
  T fresh2;   ///< 1 - beta2
  T decay;    ///< of the gradient: Adam's weight decay
  T keep;     ///< of the old parameter: 1 - learning rate * AdamW's weight decay
};

/// Adam and AdamW; m and v are the moments.
template <class Arithmetic = fused, class T>
void adam_update(const adam_factors<T>& f, T g, T& w, T& m, T& v) {
  const T decayed = add_term<Arithmetic>(f.decay, w, g);
  m = without_subnormals(add_term<Arithmetic>(f.beta1, m, f.fresh1 * decayed));
  v = without_subnormals(add_term<Arithmetic>(f.beta2, v, f.fresh2 * decayed * decayed));
  const T denominator = Arithmetic::multiply_add(std::sqrt(v), f.scale, f.epsilon);
  const T kept = f.keep == 0 ? T(-0.0) : f.keep * w;
  w = add_term<Arithmetic>(-f.rate, m / denominator, kept);
  if (f.decay != 0 || f.keep != 1) w = without_subnormals(w);
}

}  // namespace twinpath::inline v0::contract
