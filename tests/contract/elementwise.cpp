// SPDX-License-Identifier: MIT
// Functions of single elements, bit by bit over all kinds of numbers.
#include <twinpath/elementwise.hpp>

#include <cmath>
#include <vector>

#include "kernels/elementary.hpp"
#include "support/arithmetic.hpp"
#include "support/catch.hpp"
#include "support/padded.hpp"
#include "support/pieces.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

template <class T>
struct function {
  const char* name;
  void (*fast)(tp::matrix_view<const T>, tp::matrix_view<T>);
  T (*reference)(T);
};

template <class T>
const function<T> functions[] = {
    {"relu", tp::relu, [](T x) { return tp::contract::relu(x); }},
    {"exp", tp::exp,
     [](T x) {
       return with_arithmetic([x]<class arithmetic>(arithmetic) { return tp::contract::exp<arithmetic>(x); });
     }},
    {"log", tp::log,
     [](T x) {
       return with_arithmetic([x]<class arithmetic>(arithmetic) { return tp::contract::log<arithmetic>(x); });
     }},
    {"tanh", tp::tanh,
     [](T x) {
       return with_arithmetic(
           [x]<class arithmetic>(arithmetic) { return tp::contract::tanh<arithmetic>(x); });
     }},
    {"erf", tp::erf,
     [](T x) {
       return with_arithmetic([x]<class arithmetic>(arithmetic) { return tp::contract::erf<arithmetic>(x); });
     }},
    {"sigmoid", tp::sigmoid,
     [](T x) {
       return with_arithmetic(
           [x]<class arithmetic>(arithmetic) { return tp::contract::sigmoid<arithmetic>(x); });
     }},
};

template <class T>
void append_neighbours(std::vector<T>& x, T centre) {
  T low = centre;
  T high = centre;
  x.push_back(centre);
  for (int i = 0; i < 20; ++i) {
    low = std::nextafter(low, -std::numeric_limits<T>::infinity());
    high = std::nextafter(high, std::numeric_limits<T>::infinity());
    x.push_back(low);
    x.push_back(high);
  }
}

/// Where the functions change their course, and every power of 2.
template <class T>
std::vector<T> corners() {
  using limits = std::numeric_limits<T>;
  using c = tp::contract::elementary<T>;
  std::vector<T> x{limits::quiet_NaN(), -limits::quiet_NaN(), limits::infinity(), -limits::infinity()};
  for (const T y : {T(0), T(1), limits::min(), limits::denorm_min(), limits::max(), limits::epsilon(),
                    c::exp_largest, c::exp_smallest, std::bit_cast<T>(c::sqrt_half), std::log(limits::min()),
                    std::log(T(2)), std::sqrt(T(2)), c::tanh_one / 2, c::erf_border, c::erf_one}) {
    append_neighbours(x, y);
    append_neighbours(x, -y);
  }
  x.push_back(T(-0.0));
  for (int e = limits::min_exponent - limits::digits; e < limits::max_exponent; ++e) {
    append_neighbours(x, std::ldexp(T(1), e));
    x.push_back(-std::ldexp(T(1), e));
  }
  return x;
}

/// Where exp, tanh and sigmoid switch from one power of 2 to the next.
template <class T>
std::vector<T> halves_of_exp() {
  std::vector<T> x;
  for (int n = std::numeric_limits<T>::min_exponent * 2; n < std::numeric_limits<T>::max_exponent; ++n) {
    append_neighbours(x, (T(n) + T(0.5)) * std::log(T(2)));
    append_neighbours(x, (T(n) + T(0.5)) * std::log(T(2)) / 2);
  }
  return x;
}

