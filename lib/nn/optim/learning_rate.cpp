// SPDX-License-Identifier: MIT
#include <twinpath/learning_rate.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "runtime/checks.hpp"

namespace twinpath::inline v0::learning_rate {
namespace {

void check_number(std::string_view function, std::string_view name, double x) {
  // Written so that NaN fails.
  if (!(x >= 0 && x <= std::numeric_limits<double>::max())) {
    detail::fail(function,
                 std::string(name) + " " + detail::number_text(x) + " is not a finite number from 0");
  }
}

void check_count(std::string_view function, std::string_view name, std::size_t count) {
  if (count == 0) detail::fail(function, std::string(name) + " is 0");
}

// std::pow gives different bits in different C libraries.
double power(double x, std::size_t n) {
  double result = 1;
  for (; n != 0; n >>= 1) {
    if ((n & 1) != 0) result *= x;
    x *= x;
  }
  return result;
}

/// sin(pi / 2 * part / whole)^2 for part / whole <= 1/2. It is equal to (1 - cos(pi * part / whole)) / 2, in
/// which the difference would cancel all digits of small results.
double squared_sine(std::size_t part, std::size_t whole) {
  // Taylor series in the square of part / whole, highest power first; the first term left out is below 2^-63
  // of the result.
  constexpr double coefficients[] = {0x1.52ae4120fde27p-35,  -0x1.ef6e308d6d1c4p-30, 0x1.2a0c591af8314p-24,
                                     -0x1.20c62c2f2d7f5p-19, 0x1.b6e24f44b128fp-15,  -0x1.f9d38a3763cc3p-11,
                                     0x1.a6d1f2a204a8cp-7,   -0x1.e1f506891babbp-4,  0x1.55d3c7e3cbffap-1,
                                     -0x1.03c1f081b5ac4p+1,  0x1.3bd3cc9be45dep+1};
  const double p = static_cast<double>(part);
  const double w = static_cast<double>(whole);
  const double x = p / w;
  const double square = x * x;
  // The rounding errors of the two operations above.
  const double square_low = std::fma(2 * x, std::fma(-x, w, p) / w, std::fma(x, x, -square));
  double sum = 0;
  for (const double c : coefficients) sum = std::fma(sum, square, c);
  return std::fma(sum, square, sum * square_low);
}

}  // namespace

double step_decay(double initial, std::size_t step, std::size_t every, double factor) {
  check_number("step_decay", "initial", initial);
  check_number("step_decay", "factor", factor);
  check_count("step_decay", "every", every);
  return initial * power(factor, step / every);
}

double exponential_decay(double initial, std::size_t step, double factor) {
  check_number("exponential_decay", "initial", initial);
  check_number("exponential_decay", "factor", factor);
  return initial * power(factor, step);
}

double cosine_decay(double initial, std::size_t step, std::size_t steps, double final) {
  check_number("cosine_decay", "initial", initial);
  check_number("cosine_decay", "final", final);
  check_count("cosine_decay", "steps", steps);
  if (step >= steps) return final;
  // Each half of the wave is measured from its own end, where it is exact.
  const std::size_t left = steps - step;
  return step <= left ? std::fma(final - initial, squared_sine(step, steps), initial)
                      : std::fma(initial - final, squared_sine(left, steps), final);
}

double linear_warmup(double target, std::size_t step, std::size_t warmup_steps) {
  check_number("linear_warmup", "target", target);
  if (warmup_steps == 0 || step >= warmup_steps - 1) return target;
  return target * (static_cast<double>(step + 1) / static_cast<double>(warmup_steps));
}

}  // namespace twinpath::inline v0::learning_rate
