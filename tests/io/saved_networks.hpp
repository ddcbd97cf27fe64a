// SPDX-License-Identifier: MIT
// The networks in data/<version>, and the descriptions that every later version must find in them.
#pragma once

#include <twinpath/io/mlp.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace tests {

/// One network. Together they have every activation, loss, reduction and optimiser, in float and in double.
struct saved_network {
  const char* name;
  std::vector<std::size_t> widths;
  twinpath::mlp_options options;
  twinpath::optimizer rule;
  std::size_t steps;  ///< of training before it is saved
};

inline std::vector<saved_network> saved_networks() {
  using a = twinpath::activation;
  using l = twinpath::loss;
  using r = twinpath::reduction;
  const twinpath::sgd descent{.learning_rate = 0.05, .weight_decay = 0.001};
  const twinpath::sgd momentum{.learning_rate = 0.05, .momentum = 0.9};
  const twinpath::sgd nesterov{.learning_rate = 0.05, .momentum = 0.8, .nesterov = true};
  const twinpath::adam adam{.learning_rate = 0.01};
  const twinpath::adamw adamw{.learning_rate = 0.01};
  const auto options = [](std::uint64_t seed, a f, l which, r how) {
    return twinpath::mlp_options{.seed = seed, .activation = f, .loss = which, .reduction = how};
  };
  return {
      {"untrained", {4, 5, 3}, options(1, a::relu, l::softmax_cross_entropy, r::mean), descent, 0},
      {"identity", {4, 3}, options(2, a::identity, l::mean_squared_error, r::mean), descent, 2},
      {"relu", {4, 5, 3}, options(3, a::relu, l::softmax_cross_entropy, r::mean), momentum, 3},
      {"leaky_relu", {4, 5, 3}, options(4, a::leaky_relu, l::sigmoid_cross_entropy, r::sum), adam, 2},
      {"sigmoid", {4, 5, 3}, options(5, a::sigmoid, l::softmax_cross_entropy, r::sum), adamw, 3},
      {"tanh", {4, 5, 4, 3}, options(6, a::tanh, l::mean_squared_error, r::sum), nesterov, 2},
      {"gelu_erf", {4, 5, 3}, options(7, a::gelu_erf, l::sigmoid_cross_entropy, r::mean), adam, 5},
      {"gelu_tanh", {4, 5, 4, 3}, options(8, a::gelu_tanh, l::softmax_cross_entropy, r::mean), adamw, 2},
  };
}

/// A step of training on six rows of fractions that every type holds exactly.
template <class T>
void train_saved(twinpath::mlp<T>& net, const twinpath::optimizer& rule) {
  constexpr std::size_t rows = 6;
  twinpath::matrix<T> X(rows, net.widths().front()), Y(rows, net.widths().back());
  const std::size_t updates = net.progress().updates;
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < X.cols(); ++j) {
      X(i, j) = static_cast<T>((i * 37 + j * 11 + updates * 5) % 17) / 8 - 1;
    }
    Y(i, (i + updates) % Y.cols()) = 1;
  }
  net.train_step(X, Y, rule);
}

/// 64-bit FNV-1a over the bits of numbers, in little-endian bytes.
class bit_hash {
 public:
  template <class Number>
  void add(Number x) {
    using bits = std::conditional_t<sizeof(Number) == 4, std::uint32_t, std::uint64_t>;
    for (std::size_t shift = 0; shift < 8 * sizeof(Number); shift += 8) {
      hash_ = (hash_ ^ ((std::bit_cast<bits>(x) >> shift) & 0xff)) * 0x100000001b3;
    }
  }
  template <class Number>
  void add(std::span<const Number> numbers) {
    for (const Number x : numbers) add(x);
  }
  [[nodiscard]] std::string text() const {
    char out[17];
    std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(hash_));
    return out;
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

template <class T>
std::string parameters_hash(const twinpath::mlp<T>& net) {
  bit_hash hash;
  for (std::size_t layer = 1; layer <= net.layers(); ++layer) hash.add(net.parameters(layer));
  return hash.text();
}

/// What a network must have from its file, and its parameters after one more step:
/// "parameters <hash> moments <hash> <hash> updates 2 powers <hash> next <hash>".
template <class T>
std::string description(twinpath::mlp<T> net, const twinpath::optimizer& rule) {
  std::string out = "parameters " + parameters_hash(net) + " moments";
  for (const std::size_t which : {std::size_t{1}, std::size_t{2}}) {
    bit_hash hash;
    for (std::size_t layer = 1; layer <= net.layers(); ++layer) {
      hash.add(std::as_const(net).moments(layer, which));
    }
    out += ' ';
    out += net.moments(1, which).empty() ? "none" : hash.text();
  }
  bit_hash powers;
  powers.add(net.progress().beta1_power);
  powers.add(net.progress().beta2_power);
  out += " updates " + std::to_string(net.progress().updates) + " powers " + powers.text();
  train_saved(net, rule);
  return out + " next " + parameters_hash(net);
}

/// The file of a network in a folder, such as relu_float.npz.
template <class T>
std::filesystem::path saved_file(const std::filesystem::path& folder, const saved_network& x) {
  return folder / (std::string(x.name) + (sizeof(T) == 4 ? "_float.npz" : "_double.npz"));
}

}  // namespace tests
