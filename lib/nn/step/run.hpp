// SPDX-License-Identifier: MIT
// A walk over the program of a step.
#pragma once

#include <array>
#include <vector>

#include "gemm/direct.hpp"
#include "nn/layer/layer_state.hpp"
#include "nn/optim/update_rule.hpp"
#include "nn/step/program.hpp"
#include "rowwise/row_operations.hpp"

namespace twinpath::inline v0::detail {

/// The operands of a step, apart from the network.
template <class T>
struct step_operands {
  matrix_view<const T> X;
  const targets<T>& y;
  loss which;
  reduction how;
  const update_rule<T>& rule;  ///< unused if the step does not update
  matrix_view<T> dX;           ///< may be empty
};

/// The products of a program that take the direct path, as calls of micro-kernels: to describe each product
/// and to cut it into tiles would cost the smallest networks as much as to compute it.
template <class T>
class lowered_products {
 public:
  /// The index of the blend with -rate; the other epilogues are indexed by epilogue_op.
  static constexpr std::size_t descent = 6;
  /// The epilogues of a step. The calls point to them.
  std::array<epilogue<T>, descent + 1> finishes{{{epilogue_op::store},
                                                 {epilogue_op::scale},
                                                 {epilogue_op::blend, T(1), T(1)},
                                                 {epilogue_op::bias},
                                                 {epilogue_op::bias_relu},
                                                 {epilogue_op::mask},
                                                 {epilogue_op::blend, T(0), T(1)}}};

  [[nodiscard]] const epilogue<T>& finish_of(const product_operation& x) const noexcept {
    return finishes[x.descends ? descent : static_cast<std::size_t>(x.op)];
  }

  void make(const call_range& range) const {
    for (std::size_t i = range.begin; i < range.end; ++i) calls_[i].make();
  }

  /// Lowers the products of a program whose memory is at `memory`, unless that is done already, and lets the
  /// calls read X. A product whose calls would need more memory than there is stays as it is.
  template <class Bind>
  void prepare(const kernel_table<T>& table, step_program& program, const T* memory, const T* X,
               const Bind& bind);

 private:
  /// Calls of one product; for more of them the description of the product costs little beside it.
  static constexpr std::size_t most_calls = 64;
  /// A call whose A is part of X.
  struct reader_of_x {
    std::size_t call;
    std::size_t offset;
  };

  template <class Bind>
  void lower(const kernel_table<T>& table, product_operation& x, const T* X, const Bind& bind);

  const T* memory_ = nullptr;  ///< of the step; null where nothing is lowered
  const T* x_ = nullptr;
  std::vector<kernel_call<T>> calls_;
  std::vector<reader_of_x> readers_of_x_;
};

/// Lowers the products of a program that can be lowered, as the first run would.
template <class T>
void lower_step(step_plan& plan, T* memory, std::vector<layer_state<T>>& layers, const step_operands<T>& with,
                lowered_products<T>& lowered);

/// Runs a program once, in memory of `program.elements` elements, 64-byte aligned. Lowers first what can be
/// lowered and is not yet. Returns the loss.
template <class T>
T run_step(step_plan& plan, T* memory, std::vector<layer_state<T>>& layers, const step_operands<T>& with,
           lowered_products<T>& lowered);

}  // namespace twinpath::inline v0::detail
