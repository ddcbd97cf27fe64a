// SPDX-License-Identifier: MIT
// Learning-rate schedules: their bits, their errors, and PyTorch's values.
#include <twinpath/learning_rate.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

#include "edges/refusal.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"

namespace {

using namespace tests;
namespace rate = tp::learning_rate;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();

/// The distance in units in the last place of the true value.
double ulps(double actual, long double expected) {
  const double rounded = static_cast<double>(expected);
  const double ulp = std::nextafter(rounded, infinity) - rounded;
  return static_cast<double>(std::abs(static_cast<long double>(actual) - expected) / ulp);
}

long double true_cosine_decay(double initial, std::size_t step, std::size_t steps, double final) {
  // The cosine by the sine of the half angle, which stays precise where the rate nears `final`.
  const long double part = static_cast<long double>(steps - step) / static_cast<long double>(steps);
  const long double sine = std::sin(std::numbers::pi_v<long double> / 2 * part);
  const long double done = static_cast<long double>(step) / static_cast<long double>(steps);
  const long double cosine = std::sin(std::numbers::pi_v<long double> / 2 * done);
  return initial * sine * sine + final * cosine * cosine;
}

}  // namespace

TEST_CASE("learning rates have the same bits everywhere", "[learning-rate]") {
  CHECK(same_bits(rate::step_decay(0.1, 95, 10, 0.7), 0x1.08761e3beb988p-8));
  CHECK(same_bits(rate::exponential_decay(0.1, 1000, 0.999), 0x1.2d3751cdb248ap-5));
  CHECK(same_bits(rate::exponential_decay(1e-3, 12345, 0.9999), 0x1.311895e4ce871p-12));
  CHECK(same_bits(rate::cosine_decay(0.1, 1, 3), 0x1.3333333333334p-4));
  CHECK(same_bits(rate::cosine_decay(0.1, 700, 1000, 1e-4), 0x1.52fcae5367f1fp-6));
  CHECK(same_bits(rate::cosine_decay(0.3, 9999, 10000), 0x1.fcacefc0cb073p-28));
  CHECK(same_bits(rate::linear_warmup(0.1, 6, 19), 0x1.2dcf7ea712dcfp-5));
}

TEST_CASE("learning rates are those of PyTorch's schedulers", "[learning-rate]") {
  // torch 2.15.0: optimizer.param_groups[0]["lr"] before each scheduler.step(), with a base rate of 0.1.
  // StepLR(step_size=3, gamma=0.3)
  constexpr double steps[] = {0.10000000000000001,   0.10000000000000001,   0.10000000000000001,
                              0.029999999999999999,  0.029999999999999999,  0.029999999999999999,
                              0.0089999999999999993, 0.0089999999999999993, 0.0089999999999999993,
                              0.0026999999999999997};
  // ExponentialLR(gamma=0.97)
  constexpr double powers[] = {0.10000000000000001,  0.097000000000000003, 0.094090000000000007,
                               0.09126730000000001,  0.088529281000000001, 0.085873402569999993,
                               0.083297200492899987, 0.080798284478112992, 0.078374335943769594,
                               0.076023105865456506};
  // CosineAnnealingLR(T_max=9, eta_min=1e-3)
  constexpr double cosine[] = {0.10000000000000001,   0.097014784728902473,
                               0.088419199934389403,  0.075249999999999997,
                               0.059095584794513059,  0.041904415205486947,
                               0.025750000000000009,  0.012580800065610593,
                               0.0039852152710975388, 0.001};
  // CosineAnnealingLR(T_max=8)
  constexpr double cosine_to_0[] = {0.10000000000000001,  0.096193976625564337,  0.085355339059327379,
                                    0.069134171618254497, 0.050000000000000003,  0.030865828381745515,
                                    0.014644660940672627, 0.0038060233744356634, 0};
  // LinearLR(start_factor=1/5, total_iters=4)
  constexpr double linear[] = {0.020000000000000004, 0.040000000000000008, 0.060000000000000012,
                               0.080000000000000016, 0.10000000000000002,  0.10000000000000002};
  // PyTorch computes each rate from the one before, so its rounding errors add up.
  const auto near = [](double actual, double expected) { return std::abs(actual - expected) <= 1e-16; };
  for (std::size_t s = 0; s < std::size(steps); ++s) {
    INFO("step " << s);
    CHECK(near(rate::step_decay(0.1, s, 3, 0.3), steps[s]));
    CHECK(near(rate::exponential_decay(0.1, s, 0.97), powers[s]));
    CHECK(near(rate::cosine_decay(0.1, s, 9, 1e-3), cosine[s]));
    if (s < std::size(cosine_to_0)) CHECK(near(rate::cosine_decay(0.1, s, 8), cosine_to_0[s]));
    if (s < std::size(linear)) CHECK(near(rate::linear_warmup(0.1, s, 5), linear[s]));
  }
}

