// SPDX-License-Identifier: MIT
// exp and log against long double. Everything else is compared with the contract; this is about the contract
// itself, on the tier's arithmetic.
#include <twinpath/contract.hpp>
#include <twinpath/elementwise.hpp>

#include <cmath>
#include <limits>

#include "catch.hpp"
#include "random.hpp"

namespace {

using namespace tests;

/// The distance of y from the exact result in units of the last place of that result.
template <class T>
long double ulps(T y, long double exact) {
  using limits = std::numeric_limits<T>;
  int exponent = 0;
  std::frexp(exact, &exponent);
  const int last = std::max(exponent, limits::min_exponent) - limits::digits;
  return std::abs(static_cast<long double>(y) - exact) / std::ldexp(1.0L, last);
}

template <class T>
void check(const char* name, void (*fast)(tp::matrix_view<const T>, tp::matrix_view<T>),
           long double (*exact)(long double), const tp::matrix<T>& x) {
  tp::matrix<T> y(x.rows(), x.cols());
  fast(x, y);
  long double worst = 0;
  T where = 0;
  std::size_t finite = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const T in = x.elements()[i];
    const long double wanted = exact(static_cast<long double>(in));
    // Overflow to infinity is for the contract's tests.
    if (!(std::abs(wanted) <= static_cast<long double>(std::numeric_limits<T>::max()))) continue;
    ++finite;
    const long double error = ulps(y.elements()[i], wanted);
    if (!(error <= worst)) {
      worst = error;
      where = in;
    }
  }
  INFO(name << "(" << text_of(where) << ")");
  CHECK(finite > x.size() / 2);
  CHECK(static_cast<double>(worst) < 2.0);
}

template <class T>
tp::matrix<T> random_matrix(std::size_t n, generator& random, T (*make)(generator&)) {
  tp::matrix<T> x(1, n);
  for (T& e : x.elements()) e = make(random);
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("exp is within 2 ulp", "[accuracy]", float, double) {
  using T = TestType;
  using matrix = tp::matrix<T>;
  generator random(7);
  const auto check_exp = [](const matrix& x) { check<T>("exp", tp::exp, std::exp, x); };
  constexpr std::size_t n = 60'000;
  check_exp(random_matrix<T>(n, random, [](generator& g) { return g.uniform<T>(); }));
  check_exp(random_matrix<T>(
      n, random, [](generator& g) { return g.uniform<T>() * tp::contract::elementary<T>::exp_largest; }));
  // Subnormal results.
  check_exp(random_matrix<T>(n, random, [](generator& g) {
    using c = tp::contract::elementary<T>;
    const T low = c::exp_smallest;
    const T high = std::log(std::numeric_limits<T>::min());
    return low + (g.uniform<T>() + 1) / 2 * (high - low);
  }));
  check_exp(random_matrix<T>(n, random, [](generator& g) {
    return g.uniform<T>() * std::ldexp(T(1), -static_cast<int>(g.below(60)));
  }));
}

TEMPLATE_TEST_CASE("log is within 2 ulp", "[accuracy]", float, double) {
  using T = TestType;
  using matrix = tp::matrix<T>;
  generator random(8);
  const auto check_log = [](const matrix& x) { check<T>("log", tp::log, std::log, x); };
  constexpr std::size_t n = 60'000;
  check_log(random_matrix<T>(n, random, [](generator& g) {
    const T x = std::abs(g.any<T>());
    return std::isfinite(x) && x > 0 ? x : T(3);
  }));
  check_log(random_matrix<T>(n, random, [](generator& g) { return T(1) + g.uniform<T>() / 2; }));
  check_log(random_matrix<T>(n, random, [](generator& g) {
    return T(1) + g.uniform<T>() * std::ldexp(T(1), -static_cast<int>(g.below(40)));
  }));
  check_log(random_matrix<T>(n, random, [](generator& g) {
    return (std::abs(g.uniform<T>()) + T(0.001)) * std::numeric_limits<T>::min();
  }));
}
