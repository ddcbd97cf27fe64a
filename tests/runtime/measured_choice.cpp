// SPDX-License-Identifier: MIT
// The choice among candidates by their times, with a clock that the test sets.
#include "nn/step/measured_choice.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <numeric>
#include <random>
#include <vector>

#include "support/catch.hpp"

namespace {

using tp_choice = twinpath::detail::measured_choice;

/// Nanoseconds that a candidate takes in a call.
using load = std::function<double(std::size_t candidate, std::size_t call)>;

struct account {
  double ns = 0;
  std::size_t timed = 0;
  std::size_t changes = 0;  ///< of the candidate that is kept
};

account run(tp_choice& choice, std::size_t begin, std::size_t end, const load& takes) {
  account a;
  for (std::size_t call = begin; call < end; ++call) {
    const std::size_t kept = choice.kept();
    const double ns = takes(choice.next(), call);
    a.ns += ns;
    if (choice.times_next()) {
      ++a.timed;
      choice.took(ns);
    } else {
      choice.passed();
    }
    a.changes += choice.kept() == kept ? 0 : 1;
  }
  return a;
}

load constant(std::vector<double> ns) {
  return [ns = std::move(ns)](std::size_t candidate, std::size_t) { return ns[candidate]; };
}

/// The first call that finds no look under way.
std::size_t end_of_look(tp_choice& choice, std::size_t call, const load& takes) {
  for (; choice.looks(); ++call) choice.took(takes(choice.next(), call));
  return call;
}

}  // namespace

TEST_CASE("a single candidate is never timed", "[runtime][choice]") {
  tp_choice choice(1, 0);
  const account a = run(choice, 0, 10000, constant({1000}));
  CHECK(a.timed == 0);
  CHECK_FALSE(choice.looks());
  CHECK(choice.finished_looks() == 0);
}

TEST_CASE("the fastest candidate is kept, and trials lose at most 2 % of 1000 calls", "[runtime][choice]") {
  std::mt19937_64 generator(7);
  std::uniform_real_distribution<double> factor(1.05, 4), time(1000, 1e7);
  for (int repeat = 0; repeat < 500; ++repeat) {
    const std::size_t candidates = 2 + generator() % 6;
    const double fastest = time(generator);
    std::vector<double> ns(candidates);
    for (double& x : ns) x = fastest * factor(generator);
    const std::size_t best = generator() % candidates;
    ns[best] = fastest;
    // The model's choice is rarely far off; calls that it computes are no trials.
    ns[0] = std::min(ns[0], 1.5 * fastest);
    tp_choice choice(candidates, 0);
    // A call is lost as far as another candidate is known to be faster.
    double lost = 0, known = ns[0];
    const account all = run(choice, 0, 1000, [&](std::size_t candidate, std::size_t) {
      known = std::min(known, ns[candidate]);
      lost += ns[candidate] - known;
      return ns[candidate];
    });
    INFO(candidates << " candidates, the fastest is number " << best);
    if (candidates <= 3) CHECK(choice.kept() == best);
    CHECK(ns[choice.kept()] <= ns[0]);
    CHECK(lost <= 0.02 * all.ns);
    run(choice, 1000, 20000, constant(ns));
    CHECK(choice.kept() == best);
    CHECK_FALSE(choice.looks());
  }
}

TEST_CASE("the model's choice computes the first calls", "[runtime][choice]") {
  tp_choice choice(5, 0);
  for (int i = 0; i < 4; ++i) {
    CHECK(choice.next() == 0);
    choice.took(100);
  }
  CHECK(choice.next() != 0);
}

TEST_CASE("a candidate far behind has a turn of two calls", "[runtime][choice]") {
  tp_choice choice(2, 0);
  std::array<std::size_t, 2> calls{};
  for (std::size_t i = 0; i < 1000; ++i) {
    ++calls[choice.next()];
    if (choice.times_next()) {
      choice.took(choice.next() == 0 ? 1000 : 50000);
    } else {
      choice.passed();
    }
  }
  CHECK(calls[1] == 2);
}

