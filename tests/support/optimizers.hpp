// SPDX-License-Identifier: MIT
// Updates by the functions of the contract.
#pragma once

#include <cmath>
#include <variant>

#include <twinpath/contract.hpp>
#include <twinpath/optimizer.hpp>

namespace tests {

namespace tp = twinpath;

/// The progress after one more update.
inline tp::optimizer_progress next_of(const tp::optimizer& rule, const tp::optimizer_progress& before) {
  if (const auto* a = std::get_if<tp::adam>(&rule)) return next(before, *a);
  if (const auto* w = std::get_if<tp::adamw>(&rule)) return next(before, *w);
  return before;
}

/// Updates one parameter. Moments that the rule does not have are not touched.
template <class Arithmetic, class T>
void update_by_contract(const tp::optimizer& rule, const tp::optimizer_progress& at, T g, T& w, T& m, T& v) {
  if (const auto* r = std::get_if<tp::sgd>(&rule)) {
    const tp::contract::sgd_factors<T> f{T(r->learning_rate), T(r->weight_decay), T(r->momentum)};
    if (r->momentum != 0) return tp::contract::momentum_update<Arithmetic>(f, r->nesterov, g, w, m);
    if (r->weight_decay != 0) return tp::contract::decayed_update<Arithmetic>(f, g, w);
    w = tp::contract::sgd_update<Arithmetic>(f.rate, g, w);
    return;
  }
  const auto* decoupled = std::get_if<tp::adamw>(&rule);
  const tp::adam r = decoupled == nullptr
                         ? std::get<tp::adam>(rule)
                         : tp::adam{decoupled->learning_rate, decoupled->beta1, decoupled->beta2,
                                    decoupled->epsilon, decoupled->weight_decay};
  const tp::contract::adam_factors<T> f{
      .rate = T(r.learning_rate / (1 - at.beta1_power)),
      .scale = T(1 / std::sqrt(1 - at.beta2_power)),
      .epsilon = T(r.epsilon),
      .beta1 = T(r.beta1),
      .fresh1 = T(1 - r.beta1),
      .beta2 = T(r.beta2),
      .fresh2 = T(1 - r.beta2),
      .decay = decoupled == nullptr ? T(r.weight_decay) : T(0),
      .keep = decoupled == nullptr ? T(1) : T(1 - r.learning_rate * r.weight_decay)};
  tp::contract::adam_update<Arithmetic>(f, g, w, m, v);
}

}  // namespace tests
