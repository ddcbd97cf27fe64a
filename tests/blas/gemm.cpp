// SPDX-License-Identifier: MIT
// BLAS products have the bits of the contract in every memory layout, and write nothing outside of the
// matrices.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "blas/interfaces.hpp"
#include "support/catch.hpp"
#include "support/product_case.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

template <class T>
tp::matrix<T> transpose(const tp::matrix<T>& x) {
  tp::matrix<T> y(x.cols(), x.rows());
  for (std::size_t i = 0; i < x.rows(); ++i) {
    for (std::size_t j = 0; j < x.cols(); ++j) y(j, i) = x(i, j);
  }
  return y;
}

/// One product in one layout of its three matrices: C and its expected elements, row-major and column-major.
template <class T>
class blas_call {
 public:
  blas_call(const product_case<T>& x, layout a, layout b, layout c)
      : size_(x.size),
        operands_(x.A, x.B, a, b),
        rows_(x.size.m, x.size.n, c),
        columns_(x.size.n, x.size.m, c),
        old_{x.old, transpose(x.old)} {}

  /// What is wrong with C after a call; empty when nothing is.
  [[nodiscard]] std::string run(way w, char transa, char transb, T alpha, T beta,
                                const std::array<tp::matrix<T>, 2>& expected) {
    const bool in_columns = w != way::cblas_rows;
    padded_matrix<T>& C = in_columns ? columns_ : rows_;
    if (beta == 0) {
      C.fill(filler<T>());
    } else {
      C.assign(old_[in_columns]);
    }
    const auto a = stored(transa, in_columns, [&](bool transposed) { return operands_.A(transposed); });
    const auto b = stored(transb, in_columns, [&](bool transposed) { return operands_.B(transposed); });
    call<T>(w, transa, transb, to_int(size_.m), to_int(size_.n), to_int(size_.k), alpha, a.data(),
            to_int(a.stride()), b.data(), to_int(b.stride()), beta, C.view().data(),
            to_int(C.view().stride()));
    if (!C.padding_untouched()) return "the padding of C was written";
    return difference<T>(C.view(), expected[in_columns]);
  }

 private:
  static int to_int(std::size_t x) { return static_cast<int>(x); }

  /// An operand as it lies in memory.
  template <class Get>
  static tp::matrix_view<const T> stored(char letter, bool in_columns, const Get& get) {
    const bool transposed = enumerator_of(letter) != CblasNoTrans;
    return get(transposed != in_columns).view();
  }

  shape size_;
  stored_operands<T> operands_;
  padded_matrix<T> rows_;
  padded_matrix<T> columns_;
  std::array<tp::matrix<T>, 2> old_;
};

template <class T>
constexpr std::pair<T, T> factors[] = {
    {T(1), T(0)}, {T(0.7), T(0)}, {T(1), T(1)}, {T(-1), T(1)}, {T(0.7), T(-0.3)}};

template <class T>
void check_all(const shapes& family, data kind = data::uniform) {
  constexpr char plain[] = {'N', 'n'};
  constexpr char transposing[] = {'T', 't', 'C', 'c'};
  std::size_t products = 0;
  for (const shape& s : family) {
    INFO(text_of(s));
    const product_case<T> x(s, kind);
    for (std::size_t l = 0; l < std::size(layouts); ++l) {
      blas_call<T> product(x, layouts[l], layouts[(l + 1) % 3], layouts[(l + 2) % 3]);
      for (const auto& [alpha, beta] : factors<T>) {
        const tp::matrix<T> in_rows = x.expected(gemm_epilogue(alpha, beta));
        const std::array<tp::matrix<T>, 2> expected{in_rows, transpose(in_rows)};
        for (const way w : ways) {
          for (const bool ta : {false, true}) {
            for (const bool tb : {false, true}) {
              const char transa = ta ? transposing[products % 4] : plain[products % 2];
              const char transb = tb ? transposing[products / 4 % 4] : plain[products / 2 % 2];
              const std::string wrong = product.run(w, transa, transb, alpha, beta, expected);
              ++products;
              if (wrong.empty()) continue;
              CAPTURE(text_of(w), transa, transb, alpha, beta, l);
              REQUIRE(wrong == "");
            }
          }
        }
      }
    }
  }
  INFO(family.size() << " shapes, " << products << " products");
  CHECK(products == family.size() * std::size(layouts) * std::size(factors<T>) * std::size(ways) * 4);
}

/// Tall and wide: of column-major matrices the library sees the transpose.
template <class T>
shapes around_tiles() {
  const auto t = families::tile_of<T>();
  const sizes few{1, 2, t.rows, t.rows + 1, 2 * t.rows + 1};
  const sizes many{t.width - 1, t.width + 1, t.cols, t.cols + 1, 2 * t.cols + 1};
  shapes all = families::cross(few, many, {1, 2, 19, 70});
  families::append(all, families::cross(many, few, {1, 2, 19, 70}));
  return all;
}

}  // namespace

TEMPLATE_TEST_CASE("BLAS: around tiles", "[blas]", float, double) {
  check_all<TestType>(around_tiles<TestType>());
}
TEMPLATE_TEST_CASE("BLAS: tiny", "[blas]", float, double) {
  check_all<TestType>(families::tiny());
}
TEMPLATE_TEST_CASE("BLAS: layers", "[blas]", float, double) {
  check_all<TestType>(families::layers());
}
TEMPLATE_TEST_CASE("BLAS: cuts of k", "[blas]", float, double) {
  check_all<TestType>({{5, 9, 256}, {5, 9, 257}, {9, 5, 320}, {9, 5, 321}, {3, 18, 8193}});
}
TEMPLATE_TEST_CASE("BLAS: packed, on one thread and on several", "[blas]", float, double) {
  for (const std::size_t threads : thread_counts) {
    on_threads(threads, [] { check_all<TestType>(families::packed<TestType>()); });
  }
}
TEMPLATE_TEST_CASE("BLAS: NaN, infinities, zeros, subnormals and overflow", "[blas]", float, double) {
  check_all<TestType>(families::tiny(), data::special);
}

TEMPLATE_TEST_CASE("BLAS: every letter", "[blas]", float, double) {
  using T = TestType;
  const product_case<T> x({3, 5, 7});
  blas_call<T> product(x, layouts[0], layouts[1], layouts[2]);
  const tp::matrix<T> in_rows = x.expected(gemm_epilogue(T(0.7), T(-0.3)));
  const std::array<tp::matrix<T>, 2> expected{in_rows, transpose(in_rows)};
  for (const way w : ways) {
    for (const char transa : {'N', 'n', 'T', 't', 'C', 'c'}) {
      for (const char transb : {'N', 'n', 'T', 't', 'C', 'c'}) {
        CAPTURE(text_of(w), transa, transb);
        CHECK(product.run(w, transa, transb, T(0.7), T(-0.3), expected) == "");
      }
    }
  }
}
