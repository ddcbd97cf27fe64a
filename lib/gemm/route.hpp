// SPDX-License-Identifier: MIT
// The one place where the path of a product is decided. No decision changes a bit of the result.
//
// All costs and limits were measured in November 2026, in float and double on one thread, on an AMD EPYC
// (Zen 4) and an Intel Xeon (Sapphire and Emerald Rapids). NEON uses the same figures.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <twinpath/contract.hpp>

#include "gemm/blocked_plan.hpp"
#include "gemm/direct.hpp"
#include "gemm/product.hpp"
#include "gemm/transposed.hpp"
#include "gemm/transposing.hpp"

namespace twinpath::inline v0::detail {

enum class product_path : std::uint8_t {
  direct,      ///< direct.hpp: straight from the operands, on one thread
  transposed,  ///< transposed.hpp: few columns, or few rows of A * B^T
  blocked,     ///< blocked.hpp: all other products
};

/// Limits of products that are direct because of their size.
struct direct_limits {
  std::size_t side = 128;      ///< rows, columns and steps of k with which both operands stay in near caches
  std::size_t few_steps = 48;  ///< steps of k up to which a near B is enough, whatever the rows of C
  std::size_t padding = 16;    ///< columns by which the rows of a copied B may be longer
};

/// What a C with few columns costs.
struct few_columns_costs {
  // The direct way, for each row of C and step of k, in sixteenths of a multiply-add of whole vectors.
  std::size_t vector = 16;             ///< a whole or a partial vector
  std::size_t half_vector = 9;         ///< half a vector: it waits for the load of its element of A
  std::size_t half_transposed_a = 10;  ///< the same for a transposed A
  std::size_t transposed_b = 3;        ///< added for a transposed B
  std::size_t store_steps = 5;         ///< steps of k that the store of a row is worth

  // The transposed way, in multiply-adds of whole vectors, each of which costs `multiply_add` sixteenths.
  std::size_t multiply_add = 15;
  std::size_t setup = 200;         ///< once a product; all others once for each vector along the rows of C
  std::size_t transpose_a = 3;     ///< least cost of a step of k that transposes a vector of op(A)^T
  std::size_t store_one = 20;      ///< store of a single column, which may be its own transpose
  std::size_t store_lanes = 50;    ///< store of columns of up to `lane_bytes`, lane by lane
  std::size_t store_vectors = 60;  ///< store of more columns …
  std::size_t store_element = 4;   ///< … and for each element of a vector
  std::size_t store_column = 6;    ///< added for each column
  std::size_t lane_bytes = 16;

