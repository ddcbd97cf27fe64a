// SPDX-License-Identifier: MIT
// More than 2^31 rows, columns or steps of k. The same physical memory is mapped again and again.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <cstddef>
#include <new>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "support/address_space.hpp"
#include "support/arithmetic.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"

namespace {

using namespace tests;

constexpr std::size_t more_than_31_bits = (std::size_t{1} << 31) + 77;
constexpr std::size_t more_than_32_bits = (std::size_t{1} << 32) + 77;

/// A number of elements of random content; nothing if the machine refuses the address space.
template <class T>
class random_memory {
 public:
  explicit random_memory(std::size_t elements) {
    try {
      memory_.emplace(elements);
    } catch (const std::bad_alloc&) {
      WARN(elements << " elements of address space are not available: not tested");
      return;
    }
    generator random(elements);
    for (T& x : memory_->once()) x = random.uniform<T>();
  }
  [[nodiscard]] bool is_there() const { return memory_.has_value(); }
  [[nodiscard]] T* data() const { return memory_->all().data(); }
  [[nodiscard]] std::span<T> all() const { return memory_->all(); }
  [[nodiscard]] std::span<T> once() const { return memory_->once(); }

 private:
  std::optional<repeated_memory<T>> memory_;
};

}  // namespace

TEST_CASE("a column sum of more than 2^31 rows", "[edges][huge]") {
  const random_memory<float> X(more_than_31_bits);
  if (!X.is_there()) return;
  const tp::matrix_view<const float> view(X.data(), more_than_31_bits, 1);
  std::vector<float> sum(1);
  tp::column_sums(view, std::span<float>(sum));
  CHECK(same_bits(sum[0], tp::contract::column_sum(view, 0)));
}

TEMPLATE_TEST_CASE("products of 2^31 rows, columns and steps of k", "[.huge]", float, double) {
  using T = TestType;
  const std::size_t n = more_than_31_bits;
  const random_memory<T> A(n), C(n);
  if (!A.is_there() || !C.is_there()) return;
  const T factor = T(0.75);
  const tp::matrix<T> B{{factor}};
  const auto scaled = [&] {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < C.once().size(); ++i) wrong += C.once()[i] == A.once()[i] * factor ? 0 : 1;
    std::ranges::fill(C.once(), T(9));
    return wrong == 0;
  };
  const tp::matrix_view<T> column(A.data(), n, 1), row(A.data(), 1, n);
  tp::gemm(column, B, tp::matrix_view<T>(C.data(), n, 1));
  CHECK(scaled());
  tp::gemm(tp::transposed(row), B, tp::matrix_view<T>(C.data(), n, 1));
  CHECK(scaled());
  tp::gemm(B, row, tp::matrix_view<T>(C.data(), 1, n));
  CHECK(scaled());
  tp::gemm(B, tp::transposed(column), tp::matrix_view<T>(C.data(), 1, n));
  CHECK(scaled());

  const T expected = with_arithmetic(
      [&]<class arithmetic>(arithmetic) { return tp::contract::product<arithmetic, T>(row, column, 0, 0); });
  tp::matrix<T> dot(1, 1);
  for (const tp::operand<T>& a : {tp::operand<T>(row), tp::transposed(column)}) {
    for (const tp::operand<T>& b : {tp::operand<T>(column), tp::transposed(row)}) {
      dot(0, 0) = 0;
      tp::gemm(a, b, dot);
      CHECK(same_bits(dot(0, 0), expected));
    }
  }
}

TEMPLATE_TEST_CASE("sums of more than 2^32 elements", "[.huge]", float, double) {
  using T = TestType;
  const std::size_t n = more_than_32_bits, side = 70'000;  // 70,000^2 is more, too
  const random_memory<T> X(side * side);
  if (!X.is_there()) return;
  const tp::matrix_view<const T> row(X.data(), 1, n), column(X.data(), n, 1), square(X.data(), side, side);
  std::vector<T> one(1), columns(side), rows(side);
  tp::row_sums(row, std::span<T>(one));
  CHECK(same_bits(one[0], tp::contract::row_sum<T>(row.row(0))));
  tp::column_sums(column, std::span<T>(one));
  CHECK(same_bits(one[0], tp::contract::column_sum(column, 0)));
  CHECK(same_bits(tp::sum(row), tp::contract::row_sum<T>(row.row(0))));

  tp::column_sums(square, std::span<T>(columns));
  tp::row_sums(square, std::span<T>(rows));
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < side; i += 997) {
    wrong += same_bits(columns[i], tp::contract::column_sum(square, i)) ? 0 : 1;
    wrong += same_bits(rows[i], tp::contract::row_sum<T>(square.row(i))) ? 0 : 1;
  }
  CHECK(wrong == 0);
  CHECK(same_bits(rows[side - 1], tp::contract::row_sum<T>(square.row(side - 1))));
  CHECK(same_bits(tp::sum(square),
                  tp::contract::column_sum(tp::matrix_view<const T>(rows.data(), side, 1), 0)));
}

TEMPLATE_TEST_CASE("functions of more than 2^32 elements", "[.huge]", float, double) {
  using T = TestType;
  const std::size_t n = more_than_32_bits;
  const random_memory<T> X(n), Y(n);
  if (!X.is_there() || !Y.is_there()) return;
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{1, n}, {n, 1}}) {
    std::ranges::fill(Y.once(), T(9));
    tp::relu(tp::matrix_view<const T>(X.data(), rows, cols), tp::matrix_view<T>(Y.data(), rows, cols));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < X.once().size(); ++i)
      wrong += same_bits(Y.once()[i], tp::contract::relu(X.once()[i])) ? 0 : 1;
    CHECK(wrong == 0);
  }
}
