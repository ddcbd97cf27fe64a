// SPDX-License-Identifier: MIT
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <twinpath/io/mlp.hpp>

#include "mlp_arrays.hpp"
#include "npz.hpp"
#include "option_names.hpp"

namespace twinpath::inline v0 {
namespace {

namespace io = detail::io;

/// Adds the weights and the bias of a layer from a span in the layout of `mlp::parameters`.
template <class T>
void add_layer(std::vector<io::named_view>& arrays, const mlp<T>& net, std::size_t layer, std::size_t moment,
               std::span<const T> elements) {
  const std::size_t inputs = net.widths()[layer - 1];
  const std::size_t outputs = net.widths()[layer];
  arrays.push_back(
      {io::weights_name(layer, moment), io::view_of(elements.first(inputs * outputs), {inputs, outputs})});
  arrays.push_back({io::bias_name(layer, moment), io::view_of(elements.last(outputs), {outputs})});
}

template <class Option>
io::array option_array(Option value) {
  const std::string text(name(value));
  return io::text_array({&text, 1}, {});
}

}  // namespace

template <class T>
void save(const mlp<T>& net, const std::filesystem::path& file) {
  std::vector<io::named_view> arrays;
  for (std::size_t layer = 1; layer <= net.layers(); ++layer) {
    add_layer(arrays, net, layer, 0, net.parameters(layer));
    for (const std::size_t moment : {std::size_t{1}, std::size_t{2}}) {
      if (!net.moments(layer, moment).empty()) {
        add_layer(arrays, net, layer, moment, net.moments(layer, moment));
      }
    }
  }

  const optimizer_progress& progress = net.progress();
  constexpr std::int64_t most_updates = std::numeric_limits<std::int64_t>::max();
  if (progress.updates > static_cast<std::uint64_t>(most_updates)) {
    throw std::invalid_argument("save: " + std::to_string(progress.updates) +
                                " updates are more than a file can store");
  }
  const std::array updates{static_cast<std::int64_t>(progress.updates)};
  const std::array powers{progress.beta1_power, progress.beta2_power};
  const std::span<const double> power_span(powers);
  arrays.push_back({io::updates_name, io::view_of(std::span<const std::int64_t>(updates), {})});
  arrays.push_back({io::beta1_power_name, io::view_of(power_span.first(1), {})});
  arrays.push_back({io::beta2_power_name, io::view_of(power_span.last(1), {})});

  const io::array activation = option_array(net.options().activation);
  const io::array loss = option_array(net.options().loss);
  const io::array reduction = option_array(net.options().reduction);
  arrays.push_back({io::array_name<twinpath::activation>, activation.view()});
  arrays.push_back({io::array_name<twinpath::loss>, loss.view()});
  arrays.push_back({io::array_name<twinpath::reduction>, reduction.view()});
  io::write_npz(file, arrays);
}

template void save(const mlp<float>&, const std::filesystem::path&);
template void save(const mlp<double>&, const std::filesystem::path&);

}  // namespace twinpath::inline v0
