// SPDX-License-Identifier: MIT
// The arithmetic contract: updates of one parameter w from its gradient g.
#pragma once

#include <cmath>

#include <twinpath/contract/arithmetic.hpp>

namespace twinpath::inline v0::contract {

/// Gradient descent without momentum and weight decay.
template <class Arithmetic = fused, class T>
[[nodiscard]] T sgd_update(T rate, T gradient, T parameter) {
  return Arithmetic::multiply_add(-rate, gradient, parameter);
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
  w = sgd_update<Arithmetic>(f.rate, Arithmetic::multiply_add(f.decay, w, g), w);
}

/// Gradient descent with momentum; v is the velocity.
template <class Arithmetic = fused, class T>
void momentum_update(const sgd_factors<T>& f, bool nesterov, T g, T& w, T& v) {
  const T decayed = Arithmetic::multiply_add(f.decay, w, g);
  v = Arithmetic::multiply_add(f.momentum, v, decayed);
  const T step = nesterov ? Arithmetic::multiply_add(f.momentum, v, decayed) : v;
  w = sgd_update<Arithmetic>(f.rate, step, w);
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
  const T decayed = Arithmetic::multiply_add(f.decay, w, g);
  m = Arithmetic::multiply_add(f.beta1, m, f.fresh1 * decayed);
  v = Arithmetic::multiply_add(f.beta2, v, f.fresh2 * decayed * decayed);
  const T denominator = Arithmetic::multiply_add(std::sqrt(v), f.scale, f.epsilon);
  w = Arithmetic::multiply_add(-f.rate, m / denominator, f.keep * w);
}

}  // namespace twinpath::inline v0::contract
