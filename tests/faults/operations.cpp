// SPDX-License-Identifier: MIT
// Functions of matrices when allocations fail: the error is std::bad_alloc, and operands that are input and
// output are unchanged.
#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "faults/failures.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"

namespace {

using namespace tests;

template <class T>
tp::matrix<T> some_matrix(std::size_t rows, std::size_t cols) {
  generator random(rows + cols);
  return uniform_matrix<T>(rows, cols, random);
}

const auto bytes = [](const auto& x) { return bytes_of(x); };

struct product_size {
  std::size_t m, n, k;
  bool allocates;
};
/// A product for each path, and one whose slices of k are tasks.
constexpr product_size product_sizes[] = {{10, 4, 3, false},    {200, 3, 90, true},    {16, 200, 260, true},
                                          {97, 160, 330, true}, {600, 700, 320, true}, {13, 17, 20000, true}};

}  // namespace

TEMPLATE_TEST_CASE("products by each path", "[faults]", float, double) {
  using T = TestType;
  std::size_t all = 0;
  for (const auto& [m, n, k, allocates] : product_sizes) {
    const auto A = some_matrix<T>(m, k), At = some_matrix<T>(k, m), B = some_matrix<T>(k, n),
               Bt = some_matrix<T>(n, k);
    std::size_t failures = 0;
    for (const unsigned form : {0u, 1u, 2u, 3u}) {
      const tp::operand<T> a = (form & 1) != 0 ? tp::transposed(At) : tp::operand<T>(A);
      const tp::operand<T> b = (form & 2) != 0 ? tp::transposed(Bt) : tp::operand<T>(B);
      for (const std::size_t threads : {1u, 2u}) {
        INFO(m << "x" << n << "x" << k << ", form " << form << ", " << threads << " threads");
        failures += fail_each_allocation(
            threads, [&, r = m, c = n] { return some_matrix<T>(r, c); },
            [&](tp::matrix<T>& C) { tp::gemm(a, b, C, T(0.5), T(2)); }, bytes);
      }
    }
    CHECK((failures > 0) == allocates);
    all += failures;
  }
  std::printf("products: %zu failures\n", all);
}

TEMPLATE_TEST_CASE("sums, softmax, losses and activations", "[faults]", float, double) {
  using T = TestType;
  const auto X = some_matrix<T>(3000, 60), Y = some_matrix<T>(3000, 60);
  const std::vector<std::int32_t> classes(3000, 7);
  const auto in_place = [&] { return tp::matrix<T>(X); };
  // The intermediate results of that many rows exceed the first chunk of scratch memory.
  const auto many_rows = [] { return some_matrix<T>(20000, 3); };
  const std::vector<std::int32_t> many_classes(20000, 1);
  for (const std::size_t threads : {1u, 2u}) {
    CHECK(fail_each_allocation(
              threads, [] { return tp::matrix<T>(1, 60); },
              [&](tp::matrix<T>& out) { tp::column_sums(X, out.elements()); }, bytes) > 0);
    CHECK(fail_each_allocation(
              threads, [] { return tp::matrix<T>(1, 3000); },
              [&](tp::matrix<T>& out) { tp::row_sums(X, out.elements()); }, bytes) == 0);
    CHECK(fail_each_allocation(
              threads, [] { return tp::matrix<T>(1, 1); },
              [&](tp::matrix<T>& out) { out(0, 0) = tp::sum(X); }, bytes) > 0);
    CHECK(fail_each_allocation(
              threads, in_place, [](tp::matrix<T>& P) { tp::softmax(P, P); }, bytes) == 0);
    CHECK(fail_each_allocation(
              threads, in_place, [](tp::matrix<T>& A) { tp::activate(tp::activation::gelu_erf, A, A); },
              bytes) == 0);
    CHECK(fail_each_allocation(
              threads, many_rows,
              [&](tp::matrix<T>& Z) { (void)tp::softmax_cross_entropy(Z, many_classes, Z); },
              bytes) >= 2 * 2);
    CHECK(fail_each_allocation(
              threads, in_place, [&](tp::matrix<T>& Z) { (void)tp::softmax_cross_entropy(Z, classes, Z); },
              bytes) > 0);
    CHECK(fail_each_allocation(
              threads, in_place, [&](tp::matrix<T>& Z) { (void)tp::softmax_cross_entropy(Z, Y, Z); }, bytes) >
          0);
    CHECK(fail_each_allocation(
              threads, in_place, [&](tp::matrix<T>& Z) { (void)tp::sigmoid_cross_entropy(Z, Y, Z); }, bytes) >
          0);
    CHECK(fail_each_allocation(
              threads, in_place, [&](tp::matrix<T>& Z) { (void)tp::mean_squared_error(Z, Y, Z); }, bytes) >
          0);
  }
}

