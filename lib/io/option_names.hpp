// SPDX-License-Identifier: MIT
// Options of a network as files spell them: like their enumerators.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <twinpath/activation.hpp>
#include <twinpath/loss.hpp>

namespace twinpath::inline v0::detail::io {

template <class Option>
struct option_name {
  Option value;
  std::string_view name;
};

/// `array` is the name of the array that holds the option.
template <class Option>
struct option_names;

template <>
struct option_names<activation> {
  static constexpr const char* array = "activation";
  static constexpr option_name<activation> all[] = {
      {activation::identity, "identity"},
      {activation::relu, "relu"},
      {activation::leaky_relu, "leaky_relu"},
      {activation::sigmoid, "sigmoid"},
      {activation::tanh, "tanh"},
      {activation::gelu_erf, "gelu_erf"},
      {activation::gelu_tanh, "gelu_tanh"},
  };
};

template <>
struct option_names<loss> {
  static constexpr const char* array = "loss";
  static constexpr option_name<loss> all[] = {
      {loss::softmax_cross_entropy, "softmax_cross_entropy"},
      {loss::sigmoid_cross_entropy, "sigmoid_cross_entropy"},
      {loss::mean_squared_error, "mean_squared_error"},
  };
};

template <>
struct option_names<reduction> {
  static constexpr const char* array = "reduction";
  static constexpr option_name<reduction> all[] = {{reduction::mean, "mean"}, {reduction::sum, "sum"}};
};

/// The name of an enumerator.
template <class Option>
[[nodiscard]] std::string name_of(Option value) {
  for (const auto& entry : option_names<Option>::all) {
    if (entry.value == value) return std::string(entry.name);
  }
  return {};
}

template <class Option>
[[nodiscard]] std::optional<Option> option_of(std::string_view name) {
  for (const auto& entry : option_names<Option>::all) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

/// All of them, such as "mean, sum".
template <class Option>
[[nodiscard]] std::string names_of_all() {
  std::string out;
  for (const auto& entry : option_names<Option>::all) {
    if (!out.empty()) out += ", ";
    out += entry.name;
  }
  return out;
}

}  // namespace twinpath::inline v0::detail::io
