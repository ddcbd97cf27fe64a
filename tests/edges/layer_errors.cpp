// SPDX-License-Identifier: MIT
// Errors of the functions of a layer: the messages, and that nothing was written.
#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "edges/refusal.hpp"
#include "support/catch.hpp"

namespace {

using namespace tests;

/// The operands of both backward paths, each in its own memory.
template <class T>
struct layer {
  tp::matrix<T> memory_A = some_matrix<T>(10, 4), memory_dZ = some_matrix<T>(10, 2),
                memory_W = some_matrix<T>(4, 2);
  tp::matrix<T> memory_dW = some_matrix<T>(4, 2), memory_db = some_matrix<T>(1, 2),
                memory_below = some_matrix<T>(10, 4);
  tp::matrix_view<T> A = memory_A, dZ = memory_dZ, W = memory_W, dW = memory_dW, below = memory_below;
  std::span<T> db = memory_db.elements();

  void parameter_path() const { tp::parameter_path(A, dZ, dW, db); }
  void backprop_path() const { tp::backprop_path(dZ, W, A, below, tp::activation::relu); }
  void backward() const {
    tp::backward(tp::schedule::concurrent, A, dZ, W, dW, db, below, tp::activation::relu);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("dense_forward refuses what does not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto X = some_matrix<T>(10, 3), W = some_matrix<T>(3, 4);
  const auto b = some_vector<T>(4);
  auto A = some_matrix<T>(10, 4);
  const auto with = [&](tp::matrix_view<const T> w, std::span<const T> bias, tp::matrix_view<T> a,
                        std::span<const T> memory) {
    return refusal([&] { tp::dense_forward(X, w, bias, tp::activation::relu, a); }, memory);
  };
  auto tall = some_matrix<T>(11, 4);
  CHECK(with(some_matrix<T>(4, 4), b, A, A.elements()) == "dense_forward: W is 4x4, expected 3x4");
  CHECK(with(some_matrix<T>(3, 5), b, A, A.elements()) == "dense_forward: W is 3x5, expected 3x4");
  CHECK(with(W, b, tall, tall.elements()) == "dense_forward: A is 11x4, expected 10x4");
  CHECK(with(W, some_vector<T>(3), A, A.elements()) == "dense_forward: b has 3 elements, expected 4");
  CHECK(with(W, {static_cast<T*>(nullptr), 4}, A, A.elements()) == "dense_forward: b is null");

  const neighbours<T> w(3, 4), bias(1, 4), x(10, 3);
  CHECK(with(w.first(), b, w.sharing(10, 4), w.memory()) == "dense_forward: A overlaps W");
  CHECK(with(W, bias.first_span(), bias.sharing(10, 4), bias.memory()) == "dense_forward: A overlaps b");
  const auto from = [&](tp::matrix_view<T> a) {
    return refusal([&] { tp::dense_forward(x.first(), W, std::span(b), tp::activation::identity, a); },
                   x.memory());
  };
  CHECK(from(x.sharing(10, 4)) == "dense_forward: A overlaps X");
  CHECK(from(x.disjoint(10, 4)).substr(0, 8) == "no error");
  CHECK(with(w.first(), b, w.disjoint(10, 4), w.memory()).substr(0, 8) == "no error");
  CHECK(with(W, bias.first_span(), bias.disjoint(10, 4), bias.memory()).substr(0, 8) == "no error");
}

TEMPLATE_TEST_CASE("dense_forward refuses scores that do not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto X = some_matrix<T>(10, 3), W = some_matrix<T>(3, 4);
  const auto b = some_vector<T>(4);
  auto A = some_matrix<T>(10, 4), Z = some_matrix<T>(10, 4), wide = some_matrix<T>(10, 5),
       tall = some_matrix<T>(11, 4), short_of_rows = some_matrix<T>(0, 4);
  for (const tp::activation f : {tp::activation::identity, tp::activation::relu, tp::activation::gelu_erf}) {
    CAPTURE(static_cast<int>(f));
    const auto scores = [&](tp::matrix_view<T> z, std::span<const T> memory) {
      return refusal([&] { tp::dense_forward(X, W, std::span(b), f, A, z); }, A.elements(), memory);
    };
    CHECK(scores(wide, wide.elements()) == "dense_forward: Z is 10x5, expected 10x4");
    CHECK(scores(tall, tall.elements()) == "dense_forward: Z is 11x4, expected 10x4");
    CHECK(scores(short_of_rows, {}) == "dense_forward: Z is 0x4, expected 10x4");
    CHECK(scores(A, {}) == "dense_forward: A overlaps Z");

    const neighbours<T> x(10, 3), w(3, 4), bias(1, 4), a(10, 4);
    for (const bool shares : {true, false}) {
      const auto check = [&](const neighbours<T>& memory, const std::string& text, const auto& call) {
        const std::string said =
            refusal([&] { call(shares ? memory.sharing(10, 4) : memory.disjoint(10, 4)); }, memory.memory());
        if (shares) {
          CHECK(said == "dense_forward: " + text);
        } else {
          CHECK(said.substr(0, 8) == "no error");
        }
      };
      check(x, "Z overlaps X", [&](auto z) { tp::dense_forward(x.first(), W, std::span(b), f, A, z); });
      check(w, "Z overlaps W", [&](auto z) { tp::dense_forward(X, w.first(), std::span(b), f, A, z); });
      check(bias, "Z overlaps b",
            [&](auto z) { tp::dense_forward(X, W, std::span<const T>(bias.first_span()), f, A, z); });
      check(a, "A overlaps Z", [&](auto z) { tp::dense_forward(X, W, std::span(b), f, a.first(), z); });
    }
  }
}

TEMPLATE_TEST_CASE("the backward paths refuse scores that do not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto A = some_matrix<T>(10, 4), dZ = some_matrix<T>(10, 2), W = some_matrix<T>(4, 2);
  auto dW = some_matrix<T>(4, 2), below = some_matrix<T>(10, 4);
  auto db = some_vector<T>(2);
  using view = tp::matrix_view<const T>;
  for (const tp::activation f : {tp::activation::gelu_erf, tp::activation::gelu_tanh}) {
    CAPTURE(static_cast<int>(f));
    const auto backprop = [&](view z, tp::matrix_view<T> out) {
      return refusal([&] { tp::backprop_path(dZ, W, z, out, f); }, below.elements());
    };
    CHECK(backprop({}, below) == "backprop_path: W is 4x2, expected 0x2");
    CHECK(backprop(some_matrix<T>(10, 5), below) == "backprop_path: W is 4x2, expected 5x2");
    CHECK(backprop(some_matrix<T>(9, 4), below) == "backprop_path: dZ is 10x2, expected 9x2");
    const neighbours<T> z(10, 4);
    CHECK(refusal([&] { tp::backprop_path(dZ, W, z.first(), z.sharing(10, 4), f); }, z.memory()) ==
          "backprop_path: dZ_below overlaps Z");
    CHECK(error_of([&] { tp::backprop_path(dZ, W, z.first(), z.disjoint(10, 4), f); }) == "no error");

    for (const tp::schedule how :
         {tp::schedule::sequential, tp::schedule::concurrent, tp::schedule::automatic}) {
      const auto both = [&](view scores) {
        return refusal([&] { tp::backward(how, A, dZ, W, dW, db, below, f, scores); }, dW.elements(), db,
                       below.elements());
      };
      CHECK(both({}) == "backward: Z is 0x0, expected 10x4");
      CHECK(both(some_matrix<T>(10, 5)) == "backward: Z is 10x5, expected 10x4");
      CHECK(both(some_matrix<T>(9, 4)) == "backward: Z is 9x4, expected 10x4");
      for (const bool shares : {true, false}) {
        const auto check = [&](const std::string& output, const auto& call) {
          const neighbours<T> memory(10, 4);
          const std::string said = refusal([&] { call(memory); }, memory.memory(), dW.elements(),
                                           std::span<const T>(db), below.elements());
          if (shares) {
            CHECK(said == "backward: " + output + " overlaps Z");
          } else {
            CHECK(said.substr(0, 8) == "no error");
          }
        };
        const auto at = [&](const neighbours<T>& memory, std::size_t rows, std::size_t cols) {
          return shares ? memory.sharing(rows, cols) : memory.disjoint(rows, cols);
        };
        check("dW", [&](const neighbours<T>& m) {
          tp::backward(how, A, dZ, W, at(m, 4, 2), db, below, f, m.first());
        });
        check("db", [&](const neighbours<T>& m) {
          tp::backward(how, A, dZ, W, dW, at(m, 1, 2).row(0), below, f, m.first());
        });
        check("dZ_below", [&](const neighbours<T>& m) {
          tp::backward(how, A, dZ, W, dW, db, at(m, 10, 4), f, m.first());
        });
      }
      CHECK(refusal(
                [&] {
                  const neighbours<T> a(10, 4);
                  tp::backward(how, a.first(), dZ, W, dW, db, a.sharing(10, 4), f, some_matrix<T>(10, 4));
                },
                dW.elements(), db) == "backward: dZ_below overlaps A");
    }
  }
  // Other activations do not read Z.
  CHECK(error_of([&] {
          tp::backward(tp::schedule::sequential, A, dZ, W, dW, db, below, tp::activation::tanh,
                       some_matrix<T>(1, 7));
        }) == "no error");
}

TEMPLATE_TEST_CASE("the backward paths refuse shapes that do not fit", "[edges][errors]", float, double) {
  using T = TestType;
  const auto A = some_matrix<T>(10, 4), dZ = some_matrix<T>(10, 2), W = some_matrix<T>(4, 2);
  auto dW = some_matrix<T>(4, 2), below = some_matrix<T>(10, 4);
  auto db = some_vector<T>(2), long_db = some_vector<T>(3);
  const auto short_dZ = some_matrix<T>(9, 2), wrong_W = some_matrix<T>(5, 2), wide_dZ = some_matrix<T>(10, 3);
  auto wrong_dW = some_matrix<T>(2, 4), wrong_below = some_matrix<T>(10, 3);
  using view = tp::matrix_view<const T>;
  const auto parameter = [&](view dz, tp::matrix<T>& dw, std::vector<T>& sums) {
    return refusal([&] { tp::parameter_path(A, dz, dw, sums); }, dw.elements(), sums);
  };
  const auto backprop = [&](view dz, view w, tp::matrix<T>& out) {
    return refusal([&] { tp::backprop_path(dz, w, A, out, tp::activation::relu); }, out.elements());
  };
  CHECK(parameter(short_dZ, dW, db) == "parameter_path: dZ is 9x2, expected 10x2");
  CHECK(parameter(dZ, wrong_dW, db) == "parameter_path: dW is 2x4, expected 4x2");
  CHECK(parameter(dZ, dW, long_db) == "parameter_path: db has 3 elements, expected 2");
  CHECK(error_of([&] { tp::parameter_path(A, dZ, dW, std::span<T>(static_cast<T*>(nullptr), 2)); }) ==
        "parameter_path: db is null");
  CHECK(backprop(dZ, wrong_W, below) == "backprop_path: W is 5x2, expected 4x2");
  CHECK(backprop(wide_dZ, W, below) == "backprop_path: W is 4x2, expected 4x3");
  CHECK(backprop(short_dZ, W, below) == "backprop_path: dZ is 9x2, expected 10x2");
  CHECK(backprop(dZ, W, wrong_below) == "backprop_path: dZ_below is 10x3, expected 10x4");

  for (const tp::schedule how :
       {tp::schedule::sequential, tp::schedule::concurrent, tp::schedule::automatic}) {
    const auto both = [&](view dz, view w, tp::matrix<T>& dw, std::vector<T>& sums, tp::matrix<T>& out) {
      return refusal([&] { tp::backward(how, A, dz, w, dw, sums, out, tp::activation::relu); }, dw.elements(),
                     sums, out.elements());
    };
    CHECK(both(short_dZ, W, dW, db, below) == "backward: dZ is 9x2, expected 10x2");
    CHECK(both(dZ, wrong_W, dW, db, below) == "backward: W is 5x2, expected 4x2");
    CHECK(both(dZ, W, wrong_dW, db, below) == "backward: dW is 2x4, expected 4x2");
    CHECK(both(dZ, W, dW, long_db, below) == "backward: db has 3 elements, expected 2");
    CHECK(both(dZ, W, dW, db, wrong_below) == "backward: dZ_below is 10x3, expected 10x4");
  }
}

TEMPLATE_TEST_CASE("the backward paths refuse outputs that overlap", "[edges][errors]", float, double) {
  using T = TestType;
  using operand = tp::matrix_view<T> layer<T>::*;
  using call = void (layer<T>::*)() const;
  const std::pair<std::string, operand> inputs[] = {
      {"A", &layer<T>::A}, {"dZ", &layer<T>::dZ}, {"W", &layer<T>::W}};

  // An output in the memory of another operand: sharing its last element, and directly after it.
  const auto check = [](call function, const std::string& name, operand output,
                        const std::string& output_name, operand other, const std::string& other_name) {
    for (const bool shares : {true, false}) {
      layer<T> x;
      const neighbours<T> memory((x.*other).rows(), (x.*other).cols());
      const std::size_t rows = (x.*output).rows(), cols = (x.*output).cols();
      x.*other = memory.first();
      x.*output = shares ? memory.sharing(rows, cols) : memory.disjoint(rows, cols);
      const std::string text = refusal([&] { (x.*function)(); }, memory.memory(), x.memory_dW.elements(),
                                       x.memory_db.elements(), x.memory_below.elements());
      INFO(name << ", " << output_name << " and " << other_name << ", shares: " << shares);
      if (shares) {
        CHECK(text == name + ": " + output_name + " overlaps " + other_name);
      } else {
        CHECK(text.substr(0, 8) == "no error");
      }
    }
  };
  const auto check_db = [](call function, const std::string& name, operand other,
                           const std::string& other_name, bool db_is_named_last) {
    for (const bool shares : {true, false}) {
      layer<T> x;
      const neighbours<T> memory((x.*other).rows(), (x.*other).cols());
      x.*other = memory.first();
      x.db = shares ? memory.sharing(2) : memory.disjoint(2);
      const std::string text = refusal([&] { (x.*function)(); }, memory.memory(), x.memory_dW.elements(),
                                       x.memory_below.elements());
      INFO(name << ", db and " << other_name << ", shares: " << shares);
      if (shares) {
        CHECK(text ==
              name + ": " + (db_is_named_last ? other_name + " overlaps db" : "db overlaps " + other_name));
      } else {
        CHECK(text.substr(0, 8) == "no error");
      }
    }
  };

  for (const auto& [input_name, input] : inputs) {
    if (input != &layer<T>::W) {
      check(&layer<T>::parameter_path, "parameter_path", &layer<T>::dW, "dW", input, input_name);
      check_db(&layer<T>::parameter_path, "parameter_path", input, input_name, false);
    }
    check(&layer<T>::backprop_path, "backprop_path", &layer<T>::below, "dZ_below", input, input_name);
    check(&layer<T>::backward, "backward", &layer<T>::dW, "dW", input, input_name);
    check(&layer<T>::backward, "backward", &layer<T>::below, "dZ_below", input, input_name);
    check_db(&layer<T>::backward, "backward", input, input_name, false);
  }
  check_db(&layer<T>::parameter_path, "parameter_path", &layer<T>::dW, "dW", true);
  check_db(&layer<T>::backward, "backward", &layer<T>::dW, "dW", true);
  check_db(&layer<T>::backward, "backward", &layer<T>::below, "dZ_below", false);
  check(&layer<T>::backward, "backward", &layer<T>::dW, "dW", &layer<T>::below, "dZ_below");
}
