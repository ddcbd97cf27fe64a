// SPDX-License-Identifier: MIT
// Strides above 2^31 elements: offsets in an operand do not fit 32 bits.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "edges/every_operation.hpp"
#include "support/address_space.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/product_case.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

constexpr std::size_t stride = (std::size_t{1} << 31) + 37;

template <class T>
class distant_rows {
 public:
  distant_rows(std::size_t rows, std::size_t cols)
      : memory_(rows * stride), view_(memory_.data(), rows, cols, stride) {}
  explicit distant_rows(const tp::matrix<T>& x) : distant_rows(x.rows(), x.cols()) {
    for (std::size_t i = 0; i < x.rows(); ++i) std::ranges::copy(x.row(i), view_.row(i).begin());
  }
  [[nodiscard]] tp::matrix_view<T> view() const { return view_; }

 private:
  sparse_memory<T> memory_;
  tp::matrix_view<T> view_;
};

template <class T>
class distant_operands {
 public:
  void begin() {
    matrices_.clear();
    others_.begin();
  }
  [[nodiscard]] tp::matrix_view<T> matrix(std::size_t rows, std::size_t cols) {
    return matrices_.emplace_back(rows, cols).view();
  }
  [[nodiscard]] std::span<T> vector(std::size_t n) { return others_.vector(n); }
  [[nodiscard]] std::span<std::int32_t> classes(std::size_t n) { return others_.classes(n); }

 private:
  std::deque<distant_rows<T>> matrices_;
  dense_memory<T> others_;
};

/// Whether this machine gives a process that much address space.
bool is_there_room() {
  try {
    const sparse_memory<char> all(std::size_t{8} << 40);
    return true;
  } catch (const std::bad_alloc&) {
    WARN("8 TiB of address space are not available: large strides are not tested");
    return false;
  }
}

}  // namespace

TEMPLATE_TEST_CASE("products with strides of 2^31 elements", "[edges][large]", float, double) {
  using T = TestType;
  if (!is_there_room()) return;
  std::size_t products = 0;
  for (const shape& s : {shape{10, 4, 3}, {40, 3, 90}, {16, 120, 130}, {33, 70, 50}, {60, 40, 330}}) {
    const product_case<T> x(s);
    const auto flipped = [](const tp::matrix<T>& m) {
      tp::matrix<T> t(m.cols(), m.rows());
      for (std::size_t i = 0; i < m.rows(); ++i) {
        for (std::size_t j = 0; j < m.cols(); ++j) t(j, i) = m(i, j);
      }
      return t;
    };
    const distant_rows<T> A(x.A), B(x.B), At(flipped(x.A)), Bt(flipped(x.B)), C(s.m, s.n);
    for (const unsigned form : {0u, 1u, 2u, 3u}) {
      const tp::operand<T> a = (form & 1) != 0 ? tp::transposed(At.view()) : tp::operand<T>(A.view());
      const tp::operand<T> b = (form & 2) != 0 ? tp::transposed(Bt.view()) : tp::operand<T>(B.view());
      for (const std::size_t threads : {1u, 3u}) {
        for (const T beta : {T(0), T(0.5)}) {
          for (std::size_t i = 0; i < s.m; ++i) std::ranges::copy(x.old.row(i), C.view().row(i).begin());
          on_threads(threads, [&] { tp::gemm(a, b, C.view(), T(1), beta); });
          CAPTURE(text_of(s), form, threads, beta);
          REQUIRE(difference<T>(C.view(), x.expected(gemm_epilogue(T(1), beta))) == "");
          ++products;
        }
      }
    }
  }
  CHECK(products == 5 * 4 * 2 * 2);
}

TEMPLATE_TEST_CASE("every other function with strides of 2^31 elements", "[edges][large]", float, double) {
  using T = TestType;
  if (!is_there_room()) return;
  const auto check = [](const auto& compute) {
    dense_memory<T> dense;
    operations<T, dense_memory<T>> in_dense(dense);
    const std::vector<T> expected = compute(in_dense);
    distant_operands<T> distant;
    operations<T, distant_operands<T>> in_distant(distant);
    const std::vector<T> actual = compute(in_distant);
    REQUIRE(actual.size() == expected.size());
    REQUIRE(difference<T>(std::span<const T>(actual), std::span<const T>(expected)) == "");
  };
  for (const std::size_t threads : {1u, 2u}) {
    on_threads(threads, [&] {
      check([](auto& call) { return call.of_rows(33, 70); });
      check([](auto& call) { return call.of_rows(70, 1000); });
      check([](auto& call) { return call.of_layer(30, 40, 70); });
      check([](auto& call) { return call.of_network({30, 40, 7}, 34); });
    });
  }
}
