// SPDX-License-Identifier: MIT
#include <twinpath/matrix.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "edges/refusal.hpp"
#include "support/catch.hpp"

namespace {

namespace tp = twinpath;
using tests::error_of;

constexpr std::size_t largest = std::numeric_limits<std::size_t>::max();

template <class T>
bool aligned(const T* p) {
  return reinterpret_cast<std::uintptr_t>(p) % 64 == 0;
}

}  // namespace

TEMPLATE_TEST_CASE("a new matrix is aligned, dense and zero", "[edges][matrix]", float, double) {
  using matrix = tp::matrix<TestType>;
  for (const std::size_t cols : {1u, 3u, 7u, 16u, 33u}) {
    matrix m(5, cols);
    CHECK(m.rows() == 5);
    CHECK(m.cols() == cols);
    CHECK(m.stride() == cols);
    CHECK(m.size() == 5 * cols);
    CHECK(!m.empty());
    CHECK(aligned(m.data()));
    CHECK(m.elements().size() == m.size());
    for (const TestType x : m.elements()) CHECK(x == 0);
  }
}

TEMPLATE_TEST_CASE("an empty matrix has a shape but no memory", "[edges][matrix]", float, double) {
  using matrix = tp::matrix<TestType>;
  const matrix none;
  CHECK(none.rows() == 0);
  CHECK(none.cols() == 0);
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{0, 7}, {7, 0}, {0, 0}, {0, largest}}) {
    const matrix m(rows, cols);
    CHECK(m.rows() == rows);
    CHECK(m.cols() == cols);
    CHECK(m.empty());
    CHECK(m.size() == 0);
    CHECK(m.data() == nullptr);
    CHECK(m.view().empty());
    const matrix copy(m);
    CHECK(copy.rows() == rows);
    CHECK(copy.cols() == cols);
  }
}

TEMPLATE_TEST_CASE("a matrix is made from its rows", "[edges][matrix]", float, double) {
  using matrix = tp::matrix<TestType>;
  const matrix m{{1, 2, 3}, {4, 5, 6}};
  REQUIRE(m.rows() == 2);
  REQUIRE(m.cols() == 3);
  CHECK(m(0, 0) == 1);
  CHECK(m(0, 2) == 3);
  CHECK(m(1, 0) == 4);
  CHECK(m(1, 2) == 6);
  CHECK(aligned(m.data()));
  CHECK(error_of([] { matrix{{1, 2, 3}, {4, 5}}; }) == "matrix: row 1 has 2 elements, row 0 has 3");
  CHECK(error_of([] { matrix{{1}, {2}, {3, 4}}; }) == "matrix: row 2 has 2 elements, row 0 has 1");
  CHECK(error_of([] { matrix{{}, {1}}; }) == "matrix: row 1 has 1 elements, row 0 has 0");
}

TEMPLATE_TEST_CASE("rows and elements of a matrix can be written", "[edges][matrix]", float, double) {
  tp::matrix<TestType> m(2, 3);
  m(0, 1) = 5;
  m.row(1)[2] = 6;
  m.elements()[3] = 7;
  m.view()(0, 0) = 8;
  m.block(1, 1, 1, 1)(0, 0) = 9;
  const tp::matrix<TestType> expected{{8, 5, 0}, {7, 9, 6}};
  for (std::size_t i = 0; i < m.size(); ++i) CHECK(m.data()[i] == expected.data()[i]);
  CHECK(std::as_const(m).row(1)[0] == 7);
  CHECK(std::as_const(m).row(1).size() == 3);
  CHECK(std::as_const(m).block(0, 1, 2, 2)(1, 1) == 6);
}

TEMPLATE_TEST_CASE("copies of a matrix have their own memory, moves take its memory", "[edges][matrix]",
                   float, double) {
  using matrix = tp::matrix<TestType>;
  matrix m{{1, 2}, {3, 4}};
  const TestType* memory = m.data();

  matrix copy(m);
  CHECK(copy.data() != memory);
  CHECK(aligned(copy.data()));
  copy(0, 0) = 9;
  CHECK(m(0, 0) == 1);
  matrix assigned(7, 7);
  assigned = m;
  CHECK(assigned.rows() == 2);
  CHECK(assigned(1, 1) == 4);
  CHECK(assigned.data() != memory);
  const matrix& itself = m;
  m = itself;
  CHECK(m.data() == memory);
  CHECK(m(1, 0) == 3);

  matrix moved(std::move(m));
  CHECK(moved.data() == memory);
  CHECK(moved.rows() == 2);
  CHECK(m.rows() == 0);
  CHECK(m.cols() == 0);
  CHECK(m.data() == nullptr);
  matrix target(1, 1);
  target = std::move(moved);
  CHECK(target.data() == memory);
  CHECK(target(1, 1) == 4);
  CHECK(moved.rows() == 0);
  CHECK(moved.data() == nullptr);
  moved = matrix(3, 1);
  CHECK(moved.rows() == 3);
  CHECK(std::is_nothrow_move_constructible_v<matrix>);
}

