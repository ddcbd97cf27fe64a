// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <utility>

#include <twinpath/activation.hpp>
#include <twinpath/loss.hpp>

#include "support/arithmetic.hpp"

namespace tests {

using activations = std::initializer_list<tp::activation>;

template <class Places>
inline constexpr activations activations_at{};
template <std::size_t... i>
inline constexpr activations activations_at<std::index_sequence<i...>>{static_cast<tp::activation>(i)...};

/// In the order of the table.
inline constexpr activations all_activations =
    activations_at<std::make_index_sequence<tp::detail::option_count<tp::activation>>>;

inline constexpr tp::loss all_losses[] = {tp::loss::softmax_cross_entropy, tp::loss::sigmoid_cross_entropy,
                                          tp::loss::mean_squared_error};

/// The activation of each element, by the contract.
template <class T>
tp::matrix<T> activated(tp::activation f, tp::matrix<T> Z) {
  with_arithmetic([&]<class arithmetic>(arithmetic) {
    for (T& z : Z.elements()) z = tp::contract::activate<arithmetic, T>(f, z);
  });
  return Z;
}

/// Each element of t times the derivative at `kept`, by the contract.
template <class T>
tp::matrix<T> times_derivative(tp::activation f, tp::matrix<T> t, const tp::matrix<T>& kept) {
  with_arithmetic([&]<class arithmetic>(arithmetic) {
    for (std::size_t i = 0; i < t.size(); ++i)
      t.elements()[i] = tp::contract::backprop<arithmetic, T>(f, t.elements()[i], kept.elements()[i]);
  });
  return t;
}

}  // namespace tests