  /// Steps of k from which few columns of A^T * B are always computed transposed, unless half vectors do.
  std::size_t transposed_a_steps = 48;
};

/// What A * B^T with few rows costs.
struct few_rows_costs {
  std::size_t least_work = 64 * 64 * 64;  ///< multiply-adds up to which B is transposed
  std::size_t in_place_steps = 256;       ///< steps of k below which tall tiles transpose B at no extra cost
  std::size_t small_element = 9;          ///< transposing an element of A or C …
  std::size_t large_element = 5;          ///< … and one of B
};

/// Whether a product is direct because of its size: k is one block, and what is read repeatedly stays in the
/// near caches. That is both operands, or a B of few steps. For several tiles of rows a transposed B may be
/// copied to the stack first.
[[nodiscard]] inline bool is_direct_by_size(const product_shape& s) noexcept {
  constexpr direct_limits most;
  if (!s.b_transposed && s.k <= most.few_steps && s.k * s.n <= most_copied_b) return true;
  if (s.m > most.side || s.n > most.side || s.k > most.side) return false;
  return !s.b_transposed || s.k * (s.n + most.padding) <= most_copied_b;
}

/// Whether a product is direct because it is one row of tiles and B stays in a near cache: then B is read
/// once, and nothing is gained by packing. C keeps the sums of earlier blocks of k if the epilogue lets it.
template <class T>
[[nodiscard]] inline bool is_row_of_tiles(const kernel_table<T>& table, const product_shape& s,
                                          epilogue_op op) noexcept {
  return s.m <= table.tile_rows && s.k * s.n * sizeof(T) <= near_bytes && contract::slices(s.k).count == 1 &&
         (s.k <= contract::block_length<T> || leaves_c_for_sums(op));
}

/// Whether `multiply_direct` may compute a product, on one thread.
template <class T>
[[nodiscard]] inline bool is_direct(const kernel_table<T>& table, const product_shape& s,
                                    epilogue_op op) noexcept {
  return is_direct_by_size(s) || is_row_of_tiles(table, s, op);
}

/// Whether C has so few columns that the transposed way costs less: in the direct one lanes idle in every
/// multiply-add.
template <class T>
[[nodiscard]] inline bool has_few_columns(const kernel_table<T>& table, const product_shape& s) noexcept {
  const std::size_t w = table.width;
  constexpr few_columns_costs cost;
  // From three quarters of the lanes on the direct way wins.
  if (s.m < 2 * w || s.n > 2 * w || 4 * s.n > 3 * round_up(s.n, w)) return false;
  const bool half = table.has_half_tiles() && s.n % w <= w / 2;
  if (s.a_transposed && s.k >= cost.transposed_a_steps && !half) return true;
  const std::size_t half_vector = s.a_transposed ? cost.half_transposed_a : cost.half_vector;
  const std::size_t last = (half ? half_vector : cost.vector) + (s.b_transposed ? cost.transposed_b : 0);
  const std::size_t direct = s.m * (s.k + cost.store_steps) * (s.n / w * cost.vector + last);
  const std::size_t tiles = divide_up(s.n, table.tile_rows);
  const std::size_t steps = s.k * ((s.a_transposed ? s.n : std::max(s.n, cost.transpose_a)) + tiles);
  const std::size_t store =
      (s.n == 1                             ? cost.store_one
       : s.n <= cost.lane_bytes / sizeof(T) ? cost.store_lanes
                                            : cost.store_vectors + cost.store_element * w) +
      cost.store_column * s.n;
  return cost.multiply_add * (cost.setup + divide_up(s.m, w) * (store + steps)) < direct;
}

/// Whether A * B^T has so few rows that transposing A and C costs less than transposing B.
template <class T>
[[nodiscard]] inline bool has_few_rows(const kernel_table<T>& table, const product_shape& s) noexcept {
  const std::size_t w = table.width;
  constexpr few_rows_costs cost;
  if (!s.b_transposed || s.a_transposed || s.m * s.n * s.k <= cost.least_work) return false;
  // Tall tiles read B in place at no extra cost, unless its rows evict each other or no lane would idle here.
  if (s.m <= in_place_rows(table) && !s.a_aliases && !s.b_aliases &&
      (s.m % w != 0 || s.k < cost.in_place_steps))
    return false;
  // A single vector along the rows has to be more than half full, the second of two more than a quarter.
  return 4 * s.m > 3 * round_up(s.m, w) - w &&
         cost.small_element * s.m * (s.k + s.n) < cost.large_element * s.n * s.k;
}

/// The path of a product with epilogue operation `op`, for at most `threads` threads.
template <class T>
[[nodiscard]] inline product_path choose_path(const kernel_table<T>& table, const product_shape& s,
                                              epilogue_op op, std::size_t threads) noexcept {
  if (has_few_columns(table, s) || has_few_rows(table, s)) return product_path::transposed;
  if (is_direct(table, s, op) && product_workers(s, threads) == 1) return product_path::direct;
  return product_path::blocked;
}

/// A test for the direct path that is cheap enough for the smallest products, whatever the epilogue. It keeps
/// products of one or two rows or columns on one thread a little longer than `choose_path`. Rows that alias
/// make no difference: these products have too little work for `has_few_rows`.
template <class T>
[[nodiscard]] inline bool is_direct_at_a_glance(const kernel_table<T>& table,
                                                const product_shape& s) noexcept {
  // As in product_workers, the store of an element takes as long as three multiply-adds.
  return is_direct_by_size(s) &&
         s.m * s.n * std::max<std::size_t>(s.k, 3) < static_cast<std::size_t>(2 * task_work) &&
         !has_few_columns(table, s) && !has_few_rows(table, s);
}

/// The path of op(B)^T * op(A)^T within the transposed path, for an epilogue that only stores.
template <class T>
[[nodiscard]] inline product_path choose_inner_path(const kernel_table<T>& table,
                                                    const product_shape& s) noexcept {
  return is_row_of_tiles(table, s, epilogue_op::store) ? product_path::direct : product_path::blocked;
}

/// How a product is computed. The plan of the path is set, the other one is not.
struct product_route {
  product_path path = product_path::direct;
  // What it was planned for.
  product_shape shape;
  epilogue_op op = epilogue_op::store;

  blocked_plan blocked;
  transposed_plan transposed;

  /// Elements of scratch memory.
  [[nodiscard]] std::size_t scratch() const noexcept {
    return path == product_path::blocked      ? blocked.scratch()
           : path == product_path::transposed ? transposed.scratch()
                                              : 0;
  }
  /// Tasks that may run at the same time.
  [[nodiscard]] std::size_t workers() const noexcept {
    return path == product_path::blocked      ? blocked.workers
           : path == product_path::transposed ? transposed.workers
                                              : 1;
  }
};

/// The most threads that a product may use here. TBB is asked only if the product is worth a second one.
[[nodiscard]] std::size_t available_threads(const product_shape& shape) noexcept;

/// The route of a product with epilogue operation `op`, for at most `threads` threads.
template <class T>
[[nodiscard]] product_route route_product(const kernel_table<T>& table, const product_shape& shape,
                                          epilogue_op op, std::size_t threads);

/// Called with each product that is about to be computed on a route, null for nothing: tests set it to see
/// that the route was planned for that product.
extern constinit std::atomic<void (*)(const product_route&, const product_shape&, epilogue_op)>
    before_product;

/// Computes on a route, with `route.scratch()` elements of 64-byte aligned scratch memory. A route with
/// several workers waits for tasks, without `isolated`.
template <class T>
void run_product(const kernel_table<T>& table, const product_route& route, const product<T>& x, T* scratch,
                 span_label label);

/// Routes and computes with scratch memory of the calling thread, on at most all threads of its arena.
template <class T>
void run_product(const product<T>& x, span_label label);

}  // namespace twinpath::inline v0::detail
