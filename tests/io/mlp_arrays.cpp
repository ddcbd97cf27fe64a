// SPDX-License-Identifier: MIT
// The content of a network's file: what save writes and load accepts.
#include <twinpath/io/mlp.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "io/npz.hpp"
#include "networks.hpp"
#include "numbers.hpp"
#include "support/activations.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace tp = twinpath;
namespace io = twinpath::detail::io;
using tests::numbers;
using sizes = std::vector<std::size_t>;

std::set<std::string> names(const io::named_arrays& arrays) {
  std::set<std::string> out;
  for (const auto& entry : arrays) out.insert(entry.first);
  return out;
}

/// As numpy.savez(file, W1=…, b1=…, W2=…, b2=…) of a network 2-3-1.
template <class T>
io::named_arrays plain_arrays() {
  return {{"W1", numbers<T>({1, 2, 3, 4, 5, 6}, {2, 3})},
          {"b1", numbers<T>({-1, -2, -3}, {3})},
          {"W2", numbers<T>({T(0.1), T(0.2), T(0.3)}, {3, 1})},
          {"b2", numbers<T>({7}, {1})}};
}

template <class T>
std::vector<std::remove_const_t<T>> values(std::span<T> s) {
  return {s.begin(), s.end()};
}

}  // namespace

TEMPLATE_TEST_CASE("a file has the arrays that its description names", "[mlp]", float, double) {
  const temporary_folder folder;
  tp::mlp<TestType> net({3, 4, 2}, {.activation = tp::activation::leaky_relu,
                                    .loss = tp::loss::mean_squared_error,
                                    .reduction = tp::reduction::sum});
  std::set<std::string> expected{"W1",          "b1",          "W2",         "b2",   "updates",
                                 "beta1_power", "beta2_power", "activation", "loss", "reduction"};
  SECTION("without moments") {
    tests::train(net, tp::sgd{}, 2);
    tp::save(net, folder / "x.npz");
    CHECK(names(io::read_npz(folder / "x.npz")) == expected);
  }
  SECTION("with one") {
    tests::train(net, tp::sgd{.momentum = 0.9}, 2);
    tp::save(net, folder / "x.npz");
    expected.insert({"W1.m", "b1.m", "W2.m", "b2.m"});
    CHECK(names(io::read_npz(folder / "x.npz")) == expected);
  }
  SECTION("with two") {
    tests::train(net, tp::adam{}, 2);
    tp::save(net, folder / "x.npz");
    const io::named_arrays arrays = io::read_npz(folder / "x.npz");
    expected.insert({"W1.m", "b1.m", "W2.m", "b2.m", "W1.v", "b1.v", "W2.v", "b2.v"});
    CHECK(names(arrays) == expected);
    for (const char* name : {"W1", "W1.m", "W1.v"}) CHECK(arrays.at(name).shape == sizes{3, 4});
    for (const char* name : {"b1", "b1.m", "b1.v"}) CHECK(arrays.at(name).shape == sizes{4});
    const auto elements = [&](const char* name) {
      return values(arrays.at(name).template elements<TestType>());
    };
    CHECK(elements("b1") == values(net.bias(1)));
    CHECK(elements("W2.v") == values(std::as_const(net).moments(2, 2).first(8)));
    CHECK(elements("b2.m") == values(std::as_const(net).moments(2, 1).last(2)));
    CHECK(arrays.at("updates").shape.empty());
    CHECK(arrays.at("updates").elements<std::int64_t>().front() == 2);
    CHECK(arrays.at("beta2_power").elements<double>().front() == net.progress().beta2_power);
    CHECK(arrays.at("activation").strings() == std::vector<std::string>{"leaky_relu"});
    CHECK(arrays.at("loss").strings() == std::vector<std::string>{"mean_squared_error"});
    CHECK(arrays.at("reduction").strings() == std::vector<std::string>{"sum"});
  }
}

TEST_CASE("options come from the file, missing ones from the caller", "[mlp]") {
  const temporary_folder folder;
  for (const auto f : tests::all_activations) {
    for (const auto l :
         {tp::loss::softmax_cross_entropy, tp::loss::sigmoid_cross_entropy, tp::loss::mean_squared_error}) {
      for (const auto r : {tp::reduction::mean, tp::reduction::sum}) {
        tp::save(tp::mlp<float>({2, 3, 1}, {.activation = f, .loss = l, .reduction = r}), folder / "x.npz");
        const tp::mlp<float> net = tp::load_mlp<float>(
            folder / "x.npz",
            {.seed = 9, .activation = tp::activation::relu, .schedule = tp::schedule::row_blocks});
        CHECK(net.options().activation == f);
        CHECK(net.options().loss == l);
        CHECK(net.options().reduction == r);
        CHECK(net.options().seed == 9);
        CHECK(net.options().schedule == tp::schedule::row_blocks);
      }
    }
  }
  io::write_npz(folder / "plain.npz", plain_arrays<float>());
  CHECK(tp::load_mlp<float>(folder / "plain.npz").options().activation == tp::mlp_options{}.activation);
  const tp::mlp<float> made = tp::load_mlp<float>(
      folder / "plain.npz", {.activation = tp::activation::tanh, .reduction = tp::reduction::sum});
  CHECK(made.options().activation == tp::activation::tanh);
  CHECK(made.options().reduction == tp::reduction::sum);
  tp::mlp<float> own({2, 3, 1}, {.activation = tp::activation::tanh});
  tp::load(folder / "plain.npz", own);
  CHECK(own.options().activation == tp::activation::tanh);
}

