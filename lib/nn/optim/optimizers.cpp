// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <string>

#include "nn/optim/update_rule.hpp"
#include "rowwise/row_operations.hpp"
#include "runtime/checks.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

void check_factor(std::string_view function, const char* name, double x, double largest) {
  // Written so that NaN fails.
  if (x >= 0 && x <= largest) return;
  fail(function, std::string(name) + " " + number_text(x) + " is not a finite number from 0");
}

template <class T>
void check_rule(std::string_view function, const sgd& rule) {
  constexpr double largest = static_cast<double>(std::numeric_limits<T>::max());
  check_factor(function, "learning rate", rule.learning_rate, largest);
  check_factor(function, "momentum", rule.momentum, largest);
  check_factor(function, "weight decay", rule.weight_decay, largest);
  if (rule.nesterov && rule.momentum == 0) fail(function, "Nesterov's form needs a momentum above 0");
}

void check_beta(std::string_view function, const char* name, double beta) {
  if (beta >= 0 && beta < 1) return;
  fail(function, std::string(name) + " " + number_text(beta) + " is not from 0 to below 1");
}

template <class T, class Adam>
void check_rule(std::string_view function, const Adam& rule) {
  constexpr double largest = static_cast<double>(std::numeric_limits<T>::max());
  check_factor(function, "learning rate", rule.learning_rate, largest);
  check_factor(function, "weight decay", rule.weight_decay, largest);
  check_beta(function, "beta1", rule.beta1);
  check_beta(function, "beta2", rule.beta2);
  // The factors of an update, at their largest: in the first one.
  check_factor(function, "learning rate / (1 - beta1)", rule.learning_rate / (1 - rule.beta1), largest);
  check_factor(function, "learning rate * weight decay", rule.learning_rate * rule.weight_decay, largest);
  // It must not be rounded to 0.
  if (!(rule.epsilon > 0 && rule.epsilon <= largest && static_cast<T>(rule.epsilon) > 0)) {
    fail(function, "epsilon " + number_text(rule.epsilon) + " is not a finite number above 0");
  }
}

/// Plain descent with a rate of 0.
template <class T>
void keep_parameters(const T*, T*, T*, T*, const update_factors<T>&, std::size_t) noexcept {}

template <class T>
update_rule<T> prepare(const kernel_table<T>& table, const sgd& rule, const optimizer_progress&) noexcept {
  update_rule<T> u;
  u.rate = static_cast<T>(rule.learning_rate);
  u.factors.sgd = {u.rate, static_cast<T>(rule.weight_decay), static_cast<T>(rule.momentum)};
  if (rule.momentum != 0) {
    u.moments = 1;
    u.function = rule.nesterov ? table.updates.nesterov : table.updates.momentum;
  } else if (rule.weight_decay != 0) {
    u.function = table.updates.decayed;
  } else if (u.rate == 0) {
    u.function = &keep_parameters<T>;
  }
  return u;
}

template <class T, class Adam>
update_rule<T> prepare(const kernel_table<T>& table, const Adam& rule,
                       const optimizer_progress& progress) noexcept {
  constexpr bool decoupled = std::is_same_v<Adam, adamw>;
  update_rule<T> u;
  u.function = table.updates.adam;
  u.moments = 2;
  u.rate = static_cast<T>(rule.learning_rate / (1 - progress.beta1_power));
  u.factors.adam = {.rate = u.rate,
                    .scale = static_cast<T>(1 / std::sqrt(1 - progress.beta2_power)),
                    .epsilon = static_cast<T>(rule.epsilon),
                    .beta1 = static_cast<T>(rule.beta1),
                    .fresh1 = static_cast<T>(1 - rule.beta1),
                    .beta2 = static_cast<T>(rule.beta2),
                    .fresh2 = static_cast<T>(1 - rule.beta2),
                    .decay = decoupled ? T(0) : static_cast<T>(rule.weight_decay),
                    .keep = decoupled ? static_cast<T>(1 - rule.learning_rate * rule.weight_decay) : T(1)};
  return u;
}

optimizer_progress advanced(optimizer_progress p, double beta1, double beta2) noexcept {
  ++p.updates;
  p.beta1_power *= beta1;
  p.beta2_power *= beta2;
  return p;
}

template <class T>
void check_spans(const optimizer& rule, std::span<T> w, std::span<const T> g, std::span<T> first,
                 std::span<T> second) {
  constexpr const char* function = "update";
  const std::size_t moments = moments_of(rule);
  check_size(function, "parameters", w, w.size());
  check_size(function, "gradients", g, w.size());
  check_size(function, moments == 2 ? "m" : "velocity", first, moments > 0 ? w.size() : 0);
  check_size(function, "v", second, moments > 1 ? w.size() : 0);
  check_disjoint(function, "parameters", w, "gradients", g);
  check_disjoint(function, "parameters", w, moments == 2 ? "m" : "velocity", first);
  check_disjoint(function, "parameters", w, "v", second);
  check_disjoint(function, moments == 2 ? "m" : "velocity", first, "gradients", g);
  check_disjoint(function, "v", second, "gradients", g);
  check_disjoint(function, "m", first, "v", second);
}

