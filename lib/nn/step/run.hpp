// SPDX-License-Identifier: MIT
// A step of training as it runs: a walk over its program. Some of it is inlined by force, because in the
// smallest networks the calls would cost as much as the products.
#pragma once

#include <array>
#include <vector>

#include "gemm/direct.hpp"
#include "nn/layer/layer_state.hpp"
#include "nn/optim/update_rule.hpp"
#include "nn/step/program.hpp"
#include "rowwise/row_operations.hpp"

namespace twinpath::inline v0::detail {

/// What a step computes with, apart from the network.
template <class T>
struct step_operands {
  matrix_view<const T> X;
  const targets<T>& y;
  loss which;
  reduction how;
  const update_rule<T>& rule;  ///< read where the step updates
  matrix_view<T> dX;           ///< where the error of the input goes, or nothing
};

/// The products of a program that take the direct path, as calls of micro-kernels: to describe each product
/// and to cut it into tiles would cost the smallest networks as much as to compute it.
template <class T>
class lowered_products {
 public:
  /// Of a blend with -rate; the others are by epilogue_op.
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
  /// Calls of one product, beyond which to describe it anew costs little beside it.
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

/// Runs a program once. The program's memory has `program.elements` elements, 64-byte aligned.
template <class T>
class step_run {
 public:
  step_run(const step_plan& plan, T* memory, std::vector<layer_state<T>>& layers,
           const step_operands<T>& operands, lowered_products<T>& lowered);

  /// Lowers what can be lowered.
  void prepare(step_program& program);
  /// Returns the loss.
  T run();

 private:
  /// Where the arrays lie for one part of the program.
  struct frame {
    const T* input;
    T* block;
    T* sums;
    T* scratch;
    std::size_t first_row = 0;  ///< of the block, in the batch
    bool isolates = false;      ///< whether operations that wait for tasks keep tasks from outside away
  };

  void run_in_turn();
  void run_together();
  void run_by_slice();
  void run_slice(std::size_t begin, std::size_t end, frame f);
  [[gnu::noinline]] void run_part(const program_part& part, const frame& f);
  [[gnu::noinline]] void compute_as_routed(const product_operation& x, const frame& f);
  [[gnu::noinline]] void compute_shared(const loss_operation& x, const frame& f);
  [[gnu::noinline]] void compute_shared(const bias_operation& x, const frame& f);
  [[gnu::noinline]] void compute_other(const operation& x, const frame& f);

  [[gnu::always_inline]] inline void compute(const product_operation& x, const frame& f);
  [[gnu::always_inline]] inline void compute(const loss_operation& x, const frame& f);
  void compute(const chains_operation& x, const frame& f);
  void compute(const fold_operation& x, const frame& f);
  [[gnu::always_inline]] inline void compute(const bias_operation& x, const frame& f);
  void compute(const update_operation& x, const frame& f);

  [[gnu::always_inline]] inline product<T> bind(const product_operation& x, const frame& f) const;
  [[gnu::always_inline]] inline after_store<T> follow(const product_operation& x, const frame& f) const;
  void finish_bias(std::size_t l, const T* db, std::size_t first, std::size_t n);
  void apply(std::size_t l, const T* gradients, std::size_t first, std::size_t n);
  [[nodiscard]] T* bias_gradient(std::size_t l, std::size_t first, const frame& f) const;
  [[nodiscard]] T total_loss() const;

  [[nodiscard]] frame whole_batch() const noexcept;
  [[nodiscard]] T* scratch_of(std::size_t part) const noexcept;
  [[nodiscard]] T* sums_of(std::size_t slice) const noexcept;
  [[gnu::always_inline]] inline const T* read(const place& p, const frame& f) const;
  [[gnu::always_inline]] inline T* write(const place& p, const frame& f) const;
  [[gnu::always_inline]] inline matrix_view<const T> readable(const matrix_place& x, const frame& f) const;
  [[gnu::always_inline]] inline matrix_view<T> writable(const matrix_place& x, const frame& f) const;

  const kernel_table<T>& table_;
  const step_plan& plan_;
  const step_program& program_;
  T* const memory_;
  std::vector<layer_state<T>>& layers_;
  const step_operands<T>& with_;
  lowered_products<T>& lowered_;
  const T scale_;  ///< of the output error
};

}  // namespace twinpath::inline v0::detail
