// SPDX-License-Identifier: MIT
// The first illegal argument is reported by its position, to error handlers that this program defines, and C
// stays unchanged.
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <type_traits>
#include <vector>

#include "blas/interfaces.hpp"
#include "support/catch.hpp"

namespace {

using namespace tests;

struct report {
  std::string name;
  int number = 0;
  std::string text;
};

std::vector<report> reports;

}  // namespace

// These replace the library's handlers.
void xerbla_(const char* name, const int* position, size_t name_length) {
  reports.push_back({std::string(name, name_length), *position, ""});
}

void cblas_xerbla(int number, const char* name, const char* format, ...) {
  char text[200];
  std::va_list values;
  va_start(values, format);
  std::vsnprintf(text, sizeof text, format, values);
  va_end(values);
  reports.push_back({name, number, text});
}

namespace {

struct sizes_of_call {
  char transa = 'N';
  char transb = 'N';
  int m = 0;
  int n = 0;
  int k = 0;
  int lda = 1;
  int ldb = 1;
  int ldc = 1;
};

/// The only report of a call; empty when there is none.
template <class Call>
report report_of(const Call& call) {
  reports.clear();
  call();
  REQUIRE(reports.size() <= 1);
  return reports.empty() ? report() : reports.front();
}

/// The report of a call with matrices that are large enough for it if it is legal.
template <class T>
report report_of(way w, const sizes_of_call& x) {
  const std::vector<T> ab(100, T(2));
  std::vector<T> c(100, T(2));
  const report got = report_of([&] {
    call<T>(w, x.transa, x.transb, x.m, x.n, x.k, T(1), ab.data(), x.lda, ab.data(), x.ldb, T(0), c.data(),
            x.ldc);
  });
  const bool untouched = std::ranges::count(c, T(2)) == 100;
  CHECK(untouched == (got.number != 0 || x.m == 0 || x.n == 0));
  return got;
}

/// An illegal argument, with its position among the arguments of sgemm_.
struct illegal {
  int position;
  const char* name;
  int value;
  sizes_of_call call;
};

/// Column-major: op(A) is 3 x 4, op(B) is 4 x 5, C is 3 x 5.
const illegal in_columns[] = {
    {3, "m", -1, {.m = -1}},
    {4, "n", -2, {.n = -2}},
    {5, "k", -3, {.k = -3}},
    {8, "lda", 2, {'N', 'N', 3, 5, 4, 2, 4, 3}},
    {8, "lda", 2, {'N', 'T', 3, 5, 4, 2, 5, 3}},
    {8, "lda", 3, {'T', 'N', 3, 5, 4, 3, 4, 3}},
    {8, "lda", 3, {'C', 'T', 3, 5, 4, 3, 5, 3}},
    {8, "lda", 0, {.lda = 0}},
    {10, "ldb", 3, {'N', 'N', 3, 5, 4, 3, 3, 3}},
    {10, "ldb", 4, {'N', 'T', 3, 5, 4, 3, 4, 3}},
    {10, "ldb", 3, {'T', 'N', 3, 5, 4, 4, 3, 3}},
    {10, "ldb", 4, {'T', 'C', 3, 5, 4, 4, 4, 3}},
    {10, "ldb", 0, {.ldb = 0}},
    {13, "ldc", 2, {'N', 'N', 3, 5, 4, 3, 4, 2}},
    {13, "ldc", 2, {'T', 'T', 3, 5, 4, 4, 5, 2}},
    {13, "ldc", 0, {.ldc = 0}},
    {13, "ldc", -1, {.ldc = -1}},
    // The first of several.
    {3, "m", -1, {'N', 'N', -1, -1, -1, 0, 0, 0}},
    {4, "n", -1, {'N', 'N', 3, -1, -1, 0, 0, 0}},
    {5, "k", -1, {'N', 'N', 3, 5, -1, 0, 0, 0}},
    {8, "lda", 0, {'N', 'N', 3, 5, 4, 0, 0, 0}},
    {10, "ldb", 0, {'N', 'N', 3, 5, 4, 3, 0, 0}},
};

/// The row-major call that computes the same as a column-major call.
sizes_of_call in_rows(const sizes_of_call& x) {
  return {x.transb, x.transa, x.n, x.m, x.k, x.ldb, x.lda, x.ldc};
}

/// An argument of a column-major call, with the name and position that it has in the row-major call.
struct argument {
  const char* name;
  int position;
};
argument in_rows(int position) {
  switch (position) {
    case 3:
      return {"n", 5};
    case 4:
      return {"m", 4};
    case 5:
      return {"k", 6};
    case 8:
      return {"ldb", 11};
    case 10:
      return {"lda", 9};
    default:
      return {"ldc", 14};
  }
}

std::string text_of(const argument& a, int value) {
  return "parameter number " + std::to_string(a.position) + ", " + a.name + ", has the illegal value " +
         std::to_string(value) + "\n";
}

}  // namespace

