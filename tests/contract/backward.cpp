// SPDX-License-Identifier: MIT
// The two backward paths of a dense layer: each on its own, and both under every schedule.
#include <twinpath/dense.hpp>

#include <limits>

#include "support/activations.hpp"
#include "support/arithmetic.hpp"
#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/random.hpp"
#include "support/shapes.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
using tp::activation;
using tp::schedule;

/// A layer of `inputs` by `outputs` with a batch of m.
struct layer_shape {
  std::size_t m;
  std::size_t inputs;
  std::size_t outputs;
};

constexpr schedule schedules[] = {schedule::sequential, schedule::concurrent, schedule::row_blocks,
                                  schedule::automatic};

template <class T>
struct layer_case {
  layer_case(const layer_shape& s, std::uint64_t special_one_in)
      : size(s), dW(s.inputs, s.outputs), db(1, s.outputs), error(s.m, s.inputs) {
    generator random(s.m * 1009 + s.inputs * 31 + s.outputs);
    const auto make = [&](std::size_t rows, std::size_t cols) {
      return special_one_in == 0 ? uniform_matrix<T>(rows, cols, random)
                                 : special_matrix<T>(rows, cols, random, special_one_in);
    };
    A = make(s.m, s.inputs);
    for (T& a : A.elements()) a = tp::contract::relu(a);
    dZ = make(s.m, s.outputs);
    W = make(s.inputs, s.outputs);
    with_arithmetic([&]<class arithmetic>(arithmetic) {
      tp::contract::parameter_path<arithmetic, T>(A, dZ, dW, db.elements());
      tp::contract::backprop_path<arithmetic, T>(dZ, W, A, error, activation::identity);
    });
    Z = make(s.m, s.inputs);
  }

  layer_shape size;
  tp::matrix<T> A;
  tp::matrix<T> dZ;
  tp::matrix<T> W;
  tp::matrix<T> dW;
  tp::matrix<T> db;
  tp::matrix<T> error;  ///< dZ of the layer below, under identity
  tp::matrix<T> Z;      ///< possible pre-activations
};

template <class T>
class memory {
 public:
  memory(const layer_case<T>& x, std::size_t l)
      : x_(x),
        A(x.A.view(), layouts[l]),
        dZ(x.dZ.view(), layouts[(l + 1) % std::size(layouts)]),
        W(x.W.view(), layouts[(l + 2) % std::size(layouts)]),
        dW(x.dW.rows(), x.dW.cols(), layouts[(l + 1) % std::size(layouts)]),
        db(1, x.db.cols(), layouts[l]),
        Z(x.Z.view(), layouts[(l + 1) % std::size(layouts)]),
        below(x.A.rows(), x.A.cols(), layouts[(l + 2) % std::size(layouts)]) {}

  void check_parameters() const {
    const std::string wrong_weights = difference<T>(dW.view(), x_.dW);
    const std::string wrong_bias = difference<T>(db.view(), x_.db);
    REQUIRE(wrong_weights == "");
    REQUIRE(wrong_bias == "");
    REQUIRE(dW.padding_untouched());
    REQUIRE(db.padding_untouched());
  }
  void check_below(activation f) const {
    // contract::backprop_path multiplies by the derivative; the products are computed already.
    const std::string wrong =
        difference<T>(below.view(), times_derivative(f, x_.error, keeps_scores(f) ? x_.Z : x_.A));
    REQUIRE(wrong == "");
    REQUIRE(below.padding_untouched());
  }

 private:
  const layer_case<T>& x_;

 public:
  padded_matrix<T> A;
  padded_matrix<T> dZ;
  padded_matrix<T> W;
  padded_matrix<T> dW;
  padded_matrix<T> db;
  padded_matrix<T> Z;
  padded_matrix<T> below;
};

