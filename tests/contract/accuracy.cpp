// SPDX-License-Identifier: MIT
// The elementary functions against long double. All other tests compare with the contract; these check the
// contract itself, in the arithmetic of the tier.
#include <twinpath/contract.hpp>
#include <twinpath/elementwise.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/arithmetic.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"

namespace {

using namespace tests;

/// The distance of y from the exact result, in units in the last place of that result.
template <class T>
long double ulps(T y, long double exact) {
  using limits = std::numeric_limits<T>;
  int exponent = 0;
  std::frexp(exact, &exponent);
  const int last = std::max(exponent, limits::min_exponent) - limits::digits;
  return std::abs(static_cast<long double>(y) - exact) / std::ldexp(1.0L, last);
}

/// The same in double, precise enough to select the results that need long double.
double rough_ulps(float y, double exact) {
  constexpr int bias = 1023;
  const int exponent = static_cast<int>(std::bit_cast<std::uint64_t>(exact) >> 52 & 0x7ff) - bias;
  const int last = std::max(exponent + 1, std::numeric_limits<float>::min_exponent) - 24;
  const double per_ulp = std::bit_cast<double>(static_cast<std::uint64_t>(bias - last) << 52);
  return std::abs(static_cast<double>(y) - exact) * per_ulp;
}

template <class Real>
Real logistic(Real x) {
  return 1 / (1 + std::exp(-x));
}

template <class T>
struct function {
  const char* name;
  void (*fast)(tp::matrix_view<const T>, tp::matrix_view<T>);
  long double (*exact)(long double);
  double (*nearly)(double);
};

template <class T>
const function<T> functions[] = {
    {"exp", tp::exp, std::exp, std::exp},
    {"log", tp::log, std::log, std::log},
    {"tanh", tp::tanh, std::tanh, std::tanh},
    {"erf", tp::erf, std::erf, std::erf},
    {"sigmoid", tp::sigmoid, logistic<long double>, logistic<double>},
};

template <class T>
struct worst_error {
  long double ulp = 0;
  T where = 0;
  std::size_t finite = 0;

  void see(T x, T y, long double exact) {
    // Other tests check overflow to infinity and NaN.
    if (!(std::abs(exact) <= static_cast<long double>(std::numeric_limits<T>::max()))) return;
    ++finite;
    const long double error = ulps(y, exact);
    if (!(error <= ulp)) {
      ulp = error;
      where = x;
    }
  }
  void merge(const worst_error& other) {
    finite += other.finite;
    if (other.ulp <= ulp) return;
    ulp = other.ulp;
    where = other.where;
  }
};

template <class T>
worst_error<T> error_of(const function<T>& f, const tp::matrix<T>& x) {
  tp::matrix<T> y(x.rows(), x.cols());
  f.fast(x, y);
  worst_error<T> worst;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const T in = x.elements()[i];
    worst.see(in, y.elements()[i], f.exact(static_cast<long double>(in)));
  }
  return worst;
}

