// SPDX-License-Identifier: MIT
// Updates of parameters: the bits of the contract for every optimiser, and PyTorch's values.
#include <twinpath/optimizer.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "pytorch.hpp"
#include "support/arithmetic.hpp"
#include "support/catch.hpp"
#include "support/optimizers.hpp"
#include "support/padded.hpp"
#include "support/pieces.hpp"
#include "support/random.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

const tp::optimizer rules[] = {
    tp::sgd{.learning_rate = 0.1},
    tp::sgd{.learning_rate = 0},
    tp::sgd{.learning_rate = 3.0, .weight_decay = 0.01},
    tp::sgd{.learning_rate = 0.1, .momentum = 0.9},
    tp::sgd{.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true},
    tp::adam{},
    tp::adam{.learning_rate = 0.01, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.1},
    tp::adamw{.learning_rate = 0.01},
    // Factors of 0, also by rounding to float, and a factor of the old parameter that is 0 or negative.
    tp::sgd{.learning_rate = 0, .weight_decay = 0.1},
    tp::sgd{.learning_rate = 0, .momentum = 0.9},
    tp::sgd{.learning_rate = 0.1, .momentum = 1e-60, .weight_decay = 1e-60},
    tp::adam{.learning_rate = 0},
    tp::adam{.beta1 = 0, .beta2 = 0},
    tp::adamw{.learning_rate = 0.5, .weight_decay = 2},
    tp::adamw{.learning_rate = 0.5, .beta1 = 0, .weight_decay = 4},
    tp::adamw{.weight_decay = 0},
};

/// Parameters and what the optimiser remembers of them.
template <class T>
struct state {
  tp::matrix<T> w, first, second;
};

/// Calls the public function for any rule.
template <class T>
void update(const tp::optimizer& rule, std::span<T> w, std::span<const T> g, std::span<T> first,
            std::span<T> second, const tp::optimizer_progress& progress) {
  std::visit(
      [&](const auto& r) {
        if constexpr (std::is_same_v<std::decay_t<decltype(r)>, tp::sgd>) {
          tp::update(r, w, g, first);
        } else {
          tp::update(r, w, g, first, second, progress);
        }
      },
      rule);
}

/// By the contract's functions.
template <class T>
state<T> updated(const tp::optimizer& rule, state<T> s, const tp::matrix<T>& g,
                 const tp::optimizer_progress& progress) {
  with_arithmetic([&]<class arithmetic>(arithmetic) {
    T unused = 0;
    for (std::size_t i = 0; i < g.size(); ++i) {
      T& first = s.first.empty() ? unused : s.first.elements()[i];
      T& second = s.second.empty() ? unused : s.second.elements()[i];
      update_by_contract<arithmetic>(rule, progress, g.elements()[i], s.w.elements()[i], first, second);
    }
  });
  return s;
}

template <class T>
state<T> some_state(const tp::optimizer& rule, std::size_t n, generator& random) {
  const std::size_t moments = tp::moments_of(rule);
  state<T> s{uniform_matrix<T>(1, n, random), tp::matrix<T>(1, moments > 0 ? n : 0),
             tp::matrix<T>(1, moments > 1 ? n : 0)};
  for (T& x : s.first.elements()) x = random.uniform<T>();
  for (T& x : s.second.elements()) x = std::abs(random.uniform<T>());
  return s;
}

template <class T>
std::string difference_of(const state<T>& actual, const state<T>& expected) {
  return difference<T>(actual.w, expected.w) + difference<T>(actual.first, expected.first) +
         difference<T>(actual.second, expected.second);
}