/// Float: every 2039th bit pattern, and 2039 is prime. Double: random patterns, and where the functions have
/// most to do.
template <class T>
std::vector<T> sampled() {
  std::vector<T> x;
  if constexpr (std::is_same_v<T, float>) {
    for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += 2039) {
      x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    }
  } else {
    generator random(4);
    for (int i = 0; i < 600'000; ++i) x.push_back(random.any<double>());
    for (int i = 0; i < 600'000; ++i) x.push_back(750 * random.uniform<double>());
    for (int i = 0; i < 300'000; ++i) x.push_back(1 + random.uniform<double>());
    for (int i = 0; i < 300'000; ++i) x.push_back(8 * random.uniform<double>());
    for (int i = 0; i < 100'000; ++i) x.push_back(0x1p-1022 * random.uniform<double>());
  }
  return x;
}

template <class T>
void check_values(const std::vector<T>& x) {
  REQUIRE(!x.empty());
  const tp::matrix_view<const T> X(x.data(), 1, x.size());
  for (const function<T>& f : functions<T>) {
    INFO(f.name);
    tp::matrix<T> y(1, x.size());
    f.fast(X, y);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const T expected = f.reference(x[i]);
      if (same_bits(y(0, i), expected)) continue;
      if (++wrong > 5) break;
      INFO(f.name << "(" << text_of(x[i]) << ") is " << text_of(y(0, i)) << ", the contract says "
                  << text_of(expected));
      CHECK(same_bits(y(0, i), expected));
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("elementwise: corners", "[elementwise]", float, double) {
  check_values(corners<TestType>());
  check_values(halves_of_exp<TestType>());
}

TEMPLATE_TEST_CASE("elementwise: all bit patterns, sampled", "[elementwise]", float, double) {
  check_values(sampled<TestType>());
}

// No tier's table has it: it is compared on the instruction set that this file is compiled for.
TEMPLATE_TEST_CASE("elementwise: log1p", "[elementwise]", float, double) {
  using T = TestType;
  using tp::detail::width;
#if defined(__SSE2__)
  using arithmetic = tp::contract::unfused;
#else
  using arithmetic = tp::contract::fused;
#endif
  std::vector<T> x{T(0), T(1), std::numeric_limits<T>::quiet_NaN()};
  generator random(9);
  while (x.size() < 100'000 * width<T>) x.push_back((random.uniform<T>() + 1) / 2);
  for (int e = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits; e < 0; ++e) {
    for (std::size_t i = 0; i < width<T>; ++i) x.push_back(std::ldexp((random.uniform<T>() + 1) / 2, e));
  }
  x.resize(x.size() / width<T> * width<T>);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < x.size(); i += width<T>) {
    T y[width<T>];
    tp::detail::store(y, tp::detail::log1p_of<T>(tp::detail::load(&x[i])));
    for (std::size_t l = 0; l < width<T>; ++l) {
      const T expected = tp::contract::log1p<arithmetic>(x[i + l]);
      wrong += same_bits(y[l], expected) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

TEMPLATE_TEST_CASE("elementwise: every width and layout, and in place", "[elementwise]", float, double) {
  using T = TestType;
  generator random(5);
  for (std::size_t n = 1; n <= 70; ++n) {
    for (const std::size_t m : {1u, 3u}) {
      tp::matrix<T> x(m, n);
      for (T& e : x.elements()) e = random.below(4) == 0 ? random.any<T>() : 3 * random.uniform<T>();
      for (const function<T>& f : functions<T>) {
        tp::matrix<T> expected = x;
        for (T& e : expected.elements()) e = f.reference(e);
        for (std::size_t l = 0; l < std::size(layouts); ++l) {
          CAPTURE(f.name, m, n, l);
          padded_matrix<T> X(x.view(), layouts[l]);
          padded_matrix<T> Y(m, n, layouts[(l + 1) % std::size(layouts)]);
          f.fast(X.view(), Y.view());
          std::string wrong = difference<T>(Y.view(), expected);
          REQUIRE(wrong == "");
          REQUIRE(Y.padding_untouched());
          f.fast(X.view(), X.view());
          wrong = difference<T>(X.view(), expected);
          REQUIRE(wrong == "");
          REQUIRE(X.padding_untouched());
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("elementwise: over threads", "[elementwise]", float, double) {
  using T = TestType;
  generator random(6);
  std::size_t shared = 0;
  const tp::matrix<T> x = uniform_matrix<T>(301, 207, random);
  for (const function<T>& f : functions<T>) {
    tp::matrix<T> expected = x;
    for (T& e : expected.elements()) e = f.reference(e);
    for (const std::size_t threads : thread_counts) {
      for (const layout where : layouts) {
        CAPTURE(f.name, threads, where.extra);
        const padded_matrix<T> X(x.view(), where);
        padded_matrix<T> Y(x.rows(), x.cols(), where);
        std::size_t pieces = 0;
        on_threads(threads, [&] { pieces = pieces_of(f.name, [&] { f.fast(X.view(), Y.view()); }); });
        const std::string wrong = difference<T>(Y.view(), expected);
        CHECK(wrong == "");
        CHECK(Y.padding_untouched());
        CHECK((threads > 1 || pieces == 1));
        shared += pieces > 1 ? 1 : 0;
      }
    }
  }
  CHECK(shared >= 3 * std::size(layouts));
}
