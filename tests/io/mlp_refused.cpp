// SPDX-License-Identifier: MIT
// Files that do not hold a network, or another one: the error says why, and the network is unchanged.
#include <twinpath/io/mlp.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "data_file.hpp"
#include "io/npz.hpp"
#include "networks.hpp"
#include "numbers.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace tp = twinpath;
namespace io = twinpath::detail::io;
using tests::numbers;
using sizes = std::vector<std::size_t>;

io::array zeros(sizes shape) {
  return numbers(std::vector<float>(*io::bytes_of(shape, 1)), shape);
}

io::array text(const std::string& value) {
  return io::text_array({&value, 1}, {});
}

tp::mlp<float> adam_network(std::vector<std::size_t> widths = {3, 4, 2}, tp::mlp_options options = {}) {
  tp::mlp<float> net(std::move(widths), options);
  tests::train(net, tp::adam{}, 2);
  return net;
}

/// The error without the name of the file. If `made` is true, load_mlp must fail with the same error.
std::string error_of(const std::filesystem::path& file, bool made = true) {
  tp::mlp<float> net = adam_network();
  const tp::mlp<float> before = net;
  std::string what = "no error";
  try {
    tp::load(file, net);
  } catch (const std::runtime_error& e) {
    what = e.what();
  }
  CHECK(tests::same_state(net, before));
  if (made) CHECK_THROWS_WITH(tp::load_mlp<float>(file), what);
  const std::string name = file.string() + ": ";
  return what.starts_with(name) ? what.substr(name.size()) : "the file is not named: " + what;
}

/// The error for a valid file after `change`.
std::string error_after(const std::function<void(io::named_arrays&)>& change, bool made = true) {
  const temporary_folder folder;
  tp::save(adam_network(), folder / "x.npz");
  io::named_arrays arrays = io::read_npz(folder / "x.npz");
  change(arrays);
  io::write_npz(folder / "x.npz", arrays);
  return error_of(folder / "x.npz", made);
}

std::string error_without(const char* name) {
  return error_after([name](io::named_arrays& arrays) { arrays.erase(name); });
}

std::string error_with(const char* name, const io::array& a) {
  return error_after([&](io::named_arrays& arrays) { arrays.insert_or_assign(name, a); });
}

}  // namespace

TEST_CASE("each prefix of a network's file is refused", "[mlp]") {
  const temporary_folder folder;
  tp::mlp<float> net = adam_network({2, 2});
  tp::save(net, folder / "x.npz");
  tests::train(net, tp::adam{}, 1);
  const tp::mlp<float> before = net;
  for (std::size_t length = read_file(folder / "x.npz").size(); length-- > 0;) {
    std::filesystem::resize_file(folder / "x.npz", length);
    std::string what;
    try {
      tp::load(folder / "x.npz", net);
    } catch (const std::runtime_error& e) {
      what = e.what();
    }
    CAPTURE(length, what);
    if (!what.starts_with((folder / "x.npz").string() + ": ")) FAIL("the file is not named");
    if (!tests::same_state(net, before)) FAIL("the network has changed");
  }
}

TEST_CASE("foreign files are refused", "[mlp]") {
  const temporary_folder folder;
  CHECK(error_of(folder / "missing.npz") == "No such file or directory");
  write_file(folder / "x.npz", "a,b,c\n");
  CHECK(error_of(folder / "x.npz") == "not a complete zip archive");
  CHECK(error_of(data_file("savez.npz")) == "array \"W1\": missing; the file has no network");
}

TEST_CASE("files of other networks are refused", "[mlp]") {
  const temporary_folder folder;
  const auto error_of_file = [&](const tp::mlp<float>& other) {
    tp::save(other, folder / "x.npz");
    return error_of(folder / "x.npz", false);
  };
  CHECK(error_of_file(tp::mlp<float>({3, 5, 2})) == "it has layers 3-5-2, the network has 3-4-2");
  CHECK(error_of_file(tp::mlp<float>({3, 4, 2, 2})) == "it has layers 3-4-2-2, the network has 3-4-2");
  CHECK(error_of_file(tp::mlp<float>({3, 4, 2}, {.activation = tp::activation::tanh})) ==
        "its activation is tanh, the network's is relu");
  CHECK(error_of_file(tp::mlp<float>({3, 4, 2}, {.loss = tp::loss::mean_squared_error})) ==
        "its loss is mean_squared_error, the network's is softmax_cross_entropy");
  CHECK(error_of_file(tp::mlp<float>({3, 4, 2}, {.reduction = tp::reduction::sum})) ==
        "its reduction is sum, the network's is mean");
}

TEST_CASE("the error for a missing array names it", "[mlp]") {
  CHECK(error_without("W1") == "array \"W1\": missing");
  CHECK(error_without("b1") == "array \"b1\": missing");
  CHECK(error_without("b2") == "array \"b2\": missing");
  CHECK(error_without("W2") == "array \"W2\": missing");
  CHECK(error_without("updates") == "array \"updates\": missing");
  CHECK(error_without("beta1_power") == "array \"beta1_power\": missing");
  CHECK(error_without("beta2_power") == "array \"beta2_power\": missing");
  for (const char* name : {"W1.m", "b1.m", "W2.m", "b2.m", "W1.v", "b1.v", "W2.v", "b2.v"}) {
    CHECK(error_without(name) == std::string("array \"") + name + "\": missing");
  }
  CHECK(error_after([](io::named_arrays& arrays) {
          for (const char* name : {"updates", "beta1_power", "beta2_power"}) arrays.erase(name);
        }) == "array \"updates\": missing");
  CHECK(error_after([](io::named_arrays& arrays) {
          for (const char* name : {"W1.m", "b1.m", "W2.m", "b2.m"}) arrays.erase(name);
        }) == "array \"W1.m\": missing");
}

