// SPDX-License-Identifier: MIT
#include "accuracy.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "adapter.hpp"
#include "operands.hpp"

namespace gemm_bench {
namespace {

// C has few elements, so that k can be long, but more than a register tile, so that no library takes a
// special path.
constexpr std::size_t rows = 32;
constexpr std::size_t columns = 48;
// Rows of C that are compared.
constexpr std::size_t compared = 8;
constexpr std::size_t lengths[] = {16, 64, 256, 1000, 4096, 10000, 100000, 1000000};

enum class data { random, positive };

template <class T>
struct matrices {
  std::vector<T> a, b, c;

  matrices(std::size_t m, std::size_t n, std::size_t k) : a(m * k), b(k * n), c(m * n) {
    fill_random(std::span<T>(a), 1);
    fill_random(std::span<T>(b), 2);
  }
  [[nodiscard]] product<T> nn(std::size_t m, std::size_t n, std::size_t k) {
    return {m, n, k, false, false, a.data(), k, b.data(), n, c.data(), n};
  }
};

template <class T>
double relative_error(std::size_t k, data kind) {
  matrices<T> x(rows, columns, k);
  if (kind == data::positive) {
    for (T& v : x.a) v = std::abs(v);
    for (T& v : x.b) v = std::abs(v);
  }
  const product<T> p = x.nn(rows, columns, k);
  prepare(p);
  multiply(p);
  long double errors = 0;
  long double results = 0;
  for (std::size_t i = 0; i < compared; ++i) {
    std::vector<long double> exact(columns);
    for (std::size_t l = 0; l < k; ++l) {
      const long double a = x.a[i * k + l];
      for (std::size_t j = 0; j < columns; ++j) exact[j] += a * x.b[l * columns + j];
    }
    for (std::size_t j = 0; j < columns; ++j) {
      const long double error = x.c[i * columns + j] - exact[j];
      errors += error * error;
      results += exact[j] * exact[j];
    }
  }
  return static_cast<double>(std::sqrt(errors / results));
}

template <class T>
double seconds_of_product(T scale) {
  constexpr std::size_t size = 128;
  matrices<T> x(size, size, size);
  for (T& v : x.a) v *= scale;
  const product<T> p = x.nn(size, size, size);
  prepare(p);
  multiply(p);
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 20; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    multiply(p);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

template <class T>
void print_type(const char* type) {
  for (const data kind : {data::random, data::positive}) {
    std::printf("error %s %-8s", type, kind == data::random ? "random" : "positive");
    for (const std::size_t k : lengths) std::printf("  %.3e", relative_error<T>(k, kind));
    std::printf("\n");
    std::fflush(stdout);
  }
  const double normal = seconds_of_product<T>(1);
  const double subnormal = seconds_of_product<T>(std::numeric_limits<T>::denorm_min() * T(1 << 20));
  std::printf("subnormal A, %s, 128x128x128: %.1f us, %.1f us with normal numbers\n", type, 1e6 * subnormal,
              1e6 * normal);
}

}  // namespace

void print_accuracy() {
  std::printf("k                 ");
  for (const std::size_t k : lengths) std::printf("  %9zu", k);
  std::printf("\n");
  print_type<float>("f32");
  if (has_double()) print_type<double>("f64");
}

}  // namespace gemm_bench
