// SPDX-License-Identifier: MIT
#include "network_file.hpp"

#include <stdexcept>
#include <string>

#include <twinpath/io/mlp.hpp>

#include "choices.hpp"
#include "io/replacement_file.hpp"

namespace digits {

twinpath::mlp<float> load_network(const options& o) {
  const auto activation = o.activation.value_or(twinpath::mlp_options{}.activation);
  twinpath::mlp<float> net =
      twinpath::load_mlp<float>(o.load, {.seed = o.seed, .activation = activation, .schedule = o.schedule});
  const auto fail = [&o](const std::string& what) {
    throw std::runtime_error(o.load.string() + ": " + what);
  };
  if (!o.layers.empty() && o.layers != net.widths()) {
    fail("it has layers " + name(net.widths()) + ", --layers says " + name(o.layers));
  }
  if (o.activation && *o.activation != net.options().activation) {
    fail("its activation is " + std::string(name(net.options().activation)) + ", --activation says " +
         std::string(name(*o.activation)));
  }
  if (net.options().loss != twinpath::loss::softmax_cross_entropy) {
    fail("its loss is not softmax cross-entropy, the loss of this program");
  }
  if (net.options().reduction != twinpath::reduction::mean) {
    fail("its loss is a sum over the batch; this program uses the mean");
  }
  return net;
}

void require_savable(const std::filesystem::path& file) {
  const twinpath::detail::io::replacement_file never_committed(file);
}

void save_network(const twinpath::mlp<float>& net, const std::filesystem::path& file) {
  twinpath::save(net, file);
}

}  // namespace digits
