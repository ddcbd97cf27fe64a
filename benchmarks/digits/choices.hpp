// SPDX-License-Identifier: MIT
// Choices of the command line by name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <twinpath/activation.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/optimizer.hpp>

namespace digits {

template <class T>
struct choice {
  std::string_view name;
  T value;
};

/// Each with its usual hyperparameters; the command line can set another learning rate.
inline constexpr choice<twinpath::optimizer> optimizer_choices[] = {
    {"sgd", twinpath::sgd{.learning_rate = 0.1}},
    {"momentum", twinpath::sgd{.learning_rate = 0.1, .momentum = 0.9}},
    {"nesterov", twinpath::sgd{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}},
    {"adam", twinpath::adam{.learning_rate = 0.001}},
    {"adamw", twinpath::adamw{.learning_rate = 0.001}},
};

template <class Places>
inline constexpr choice<twinpath::activation> activations_at[] = {{}};
template <std::size_t... i>
inline constexpr choice<twinpath::activation> activations_at<std::index_sequence<i...>>[] = {
    {name(static_cast<twinpath::activation>(i)), static_cast<twinpath::activation>(i)}...};

/// All of the library, by the names of their enumerators.
inline constexpr const auto& activation_choices =
    activations_at<std::make_index_sequence<twinpath::detail::option_count<twinpath::activation>>>;

inline constexpr choice<twinpath::schedule> schedule_choices[] = {
    {"sequential", twinpath::schedule::sequential},
    {"concurrent", twinpath::schedule::concurrent},
    {"row-blocks", twinpath::schedule::row_blocks},
    {"automatic", twinpath::schedule::automatic},
};

/// All names, such as "sequential, concurrent, row-blocks or automatic".
template <class T, std::size_t n>
[[nodiscard]] std::string names(const choice<T> (&choices)[n]) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) text += i + 1 < n ? ", " : " or ";
    text += choices[i].name;
  }
  return text;
}

/// The name of a value of the list.
template <class T, std::size_t n>
[[nodiscard]] std::string name_in(const choice<T> (&choices)[n], T value) {
  for (const choice<T>& c : choices) {
    if (c.value == value) return std::string(c.name);
  }
  return {};
}

[[nodiscard]] inline std::string name(twinpath::schedule how) {
  return name_in(schedule_choices, how);
}

}  // namespace digits
