// SPDX-License-Identifier: MIT
// An optimiser prepared for one update: its kernel and its factors.
#pragma once

#include <span>
#include <string_view>

#include <twinpath/optimizer.hpp>

#include "kernels/kernel_table.hpp"
#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

template <class T>
struct update_rule {
  T rate = 0;
  /// Null for plain descent with a rate above 0, which is fma(-rate, g, w): an epilogue of a product.
  update_function<T> function = nullptr;
  update_factors<T> factors = {};
  std::size_t moments = 0;

  /// Updates n parameters on the calling thread. Moments that the rule does not have are not used.
  void apply(const kernel_table<T>& table, const T* g, T* w, T* first, T* second, std::size_t n) const {
    if (function == nullptr) return table.sgd_update(rate, g, w, n);
    function(g, w, first, second, factors, n);
  }
};

/// Throws std::invalid_argument when a hyperparameter is out of range.
template <class T>
void check_optimizer(std::string_view function, const optimizer& rule);

/// `progress` already counts the update.
template <class T>
[[nodiscard]] update_rule<T> make_update_rule(const kernel_table<T>& table, const optimizer& rule,
                                              const optimizer_progress& progress) noexcept;

[[nodiscard]] optimizer_progress next_progress(const optimizer_progress& before,
                                               const optimizer& rule) noexcept;

/// Updates on as many threads as pay. Moments that the rule does not have may be null.
template <class T>
void run_update(const update_rule<T>& rule, std::span<T> w, std::span<const T> g, T* first, T* second,
                span_label label);

}  // namespace twinpath::inline v0::detail
