// SPDX-License-Identifier: MIT
// A step of training as data: phases of parts of operations. A form emits a program once for a shape, and
// that one program is planned, printed, lowered to kernel calls and run.
//
// Operands are places in arrays, because the arrays move: X in every step, the memory of a step when a longer
// batch comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "gemm/route.hpp"
#include "nn/step/form.hpp"
#include "runtime/span.hpp"

namespace twinpath::inline v0::detail {

/// The arrays that a step reads and writes.
enum class step_array : std::uint8_t {
  none,
  input,        ///< X, from the first row of the block
  input_error,  ///< dX, likewise
  parameters,   ///< of a layer: W row by row, then b
  gradients,    ///< of a layer, in the same order
  memory,       ///< of the step
  rows,         ///< of the step, with all rows of the batch: from the first row of the block
  block,        ///< of the step, once for each worker: what it keeps of a block of rows
  sums,         ///< of the step, once for each slice of the batch: its part of every dW
};

struct place {
  step_array in = step_array::none;
  unsigned layer = 0;      ///< from 0, for parameters and gradients
  std::size_t offset = 0;  ///< in elements
};

struct matrix_place {
  place at;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;
};

/// Columns begin … of a matrix.
[[nodiscard]] constexpr matrix_place columns_of(matrix_place x, std::size_t begin,
                                                std::size_t cols) noexcept {
  x.at.offset += begin;
  x.cols = cols;
  return x;
}

/// What follows the store of a product while its tile is in a near cache.
enum class step_follow : std::uint8_t {
  nothing,
  activate,    ///< A = f(C)
  derivative,  ///< C = C ⊙ f', from what the forward pass kept
  update,      ///< of the parameters that C is the gradient of
};

/// Calls begin … end - 1 of a program's lowered products.
struct call_range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// C = op(A) * op(B), its epilogue, and what follows the store.
struct product_operation {
  // What a lowered product reads comes first, in one cache line.
  span_label label;
  call_range calls;  ///< empty unless the product was lowered
  step_follow follow = step_follow::nothing;
  bool a_transposed = false;
  bool b_transposed = false;
  bool descends = false;  ///< blends with -rate: W = fma(-rate, dW, W); otherwise a blend adds to C
  epilogue_op op = epilogue_op::store;
  matrix_place A, B, C;
  matrix_place beside;    ///< the bias, or the mask
  matrix_place followed;  ///< of the step that follows: activations, kept values or parameters
  product_route route;
};

/// Losses and dZ of rows of the batch.
struct loss_operation {
  matrix_place Z, dZ;
  std::size_t first = 0;  ///< row of the batch, relative to the block
  place losses;           ///< of the first row
  bool shared = false;    ///< between threads
};

/// Chains of the column sums of dZ, each over contract::sum_rows rows of the batch. A chain that an earlier
/// block of rows began is continued.
struct chains_operation {
  unsigned layer = 0;
  matrix_place dZ;
  std::size_t first = 0;  ///< row of the batch, relative to the block
  place chains;           ///< of the layer, all of them
};

/// db of a layer from its chains, in order.
struct fold_operation {
  unsigned layer = 0;
  place chains;
  std::size_t count = 0;
};

/// db of units of a layer, straight from dZ.
struct bias_operation {
  unsigned layer = 0;
  matrix_place dZ;
  std::size_t first = 0;  ///< unit
  place chains;           ///< scratch memory of threads that share it
  bool shared = false;
};

/// Updates the weights of a layer from a dW that was kept, or stores it to the gradients.
struct update_operation {
  unsigned layer = 0;
  place dW;
  gradient_use use = gradient_use::descend;
};

/// The shape by which a product is routed.
template <class T>
[[nodiscard]] product_shape shape_of(const product_operation& x) noexcept {
  return make_shape<T>(x.C.rows, x.C.cols, x.a_transposed ? x.A.rows : x.A.cols, x.a_transposed,
                       x.b_transposed, x.A.stride, x.B.stride);
}

using operation = std::variant<product_operation, loss_operation, chains_operation, fold_operation,
                               bias_operation, update_operation>;

/// Operations begin … end - 1, one after the other on one thread, each parallel inside if it has workers.
struct program_part {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Parts begin … end - 1, at the same time. A phase needs all of the phase before it.
struct program_phase {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<unsigned> complete;  ///< layers whose gradients are complete after this phase

  [[nodiscard]] std::size_t parts() const noexcept { return end - begin; }
};

/// How the phases of a program follow each other.
enum class phase_order : std::uint8_t {
  in_turn,   ///< the calling thread goes from phase to phase; a phase of two parts is a fork
  together,  ///< threads go through all phases together, one part each
  by_slice,  ///< the phases but the last are kinds of blocks, repeated over the rows of each slice
};

struct step_program {
  std::vector<operation> operations;
  std::vector<program_part> parts;
  std::vector<program_phase> phases;
  phase_order order = phase_order::in_turn;
  std::size_t workers = 1;  ///< tasks that may run at the same time

  /// A kind of block of `by_slice`: its rows, and whether it is the first one of its slice.
  struct block_kind {
    std::size_t rows = 0;
    bool first = false;

    bool operator==(const block_kind&) const = default;
  };
  std::vector<block_kind> block_kinds;  ///< of the phases but the last

  // Offsets in the memory of the step, in elements.
  std::vector<std::size_t> activations;  ///< of each layer
  std::size_t losses = 0;
  std::size_t loss_scratch = 0;
  std::size_t sums = 0;
  std::size_t scratch = 0;
  // Distances, in elements.
  std::size_t block_stride = 0;    ///< from one worker's block to that of the next
  std::size_t sums_stride = 0;     ///< from one slice's sums to those of the next
  std::size_t sums_size = 0;       ///< of a slice
  std::size_t scratch_stride = 0;  ///< from one part's scratch memory to that of the next
  std::size_t elements = 0;        ///< all memory
};

/// A step as it was planned.
struct step_plan {
  step_shape shape;
  step_form form = step_form::operations;
  const char* reason = "";
  step_program program;
};

/// Plans a step for a network of these widths, as the candidate says. Throws std::invalid_argument when the
/// sizes of its memory would overflow.
template <class T>
[[nodiscard]] step_plan plan_step(const kernel_table<T>& table, const layer_widths& widths,
                                  const step_candidate& with);

/// The plan in a line, with the reason for it.
[[nodiscard]] std::string summary_of(const step_plan& plan, const std::string& reason,
                                     std::size_t element_bytes);
/// The form of a plan, its threads and how long a step took.
[[nodiscard]] std::string trial_of(const step_plan& plan, double ns);
/// The program, an operation a line.
[[nodiscard]] std::string listing_of(const step_program& program);

}  // namespace twinpath::inline v0::detail