TEST_CASE("options that this version does not know are refused by name", "[mlp]") {
  CHECK(error_with("dropout", numbers<double>({0.5}, {})) ==
        "array \"dropout\": unknown in a network of 2 layers");
  CHECK(error_with("optimizer", text("lion")) == "array \"optimizer\": unknown in a network of 2 layers");
  CHECK(error_with("activation", text("mish"))
            .starts_with("array \"activation\": \"mish\" is not one of identity, relu,"));
  CHECK(error_with("loss", text("hinge")) ==
        "array \"loss\": \"hinge\" is not one of softmax_cross_entropy, sigmoid_cross_entropy, "
        "mean_squared_error");
  CHECK(error_with("reduction", text("max")) == "array \"reduction\": \"max\" is not one of mean, sum");
}

TEST_CASE("unknown arrays are refused", "[mlp]") {
  for (const char* name :
       {"w2", "B1", "W0", "W01", "W4", "b4", "W1.w", "W3.m", "activations", "epoch", "größe"}) {
    std::string shown = name;
    if (shown == "größe") shown = "gr????e";
    CHECK(error_with(name, zeros({2})) == "array \"" + shown + "\": unknown in a network of 2 layers");
  }
}

TEST_CASE("shapes that do not fit are refused", "[mlp]") {
  CHECK(error_with("W1", zeros({12})) == "array \"W1\": expected a matrix with elements, got float32 (12,)");
  CHECK(error_with("W1", zeros({3, 0})) ==
        "array \"W1\": expected a matrix with elements, got float32 (3, 0)");
  CHECK(error_with("W1", zeros({0, 4})) ==
        "array \"W1\": expected a matrix with elements, got float32 (0, 4)");
  CHECK(error_with("W2", zeros({5, 2})) == "array \"W2\": expected the shape (4, 2), got (5, 2)");
  CHECK(error_with("W1", zeros({3, 5})) == "array \"b1\": expected the shape (5,), got (4,)");
  CHECK(error_with("b2", zeros({1, 2})) == "array \"b2\": expected the shape (2,), got (1, 2)");
  CHECK(error_with("b2", zeros({})) == "array \"b2\": expected the shape (2,), got ()");
  CHECK(error_with("W2.m", zeros({2, 4})) == "array \"W2.m\": expected the shape (4, 2), got (2, 4)");
  CHECK(error_with("b1.v", zeros({3})) == "array \"b1.v\": expected the shape (4,), got (3,)");
}

TEST_CASE("wrong element types are refused", "[mlp]") {
  const io::array whole = numbers<std::int64_t>({1, 2}, {2});
  CHECK(error_with("b2", whole) == "array \"b2\": expected float32 or float64, got int64 (2,)");
  CHECK(error_with("b2.m", whole) == "array \"b2.m\": expected float32 or float64, got int64 (2,)");
  CHECK(error_with("W1", text("relu")) == "array \"W1\": expected float32 or float64, got text ()");
  CHECK(error_with("updates", numbers<double>({1}, {})) ==
        "array \"updates\": expected one int64, got float64 ()");
  CHECK(error_with("updates", whole) == "array \"updates\": expected one int64, got int64 (2,)");
  CHECK(error_with("beta1_power", zeros({})) ==
        "array \"beta1_power\": expected one float64, got float32 ()");
  CHECK(error_with("beta2_power", numbers<double>({}, {0})) ==
        "array \"beta2_power\": expected one float64, got float64 (0,)");
  CHECK(error_with("loss", zeros({})) == "array \"loss\": expected one text, got float32 ()");
}

TEST_CASE("impossible values are refused", "[mlp]") {
  CHECK(error_with("updates", numbers<std::int64_t>({-1}, {})) == "array \"updates\": -1 is negative");
  for (const double power :
       {-0.5, 1.5, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(error_with("beta1_power", numbers<double>({power}, {})) == "array \"beta1_power\": not in [0, 1]");
    CHECK(error_with("beta2_power", numbers<double>({power}, {})) == "array \"beta2_power\": not in [0, 1]");
  }
  CHECK(error_with("activation", text("\x1b[31m"))
            .starts_with("array \"activation\": \"?[31m\" is not one of identity, relu,"));
}

TEST_CASE("finite numbers out of range for the type are refused", "[mlp]") {
  const io::array large = numbers<double>({1, -1e39}, {2});
  CHECK(error_with("b2", large) == "array \"b2\": a number is out of range for float32");
  CHECK(error_with("b2.v", large) == "array \"b2.v\": a number is out of range for float32");
}

TEST_CASE("a failed save leaves the old file unchanged", "[mlp]") {
  const temporary_folder folder;
  tp::mlp<float> net = adam_network();
  tp::save(net, folder / "x.npz");
  const std::string bytes = read_file(folder / "x.npz");
  net.restore({std::uint64_t{1} << 63, 0, 0}, 2);
  CHECK_THROWS_AS(tp::save(net, folder / "x.npz"), std::invalid_argument);
  CHECK(read_file(folder / "x.npz") == bytes);
  CHECK_THROWS_AS(tp::save(net, folder / "missing" / "x.npz"), std::invalid_argument);
  net.restore({}, 0);
  CHECK_THROWS_AS(tp::save(net, folder / "missing" / "x.npz"), std::runtime_error);
  CHECK(folder.entries() == 1);
}
