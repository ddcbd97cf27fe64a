// SPDX-License-Identifier: MIT
// How a step of training is computed: in which order, by how many tasks, in what memory. Nothing here changes
// a bit of the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <twinpath/dense.hpp>

#include "gemm/route.hpp"
#include "runtime/cache.hpp"

namespace twinpath::inline v0::detail {

/// The orders in which a step can be computed.
enum class step_form : std::uint8_t {
  /// One operation after the other over all rows, each parallel inside, or the two paths of a layer side by
  /// side.
  operations,
  /// Rows are independent from Z1 to dZ1: tasks take blocks of rows through that whole chain, then tasks take
  /// rows of all dW. Two forks a step.
  row_blocks,
  /// A task owns a block of the units of each layer, with the columns of W that lead to them and the rows of
  /// W that lead on: forward, backward and update meet these on the same thread. Only the output layer goes
  /// by rows. Two forks a layer, but weights stay in the near caches.
  unit_blocks,
  /// A task takes a block of rows, as many as a block of k of dW = A^T * dZ, through the chain and adds its
  /// part of every dW while it is in the near caches: nothing is kept of it. A task owns whole slices of k.
  streamed,
};

/// What becomes of the gradients. In all but the first two, activations are kept.
enum class gradient_use : std::uint8_t {
  descend,     ///< W <- fma(-rate, dW, W) in the store of the product
  update,      ///< any other optimiser, right after the store
  overwrite,   ///< they are kept
  accumulate,  ///< they are added to the earlier ones
  ignore,      ///< they are not computed
};

/// What a plan is made for.
struct step_shape {
  std::size_t rows = 0;
  std::size_t x_stride = 0;
  std::size_t threads = 1;
  schedule how = schedule::automatic;
  gradient_use gradients = gradient_use::descend;
  activation hidden = activation::relu;  ///< of all layers but the last
  bool input_error = false;              ///< whether dX is wanted

  [[nodiscard]] bool updates() const noexcept { return gradients <= gradient_use::update; }

  bool operator==(const step_shape&) const = default;
};

/// The routes of one layer's products over so many rows.
struct layer_routes {
  product_route forward;
  product_route backprop;
  product_route weights;
};

template <class T>
struct step_plan {
  step_shape shape;
  step_form form = step_form::operations;
  const char* reason = "";
  std::size_t workers = 1;  ///< tasks that may run at the same time

  /// Routes over so many rows, a layer after the other. The weights' one of `row_blocks` is for a part of the
  /// rows of dW instead, over all rows of the batch; those of `unit_blocks` are for block after block of
  /// units.
  struct block_routes {
    std::size_t rows = 0;
    std::vector<layer_routes> layers;
  };
  std::vector<block_routes> blocks;
  /// Of `operations`: whether the two paths of a layer run side by side.
  std::vector<bool> side_by_side;
  bool listable = false;      ///< whether step_listed.hpp may take it; that looks at the products
  product_route input_error;  ///< of dX, where that is wanted

  // Memory, as offsets in elements.
  struct layer_memory {
    std::size_t scores = 0;  ///< Z, where the activation keeps it
    std::size_t activations = 0;
    std::size_t errors = 0;
    std::size_t chains = 0;  ///< of the column sums: a row for each contract::sum_rows rows
    // Gradients that are not applied in the store of their product.
    std::size_t bias_gradient = 0;
    std::size_t weight_gradient = 0;
  };
  std::vector<layer_memory> layers;
  std::size_t losses = 0;
  std::size_t loss_scratch = 0;
  std::size_t gradients = 0;  ///< of `streamed`: slice after slice
  std::size_t scratch = 0;    ///< of the products, once for each worker
  // Distances.
  std::size_t block_memory = 0;  ///< of `streamed`: from one worker's activations, errors to the next one's
  std::size_t slice_gradients = 0;  ///< of `streamed`: from one slice's dW to the next one's
  std::size_t worker_scratch = 0;
  std::size_t elements = 0;  ///< all of it

  [[nodiscard]] const std::vector<layer_routes>& routes_for(std::size_t rows) const noexcept {
    const block_routes* block = blocks.data();
    while (block->rows != rows) ++block;
    return block->layers;
  }
};

/// The first row of block i of `count` blocks of rows, for `row_blocks`.
[[nodiscard]] constexpr std::size_t block_begin(std::size_t rows, std::size_t i, std::size_t count) noexcept {
  return rows * i / count;
}

/// The first unit of block i of `count` blocks of a layer: between whole vectors.
[[nodiscard]] constexpr std::size_t unit_begin(std::size_t units, std::size_t i, std::size_t count,
                                               std::size_t width) noexcept {
  return i == count ? units : divide_up(units, width) * i / count * width;
}

/// A plan for a network of these widths. Throws std::invalid_argument when the sizes of its memory would
/// overflow.
template <class T>
[[nodiscard]] step_plan<T> plan_step(const kernel_table<T>& table, const std::vector<std::size_t>& widths,
                                     const step_shape& shape);

/// Whether a step has enough work for a second thread.
[[nodiscard]] bool worth_sharing(const std::vector<std::size_t>& widths, std::size_t rows) noexcept;

/// The plan in words.
template <class T>
[[nodiscard]] std::string describe_plan(const step_plan<T>& plan);

}  // namespace twinpath::inline v0::detail
