// SPDX-License-Identifier: MIT
#include "nn/sgd.hpp"

#include <limits>

#include "linalg/checks.hpp"
#include "linalg/kernel_table.hpp"
#include "linalg/row_operations.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

template <class T>
void checked_update(const sgd& rule, std::span<T> parameters, std::span<const T> gradients) {
  check_rule<T>("update", rule);
  check_size("update", "gradients", gradients, parameters.size());
  check_apart("update", "parameters", parameters, "gradients", gradients);
  apply_update(rule, parameters, gradients, {"update"});
}

}  // namespace

template <class T>
void check_rule(std::string_view function, const sgd& rule) {
  // Written so that NaN fails.
  if (!(rule.learning_rate >= 0 &&
        rule.learning_rate <= static_cast<double>(std::numeric_limits<T>::max()))) {
    fail(function, "learning rate " + std::to_string(rule.learning_rate) + " is not a finite number from 0");
  }
}

template <class T>
void apply_update(const sgd& rule, std::span<T> parameters, std::span<const T> gradients, span_label label) {
  const T rate = static_cast<T>(rule.learning_rate);
  for_element_parts(parameters.size(), 3 * sizeof(T), [&](std::size_t begin, std::size_t end) {
    const span_scope span(label, 0);
    kernels<T>().sgd_update(rate, gradients.data() + begin, parameters.data() + begin, end - begin);
  });
}

template void check_rule<float>(std::string_view, const sgd&);
template void check_rule<double>(std::string_view, const sgd&);
template void apply_update(const sgd&, std::span<float>, std::span<const float>, span_label);
template void apply_update(const sgd&, std::span<double>, std::span<const double>, span_label);

}  // namespace detail

void update(const sgd& rule, std::span<float> parameters, std::span<const float> gradients) {
  detail::checked_update(rule, parameters, gradients);
}
void update(const sgd& rule, std::span<double> parameters, std::span<const double> gradients) {
  detail::checked_update(rule, parameters, gradients);
}

}  // namespace twinpath::inline v0
