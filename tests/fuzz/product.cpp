// SPDX-License-Identifier: MIT
// Products of any shape and memory layout, on any tier and number of threads, with any epilogue, have the
// bits of the contract and write nothing but their elements.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include <twinpath/contract.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/gemm.hpp>

#include "failure.hpp"
#include "placed_matrix.hpp"
#include "sizes.hpp"
#include "support/arithmetic.hpp"
#include "support/bits.hpp"
#include "support/shapes.hpp"
#include "support/threads.hpp"
#include "tier.hpp"
#include "values.hpp"

namespace {

namespace tp = twinpath;

enum class operation { gemm, dense_forward, backprop_path, parameter_path, kMaxValue = parameter_path };

/// A call of one of the operations, without its data. All of them are C (m x n) = op(A) (m x k) * op(B) (k x
/// n) with an epilogue.
template <class T>
struct call {
  operation what;
  tests::shape size;
  bool a_transposed;
  bool b_transposed;
  T alpha;
  T beta;
  tp::activation f;
  bool with_scores;  ///< dense_forward stores Z too
  std::size_t threads;

  [[nodiscard]] std::string text() const {
    constexpr const char* names[] = {"gemm", "dense_forward", "backprop_path", "parameter_path"};
    return std::string(names[static_cast<int>(what)]) + (sizeof(T) == 4 ? " in float, " : " in double, ") +
           text_of(size) + (a_transposed ? ", A transposed" : "") + (b_transposed ? ", B transposed" : "") +
           ", alpha " + tests::text_of(alpha) + ", beta " + tests::text_of(beta) + ", activation " +
           std::to_string(static_cast<int>(f)) + ", " + std::to_string(threads) + " threads, " +
           std::string(name(tp::active_isa()));
  }
};

/// Sizes around the register tiles and vectors of the tier, the cuts of k, and the limits of the paths.
template <class T>
tests::shape draw_shape(FuzzedDataProvider& input) {
  constexpr std::size_t most_elements = std::size_t{1} << 17, most_work = std::size_t{1} << 23;
  constexpr std::size_t most_rows = 700, most_columns = 1500, most_depth = 14000, small_side = 128;
  const tests::families::tile tile = tests::families::tile_of<T>();
  tests::shape s;
  s.m = fuzz::draw_size(input, {tile.rows, tile.width, small_side}, most_rows);
  s.n = fuzz::draw_size(input, {tile.width, tile.cols, tile.widest, small_side},
                        std::min(most_columns, most_elements / std::max<std::size_t>(1, s.m)));
  const std::size_t side = std::max({std::size_t{1}, s.m, s.n});
  const std::size_t area = std::max<std::size_t>(1, s.m * s.n);
  s.k = fuzz::draw_size(
      input,
      {tile.width, std::size_t{16}, small_side, tp::contract::block_length<T>, tp::contract::slice_length},
      std::min({most_depth, most_elements / side, most_work / area}));
  return s;
}

template <class T>
T draw_factor(FuzzedDataProvider& input, fuzz::values& values) {
  constexpr T usual[] = {1, 0, -1, T(0.7), T(-0.0)};
  const auto choice = input.ConsumeIntegralInRange<std::size_t>(0, std::size(usual));
  return choice < std::size(usual) ? usual[choice] : values.next<T>();
}

template <class T>
call<T> draw_call(FuzzedDataProvider& input, fuzz::values& values) {
  call<T> c{};
  c.what = input.ConsumeEnum<operation>();
  c.threads = input.ConsumeIntegralInRange<std::size_t>(1, 3);
  c.size = draw_shape<T>(input);
  c.a_transposed = c.what == operation::parameter_path;
  c.b_transposed = c.what == operation::backprop_path;
  c.alpha = 1;
  c.beta = 0;
  if (c.what == operation::gemm) {
    c.a_transposed = input.ConsumeBool();
    c.b_transposed = input.ConsumeBool();
    c.alpha = draw_factor<T>(input, values);
    c.beta = input.ConsumeBool() ? draw_factor<T>(input, values) : T(0);
  }
  constexpr auto last = static_cast<int>(tp::activation::silu);
  c.f = static_cast<tp::activation>(input.ConsumeIntegralInRange(0, last));
  c.with_scores = c.what == operation::dense_forward && input.ConsumeBool();
  return c;
}

template <class T>
struct operands {
  operands(FuzzedDataProvider& input, const call<T>& c)
      : A(input, c.a_transposed ? c.size.k : c.size.m, c.a_transposed ? c.size.m : c.size.k),
        B(input, c.b_transposed ? c.size.n : c.size.k, c.b_transposed ? c.size.k : c.size.n),
        C(input, c.size.m, c.size.n),
        scores(input, c.with_scores ? c.size.m : 0, c.size.n),
        kept(input, c.what == operation::backprop_path ? c.size.m : 0, c.size.n),
        bias(input, 1, c.size.n) {}

