// SPDX-License-Identifier: MIT
// Saving and loading of networks when allocations fail: the file and the network stay unchanged. Allocations
// of libzip do not fail here.
#include <twinpath/io/mlp.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "faults/failures.hpp"
#include "io/networks.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace tests;

template <class T>
std::string text_of(const tp::mlp<T>& net) {
  const std::vector<std::byte> state = state_of(net);
  return {reinterpret_cast<const char*>(state.data()), state.size()};
}

template <class T>
tp::mlp<T> trained(std::size_t steps) {
  tp::mlp<T> net({5, 7, 3}, {.activation = tp::activation::tanh});
  train(net, tp::adam{}, steps);
  return net;
}

}  // namespace

TEST_CASE("saving a network leaves the older file when an allocation fails", "[faults][io]") {
  const temporary_folder folder;
  const auto file = folder / "x.npz";
  const tp::mlp<float> old = trained<float>(2), fresh = trained<float>(3);
  const std::size_t failures = fail_each_allocation(
      1,
      [&] {
        tp::save(old, file);
        return 0;
      },
      [&](int) { tp::save(fresh, file); },
      [&](int) {
        CHECK(folder.entries() == 1);
        return read_file(file);
      });
  CHECK(failures > 100);
}

TEMPLATE_TEST_CASE("loading a network leaves it unchanged when an allocation fails", "[faults][io]", float,
                   double) {
  using T = TestType;
  const temporary_folder folder;
  const auto file = folder / "x.npz";
  tp::save(trained<T>(3), file);
  CHECK(fail_each_allocation(
            1,
            [] {
              return tp::mlp<T>({5, 7, 3}, {.seed = 9, .activation = tp::activation::tanh});
            },
            [&](tp::mlp<T>& net) { tp::load(file, net); },
            [](const auto& net) { return text_of(net); }) > 100);
  CHECK(fail_each_allocation(
            1, [] { return std::optional<tp::mlp<T>>(); },
            [&](std::optional<tp::mlp<T>>& net) { net = tp::load_mlp<T>(file); },
            [](const auto& net) { return net ? text_of(*net) : std::string(); }) > 100);
}