TEMPLATE_TEST_CASE("weights and biases alone are a network", "[mlp]", float, double) {
  const temporary_folder folder;
  tp::mlp<TestType> net({2, 3, 1});
  tests::train(net, tp::adam{}, 2);
  SECTION("of float32") {
    io::write_npz(folder / "x.npz", plain_arrays<float>());
    tp::load(folder / "x.npz", net);
    CHECK(values(net.parameters(2)) ==
          std::vector<TestType>{TestType(0.1f), TestType(0.2f), TestType(0.3f), 7});
  }
  SECTION("of float64, rounded once") {
    io::write_npz(folder / "x.npz", plain_arrays<double>());
    tp::load(folder / "x.npz", net);
    CHECK(values(net.parameters(2)) == std::vector<TestType>{TestType(0.1), TestType(0.2), TestType(0.3), 7});
  }
  SECTION("of both") {
    io::named_arrays arrays = plain_arrays<float>();
    arrays.at("b2") = numbers<double>({0.1}, {1});
    io::write_npz(folder / "x.npz", arrays);
    tp::load(folder / "x.npz", net);
    CHECK(net.bias(2).front() == TestType(0.1));
  }
  CHECK(values(net.parameters(1)) == std::vector<TestType>{1, 2, 3, 4, 5, 6, -1, -2, -3});
  CHECK(net.moments(1, 1).empty());
  CHECK(net.progress() == tp::optimizer_progress{});
  CHECK(tests::same_state(tp::load_mlp<TestType>(folder / "x.npz"), net));
}

TEST_CASE("NumPy's variants of numbers are read", "[mlp]") {
  const temporary_folder folder;
  io::named_arrays arrays = plain_arrays<float>();
  arrays.emplace("updates", numbers<std::int32_t>({5}, {1}));
  arrays.emplace("beta1_power", numbers<double>({0.5}, {1, 1}));
  arrays.emplace("beta2_power", numbers<double>({0}, {}));
  arrays.emplace(
      "activation",
      io::array{io::dtype::bytes, 4, {}, {std::byte{'t'}, std::byte{'a'}, std::byte{'n'}, std::byte{'h'}}});
  io::write_npz(folder / "x.npz", arrays);
  const tp::mlp<float> net = tp::load_mlp<float>(folder / "x.npz");
  CHECK(net.progress() == tp::optimizer_progress{5, 0.5, 0});
  CHECK(net.options().activation == tp::activation::tanh);
}

TEMPLATE_TEST_CASE("numbers that are not finite keep their bits", "[mlp]", float, double) {
  const temporary_folder folder;
  using limits = std::numeric_limits<TestType>;
  tp::mlp<TestType> net({3, 4, 2});
  net.restore({3, 0.25, 0.5}, 2);
  std::size_t i = 0;
  const TestType odd[] = {
      limits::quiet_NaN(),
      -limits::quiet_NaN(),
      limits::infinity(),
      -limits::infinity(),
      TestType(-0.0),
      limits::denorm_min(),
      limits::max(),
      std::bit_cast<TestType>(std::bit_cast<tests::bits_of<TestType>>(limits::quiet_NaN()) | 5)};
  for (std::size_t layer = 1; layer <= 2; ++layer) {
    for (TestType& x : net.parameters(layer)) x = odd[i++ % std::size(odd)];
    for (TestType& x : net.moments(layer, 1)) x = odd[i++ % std::size(odd)];
    for (TestType& x : net.moments(layer, 2)) x = odd[i++ % std::size(odd)];
  }
  tp::save(net, folder / "x.npz");
  CHECK(tests::same_state(tp::load_mlp<TestType>(folder / "x.npz"), net));
}

TEST_CASE("a file of the other type is rounded once, including infinities and NaN", "[mlp]") {
  const temporary_folder folder;
  tp::mlp<double> net({2, 3, 1});
  tests::train(net, tp::adam{}, 3);
  net.bias(1)[0] = std::numeric_limits<double>::infinity();
  net.bias(1)[1] = std::numeric_limits<double>::quiet_NaN();
  tp::save(net, folder / "x.npz");
  const tp::mlp<float> narrow = tp::load_mlp<float>(folder / "x.npz");
  CHECK(narrow.bias(1)[0] == std::numeric_limits<float>::infinity());
  CHECK(narrow.bias(1)[1] != narrow.bias(1)[1]);
  CHECK(narrow.bias(1)[2] == static_cast<float>(net.bias(1)[2]));
  CHECK(narrow.moments(2, 2)[1] == static_cast<float>(net.moments(2, 2)[1]));
  tp::save(narrow, folder / "y.npz");
  const tp::mlp<double> wide = tp::load_mlp<double>(folder / "y.npz");
  CHECK(wide.weights(1)(1, 2) == double{narrow.weights(1)(1, 2)});
  CHECK(wide.progress() == net.progress());
}