  fuzz::placed_matrix<T> A, B, C;
  fuzz::placed_matrix<T> scores;  ///< Z
  fuzz::placed_matrix<T> kept;    ///< the argument of the derivative in backprop_path
  fuzz::placed_matrix<T> bias;    ///< b, or db
};

template <class T>
void fill(operands<T>& x, const call<T>& c, fuzz::values& values) {
  values.fill(x.A.view());
  values.fill(x.B.view());
  values.fill(x.kept.view());
  if (c.what == operation::dense_forward) values.fill(x.bias.view());
  // Otherwise it stays NaN and must not be read.
  if (c.beta != 0) values.fill(x.C.view());
}

template <class T>
void run(operands<T>& x, const call<T>& c) {
  switch (c.what) {
    case operation::gemm:
      return tp::gemm({x.A.view(), c.a_transposed}, {x.B.view(), c.b_transposed}, x.C.view(), c.alpha,
                      c.beta);
    case operation::dense_forward:
      return tp::dense_forward(x.A.view(), x.B.view(), x.bias.span(), c.f, x.C.view(),
                               c.with_scores ? x.scores.view() : tp::matrix_view<T>());
    case operation::backprop_path:
      return tp::backprop_path(x.A.view(), x.B.view(), x.kept.view(), x.C.view(), c.f);
    case operation::parameter_path:
      return tp::parameter_path(x.A.view(), x.B.view(), x.C.view(), x.bias.span());
  }
}

template <class T>
void expect(const call<T>& c, const char* what, std::size_t i, std::size_t j, T actual, T expected) {
  if (tests::same_bits(actual, expected)) return;
  fuzz::fail(c.text() + ": element (" + std::to_string(i) + ", " + std::to_string(j) + ") of " + what +
             " is " + tests::text_of(actual) + ", the contract says " + tests::text_of(expected));
}

template <class Arithmetic, class T>
void check_element(const operands<T>& x, const call<T>& c, const tp::matrix<T>& old, std::size_t i,
                   std::size_t j) {
  const tp::operand<T> A(x.A.view(), c.a_transposed), B(x.B.view(), c.b_transposed);
  const T t = tp::contract::product<Arithmetic, T>(A, B, i, j);
  T expected = t;
  switch (c.what) {
    case operation::gemm: {
      const T kept = c.beta * old(i, j);
      expected = c.beta == 0 ? c.alpha * t : Arithmetic::multiply_add(c.alpha, t, kept);
      break;
    }
    case operation::dense_forward: {
      const T z = t + x.bias.view()(0, j);
      if (c.with_scores) expect(c, "Z", i, j, x.scores.view()(i, j), z);
      expected = tp::contract::activate<Arithmetic, T>(c.f, z);
      break;
    }
    case operation::backprop_path:
      expected = tp::contract::backprop<Arithmetic, T>(c.f, t, x.kept.view()(i, j));
      break;
    case operation::parameter_path:
      break;
  }
  expect(c, "C", i, j, x.C.view()(i, j), expected);
}

/// All elements, or in a large C the corners and a sample.
template <class T>
void check(const operands<T>& x, const call<T>& c, const tp::matrix<T>& old, fuzz::values& values) {
  constexpr std::size_t most_work = std::size_t{1} << 17;
  const std::size_t m = c.size.m, n = c.size.n, k = c.size.k;
  tests::with_arithmetic([&]<class arithmetic>(arithmetic) {
    const auto check_at = [&](std::size_t i, std::size_t j) { check_element<arithmetic>(x, c, old, i, j); };
    if (m * n * k <= most_work) {
      for (std::size_t i = 0; i < m; ++i) {
        for (std::size_t j = 0; j < n; ++j) check_at(i, j);
      }
      return;
    }
    for (const std::size_t i : {std::size_t{0}, m - 1}) {
      for (const std::size_t j : {std::size_t{0}, n - 1}) check_at(i, j);
    }
    for (std::size_t count = most_work / k; count-- > 0;) {
      const std::size_t i = values.below(m);
      check_at(i, values.below(n));
    }
  });
  if (c.what == operation::parameter_path) {
    for (std::size_t j = 0; j < n; ++j)
      expect(c, "db", 0, j, x.bias.view()(0, j), tp::contract::column_sum<T>(x.B.view(), j));
  }
  for (const auto* matrix : {&x.A, &x.B, &x.C, &x.scores, &x.kept, &x.bias}) {
    if (!matrix->padding_untouched()) fuzz::fail(c.text() + ": memory between the elements was written");
  }
}

template <class T>
void test(FuzzedDataProvider& input) {
  fuzz::values values(input);
  const call<T> c = draw_call<T>(input, values);
  operands<T> x(input, c);
  fill(x, c, values);
  const tp::matrix<T> old(x.C.const_view());
  tests::on_threads(c.threads, [&] { run(x, c); });
  check(x, c, old, values);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, []<class T>(FuzzedDataProvider& input, T) { test<T>(input); });
}
