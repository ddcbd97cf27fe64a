// SPDX-License-Identifier: MIT
// Choices of the command line by name.
#pragma once

#include <cstddef>
#include <string>

#include <twinpath/activation.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/optimizer.hpp>

namespace digits {

template <class T>
struct choice {
  const char* name;
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

inline constexpr choice<twinpath::activation> activation_choices[] = {
    {"identity", twinpath::activation::identity},
    {"relu", twinpath::activation::relu},
    {"leaky-relu", twinpath::activation::leaky_relu},
    {"sigmoid", twinpath::activation::sigmoid},
    {"tanh", twinpath::activation::tanh},
    {"gelu", twinpath::activation::gelu_erf},
    {"gelu-tanh", twinpath::activation::gelu_tanh},
};

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
    if (c.value == value) return c.name;
  }
  return {};
}

[[nodiscard]] inline std::string name(twinpath::activation f) {
  return name_in(activation_choices, f);
}
[[nodiscard]] inline std::string name(twinpath::schedule how) {
  return name_in(schedule_choices, how);
}

}  // namespace digits
