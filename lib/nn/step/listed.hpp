// SPDX-License-Identifier: MIT
// The smallest steps of training: the calls of micro-kernels that their products consist of are listed once
// and made again step after step. To describe each product and cut it into tiles would cost as much as to
// compute it.
#pragma once

#include <vector>

#include "gemm/direct.hpp"
#include "nn/step/run.hpp"

namespace twinpath::inline v0::detail {

template <class T>
class listed_step {
 public:
  listed_step() = default;
  /// A copy is for a network whose parameters lie elsewhere, where they stay: it begins without a list.
  listed_step(const listed_step&) noexcept {}
  listed_step& operator=(const listed_step&) noexcept { return *this = listed_step(); }
  listed_step(listed_step&&) noexcept = default;
  listed_step& operator=(listed_step&&) noexcept = default;
  ~listed_step() = default;

  /// Lists the calls of a step, unless they are listed already. False where one of its products is none that
  /// can be listed, or where there is no memory for the list.
  [[nodiscard]] bool prepare(const step_run<T>& s);

  /// Computes the step that it was prepared for.
  void run(const step_run<T>& s);

 private:
  /// Calls `begin` … `end - 1`.
  struct range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  struct layer_calls {
    range forward;
    range backprop;
    range weights;
  };
  /// A call whose A is part of X.
  struct reader_of_x {
    std::size_t call;
    std::size_t offset;
  };
  enum ends { hidden_end, last_end, backprop_end, weights_end, all_ends };

  [[nodiscard]] bool list(const step_run<T>& s);
  [[nodiscard]] bool list(const kernel_table<T>& table, const product<T>& x, ends end, range& calls);
  void make(const range& calls, span_label label, const span_shape& shape) const;

  const T* memory_ = nullptr;  ///< of the step; null where nothing is listed
  const T* x_ = nullptr;
  bool refused_ = false;
  std::vector<layer_calls> layers_;
  std::vector<kernel_call<T>> calls_;
  std::vector<reader_of_x> readers_of_x_;
  std::vector<epilogue<T>> ends_;
};

}  // namespace twinpath::inline v0::detail