TEMPLATE_TEST_CASE("a matrix copies a view densely", "[edges][matrix]", float, double) {
  const TestType memory[] = {1, 2, -1, 3, 4, -1};
  const tp::matrix<TestType> m(tp::matrix_view<const TestType>(memory, 2, 2, 3));
  CHECK(m.stride() == 2);
  for (std::size_t i = 0; i < 4; ++i) CHECK(m.data()[i] == static_cast<TestType>(i + 1));
}

TEMPLATE_TEST_CASE("a matrix beyond the address space is refused", "[edges][matrix]", float, double) {
  using matrix = tp::matrix<TestType>;
  const std::string n = std::to_string(largest);
  CHECK(error_of([] { matrix(largest, 1); }) == "matrix: " + n + "x1 elements exceed the address space");
  CHECK(error_of([] { matrix(1, largest); }) == "matrix: 1x" + n + " elements exceed the address space");
  CHECK(error_of([] { matrix(largest, largest); }) ==
        "matrix: " + n + "x" + n + " elements exceed the address space");
  // The product of the sizes wraps around to 0, and to a small number of bytes.
  const std::size_t half = std::size_t{1} << 32;
  CHECK(error_of([&] { matrix(half, half); }) ==
        "matrix: 4294967296x4294967296 elements exceed the address space");
  CHECK(error_of([&] { matrix(half / sizeof(TestType), half + 1); }) != "no error");
}

TEMPLATE_TEST_CASE("a view finds its elements by its stride", "[edges][matrix]", float, double) {
  using view = tp::matrix_view<TestType>;
  std::vector<TestType> memory(20);
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<TestType>(i);
  const view v(memory.data() + 1, 3, 2, 5);
  CHECK(v.data() == memory.data() + 1);
  CHECK(v.rows() == 3);
  CHECK(v.cols() == 2);
  CHECK(v.stride() == 5);
  CHECK(!v.empty());
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 2; ++j) CHECK(v(i, j) == static_cast<TestType>(1 + 5 * i + j));
    CHECK(v.row(i).data() == &v(i, 0));
    CHECK(v.row(i).size() == 2);
  }
  v(2, 1) = -1;
  CHECK(memory[12] == -1);

  CHECK(view(memory.data(), 4, 5).stride() == 5);
  const view of_span(std::span<TestType>(memory), 2, 7);
  CHECK(of_span.stride() == 7);
  CHECK(of_span(1, 0) == 7);
  CHECK(view().empty());
  CHECK(view().data() == nullptr);
}

TEMPLATE_TEST_CASE("views convert to const views, never back", "[edges][matrix]", float, double) {
  using T = TestType;
  using view = tp::matrix_view<T>;
  using const_view = tp::matrix_view<const T>;
  tp::matrix<T> m{{1, 2}, {3, 4}};
  const view v = m;
  const const_view c = v;
  CHECK(c.data() == m.data());
  CHECK(c.rows() == 2);
  CHECK(c.cols() == 2);
  CHECK(c.stride() == 2);
  const const_view direct = std::as_const(m);
  CHECK(direct.data() == m.data());
  static_assert(std::is_same_v<decltype(c(0, 0)), const T&>);
  static_assert(std::is_same_v<decltype(std::as_const(m).view()), const_view>);
  static_assert(std::is_convertible_v<view, const_view>);
  static_assert(!std::is_convertible_v<const_view, view>);
  static_assert(!std::is_convertible_v<const tp::matrix<T>&, view>);
  static_assert(std::is_trivially_copyable_v<view>);
}

