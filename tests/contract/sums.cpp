// SPDX-License-Identifier: MIT
// Sums over rows, over columns and over all elements.
#include <twinpath/reductions.hpp>

#include <twinpath/contract.hpp>
#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/pieces.hpp"
#include "support/random.hpp"
#include "support/shapes.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
namespace contract = tp::contract;

template <class T>
struct sums {
  tp::matrix<T> columns;
  tp::matrix<T> rows;
  T all;

  explicit sums(const tp::matrix<T>& x) : columns(1, x.cols()), rows(1, x.rows()) {
    contract::column_sums<T>(x, columns.elements());
    for (std::size_t i = 0; i < x.rows(); ++i) rows(0, i) = contract::row_sum<T>(x.row(i));
    all = contract::sum<T>(x);
  }
};

template <class T>
void check(const tp::matrix<T>& x, const sums<T>& expected, layout where) {
  CAPTURE(x.rows(), x.cols());
  const padded_matrix<T> in(x.view(), where);
  const tp::matrix_view<const T> view = in.view();
  padded_matrix<T> columns(1, x.cols(), layouts[1]);
  padded_matrix<T> rows(1, x.rows(), layouts[2]);
  tp::column_sums(view, columns.span());
  tp::row_sums(view, rows.span());
  const T all = tp::sum(view);
  const std::string wrong_columns = difference<T>(columns.view(), expected.columns);
  const std::string wrong_rows = difference<T>(rows.view(), expected.rows);
  REQUIRE(wrong_columns == "");
  REQUIRE(wrong_rows == "");
  REQUIRE(same_bits(all, expected.all));
  REQUIRE(columns.padding_untouched());
  REQUIRE(rows.padding_untouched());
}

}  // namespace

TEMPLATE_TEST_CASE("sums of every width and around every block of rows", "[sums]", float, double) {
  using T = TestType;
  generator random(2);
  std::size_t matrices = 0;
  const auto run = [&](std::size_t m, std::size_t n, bool special) {
    const tp::matrix<T> x = special ? special_matrix<T>(m, n, random, 2000) : uniform_matrix<T>(m, n, random);
    const sums<T> expected(x);
    for (const layout where : layouts) check<T>(x, expected, where);
    ++matrices;
  };
  for (std::size_t n = 1; n <= 200; ++n) {
    for (const std::size_t m : {1u, 2u, 31u, 33u}) run(m, n, false);
    run(5, n, true);
  }
  for (std::size_t m = 1; m <= 100; ++m) {
    for (const std::size_t n : {1u, 3u, 10u, 17u, 70u}) run(m, n, false);
    run(m, 10, true);
  }
  CHECK(matrices == 1600);
}

TEMPLATE_TEST_CASE("sums over threads", "[sums]", float, double) {
  using T = TestType;
  generator random(3);
  std::size_t shared_columns = 0;
  std::size_t shared_rows = 0;
  // Wide and tall: tasks take columns of one and rows of the other.
  for (const auto& [rows_of_x, cols_of_x] :
       {std::pair<std::size_t, std::size_t>{70, 3001}, {20011, 10}, {40000, 1}, {700, 300}}) {
    const std::size_t m = rows_of_x, n = cols_of_x;
    const tp::matrix<T> x = uniform_matrix<T>(m, n, random);
    const sums<T> expected(x);
    tp::matrix<T> ignored(1, std::max(m, n));
    for (const std::size_t threads : thread_counts) {
      on_threads(threads, [&] {
        for (const layout where : layouts) check<T>(x, expected, where);
        const std::size_t columns =
            pieces_of("column_sums", [&] { tp::column_sums(x, ignored.elements().first(n)); });
        const std::size_t rows = pieces_of("row_sums", [&] { tp::row_sums(x, ignored.elements().first(m)); });
        if (threads == 1) {
          CHECK(columns == 1);
          CHECK(rows == 1);
        }
        shared_columns += columns > 1 ? 1 : 0;
        shared_rows += rows > 1 ? 1 : 0;
      });
    }
  }
  CHECK(shared_columns >= 4);
  CHECK(shared_rows >= 4);
}

TEMPLATE_TEST_CASE("sums over no elements are 0", "[sums]", float, double) {
  using T = TestType;
  padded_matrix<T> out(1, 5, layouts[1]);
  const T* const null = nullptr;
  tp::column_sums(tp::matrix_view<const T>(null, 0, 5, 5), out.span());
  for (const T x : out.span()) CHECK(same_bits(x, T(0)));
  out.fill(filler<T>());
  tp::row_sums(tp::matrix_view<const T>(null, 5, 0, 0), out.span());
  for (const T x : out.span()) CHECK(same_bits(x, T(0)));
  CHECK(out.padding_untouched());
  CHECK(same_bits(tp::sum(tp::matrix_view<const T>(null, 5, 0, 0)), T(0)));
  CHECK(same_bits(tp::sum(tp::matrix_view<const T>()), T(0)));
}
