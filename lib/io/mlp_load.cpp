// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <twinpath/io/mlp.hpp>

#include "in_quotes.hpp"
#include "mlp_arrays.hpp"
#include "npz.hpp"
#include "option_names.hpp"

namespace twinpath::inline v0 {
namespace {

namespace io = detail::io;

/// Calls `check` and adds the name of the file to its errors.
template <class Check>
auto about(const std::filesystem::path& file, Check check) {
  try {
    return check();
  } catch (const std::runtime_error& e) {
    throw std::runtime_error(file.string() + ": " + e.what());
  }
}

std::string text(const std::vector<std::size_t>& widths) {
  std::string out;
  for (const std::size_t width : widths) out += (out.empty() ? "" : "-") + std::to_string(width);
  return out;
}

/// Throws if rounding to T turns a finite number into an infinity.
template <class T>
void check_range(const std::string& name, const io::array& a) {
  if constexpr (std::is_same_v<T, float>) {
    if (a.type != io::dtype::float64) return;
    for (const double x : a.elements<double>()) {
      if (std::isfinite(x) && !std::isfinite(static_cast<float>(x))) {
        throw std::runtime_error("array " + io::in_quotes(name) + ": a number is out of range for float32");
      }
    }
  }
}

template <class T>
io::mlp_arrays read(const std::filesystem::path& file) {
  io::named_arrays arrays = io::read_npz(file);
  return about(file, [&] {
    io::mlp_arrays saved = io::check_mlp_arrays(std::move(arrays));
    for (std::size_t layer = 1; layer < saved.widths.size(); ++layer) {
      for (std::size_t moment = 0; moment <= saved.moments; ++moment) {
        check_range<T>(io::weights_name(layer, moment), saved.weights(layer, moment));
        check_range<T>(io::bias_name(layer, moment), saved.bias(layer, moment));
      }
    }
    return saved;
  });
}

template <class T>
void copy(const io::array& from, std::span<T> to) {
  const auto round = [](auto x) { return static_cast<T>(x); };
  if (from.type == io::dtype::float32) {
    std::ranges::transform(from.elements<float>(), to.begin(), round);
  } else {
    std::ranges::transform(from.elements<double>(), to.begin(), round);
  }
}

/// Strong exception guarantee; only std::bad_alloc can be thrown.
template <class T>
void fill(mlp<T>& net, const io::mlp_arrays& saved) {
  net.restore(saved.progress, saved.moments);
  for (std::size_t layer = 1; layer <= net.layers(); ++layer) {
    for (std::size_t moment = 0; moment <= saved.moments; ++moment) {
      const std::span<T> to = moment == 0 ? net.parameters(layer) : net.moments(layer, moment);
      const std::size_t outputs = net.widths()[layer];
      copy(saved.weights(layer, moment), to.first(to.size() - outputs));
      copy(saved.bias(layer, moment), to.last(outputs));
    }
  }
}

template <class Option>
void check_same(const std::optional<Option>& saved, Option own) {
  if (!saved || *saved == own) return;
  throw std::runtime_error(std::string("its ") + io::array_name<Option> + " is " + std::string(name(*saved)) +
                           ", the network's is " + std::string(name(own)));
}

}  // namespace

template <class T>
mlp<T> load_mlp(const std::filesystem::path& file, mlp_options otherwise) {
  const io::mlp_arrays saved = read<T>(file);
  mlp_options options = otherwise;
  options.activation = saved.activation.value_or(otherwise.activation);
  options.loss = saved.loss.value_or(otherwise.loss);
  options.reduction = saved.reduction.value_or(otherwise.reduction);
  mlp<T> net(saved.widths, options);
  fill(net, saved);
  return net;
}

template <class T>
void load(const std::filesystem::path& file, mlp<T>& net) {
  const io::mlp_arrays saved = read<T>(file);
  about(file, [&] {
    if (saved.widths != net.widths()) {
      throw std::runtime_error("it has layers " + text(saved.widths) + ", the network has " +
                               text(net.widths()));
    }
    check_same(saved.activation, net.options().activation);
    check_same(saved.loss, net.options().loss);
    check_same(saved.reduction, net.options().reduction);
  });
  fill(net, saved);
}

template mlp<float> load_mlp(const std::filesystem::path&, mlp_options);
template mlp<double> load_mlp(const std::filesystem::path&, mlp_options);
template void load(const std::filesystem::path&, mlp<float>&);
template void load(const std::filesystem::path&, mlp<double>&);

}  // namespace twinpath::inline v0