TEST_CASE("clocks cost at most a thousandth between looks", "[runtime][choice]") {
  constexpr double clocks = 50;
  for (const double ns : {500.0, 1000.0, 4000.0, 20000.0, 49000.0, 60000.0}) {
    tp_choice choice(2, 0);
    const load takes = constant({ns, 2 * ns});
    const std::size_t begin = end_of_look(choice, 0, takes);
    const account a = run(choice, begin, begin + 900, takes);
    INFO(ns << " ns");
    CHECK(a.timed > 0);
    CHECK(static_cast<double>(a.timed) * clocks <= std::max(0.001, 0.4 / ns) * 1.02 * a.ns + clocks);
  }
}

TEST_CASE("a look follows when the kept candidate has become slower for a while", "[runtime][choice]") {
  tp_choice choice(3, 0);
  // The second core is taken by another process at call 5000.
  const load takes = [](std::size_t candidate, std::size_t call) {
    const bool taken = call >= 5000;
    return std::array{100e3, taken ? 190e3 : 60e3, taken ? 220e3 : 70e3}[candidate];
  };
  run(choice, 0, 5000, takes);
  REQUIRE(choice.kept() == 1);
  run(choice, 5000, 5600, takes);
  CHECK(choice.kept() == 0);
}

TEST_CASE("a candidate that becomes faster is found by a later look", "[runtime][choice]") {
  tp_choice choice(2, 0);
  const load takes = [](std::size_t candidate, std::size_t call) {
    return candidate == 0 ? 100e3 : call < 3000 ? 150e3 : 55e3;
  };
  run(choice, 0, 3000, takes);
  REQUIRE(choice.kept() == 0);
  run(choice, 3000, 7000, takes);
  CHECK(choice.kept() == 1);
}

TEST_CASE("a look follows when everything has become faster", "[runtime][choice]") {
  tp_choice choice(2, 0);
  // The machine was busy during the first look, which decided by chance.
  const load takes = [](std::size_t candidate, std::size_t call) {
    if (call < 500) return candidate == 0 ? 200e3 : 203e3;
    return candidate == 0 ? 100e3 : 60e3;
  };
  run(choice, 0, 500, takes);
  REQUIRE(choice.kept() == 0);
  run(choice, 500, 1200, takes);
  CHECK(choice.kept() == 1);
}

TEST_CASE("calls that something else delays change neither the choice nor its cost", "[runtime][choice]") {
  std::mt19937_64 generator(11);
  for (int repeat = 0; repeat < 100; ++repeat) {
    tp_choice choice(4, 0);
    const load takes = [&](std::size_t candidate, std::size_t) {
      const double ns = std::array{100e3, 80e3, 120e3, 150e3}[candidate];
      return generator() % 20 == 0 ? 30 * ns : ns;
    };
    run(choice, 0, 1000, takes);
    CHECK(choice.kept() == 1);
    CHECK(choice.finished_looks() == 1);
  }
}

TEST_CASE("noise does not move the choice between equal candidates", "[runtime][choice]") {
  std::mt19937_64 generator(3);
  std::uniform_real_distribution<double> noise(0.95, 1.05);
  tp_choice choice(2, 0);
  const load takes = [&](std::size_t candidate, std::size_t) {
    return (candidate == 0 ? 100e3 : 99.5e3) * noise(generator);
  };
  const account a = run(choice, 0, 200000, takes);
  CHECK(choice.finished_looks() <= 9);
  CHECK(a.changes <= 5);
}

TEST_CASE("under a load that keeps changing, looks stay at least 1000 calls apart", "[runtime][choice]") {
  tp_choice choice(3, 0);
  const load takes = [](std::size_t candidate, std::size_t call) {
    const bool busy = call / 300 % 2 != 0;
    return busy ? std::array{200e3, 300e3, 250e3}[candidate] : std::array{100e3, 60e3, 90e3}[candidate];
  };
  run(choice, 0, 50000, takes);
  CHECK(choice.finished_looks() > 5);
  CHECK(choice.finished_looks() <= 50);
}

TEST_CASE("the first look waits until threads have started", "[runtime][choice]") {
  const auto calls_before = [](double ns) {
    tp_choice choice(2);
    std::size_t calls = 0;
    for (; choice.next() == 0; ++calls) choice.took(ns);
    return calls;
  };
  constexpr std::size_t turn = 4;
  CHECK(calls_before(1000) == tp_choice::warm_up_calls + turn);
  CHECK(calls_before(1e6) == 10 + turn);
  CHECK(calls_before(1e9) == 1 + turn);
}
