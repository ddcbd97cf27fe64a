// SPDX-License-Identifier: MIT
#include "mlp_arrays.hpp"

#include <cstdint>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "in_quotes.hpp"
#include "option_names.hpp"

namespace twinpath::inline v0::detail::io {
namespace {

constexpr std::size_t most_moments = 2;

std::string parameter_name(char kind, std::size_t layer, std::size_t moment) {
  constexpr const char* suffixes[] = {"", ".m", ".v"};
  return kind + std::to_string(layer) + suffixes[moment];
}

[[noreturn]] void refuse(std::string_view name, const std::string& what) {
  throw std::runtime_error("array " + in_quotes(name) + ": " + what);
}

/// Finds arrays by name and refuses those that were never looked up.
class finder {
 public:
  explicit finder(const named_arrays& arrays) : arrays_(arrays) {}

  const array* find(const std::string& name) {
    const auto at = arrays_.find(name);
    if (at == arrays_.end()) return nullptr;
    found_.insert(at->first);
    return &at->second;
  }

  const array& require(const std::string& name) {
    const array* found = find(name);
    if (found == nullptr) refuse(name, "missing");
    return *found;
  }

  void refuse_others(std::size_t layers) const {
    for (const auto& entry : arrays_) {
      if (found_.contains(entry.first)) continue;
      refuse(entry.first,
             "unknown in a network of " + std::to_string(layers) + (layers == 1 ? " layer" : " layers"));
    }
  }

 private:
  const named_arrays& arrays_;
  std::set<std::string_view> found_;
};

void check_type(const std::string& name, const array& a) {
  if (a.type != dtype::float32 && a.type != dtype::float64) {
    refuse(name, "expected float32 or float64, got " + a.describe());
  }
}

void check_numbers(const std::string& name, const array& a, const std::vector<std::size_t>& shape) {
  check_type(name, a);
  if (a.shape != shape) {
    refuse(name, "expected the shape " + describe_shape(shape) + ", got " + describe_shape(a.shape));
  }
}

/// The widths of all layers. Checks that weights and biases fit each other.
std::vector<std::size_t> check_layers(finder& arrays) {
  std::vector<std::size_t> widths;
  for (std::size_t layer = 1;; ++layer) {
    const std::string weights_of_layer = weights_name(layer, 0);
    const std::string bias_of_layer = bias_name(layer, 0);
    if (arrays.find(weights_of_layer) == nullptr && arrays.find(bias_of_layer) == nullptr) break;
    const array& weights = arrays.require(weights_of_layer);
    check_type(weights_of_layer, weights);
    if (weights.shape.size() != 2 || weights.data.empty()) {
      refuse(weights_of_layer, "expected a matrix with elements, got " + weights.describe());
    }
    if (layer == 1) widths.push_back(weights.shape[0]);
    const std::size_t outputs = weights.shape[1];
    check_numbers(weights_of_layer, weights, {widths.back(), outputs});
    check_numbers(bias_of_layer, arrays.require(bias_of_layer), {outputs});
    widths.push_back(outputs);
  }
  if (widths.empty()) refuse(weights_name(1, 0), "missing; the file has no network");
  return widths;
}

/// The number of moments, which must be the same for all parameters.
std::size_t check_moments(finder& arrays, const std::vector<std::size_t>& widths) {
  std::size_t count = 0;
  for (std::size_t layer = 1; layer < widths.size(); ++layer) {
    for (std::size_t moment = 1; moment <= most_moments; ++moment) {
      const bool there = arrays.find(weights_name(layer, moment)) != nullptr ||
                         arrays.find(bias_name(layer, moment)) != nullptr;
      if (there && moment > count) count = moment;
    }
  }
  for (std::size_t layer = 1; layer < widths.size(); ++layer) {
    for (std::size_t moment = 1; moment <= count; ++moment) {
      const std::string weights = weights_name(layer, moment);
      check_numbers(weights, arrays.require(weights), {widths[layer - 1], widths[layer]});
      const std::string bias = bias_name(layer, moment);
      check_numbers(bias, arrays.require(bias), {widths[layer]});
    }
  }
  return count;
}

void check_single(const std::string& name, const array& a, bool right_type, const char* what) {
  if (!right_type || a.data.size() != a.item_size) {
    refuse(name, std::string("expected one ") + what + ", got " + a.describe());
  }
}

std::uint64_t check_updates(const array& a) {
  const bool narrow = a.type == dtype::int32;
  check_single(updates_name, a, narrow || a.type == dtype::int64, "int64");
  const std::int64_t updates =
      narrow ? a.elements<std::int32_t>().front() : a.elements<std::int64_t>().front();
  if (updates < 0) refuse(updates_name, std::to_string(updates) + " is negative");
  return static_cast<std::uint64_t>(updates);
}

double check_power(const std::string& name, const array& a) {
  check_single(name, a, a.type == dtype::float64, "float64");
  const double power = a.elements<double>().front();
  // This form is false for NaN.
  if (!(power >= 0 && power <= 1)) refuse(name, "not in [0, 1]");
  return power;
}

optimizer_progress check_progress(finder& arrays, std::size_t moments) {
  const bool there = arrays.find(updates_name) != nullptr || arrays.find(beta1_power_name) != nullptr ||
                     arrays.find(beta2_power_name) != nullptr;
  if (!there && moments == 0) return {};
  return {check_updates(arrays.require(updates_name)),
          check_power(beta1_power_name, arrays.require(beta1_power_name)),
          check_power(beta2_power_name, arrays.require(beta2_power_name))};
}

template <class Option>
std::optional<Option> check_option(finder& arrays) {
  const std::string name = array_name<Option>;
  const array* a = arrays.find(name);
  if (a == nullptr) return std::nullopt;
  check_single(name, *a, a->type == dtype::text || a->type == dtype::bytes, "text");
  const std::string text = a->strings().front();
  const std::optional<Option> value = from_name<Option>(text);
  if (!value) refuse(name, in_quotes(text) + " is not one of " + names_of_all<Option>());
  return value;
}

}  // namespace

std::string weights_name(std::size_t layer, std::size_t moment) {
  return parameter_name('W', layer, moment);
}

std::string bias_name(std::size_t layer, std::size_t moment) {
  return parameter_name('b', layer, moment);
}

const array& mlp_arrays::weights(std::size_t layer, std::size_t moment) const {
  return arrays.find(weights_name(layer, moment))->second;
}

const array& mlp_arrays::bias(std::size_t layer, std::size_t moment) const {
  return arrays.find(bias_name(layer, moment))->second;
}

mlp_arrays check_mlp_arrays(named_arrays arrays) {
  mlp_arrays out;
  finder find(arrays);
  out.widths = check_layers(find);
  out.moments = check_moments(find, out.widths);
  out.progress = check_progress(find, out.moments);
  out.activation = check_option<activation>(find);
  out.loss = check_option<loss>(find);
  out.reduction = check_option<reduction>(find);
  find.refuse_others(out.widths.size() - 1);
  out.arrays = std::move(arrays);
  return out;
}

}  // namespace twinpath::inline v0::detail::io
