// SPDX-License-Identifier: MIT
// Updates by every optimiser.
#pragma once

#include <memory>
#include <span>
#include <variant>

#include <twinpath/optimizer.hpp>

#include "golden/numbers.hpp"
#include "golden/operations.hpp"
#include "support/arithmetic.hpp"
#include "support/optimizers.hpp"

namespace tests {

/// Parameters, gradients and moments.
template <class T>
struct update_state {
  tp::matrix<T> w, g, first, second;

  update_state(std::size_t n, int exponent, std::size_t moments)
      : first(1, moments > 0 ? n : 0), second(1, moments > 1 ? n : 0) {
    generator random(n);
    w = uniform_matrix<T>(1, n, random);
    g = scaled_matrix<T>(1, n, random, exponent);
  }
  [[nodiscard]] results<T> all() const {
    results<T> out;
    for (const tp::matrix<T>* x : {&w, &first, &second}) append(out, *x);
    return out;
  }
};

inline constexpr std::size_t updates_in_a_row = 3;

template <class T>
void add_update(std::vector<operation<T>>& all, const std::string& name, const tp::optimizer& rule,
                int exponent = 0) {
  const std::size_t moments = tp::moments_of(rule);
  const std::size_t n = exponent == 0 ? 20001 : 501;
  const auto start = std::make_shared<const update_state<T>>(n, exponent, moments);
  operation<T> op;
  op.name = "update, " + name;
  op.subnormals = exponent != 0;
  op.by_library = {{"", [start, rule] {
                      update_state<T> x = *start;
                      const std::span<const T> g = std::as_const(x.g).elements();
                      tp::optimizer_progress progress;
                      for (std::size_t s = 0; s < updates_in_a_row; ++s) {
                        progress = next_of(rule, progress);
                        std::visit(
                            [&]<class Rule>(const Rule& r) {
                              const std::span<T> w = x.w.elements();
                              if constexpr (std::is_same_v<Rule, tp::sgd>) {
                                tp::update(r, w, g, x.first.elements());
                              } else {
                                tp::update(r, w, g, x.first.elements(), x.second.elements(), progress);
                              }
                            },
                            rule);
                      }
                      return x.all();
                    }}};
  op.by_contract = [start, rule] {
    update_state<T> x = *start;
    tp::optimizer_progress progress;
    for (std::size_t s = 0; s < updates_in_a_row; ++s) {
      progress = next_of(rule, progress);
      with_arithmetic([&]<class arithmetic>(arithmetic) {
        T unused = 0;
        for (std::size_t i = 0; i < x.w.size(); ++i) {
          update_by_contract<arithmetic, T>(rule, progress, x.g(0, i), x.w(0, i),
                                            x.first.empty() ? unused : x.first(0, i),
                                            x.second.empty() ? unused : x.second(0, i));
        }
      });
    }
    return x.all();
  };
  all.push_back(std::move(op));
}

template <class T>
void add_updates(std::vector<operation<T>>& all) {
  add_update(all, "sgd", tp::sgd{.learning_rate = 0.05});
  add_update(all, "sgd, weight decay", tp::sgd{.learning_rate = 0.05, .weight_decay = 0.01});
  add_update(all, "sgd, momentum", tp::sgd{.learning_rate = 0.05, .momentum = 0.9});
  add_update(all, "sgd, nesterov",
             tp::sgd{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true});
  add_update(all, "adam", tp::adam{.weight_decay = 0.1});
  add_update(all, "adamw", tp::adamw{});
  add_update(all, "adam, subnormal", tp::adam{}, tiny<T>);
}

}  // namespace tests