/// Counts the calls compared.
template <class T>
std::size_t check(const layer_shape& s, std::size_t threads, std::uint64_t special_one_in = 0,
                  activations which = all_activations) {
  const layer_case<T> x(s, special_one_in);
  std::size_t calls = 0;
  for (std::size_t l = 0; l < std::size(layouts); ++l) {
    for (const activation f : which) {
      CAPTURE(s.m, s.inputs, s.outputs, threads, l, static_cast<int>(f));
      {
        memory<T> separate(x, l);
        on_threads(threads, [&] {
          tp::parameter_path(separate.A.view(), separate.dZ.view(), separate.dW.view(), separate.db.span());
          tp::backprop_path(separate.dZ.view(), separate.W.view(),
                            (keeps_scores(f) ? separate.Z : separate.A).view(), separate.below.view(), f);
        });
        separate.check_parameters();
        separate.check_below(f);
        calls += 2;
      }
      for (const schedule how : schedules) {
        memory<T> both(x, l);
        on_threads(threads, [&] {
          tp::backward(how, both.A.view(), both.dZ.view(), both.W.view(), both.dW.view(), both.db.span(),
                       both.below.view(), f, both.Z.view());
        });
        CAPTURE(static_cast<int>(how));
        both.check_parameters();
        both.check_below(f);
        ++calls;
      }
    }
  }
  return calls;
}

}  // namespace

TEMPLATE_TEST_CASE("backward: tile edges", "[dense][backward]", float, double) {
  using T = TestType;
  const auto tile = families::tile_of<T>();
  std::size_t calls = 0;
  for (const std::size_t m : {std::size_t{1}, tile.rows + 1, 33 + tile.width}) {
    for (const std::size_t inputs : {std::size_t{1}, tile.rows - 1, 2 * tile.rows + 1, tile.cols + 1}) {
      for (const std::size_t outputs :
           {std::size_t{1}, tile.width - 1, tile.width, tile.cols, 2 * tile.cols + 1}) {
        if (inputs == 0 || outputs == 0) continue;
        calls += check<T>({m, inputs, outputs}, 1, 0, {activation::relu, activation::gelu_erf});
      }
    }
  }
  CHECK(calls >= 1000);
}

TEMPLATE_TEST_CASE("backward: layers", "[dense][backward]", float, double) {
  using T = TestType;
  for (const layer_shape& s :
       {layer_shape{10, 4, 2}, layer_shape{10, 3, 4}, layer_shape{64, 128, 10}, layer_shape{64, 64, 128},
        layer_shape{130, 300, 60}, layer_shape{330, 33, 35}}) {
    CHECK(check<T>(s, 1) == 18 * all_activations.size());
  }
}

TEMPLATE_TEST_CASE("backward: a long batch over threads", "[dense][backward]", float, double) {
  // dW then has several slices of k, and db many blocks of rows.
  for (const std::size_t threads : thread_counts) {
    CHECK(check<TestType>({8200, 16, 10}, threads) == 18 * all_activations.size());
    CHECK(check<TestType>({200, 130, 100}, threads) == 18 * all_activations.size());
  }
}

TEMPLATE_TEST_CASE("backward: NaN, infinities, zeros, subnormals and overflow", "[dense][backward]", float,
                   double) {
  for (const layer_shape& s :
       {layer_shape{10, 4, 2}, layer_shape{33, 17, 10}, layer_shape{40, 70, 35}, layer_shape{64, 128, 10}}) {
    CHECK(check<TestType>(s, 1, 60) == 18 * all_activations.size());
  }
}

TEMPLATE_TEST_CASE("the mask is a selection: products of NaN and infinity become +0", "[dense][backward]",
                   float, double) {
  using T = TestType;
  using limits = std::numeric_limits<T>;
  const std::size_t n = families::tile_of<T>().widest + 1;
  std::size_t zeros = 0;
  for (const T worst : {limits::infinity(), -limits::infinity(), limits::quiet_NaN(), T(-1)}) {
    for (const T off : {T(0), T(-0.0), T(-1), limits::quiet_NaN(), -limits::infinity()}) {
      tp::matrix<T> dZ(3, 2);
      tp::matrix<T> W(n, 2);
      tp::matrix<T> A(3, n);
      tp::matrix<T> below(3, n);
      for (T& x : dZ.elements()) x = worst;
      for (T& x : W.elements()) x = 1;
      for (T& x : A.elements()) x = off;
      for (std::size_t j = 0; j < n; j += 2) A(1, j) = 1;
      tp::backprop_path(dZ, W, A, below, tp::activation::relu);
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < n; ++j) {
          const bool kept = i == 1 && j % 2 == 0;
          const T expected = kept ? T(2) * worst : T(0);
          CAPTURE(worst, off, i, j);
          REQUIRE(same_bits(below(i, j), expected));
          zeros += kept ? 0 : 1;
        }
      }
    }
  }
  CHECK(zeros > 0);
}
