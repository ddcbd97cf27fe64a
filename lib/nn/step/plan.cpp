// SPDX-License-Identifier: MIT
#include "nn/layer/limits.hpp"
#include "nn/step/builder.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
void emit(step_form form, program_builder<T>& to) {
  switch (form) {
    case step_form::operations:
      return emit_operations(to);
    case step_form::row_blocks:
      return emit_row_blocks(to);
    case step_form::unit_blocks:
      return emit_unit_blocks(to);
    case step_form::fused_backward:
      return emit_fused_backward(to);
  }
}

}  // namespace

template <class T>
step_plan plan_step(const kernel_table<T>& table, const layer_widths& widths, const step_candidate& with) {
  check_batch_size<T>("mlp", widths, with.shape.rows);
  program_builder<T> builder(table, widths, with.shape);
  emit(with.choice.form, builder);
  return {with.shape, with.choice.form, with.choice.reason, builder.take()};
}

template step_plan plan_step(const kernel_table<float>&, const layer_widths&, const step_candidate&);
template step_plan plan_step(const kernel_table<double>&, const layer_widths&, const step_candidate&);

}  // namespace twinpath::inline v0::detail