TEMPLATE_TEST_CASE("BLAS: illegal sizes and leading dimensions", "[blas]", float, double) {
  using T = TestType;
  const char* fortran_name = std::is_same_v<T, float> ? "SGEMM " : "DGEMM ";
  const char* cblas_name = std::is_same_v<T, float> ? "cblas_sgemm" : "cblas_dgemm";
  for (const illegal& x : in_columns) {
    CAPTURE(x.position, x.name, x.value, x.call.transa, x.call.transb);
    const report fortran = report_of<T>(way::fortran, x.call);
    CHECK(fortran.name == fortran_name);
    CHECK(fortran.number == x.position);

    const report columns = report_of<T>(way::cblas_columns, x.call);
    CHECK(columns.name == cblas_name);
    CHECK(columns.number == x.position + 1);
    CHECK(columns.text == text_of({x.name, x.position + 1}, x.value));

    const report rows = report_of<T>(way::cblas_rows, in_rows(x.call));
    CHECK(rows.name == cblas_name);
    CHECK(rows.number == x.position + 1);
    CHECK(rows.text == text_of(in_rows(x.position), x.value));
  }
}

TEMPLATE_TEST_CASE("BLAS: the smallest legal leading dimensions", "[blas]", float, double) {
  using T = TestType;
  const sizes_of_call legal[] = {
      {'N', 'N', 3, 5, 4, 3, 4, 3}, {'N', 'T', 3, 5, 4, 3, 5, 3}, {'T', 'N', 3, 5, 4, 4, 4, 3},
      {'T', 'T', 3, 5, 4, 4, 5, 3}, {'N', 'N', 0, 0, 0, 1, 1, 1}, {'T', 'T', 0, 5, 0, 1, 5, 1},
  };
  for (const sizes_of_call& x : legal) {
    CHECK(report_of<T>(way::fortran, x).number == 0);
    CHECK(report_of<T>(way::cblas_columns, x).number == 0);
    CHECK(report_of<T>(way::cblas_rows, in_rows(x)).number == 0);
  }
}

TEMPLATE_TEST_CASE("BLAS: letters and enumerators that do not exist", "[blas]", float, double) {
  using T = TestType;
  T c = 2;
  const T one = 1;
  const int size = 1;
  const auto letters = [&](char transa, char transb, int m) {
    return report_of([&] {
      fortran_gemm<T>(&transa, &transb, &m, &size, &size, &one, &one, &size, &one, &size, &one, &c, &size);
    });
  };
  for (const char wrong : {'/', ' ', '\0', 'M', 'O', 'm', 'R', 'H'}) {
    CAPTURE(int{wrong});
    CHECK(letters(wrong, 'N', 1).number == 1);
    CHECK(letters(wrong, wrong, -1).number == 1);
    CHECK(letters('N', wrong, 1).number == 2);
    CHECK(letters('c', wrong, -1).number == 2);
  }

  const auto enumerators = [&](int layout, int transa, int transb, int m) {
    return report_of([&] {
      cblas_gemm<T>(static_cast<CBLAS_LAYOUT>(layout), static_cast<CBLAS_TRANSPOSE>(transa),
                    static_cast<CBLAS_TRANSPOSE>(transb), m, 1, 1, T(1), &one, 1, &one, 1, T(1), &c, 1);
    });
  };
  for (const int wrong : {0, 100, 103, 110, 114}) {
    CAPTURE(wrong);
    CHECK(enumerators(wrong, wrong, wrong, -1).number == 1);
    CHECK(enumerators(wrong, 111, 111, 1).text == text_of({"layout", 1}, wrong));
    for (const int layout : {101, 102}) {
      CHECK(enumerators(layout, wrong, wrong, -1).number == 2);
      CHECK(enumerators(layout, wrong, 111, 1).text == text_of({"transa", 2}, wrong));
      CHECK(enumerators(layout, 112, wrong, -1).number == 3);
      CHECK(enumerators(layout, 113, wrong, 1).text == text_of({"transb", 3}, wrong));
    }
  }
  CHECK(c == 2);
}
