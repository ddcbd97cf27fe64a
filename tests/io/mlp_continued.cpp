// SPDX-License-Identifier: MIT
// Training resumed from a file is bit-identical to uninterrupted training.
#include <twinpath/io/mlp.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include "networks.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace tp = twinpath;

const std::vector<std::size_t> widths{5, 7, 6, 3};

}  // namespace

TEMPLATE_TEST_CASE("training resumed from a file has the bits of uninterrupted training", "[mlp]", float,
                   double) {
  const temporary_folder folder;
  for (const tests::named_optimizer& by : tests::optimizers) {
    for (const tp::activation f : {tp::activation::relu, tp::activation::gelu_erf}) {
      CAPTURE(by.name, f);
      tp::mlp<TestType> net(widths, {.seed = 3, .activation = f});
      tests::train(net, by.rule, 13);
      tp::save(net, folder / "x.npz");
      tp::mlp<TestType> made = tp::load_mlp<TestType>(folder / "x.npz");
      CHECK(tests::same_state(made, net));
      tests::train(net, by.rule, 20);
      tests::train(made, by.rule, 20);
      CHECK(tests::same_state(made, net));
      for (const tests::named_optimizer& before : tests::optimizers) {
        CAPTURE(before.name);
        tp::mlp<TestType> other(widths, {.seed = 4, .activation = f});
        tests::train(other, before.rule, 2);
        tp::load(folder / "x.npz", other);
        tests::train(other, by.rule, 20);
        CHECK(tests::same_state(other, net));
      }
    }
  }
}

TEST_CASE("an untrained network can be saved and loaded", "[mlp]") {
  const temporary_folder folder;
  const tp::mlp<float> net(widths, {.seed = 5});
  tp::save(net, folder / "x.npz");
  CHECK(tests::same_state(tp::load_mlp<float>(folder / "x.npz"), net));
  tp::mlp<float> other(widths, {.seed = 6});
  tests::train(other, tp::adam{}, 3);
  tp::load(folder / "x.npz", other);
  CHECK(tests::same_state(other, net));
}

TEST_CASE("saving over a file replaces it, and the same network gives the same bytes", "[mlp]") {
  const temporary_folder folder;
  tp::mlp<double> net(widths, {.seed = 5});
  tp::save(net, folder / "x.npz");
  tests::train(net, tp::adam{}, 3);
  tp::save(net, folder / "x.npz");
  tp::save(net, folder / "y.npz");
  CHECK(read_file(folder / "x.npz") == read_file(folder / "y.npz"));
  CHECK(tests::same_state(tp::load_mlp<double>(folder / "x.npz"), net));
  CHECK(folder.entries() == 2);
}