TEMPLATE_TEST_CASE("layers and updates", "[faults]", float, double) {
  using T = TestType;
  const auto A = some_matrix<T>(300, 350), W = some_matrix<T>(350, 150), dZ = some_matrix<T>(300, 150),
             b = some_matrix<T>(1, 150);
  struct outputs {
    tp::matrix<T> Z = tp::matrix<T>(300, 150), A = tp::matrix<T>(300, 150), dW = tp::matrix<T>(350, 150),
                  db = tp::matrix<T>(1, 150), below = tp::matrix<T>(300, 350);
  };
  const auto make = [] { return std::make_unique<outputs>(); };
  const auto all = [](const auto& x) {
    return bytes_of(x->Z) + bytes_of(x->A) + bytes_of(x->dW) + bytes_of(x->db) + bytes_of(x->below);
  };
  for (const std::size_t threads : {1u, 2u}) {
    // A tier that keeps all sums in A needs no scratch memory.
    (void)fail_each_allocation(
        threads, make,
        [&](const auto& x) { tp::dense_forward(A, W, b.elements(), tp::activation::gelu_erf, x->A, x->Z); },
        all);
    CHECK(fail_each_allocation(
              threads, make,
              [&](const auto& x) { tp::backprop_path(dZ, W, A, x->below, tp::activation::relu); }, all) > 0);
    CHECK(fail_each_allocation(
              threads, make, [&](const auto& x) { tp::parameter_path(A, dZ, x->dW, x->db.elements()); }, all,
              guarantee::basic) > 0);
    for (const tp::schedule how : {tp::schedule::sequential, tp::schedule::concurrent}) {
      CHECK(fail_each_allocation(
                threads, make,
                [&, how](const auto& x) {
                  tp::backward(how, A, dZ, W, x->dW, x->db.elements(), x->below, tp::activation::relu);
                },
                all, guarantee::basic) > 0);
    }
    CHECK(fail_each_allocation(
              threads, [&] { return tp::matrix<T>(W); },
              [&](tp::matrix<T>& w) { tp::update(tp::sgd{}, w.elements(), W.elements()); }, bytes) == 0);
  }
}

TEMPLATE_TEST_CASE("matrices and batches", "[faults]", float, double) {
  using T = TestType;
  const auto X = some_matrix<T>(30, 7);
  const std::vector<std::int32_t> classes(30, 1);
  CHECK(fail_each_allocation(
            1, [] { return tp::matrix<T>(2, 3); }, [&](tp::matrix<T>& m) { m = X; }, bytes) == 2);
  using maybe = std::optional<tp::batches<T>>;
  const auto first_rows = [](maybe& data) {
    std::string all;
    if (!data) return all;
    for (const auto& b : data->epoch(2)) {
      for (std::size_t i = 0; i < b.inputs.rows(); ++i) append_bytes<T>(all, b.inputs.row(i));
    }
    return all;
  };
  const auto make = [&](maybe& data) { data.emplace(X, classes, 8, 1); };
  CHECK(fail_each_allocation(
            1, [] { return maybe(); }, make, first_rows) >= 2 * 4);
  const tp::batches<T> original(X, classes, 8, 1);
  const tp::matrix<T> other(5, 2);
  CHECK(fail_each_allocation(
            1, [&] { return maybe(std::in_place, other, other, 2, 1); },
            [&](maybe& data) { *data = original; }, first_rows) >= 2 * 4);
}