template <class T>
void check(const function<T>& f, const tp::matrix<T>& x) {
  const worst_error<T> worst = error_of(f, x);
  INFO(f.name << "(" << text_of(worst.where) << ")");
  CHECK(worst.finite > x.size() / 3);
  CHECK(static_cast<double>(worst.ulp) < 2.0);
}
template <class T>
void check(std::string_view name, const tp::matrix<T>& x) {
  for (const function<T>& f : functions<T>) {
    if (f.name == name) check(f, x);
  }
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
  const auto check_exp = [](const matrix& x) { check<T>("exp", x); };
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
  const auto check_log = [](const matrix& x) { check<T>("log", x); };
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

TEMPLATE_TEST_CASE("tanh, erf and sigmoid are within 2 ulp", "[accuracy]", float, double) {
  using T = TestType;
  generator random(9);
  constexpr std::size_t n = 60'000;
  for (const char* name : {"tanh", "erf", "sigmoid"}) {
    check(name, random_matrix<T>(n, random, [](generator& g) { return 2 * g.uniform<T>(); }));
    check(name, random_matrix<T>(n, random, [](generator& g) { return 20 * g.uniform<T>(); }));
    check(name, random_matrix<T>(n, random, [](generator& g) {
            return g.uniform<T>() * std::ldexp(T(1), -static_cast<int>(g.below(60)));
          }));
    check(name, random_matrix<T>(
                    n, random, [](generator& g) { return g.uniform<T>() * std::numeric_limits<T>::min(); }));
  }
  // Subnormal results of sigmoid.
  check("sigmoid", random_matrix<T>(n, random, [](generator& g) {
          using c = tp::contract::elementary<T>;
          const T high = std::log(std::numeric_limits<T>::min());
          return c::exp_smallest + (g.uniform<T>() + 1) / 2 * (high - c::exp_smallest);
        }));
}

TEMPLATE_TEST_CASE("elementary functions are within 2 ulp over all exponents", "[accuracy]", float, double) {
  using T = TestType;
  generator random(10);
  for (const function<T>& f : functions<T>) {
    check(f, random_matrix<T>(200'000, random, [](generator& g) { return g.any<T>(); }));
  }
}

TEMPLATE_TEST_CASE("log1p is within 2 ulp on [0, 1]", "[accuracy]", float, double) {
  using T = TestType;
  generator random(11);
  worst_error<T> worst;
  for (int i = 0; i < 200'000; ++i) {
    T x = (random.uniform<T>() + 1) / 2;
    if (i % 2 != 0) x = std::ldexp(x, -static_cast<int>(random.below(160)));
    const T y =
        with_arithmetic([x]<class arithmetic>(arithmetic) { return tp::contract::log1p<arithmetic>(x); });
    worst.see(x, y, std::log1p(static_cast<long double>(x)));
  }
  INFO("log1p(" << text_of(worst.where) << ")");
  CHECK(static_cast<double>(worst.ulp) < 2.0);
}

TEMPLATE_TEST_CASE("SiLU and its derivative", "[accuracy]", float, double) {
  using T = TestType;
  constexpr auto unit = static_cast<long double>(std::numeric_limits<T>::epsilon());
  generator random(12);
  worst_error<T> worst;
  long double worst_derivative = 0;
  for (int i = 0; i < 200'000; ++i) {
    T z = 20 * random.uniform<T>();
    if (i % 2 != 0) z = std::ldexp(z, -static_cast<int>(random.below(60)));
    const auto [value, derivative] = with_arithmetic([z]<class arithmetic>(arithmetic) {
      return std::pair(tp::contract::silu<arithmetic>(z), tp::contract::silu_derivative<arithmetic>(z));
    });
    const auto exact = static_cast<long double>(z);
    const long double s = logistic(exact);
    worst.see(z, value, exact * s);
    // Relative to the sum of magnitudes: left of 0 the derivative has a root.
    const long double rest = logistic(-exact);
    const long double error = std::abs(static_cast<long double>(derivative) - s * (1 + exact * rest));
    worst_derivative = std::max(worst_derivative, error / (s * (1 + std::abs(exact) * rest)));
  }
  INFO("silu(" << text_of(worst.where) << "), " << static_cast<double>(worst_derivative / unit));
  // The 2 ulp of sigmoid can be 4 of the product, which is rounded once more.
  CHECK(static_cast<double>(worst.ulp) < 4.5);
  CHECK(static_cast<double>(worst_derivative / unit) < 3.0);
}

namespace {

/// body(first, last) on two threads for blocks of [0, end).
template <class T, class Body>
worst_error<T> over_blocks(std::uint64_t end, const Body& body) {
  constexpr std::uint64_t block = 1 << 16;
  worst_error<T> worst[2];
  const auto half = [&](std::uint64_t h) {
    for (std::uint64_t first = h * block; first < end; first += 2 * block) {
      worst[h].merge(body(first, std::min(end, first + block)));
    }
  };
  std::thread other(half, 1);
  half(0);
  other.join();
  worst[0].merge(worst[1]);
  return worst[0];
}

template <class T>
void report(const function<T>& f, const worst_error<T>& worst) {
  WARN(f.name << " " << (sizeof(T) == 4 ? "float" : "double") << ": " << static_cast<double>(worst.ulp)
              << " ulp at " << text_of(worst.where));
  CHECK(static_cast<double>(worst.ulp) < 2.0);
}

}  // namespace

TEST_CASE("elementary functions of all floats", "[.][exhaustive]") {
  for (const function<float>& f : functions<float>) {
    report(f, over_blocks<float>(std::uint64_t{1} << 32, [&f](std::uint64_t first, std::uint64_t last) {
             tp::matrix<float> x(1, last - first);
             tp::matrix<float> y(1, last - first);
             for (std::uint64_t b = first; b < last; ++b) {
               x(0, b - first) = std::bit_cast<float>(static_cast<std::uint32_t>(b));
             }
             f.fast(x, y);
             worst_error<float> worst;
             for (std::size_t i = 0; i < x.size(); ++i) {
               const float in = x(0, i);
               const double nearly = f.nearly(static_cast<double>(in));
               if (!(std::abs(nearly) <= static_cast<double>(std::numeric_limits<float>::max()))) continue;
               if (rough_ulps(y(0, i), nearly) <= std::max(0.5, static_cast<double>(worst.ulp) - 0.01))
                 continue;
               worst.see(in, y(0, i), f.exact(static_cast<long double>(in)));
             }
             return worst;
           }));
  }
}

TEST_CASE("elementary functions of ten million doubles", "[.][exhaustive]") {
  for (const function<double>& f : functions<double>) {
    report(f, over_blocks<double>(10'000'000, [&f](std::uint64_t first, std::uint64_t last) {
             generator random(first);
             tp::matrix<double> x(1, last - first);
             for (double& e : x.elements()) {
               switch (random.below(4)) {
                 case 0:
                   e = random.any<double>();
                   break;
                 case 1:
                   e = 2 * random.uniform<double>();
                   break;
                 case 2:
                   e = 8 * random.uniform<double>();
                   break;
                 default:
                   e = 750 * random.uniform<double>();
                   break;
               }
             }
             return error_of(f, x);
           }));
  }
}