TEST_CASE("the error of a power is bounded by its number of factors", "[learning-rate]") {
  generator random(21);
  double worst = 0;
  for (int i = 0; i < 20000; ++i) {
    const double initial = 1.5 + random.uniform<double>();
    const std::size_t n = 1 + random.below(3000);
    const double factor = 1 - 0.1 * std::abs(random.uniform<double>());
    const std::size_t every = 1 + random.below(5);
    const auto error = [&](double actual, std::size_t power) {
      const long double expected = initial * std::pow(static_cast<long double>(factor), power);
      const long double relative = std::abs(actual - expected) / expected;
      return static_cast<double>(relative /
                                 (0x1p-53L * static_cast<long double>(std::max<std::size_t>(power, 1))));
    };
    worst = std::max(worst, error(rate::exponential_decay(initial, n, factor), n));
    worst = std::max(worst, error(rate::step_decay(initial, n, every, factor), n / every));
  }
  CHECK(worst <= 1);
}

TEST_CASE("the cosine is within 4 units in the last place", "[learning-rate]") {
  generator random(22);
  double worst = 0;
  const auto check = [&](double initial, std::size_t step, std::size_t steps, double final) {
    const double actual = rate::cosine_decay(initial, step, steps, final);
    worst = std::max(worst, ulps(actual, true_cosine_decay(initial, step, steps, final)));
  };
  for (std::size_t steps = 1; steps <= 300; ++steps) {
    for (std::size_t s = 0; s < steps; ++s) {
      check(1, s, steps, 0);
      check(0.1, s, steps, 1e-3);
      check(0, s, steps, 0.1);
    }
  }
  for (int i = 0; i < 100000; ++i) {
    const std::size_t steps = 1 + random.below(std::size_t{1} << (1 + random.below(50)));
    const double final = random.below(2) == 0 ? 0 : std::abs(random.uniform<double>());
    check(std::abs(random.uniform<double>()), random.below(steps), steps, final);
  }
  CAPTURE(worst);
  CHECK(worst <= 4);
  CHECK(worst > 0);
}

TEST_CASE("learning rates begin and end exactly", "[learning-rate]") {
  for (const double initial : {0.1, 0.3, 1e-3, 7e-5, 0.0}) {
    for (const double final : {0.0, 1e-4, 0.07}) {
      for (const std::size_t steps :
           {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{100000}, huge}) {
        CHECK(rate::cosine_decay(initial, 0, steps, final) == initial);
        CHECK(rate::cosine_decay(initial, steps, steps, final) == final);
        CHECK(rate::cosine_decay(initial, huge, steps, final) == final);
      }
    }
    CHECK(rate::exponential_decay(initial, 0, 0.5) == initial);
    CHECK(rate::exponential_decay(initial, huge, 1) == initial);
    CHECK(rate::exponential_decay(initial, huge, 0.5) == 0);
    CHECK(rate::exponential_decay(initial, 0, 0) == initial);
    CHECK(rate::exponential_decay(initial, 1, 0) == 0);
    CHECK(rate::step_decay(initial, 9, 10, 0.5) == initial);
    CHECK(rate::step_decay(initial, 10, 10, 0.5) == initial / 2);
    CHECK(rate::step_decay(initial, 29, 10, 0.5) == initial / 4);
    for (const std::size_t warmup : {std::size_t{1}, std::size_t{2}, std::size_t{300}, huge}) {
      CHECK(rate::linear_warmup(initial, warmup - 1, warmup) == initial);
      CHECK(rate::linear_warmup(initial, huge, warmup) == initial);
      CHECK(rate::linear_warmup(initial, 0, warmup) == initial * (1 / static_cast<double>(warmup)));
    }
    CHECK(rate::linear_warmup(initial, 0, 0) == initial);
  }
}

TEST_CASE("schedules refuse impossible numbers", "[learning-rate][errors]") {
  const auto finite = [](const char* name, const char* text) {
    return std::string(name) + " " + text + " is not a finite number from 0";
  };
  for (const auto& [number, text] : {std::pair{NaN<double>, "nan"}, {infinity, "inf"}, {-0.5, "-0.5"}}) {
    const double x = number;
    CHECK(error_of([&] { (void)rate::step_decay(x, 1, 2, 0.5); }) ==
          "step_decay: " + finite("initial", text));
    CHECK(error_of([&] { (void)rate::step_decay(1, 1, 2, x); }) == "step_decay: " + finite("factor", text));
    CHECK(error_of([&] { (void)rate::exponential_decay(x, 1, 2); }) ==
          "exponential_decay: " + finite("initial", text));
    CHECK(error_of([&] { (void)rate::exponential_decay(1, 1, x); }) ==
          "exponential_decay: " + finite("factor", text));
    CHECK(error_of([&] { (void)rate::cosine_decay(x, 1, 2); }) == "cosine_decay: " + finite("initial", text));
    CHECK(error_of([&] { (void)rate::cosine_decay(1, 1, 2, x); }) ==
          "cosine_decay: " + finite("final", text));
    CHECK(error_of([&] { (void)rate::linear_warmup(x, 1, 2); }) ==
          "linear_warmup: " + finite("target", text));
  }
  CHECK(error_of([] { (void)rate::step_decay(1, 1, 0, 0.5); }) == "step_decay: every is 0");
  CHECK(error_of([] { (void)rate::cosine_decay(1, 1, 0); }) == "cosine_decay: steps is 0");
}