TEMPLATE_TEST_CASE("a block is a view of a submatrix", "[edges][matrix]", float, double) {
  TestType memory[40];
  for (std::size_t i = 0; i < 40; ++i) memory[i] = static_cast<TestType>(i);
  const tp::matrix_view<const TestType> v(memory, 4, 6, 10);
  const auto b = v.block(1, 2, 3, 4);
  CHECK(b.rows() == 3);
  CHECK(b.cols() == 4);
  CHECK(b.stride() == 10);
  CHECK(&b(0, 0) == &v(1, 2));
  CHECK(&b(2, 3) == &v(3, 5));
  const auto inner = b.block(1, 1, 1, 2);
  CHECK(&inner(0, 0) == &v(2, 3));
  CHECK(inner.stride() == 10);
  CHECK(v.block(0, 0, 4, 6).data() == v.data());

  // An empty block may begin at the far corner.
  CHECK(v.block(4, 6, 0, 0).empty());
  CHECK(v.block(4, 0, 0, 6).cols() == 6);
  CHECK(v.block(0, 6, 4, 0).rows() == 4);

  const auto error = [&](std::size_t row, std::size_t col, std::size_t rows, std::size_t cols) {
    return error_of([&] { (void)v.block(row, col, rows, cols); });
  };
  CHECK(error(2, 3, 3, 1) == "block: 3x1 at (2, 3) is not inside 4x6");
  CHECK(error(0, 0, 5, 6) == "block: 5x6 at (0, 0) is not inside 4x6");
  CHECK(error(0, 0, 4, 7) == "block: 4x7 at (0, 0) is not inside 4x6");
  CHECK(error(0, 3, 4, 4) == "block: 4x4 at (0, 3) is not inside 4x6");
  CHECK(error(5, 0, 0, 0) == "block: 0x0 at (5, 0) is not inside 4x6");
  CHECK(error(0, 7, 0, 0) == "block: 0x0 at (0, 7) is not inside 4x6");
  CHECK(error(largest, 0, 1, 1) != "no error");
  CHECK(error(1, 0, largest, 1) != "no error");
  CHECK(error(0, 1, 1, largest) != "no error");
  CHECK(error_of([] { (void)tp::matrix<TestType>(2, 2).block(0, 1, 2, 2); }) ==
        "block: 2x2 at (0, 1) is not inside 2x2");
}

TEMPLATE_TEST_CASE("an impossible view is refused", "[edges][matrix]", float, double) {
  using view = tp::matrix_view<TestType>;
  TestType memory[6] = {};
  CHECK(error_of([&] { view(memory, 2, 3, 2); }) == "matrix_view: stride 2 is below the columns of 2x3");
  CHECK(error_of([&] { view(memory, 1, 3, 0); }) == "matrix_view: stride 0 is below the columns of 1x3");
  TestType* const null = nullptr;
  CHECK(error_of([&] { view(null, 2, 3, 3); }) == "matrix_view: the pointer to 2x3 elements is null");
  CHECK(error_of([&] { view(null, 1, 1); }) == "matrix_view: the pointer to 1x1 elements is null");
  const std::span<TestType> five(memory, 5);
  CHECK(error_of([&] { view(five, 2, 3); }) == "matrix_view: a span of 5 elements is too short for 2x3");
  CHECK(error_of([&] { view(five, largest, 2); }) != "no error");
  CHECK(error_of([&] { view(five, 3, largest / 2); }) != "no error");
  CHECK(error_of([&] { view(five, 5, 1); }) == "no error");
  // A view without elements is always valid.
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{0, 7}, {7, 0}, {0, 0}}) {
    CHECK(error_of([&, r = rows, c = cols] { view(null, r, c, 0); }) == "no error");
    CHECK(error_of([&, r = rows, c = cols] { view(std::span<TestType>(), r, c); }) == "no error");
  }
}

TEMPLATE_TEST_CASE("an operand is a view, transposed or not", "[edges][matrix]", float, double) {
  using T = TestType;
  tp::matrix<T> m(3, 5);
  const tp::operand<T> plain = m;
  CHECK(plain.view().data() == m.data());
  CHECK(plain.rows() == 3);
  CHECK(plain.cols() == 5);
  CHECK(!plain.is_transposed());

  const tp::matrix_view<T> view = m.block(0, 1, 3, 2);
  const tp::matrix_view<const T> const_view = view;
  for (const tp::operand<T>& x : {tp::transposed(view), tp::transposed(const_view)}) {
    CHECK(x.is_transposed());
    CHECK(x.rows() == 2);
    CHECK(x.cols() == 3);
    CHECK(x.view().data() == view.data());
    CHECK(x.view().rows() == 3);
    CHECK(x.view().stride() == 5);
  }
  CHECK(tp::transposed(m).rows() == 5);
  const tp::operand<T> twice = tp::transposed(tp::transposed(m));
  CHECK(!twice.is_transposed());
  CHECK(twice.rows() == 3);
  CHECK(twice.cols() == 5);
  CHECK(twice.view().data() == m.data());
  CHECK(tp::transposed(tp::transposed(tp::transposed(view))).is_transposed());
}
