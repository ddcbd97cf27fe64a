// SPDX-License-Identifier: MIT
// Views overlap if they share elements, not if their address ranges intersect.
#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <vector>

#include "edges/refusal.hpp"
#include "support/catch.hpp"

namespace {

using namespace tests;

}  // namespace

TEMPLATE_TEST_CASE("adjacent column blocks of one buffer do not overlap", "[edges][errors]", float, double) {
  using T = TestType;
  auto buffer = some_matrix<T>(8, 24);
  const tp::matrix<T> old(buffer);
  const auto A = buffer.block(0, 0, 8, 5), B = buffer.block(0, 5, 5, 6), C = buffer.block(0, 11, 8, 6);
  auto expected = some_matrix<T>(8, 6);
  tp::gemm(tp::matrix<T>(A), tp::matrix<T>(B), expected);
  REQUIRE(error_of([&] { tp::gemm(A, B, C); }) == "no error");
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    for (std::size_t j = 0; j < 24; ++j) {
      wrong += buffer(i, j) == (j >= 11 && j < 17 ? expected(i, j - 11) : old(i, j)) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);

  CHECK(error_of([&] { tp::relu(A, buffer.block(0, 5, 8, 5)); }) == "no error");
  const auto refused = [&](tp::matrix_view<T> to) {
    return refusal([&] { tp::relu(A, to); }, buffer.elements());
  };
  CHECK(refused(buffer.block(0, 4, 8, 5)) == "relu: Y overlaps X");
  CHECK(refused(buffer.block(0, 1, 8, 5)) == "relu: Y overlaps X");
  // The first row of one is the last of the other.
  const auto high = buffer.block(0, 0, 4, 5), low = buffer.block(3, 4, 4, 5);
  CHECK(refusal([&] { tp::relu(high, low); }, buffer.elements()) == "relu: Y overlaps X");
  CHECK(refusal([&] { tp::relu(low, high); }, buffer.elements()) == "relu: Y overlaps X");
  CHECK(error_of([&] { tp::relu(high, buffer.block(4, 4, 4, 5)); }) == "no error");
  CHECK(error_of([&] { tp::relu(high, buffer.block(3, 5, 4, 5)); }) == "no error");
}

TEMPLATE_TEST_CASE("only the elements of views with different strides count", "[edges][errors]", float,
                   double) {
  using T = TestType;
  std::vector<T> memory(64, T(1));
  const auto view = [&](std::size_t at, std::size_t rows, std::size_t cols, std::size_t stride) {
    return tp::matrix_view<T>(memory.data() + at, rows, cols, stride);
  };
  const auto copy = [&](tp::matrix_view<T> from, tp::matrix_view<T> to) {
    return refusal([&] { tp::relu(from, to); }, memory);
  };
  // Elements 0 1, 8 9, 16 17 against 2 3, 6 7, 10 11, and against 2 3, 9 10, 16 17.
  CHECK(copy(view(0, 3, 2, 8), view(2, 3, 2, 4)) == "no error");
  CHECK(copy(view(0, 3, 2, 8), view(2, 3, 2, 7)) == "relu: Y overlaps X");
  CHECK(copy(view(2, 3, 2, 7), view(0, 3, 2, 8)) == "relu: Y overlaps X");
  // The same first element.
  CHECK(copy(view(0, 3, 2, 8), view(0, 3, 2, 4)) == "relu: Y overlaps X");
  // 0 … 3 and 16 … 19 do not contain any of 4 … 15.
  CHECK(copy(view(0, 2, 4, 16), view(4, 3, 4, 4).block(0, 0, 2, 4)) == "no error");
  CHECK(copy(view(0, 3, 4, 16), view(4, 3, 4, 4)) == "no error");
  CHECK(copy(view(0, 4, 4, 16), view(4, 4, 4, 4)) == "relu: Y overlaps X");
  CHECK(copy(view(4, 4, 4, 4), view(0, 4, 4, 16)) == "relu: Y overlaps X");
  // The stride of a single row does not matter.
  CHECK(copy(view(0, 1, 4, 16), view(0, 1, 4, 5)) == "no error");
}
