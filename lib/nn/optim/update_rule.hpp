// SPDX-License-Identifier: MIT
// An optimiser, ready for one step: its kernel and its factors.
#pragma once

#include <span>
#include <string_view>
#include <variant>

#include <twinpath/contract/optimizers.hpp>
#include <twinpath/optimizer.hpp>

#include "kernels/kernel_table.hpp"
#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

template <class T>
struct update_rule {
  T rate = 0;
  /// Null for plain descent, which is fma(-rate, g, w) and has a place in the store of a product.
  element_function<T> kernel = nullptr;
  std::variant<contract::sgd_factors<T>, contract::adam_factors<T>> factors;
  std::size_t moments = 0;

  [[nodiscard]] const void* factors_data() const noexcept {
    return std::visit([](const auto& f) { return static_cast<const void*>(&f); }, factors);
  }
  /// Updates n parameters on the calling thread; `first` and `second` are not used without moments.
  void apply(const kernel_table<T>& table, const T* g, T* w, T* first, T* second, std::size_t n) const {
    if (kernel == nullptr) return table.sgd_update(rate, g, w, n);
    kernel(const_cast<T*>(g), w, first, second, factors_data(), n);
  }
};

/// Throws std::invalid_argument when a hyperparameter is impossible.
template <class T>
void check_optimizer(std::string_view function, const optimizer& rule);

/// `progress` is the one with the update that this is for.
template <class T>
[[nodiscard]] update_rule<T> make_update_rule(const kernel_table<T>& table, const optimizer& rule,
                                              const optimizer_progress& progress) noexcept;

[[nodiscard]] optimizer_progress next_progress(const optimizer_progress& before,
                                               const optimizer& rule) noexcept;

/// Updates with the threads that this is worth. Moments that the rule does not have may be null.
template <class T>
void run_update(const update_rule<T>& rule, std::span<T> w, std::span<const T> g, T* first, T* second,
                span_label label);

}  // namespace twinpath::inline v0::detail
