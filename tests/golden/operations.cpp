// SPDX-License-Identifier: MIT
#include "golden/operations.hpp"

#include "golden/elementwise.hpp"
#include "golden/layers.hpp"
#include "golden/losses.hpp"
#include "golden/networks.hpp"
#include "golden/products.hpp"
#include "golden/sums.hpp"
#include "golden/updates.hpp"

namespace tests {

template <class T>
std::vector<operation<T>> all_operations() {
  std::vector<operation<T>> all;
  add_products(all);
  add_sums(all);
  add_elementwise(all);
  add_losses(all);
  add_layers(all);
  add_updates(all);
  add_networks(all);
  return all;
}

template std::vector<operation<float>> all_operations();
template std::vector<operation<double>> all_operations();

}  // namespace tests
