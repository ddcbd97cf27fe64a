// SPDX-License-Identifier: MIT
// The caller's floating-point environment applies in every thread, and is unchanged afterwards. This program
// is compiled for unknown rounding modes (-frounding-math), so that the contract's functions are right in all
// of them.
#include <twinpath/gemm.hpp>
#include <twinpath/isa.hpp>

#include <cstring>
#include <string>
#include <vector>

#include "golden/operations.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/floating_point_environment.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

constexpr std::size_t many_threads[] = {1, 2, 3, 8};

struct mode {
  const char* name;
  control_bits bits;
};
constexpr mode modes[] = {
    {"default", 0},  // the first
    {"flush to zero", flush_to_zero},
    {"round upwards", round_upwards},
    {"round downwards", round_downwards},
    {"round to zero", round_to_zero},
    {"round upwards and flush to zero", round_upwards | flush_to_zero},
#if defined(__x86_64__)
    {"subnormal results are zero", subnormal_results_are_zero},
#endif
};

/// The equality that a mode allows: rounding downwards, differences of equal numbers are -0, and where the
/// library leaves out a term that is 0, the sign of a zero differs from the contract's loops.
template <class T>
results<T> promised(results<T> x, const mode& m) {
  if ((m.bits & round_to_zero) != round_downwards) return x;
  for (T& element : x) element = element == 0 ? T(0) : element;
  return x;
}

template <class T>
bool equal(const results<T>& a, const results<T>& b) {
  return difference<T>(std::span<const T>(a), std::span<const T>(b)).empty();
}

/// What is wrong with a form in a mode; empty when nothing is.
template <class T>
std::string wrong(const form<T>& f, const mode& m, std::size_t threads, const results<T>& expected) {
  results<T> actual;
  control_bits after = 0;
  on_threads(threads, [&] {
    const environment set(default_environment | m.bits);
    actual = f.run();
    after = read_environment();
  });
  if (after != (default_environment | m.bits)) return "the environment was changed";
  if (actual.size() != expected.size()) return "another size";
  actual = promised(actual, m);
  return difference<T>(std::span<const T>(actual), std::span<const T>(expected));
}

}  // namespace

TEMPLATE_TEST_CASE("every operation follows the contract in the caller's environment", "[environment]", float,
                   double) {
  using T = TestType;
  std::size_t operations[std::size(modes)] = {}, affected[std::size(modes)] = {};
  for (const operation<T>& op : all_operations<T>()) {
    const results<T> usual = op.by_contract();
    for (std::size_t i = 0; i < std::size(modes); ++i) {
      const mode& m = modes[i];
      const bool flushes = (m.bits & flush_to_zero) != 0;
      const bool rounds = (m.bits & ~flush_to_zero) != 0;
      INFO(m.name << ", " << op.name);
      const results<T> exact = [&] {
        const environment set(default_environment | m.bits);
        return op.by_contract();
      }();
      const results<T> expected = promised(exact, m);
      for (const form<T>& f : op.by_library) {
        for (const std::size_t threads : many_threads) {
          INFO(f.name << ", " << threads << " threads");
          CHECK(wrong(f, m, threads, expected) == "");
        }
      }
      const bool same = equal(exact, usual);
      // Without subnormal numbers flushing changes nothing.
      if (!rounds && !op.subnormals) CHECK(same);
      if (rounds || (flushes && op.subnormals)) {
        ++operations[i];
        affected[i] += same ? 0 : 1;
      }
    }
  }
  // Otherwise a mode was not in force. A mode does not change every operation: some are exact.
  for (std::size_t i = 1; i < std::size(modes); ++i) {
    INFO(modes[i].name << ": " << affected[i] << " of " << operations[i]);
    CHECK(2 * affected[i] > operations[i]);
  }
}

TEMPLATE_TEST_CASE("workers keep nothing of a caller's environment", "[environment]", float, double) {
  using T = TestType;
  // Every sum is subnormal.
  const T small = std::is_same_v<T, float> ? T(1e-21) : T(1e-156);
  tp::matrix<T> A(200, 200), B(200, 200);
  for (T& x : A.elements()) x = small;
  for (T& x : B.elements()) x = small;
  std::size_t lost = 0, kept = 0;
  on_threads(3, [&] {
    for (int repeat = 0; repeat < 10; ++repeat) {
      tp::matrix<T> C(200, 200), flushed(200, 200);
      {
        const environment set(default_environment | flush_to_zero);
        tp::gemm(A, B, flushed);
      }
      tp::gemm(A, B, C);
      for (const T x : C.elements()) lost += x == 0 ? 1 : 0;
      for (const T x : flushed.elements()) kept += x != 0 ? 1 : 0;
    }
  });
  CHECK(lost == 0);
  CHECK(kept == 0);
}