/// Trains on PyTorch's gradients and compares with the parameters it had after 1, 2 and all steps.
template <class T>
void follow(const tp::optimizer& rule, const pytorch::trajectory& expected) {
  constexpr std::size_t n = pytorch::parameters;
  std::vector<T> w(n), first(tp::moments_of(rule) > 0 ? n : 0), second(tp::moments_of(rule) > 1 ? n : 0),
      g(n);
  for (std::size_t i = 0; i < n; ++i) w[i] = static_cast<T>(pytorch::start[i]);
  tp::optimizer_progress progress;
  for (std::size_t s = 0; s < pytorch::steps; ++s) {
    for (std::size_t i = 0; i < n; ++i) g[i] = static_cast<T>(pytorch::gradient_steps[s][i]);
    progress = next_of(rule, progress);
    update<T>(rule, w, g, first, second, progress);
    const double* const wanted = s == 0                    ? expected.after_1
                                 : s == 1                  ? expected.after_2
                                 : s + 1 == pytorch::steps ? expected.after_12
                                                           : nullptr;
    if (wanted == nullptr) continue;
    for (std::size_t i = 0; i < n; ++i) {
      CAPTURE(s, i);
      CHECK(std::abs(w[i] - wanted[i]) <= 16 * std::numeric_limits<T>::epsilon());
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("updates of every length and alignment", "[optimizer]", float, double) {
  using T = TestType;
  generator random(11);
  for (const tp::optimizer& rule : rules) {
    for (std::size_t n = 1; n <= 150; ++n) {
      const state<T> before = some_state<T>(rule, n, random);
      const tp::matrix<T> g = n % 4 == 0 ? special_matrix<T>(1, n, random) : uniform_matrix<T>(1, n, random);
      const tp::optimizer_progress progress{3, 0.729, 0.997};
      const state<T> expected = updated(rule, before, g, progress);
      for (const layout where : layouts) {
        const padded_matrix<T> G(g.view(), layouts[1]);
        padded_matrix<T> W(before.w.view(), where);
        state<T> after = before;
        update<T>(rule, W.span(), G.span(), after.first.elements(), after.second.elements(), progress);
        after.w = tp::matrix<T>(W.view());
        CAPTURE(rule.index(), n, where.offset);
        REQUIRE(difference_of(after, expected) == "");
        REQUIRE(W.padding_untouched());
      }
    }
  }
}

TEMPLATE_TEST_CASE("updates over threads", "[optimizer]", float, double) {
  using T = TestType;
  generator random(12);
  for (const tp::optimizer& rule : rules) {
    const state<T> before = some_state<T>(rule, 100'003, random);
    const tp::matrix<T> g = uniform_matrix<T>(1, 100'003, random);
    const tp::optimizer_progress progress{1, 0.9, 0.999};
    const state<T> expected = updated(rule, before, g, progress);
    std::size_t shared = 0;
    for (const std::size_t threads : thread_counts) {
      state<T> after = before;
      std::size_t pieces = 0;
      on_threads(threads, [&] {
        pieces = pieces_of("update", [&] {
          update<T>(rule, after.w.elements(), g.elements(), after.first.elements(), after.second.elements(),
                    progress);
        });
      });
      CHECK(difference_of(after, expected) == "");
      CHECK((threads > 1 || pieces == 1));
      shared += pieces > 1 ? 1 : 0;
    }
    CHECK(shared == 2);
  }
}

TEMPLATE_TEST_CASE("optimisers are PyTorch's", "[optimizer]", float, double) {
  using T = TestType;
  const auto sgd = [](double momentum, double decay, bool nesterov) {
    return tp::sgd{.learning_rate = 0.1, .momentum = momentum, .weight_decay = decay, .nesterov = nesterov};
  };
  follow<T>(sgd(0, 0, false), pytorch::sgd);
  follow<T>(sgd(0.9, 0, false), pytorch::sgd_momentum);
  follow<T>(sgd(0.9, 0, true), pytorch::sgd_nesterov);
  follow<T>(sgd(0.9, 0.01, false), pytorch::sgd_momentum_decay);
  follow<T>(sgd(0, 0.01, false), pytorch::sgd_decay);
  follow<T>(sgd(0.9, 0.01, true), pytorch::sgd_nesterov_decay);
  follow<T>(tp::adam{.learning_rate = 0.01}, pytorch::adam);
  follow<T>(tp::adam{.learning_rate = 0.01, .weight_decay = 0.1}, pytorch::adam_decay);
  follow<T>(tp::adamw{.learning_rate = 0.01, .weight_decay = 0.1}, pytorch::adamw);
  follow<T>(tp::adamw{}, pytorch::adamw_defaults);
  follow<T>(tp::adam{.learning_rate = 0.01, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3},
            pytorch::adam_other_constants);
}

TEMPLATE_TEST_CASE("a factor of 0 leaves its term out", "[optimizer]", float, double) {
  using T = TestType;
  constexpr std::size_t n = 37;
  const T infinity = std::numeric_limits<T>::infinity();
  const auto all_of = [&](const tp::matrix<T>& x, T value) {
    return std::ranges::all_of(x.elements(), [&](T e) { return e == value; });
  };
  const auto constant = [&](std::size_t count, T value) {
    tp::matrix<T> x(1, count);
    for (T& e : x.elements()) e = value;
    return x;
  };
  struct row {
    tp::optimizer rule;
    T w, g, m, v, expected;
  };
  const row rows[] = {
      // Without weight decay an infinite parameter makes no infinite gradient.
      {tp::sgd{}, -infinity, 0, 0, 0, -infinity},
      {tp::sgd{.momentum = 0.9}, -infinity, 0, 0, 0, -infinity},
      {tp::sgd{.momentum = 0.9, .nesterov = true}, -infinity, 0, 0, 0, -infinity},
      {tp::adam{}, -infinity, 0, 0, 0, -infinity},
      {tp::adamw{.weight_decay = 0}, -infinity, 0, 0, 0, -infinity},
      {tp::adamw{}, -infinity, 0, 0, 0, -infinity},
      // A rate of 0 keeps the parameter, whatever the gradient is.
      {tp::sgd{.learning_rate = 0}, 3, infinity, 0, 0, 3},
      {tp::sgd{.learning_rate = 0, .weight_decay = 0.1}, 3, infinity, 0, 0, 3},
      {tp::sgd{.learning_rate = 0, .momentum = 0.9}, 3, infinity, 0, 0, 3},
      {tp::sgd{.learning_rate = 0, .momentum = 0.9, .nesterov = true}, 3, -infinity, 0, 0, 3},
      {tp::adam{.learning_rate = 0}, 3, infinity, 0, 0, 3},
      {tp::adamw{.learning_rate = 0}, 3, infinity, 0, 0, 3},
      // Betas of 0 forget the moments.
      {tp::adam{.learning_rate = 1, .beta1 = 0, .beta2 = 0}, 3, 0, infinity, infinity, 3},
      // 1 - learning_rate * weight_decay = 0 forgets the parameter.
      {tp::adamw{.learning_rate = 0.5, .weight_decay = 2}, infinity, 0, 0, 0, 0},
  };
  for (const row& r : rows) {
    const std::size_t moments = tp::moments_of(r.rule);
    state<T> s{constant(n, r.w), constant(moments > 0 ? n : 0, r.m), constant(moments > 1 ? n : 0, r.v)};
    const tp::matrix<T> g = constant(n, r.g);
    const tp::optimizer_progress progress{1, 0.9, 0.999};
    const state<T> expected = updated(r.rule, s, g, progress);
    update<T>(r.rule, s.w.elements(), g.elements(), s.first.elements(), s.second.elements(), progress);
    CAPTURE(&r - rows);
    CHECK(all_of(s.w, r.expected));
    CHECK(difference_of(s, expected) == "");
  }
}

TEMPLATE_TEST_CASE("moments and decaying parameters are never subnormal", "[optimizer]", float, double) {
  using T = TestType;
  generator random(13);
  const T least = std::numeric_limits<T>::min();
  const auto is_subnormal = [&](T x) { return x != 0 && std::abs(x) < least; };
  for (const tp::optimizer& rule : rules) {
    const auto* descent = std::get_if<tp::sgd>(&rule);
    state<T> s = some_state<T>(rule, 101, random);
    // Around the border, on both sides.
    for (tp::matrix<T>* x : {&s.w, &s.first, &s.second}) {
      for (T& e : x->elements()) e = e * least * T(4);
    }
    const tp::matrix<T> g(1, 101);
    for (std::uint64_t step = 1; step <= 30; ++step) {
      const tp::optimizer_progress progress{step, 0.5, 0.5};
      const state<T> expected = updated(rule, s, g, progress);
      update<T>(rule, s.w.elements(), g.elements(), s.first.elements(), s.second.elements(), progress);
      CAPTURE(&rule - rules, step);
      REQUIRE(difference_of(s, expected) == "");
      CHECK(std::ranges::none_of(s.first.elements(), is_subnormal));
      CHECK(std::ranges::none_of(s.second.elements(), is_subnormal));
      if (descent != nullptr && static_cast<T>(descent->weight_decay) != 0)
        CHECK(std::ranges::none_of(s.w.elements(), is_subnormal));
    }
  }
}
