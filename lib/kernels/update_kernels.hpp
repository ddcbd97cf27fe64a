// SPDX-License-Identifier: MIT
// Updates of parameters w from their gradients, elementwise.
#pragma once

#include <bit>
#include <limits>
#include <type_traits>

#include <twinpath/contract/optimizers.hpp>

#include "kernels/kernel_table.hpp"
#include "kernels/simd/simd.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// contract::add_term with a factor that is not 0.
template <class T>
struct used_term {
  vec<T> factor;

  TWINPATH_INLINE explicit used_term(T x) : factor(x) {}
  TWINPATH_INLINE vec<T> add(vec<T> x, vec<T> sum) const { return fma(factor, x, sum); }
  TWINPATH_INLINE vec<T> alone(vec<T> x) const { return factor * x; }
};

/// contract::add_term with a factor of 0.
template <class T>
struct no_term {
  TWINPATH_INLINE explicit no_term(T) {}
  TWINPATH_INLINE vec<T> add(vec<T>, vec<T> sum) const { return sum; }
};

/// contract::add_term with any factor. If it is 0, the product is -0 * 0 = -0, which changes no sum.
template <class T>
class optional_term {
 public:
  TWINPATH_INLINE explicit optional_term(T x)
      : factor_(x == 0 ? T(-0.0) : x), used_(std::bit_cast<T>(x == 0 ? bits(0) : ~bits(0))) {}
  TWINPATH_INLINE vec<T> add(vec<T> x, vec<T> sum) const { return fma(factor_, x & used_, sum); }
  TWINPATH_INLINE vec<T> alone(vec<T> x) const { return factor_ * (x & used_); }

 private:
  using bits = typename contract::elementary<T>::bits;
  vec<T> factor_;
  vec<T> used_;
};

/// contract::without_subnormals
template <class T>
TWINPATH_INLINE vec<T> without_subnormals(vec<T> x) {
  return zero_below(vec<T>(std::numeric_limits<T>::min()), x);
}

/// The terms of an update, which are chosen outside of its loop. Only the term of weight decay is often left
/// out.
template <class T, bool all_used, bool decays>
struct update_terms {
  using term = std::conditional_t<all_used, used_term<T>, optional_term<T>>;
  using decay_term = std::conditional_t<decays, optional_term<T>, no_term<T>>;

  /// The new parameter.
  TWINPATH_INLINE vec<T> settled(vec<T> w) const { return decays ? without_subnormals<T>(w) : w; }
};

/// Calls body with the update_terms. `all_used`: no factor but that of weight decay is 0.
template <class T, class Body>
TWINPATH_INLINE void with_terms(bool all_used, bool decays, const Body& body) {
  if (all_used) return decays ? body(update_terms<T, true, true>()) : body(update_terms<T, true, false>());
  return decays ? body(update_terms<T, false, true>()) : body(update_terms<T, false, false>());
}

/// contract::sgd_update with a rate above 0
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
  with_terms<T>(f.rate != 0, f.decay != 0, [&](auto terms) TWINPATH_LAMBDA {
    const typename decltype(terms)::term step(-f.rate);
    const typename decltype(terms)::decay_term decay(f.decay);
    for_vectors<T>(n, [&](std::size_t i, auto across) TWINPATH_LAMBDA {
      const vec<T> old = across.load(w + i);
      const vec<T> g = decay.add(old, across.load(gradient + i));
      across.store(w + i, terms.settled(step.add(g, old)));
    });
  });
}

/// contract::momentum_update
template <bool nesterov, class T>
[[gnu::flatten]] void momentum_update(const T* gradient, T* w, T* velocity, T*,
                                      const update_factors<T>& factors, std::size_t n) {
  const contract::sgd_factors<T>& f = factors.sgd;
  with_terms<T>(f.rate != 0 && f.momentum != 0, f.decay != 0, [&](auto terms) TWINPATH_LAMBDA {
    const typename decltype(terms)::term step(-f.rate), momentum(f.momentum);
    const typename decltype(terms)::decay_term decay(f.decay);
    for_vectors<T>(n, [&](std::size_t i, auto across) TWINPATH_LAMBDA {
      const vec<T> old = across.load(w + i);
      const vec<T> g = decay.add(old, across.load(gradient + i));
      const vec<T> v = without_subnormals<T>(momentum.add(across.load(velocity + i), g));
      across.store(velocity + i, v);
      across.store(w + i, terms.settled(step.add(nesterov ? momentum.add(v, g) : v, old)));
    });
  });
}

/// contract::adam_update
template <class T>
[[gnu::flatten]] void adam_update(const T* gradient, T* w, T* first, T* second,
                                  const update_factors<T>& factors, std::size_t n) {
  const contract::adam_factors<T>& f = factors.adam;
  const bool all_used = f.rate != 0 && f.beta1 != 0 && f.beta2 != 0 && f.keep != 0;
  with_terms<T>(all_used, f.decay != 0 || f.keep != 1, [&](auto terms) TWINPATH_LAMBDA {
    const typename decltype(terms)::term step(-f.rate), beta1(f.beta1), beta2(f.beta2), keep(f.keep);
    const typename decltype(terms)::decay_term decay(f.decay);
    const vec<T> fresh1(f.fresh1), fresh2(f.fresh2), scale(f.scale), epsilon(f.epsilon);
    for_vectors<T>(n, [&](std::size_t i, auto across) TWINPATH_LAMBDA {
      const vec<T> old = across.load(w + i);
      const vec<T> g = decay.add(old, across.load(gradient + i));
      const vec<T> m = without_subnormals<T>(beta1.add(across.load(first + i), fresh1 * g));
      const vec<T> v = without_subnormals<T>(beta2.add(across.load(second + i), fresh2 * g * g));
      const vec<T> denominator = fma(root<T>(v), scale, epsilon);
      across.store(first + i, m);
      across.store(second + i, v);
      across.store(w + i, terms.settled(step.add(divide<T>(m, denominator), keep.alone(old))));
    });
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