template <class T>
void checked_update(const optimizer& rule, std::span<T> w, std::span<const T> g, std::span<T> first,
                    std::span<T> second, const optimizer_progress& progress) {
  check_optimizer<T>("update", rule);
  if (moments_of(rule) == 2 && progress.updates == 0) {
    fail("update", "Adam's progress counts no update; it is the one with this update");
  }
  check_spans(rule, w, g, first, second);
  run_update(make_update_rule(kernels<T>(), rule, progress), w, g, first.data(), second.data(), {"update"});
}

}  // namespace

template <class T>
void check_optimizer(std::string_view function, const optimizer& rule) {
  std::visit([&](const auto& r) { check_rule<T>(function, r); }, rule);
}

template <class T>
update_rule<T> make_update_rule(const kernel_table<T>& table, const optimizer& rule,
                                const optimizer_progress& progress) noexcept {
  return std::visit([&](const auto& r) { return prepare<T>(table, r, progress); }, rule);
}

optimizer_progress next_progress(const optimizer_progress& before, const optimizer& rule) noexcept {
  if (const auto* a = std::get_if<adam>(&rule)) return next(before, *a);
  if (const auto* w = std::get_if<adamw>(&rule)) return next(before, *w);
  return {before.updates + 1, 1, 1};
}

template <class T>
void run_update(const update_rule<T>& rule, std::span<T> w, std::span<const T> g, T* first, T* second,
                span_label label) {
  const kernel_table<T>& table = kernels<T>();
  const auto from = [](T* p, std::size_t begin) { return p == nullptr ? p : p + begin; };
  for_element_parts(w.size(), (3 + 2 * rule.moments) * sizeof(T), [&](std::size_t begin, std::size_t end) {
    const span_scope span(label);
    rule.apply(table, g.data() + begin, w.data() + begin, from(first, begin), from(second, begin),
               end - begin);
  });
}

template void check_optimizer<float>(std::string_view, const optimizer&);
template void check_optimizer<double>(std::string_view, const optimizer&);
template update_rule<float> make_update_rule(const kernel_table<float>&, const optimizer&,
                                             const optimizer_progress&) noexcept;
template update_rule<double> make_update_rule(const kernel_table<double>&, const optimizer&,
                                              const optimizer_progress&) noexcept;
template void run_update(const update_rule<float>&, std::span<float>, std::span<const float>, float*, float*,
                         span_label);
template void run_update(const update_rule<double>&, std::span<double>, std::span<const double>, double*,
                         double*, span_label);

}  // namespace detail

std::size_t moments_of(const optimizer& rule) noexcept {
  if (const auto* descent = std::get_if<sgd>(&rule)) return descent->momentum != 0 ? 1 : 0;
  return 2;
}

optimizer_progress next(const optimizer_progress& before, const adam& rule) noexcept {
  return detail::advanced(before, rule.beta1, rule.beta2);
}
optimizer_progress next(const optimizer_progress& before, const adamw& rule) noexcept {
  return detail::advanced(before, rule.beta1, rule.beta2);
}

void update(const sgd& rule, std::span<float> parameters, std::span<const float> gradients,
            std::span<float> velocity) {
  detail::checked_update<float>(rule, parameters, gradients, velocity, {}, {});
}
void update(const sgd& rule, std::span<double> parameters, std::span<const double> gradients,
            std::span<double> velocity) {
  detail::checked_update<double>(rule, parameters, gradients, velocity, {}, {});
}
void update(const adam& rule, std::span<float> parameters, std::span<const float> gradients,
            std::span<float> m, std::span<float> v, const optimizer_progress& progress) {
  detail::checked_update<float>(rule, parameters, gradients, m, v, progress);
}
void update(const adam& rule, std::span<double> parameters, std::span<const double> gradients,
            std::span<double> m, std::span<double> v, const optimizer_progress& progress) {
  detail::checked_update<double>(rule, parameters, gradients, m, v, progress);
}
void update(const adamw& rule, std::span<float> parameters, std::span<const float> gradients,
            std::span<float> m, std::span<float> v, const optimizer_progress& progress) {
  detail::checked_update<float>(rule, parameters, gradients, m, v, progress);
}
void update(const adamw& rule, std::span<double> parameters, std::span<const double> gradients,
            std::span<double> m, std::span<double> v, const optimizer_progress& progress) {
  detail::checked_update<double>(rule, parameters, gradients, m, v, progress);
}

}  // namespace twinpath::inline v0
