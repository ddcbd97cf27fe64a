// SPDX-License-Identifier: MIT
// Updates of parameters: the bits of the contract for every optimiser, and PyTorch's values.
#include <twinpath/optimizer.hpp>

#include <cmath>
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
