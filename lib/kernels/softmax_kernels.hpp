// SPDX-License-Identifier: MIT
// Softmax and cross-entropy of the rows of a matrix. Short rows, such as of ten classes, are computed side by
// side: each is a lane, each column a vector. Along a short row most lanes would idle, and each row would
// wait for its own chain of a maximum, a sum, a division and a logarithm.
#pragma once

#include <cstdint>
#include <limits>

#include "kernels/elementary.hpp"
#include "kernels/simd/simd.hpp"
#include "kernels/sum_kernels.hpp"

namespace twinpath::inline v0::detail {
namespace {

// --- rows side by side ------------------------------------------------------------------------------------

/// Most columns of rows that are computed side by side: no lane of their sums holds more than one element.
template <class T>
inline constexpr std::size_t most_columns_side_by_side = contract::sum_lanes<T>;

/// The columns of up to width<T> rows, one vector each.
template <class T>
struct side_by_side {
  vec<T> column[most_columns_side_by_side<T>];

  TWINPATH_INLINE void load(const T* x, std::size_t stride, std::size_t rows, std::size_t n) {
    // The last row replaces those that do not exist.
    const T* row[width<T>];
    for (std::size_t r = 0; r < width<T>; ++r) {
      row[r] = x;
      if (r + 1 < rows) x += stride;
    }
    std::size_t j = 0;
    for (; j + group <= n; j += group) load_columns(row, j, group_at(j));
    if (j < n) load_columns(row, j, group_at(j), lane_tail(n - j));
  }
  TWINPATH_INLINE void store(T* x, std::size_t stride, std::size_t rows, std::size_t n) {
    std::size_t j = 0;
    for (; j + group <= n; j += group) store_columns(group_at(j), x + j, stride, rows);
    if (j < n) store_columns(group_at(j), x + j, stride, rows, lane_tail(n - j));
  }
  /// contract::fold_lanes of each row, without the lanes that have no element and would add +0. Overwrites
  /// the columns.
  TWINPATH_INLINE vec<T> fold(std::size_t n) {
    for (std::size_t half = most_columns_side_by_side<T> / 2; half != 0; half /= 2) {
      for (std::size_t l = 0; l + half < n; ++l) column[l] = column[l] + column[l + half];
      n = n < half ? n : half;
    }
    return n == 0 ? vec<T>(T(0)) : column[0];
  }

 private:
  static constexpr std::size_t group = columns_at_once<T>;
  TWINPATH_INLINE vec<T> (&group_at(std::size_t j))[group] {
    return reinterpret_cast<vec<T>(&)[group]>(column[j]);
  }
};

/// The first elements of a vector.
template <class T>
TWINPATH_INLINE void store_first(T* out, const vec<T>& x, std::size_t n) {
  for_vectors<T>(n, [&](std::size_t, auto across) { across.store(out, x); });
}

/// Shifts scores by their row's maximum; e = exp(shifted); returns the rows' sums of it.
template <class T>
TWINPATH_INLINE vec<T> shifted_exponentials(side_by_side<T>& z, side_by_side<T>& e, std::size_t n) {
  vec<T> largest(-std::numeric_limits<T>::infinity());
  for (std::size_t j = 0; j < n; ++j) largest = larger<T>(z.column[j], largest);
  side_by_side<T> lanes;
  for (std::size_t j = 0; j < n; ++j) {
    z.column[j] = z.column[j] - largest;
    lanes.column[j] = e.column[j] = exp_of<T, false>(z.column[j]);
  }
  return lanes.fold(n);
}

template <class T>
[[gnu::noinline, gnu::flatten]] void softmax_side_by_side(const T* z, std::size_t z_stride, T* p,
                                                          std::size_t p_stride, std::size_t rows,
                                                          std::size_t n) {
  side_by_side<T> scores;
  side_by_side<T> e;
  scores.load(z, z_stride, rows, n);
  const vec<T> total = shifted_exponentials(scores, e, n);
  const vec<T> inverse = divide<T>(vec<T>(T(1)), total);
  for (std::size_t j = 0; j < n; ++j) e.column[j] = e.column[j] * inverse;
  e.store(p, p_stride, rows, n);
}

template <class T>
[[gnu::noinline, gnu::flatten]] void cross_entropy_side_by_side(const T* z, std::size_t z_stride, const T* y,
                                                                std::size_t y_stride, T* dz,
                                                                std::size_t dz_stride, std::size_t rows,
                                                                std::size_t n, T scale, T* losses) {
  const vec<T> zero(T(0));
  const vec<T> factor(scale);
  side_by_side<T> scores;
  side_by_side<T> targets;
  side_by_side<T> e;
  side_by_side<T> lanes;
  scores.load(z, z_stride, rows, n);
  targets.load(y, y_stride, rows, n);
  const vec<T> total = shifted_exponentials(scores, e, n);
  const vec<T> log_total = log_of<T>(total);
  const vec<T> inverse = divide<T>(vec<T>(T(1)), total);
  for (std::size_t j = 0; j < n; ++j) lanes.column[j] = zero + targets.column[j];
  const vec<T> target_sum = lanes.fold(n);
  for (std::size_t j = 0; j < n; ++j) {
    const vec<T> target = targets.column[j];
    const vec<T> misfit = xsimd::select(target == zero, zero, log_total - scores.column[j]);
    lanes.column[j] = xsimd::select(target == zero, zero, fma(target, misfit, zero));
    e.column[j] = fma(e.column[j] * inverse, target_sum, zero - target) * factor;
  }
  e.store(dz, dz_stride, rows, n);
  store_first<T>(losses, lanes.fold(n), rows);
}

template <class T>
[[gnu::noinline, gnu::flatten]] void cross_entropy_classes_side_by_side(const T* z, std::size_t z_stride,
                                                                        const std::int32_t* classes, T* dz,
                                                                        std::size_t dz_stride,
                                                                        std::size_t rows, std::size_t n,
                                                                        T scale, T* losses) {
  const vec<T> zero(T(0));
  const vec<T> factor(scale);
  T labels[width<T>] = {};
  for (std::size_t r = 0; r < rows; ++r) labels[r] = static_cast<T>(classes[r]);
  const vec<T> label = load(labels);
  side_by_side<T> scores;
  side_by_side<T> e;
  scores.load(z, z_stride, rows, n);
  const vec<T> total = shifted_exponentials(scores, e, n);
  const vec<T> log_total = log_of<T>(total);
  const vec<T> inverse = divide<T>(vec<T>(T(1)), total);
  vec<T> loss = zero;
  for (std::size_t j = 0; j < n; ++j) {
    const auto labelled = label == vec<T>(static_cast<T>(j));
    const vec<T> p = e.column[j] * inverse;
    e.column[j] = xsimd::select(labelled, p - vec<T>(T(1)), p) * factor;
    loss = xsimd::select(labelled, zero + (log_total - scores.column[j]), loss);
  }
  e.store(dz, dz_stride, rows, n);
  store_first<T>(losses, loss, rows);
}

// --- row after row ----------------------------------------------------------------------------------------

/// contract::row_maximum. The order does not matter: NaN is ignored, and +0 and -0 give the same results.
template <class T>
TWINPATH_INLINE T row_maximum(const T* z, std::size_t n) {
  const vec<T> lowest(-std::numeric_limits<T>::infinity());
  vec<T> largest = lowest;
  std::size_t j = 0;
  for (; j + width<T> <= n; j += width<T>) {
    const vec<T> x = load(z + j);
    largest = larger<T>(x, largest);
  }
  T lanes[width<T>];
  store(lanes, largest);
  T result = lanes[0];
  for (std::size_t l = 1; l < width<T>; ++l) result = lanes[l] > result ? lanes[l] : result;
  for (; j < n; ++j) result = z[j] > result ? z[j] : result;
  return result;
}

/// p = exp(z - max); returns the sum of p. z may be p.
template <class T>
TWINPATH_INLINE T shifted_exponentials(const T* z, T* p, std::size_t n, T largest) {
  row_lanes<T> sum;
  const vec<T> shift(largest);
  for_vectors<T>(n, [&](std::size_t j, auto across) TWINPATH_LAMBDA {
    // Columns behind the row count as exp(0): exp(0 - max) could overflow.
    across.store(p + j, exp_of<T, false>(across.load(z + j, largest) - shift));
    sum.at(j) = sum.at(j) + across.load(p + j);
  });
  return sum.fold(n);
}

template <class T>
TWINPATH_INLINE T log_of_scalar(T x) {
  T lanes[width<T>];
  store(lanes, log_of<T>(vec<T>(x)));
  return lanes[0];
}

template <class T>
TWINPATH_INLINE void softmax_row(const T* z, T* p, std::size_t n) {
  const T total = shifted_exponentials(z, p, n, row_maximum(z, n));
  const vec<T> inverse(T(1) / total);
  for_vectors<T>(n, [&](std::size_t j, auto across) { across.store(p + j, across.load(p + j) * inverse); });
}

/// `in_place`: dz is z or y, and so cannot hold the exponentials, which are computed twice.
template <bool in_place, class T>
TWINPATH_INLINE T cross_entropy_row(const T* z, const T* y, T* dz, std::size_t n, T scale) {
  const T largest = row_maximum(z, n);
  const vec<T> shift(largest);
  const vec<T> zero(T(0));
  // The sums come first, because dz may overwrite z or y.
  row_lanes<T> exponentials;
  row_lanes<T> targets;
  for_vectors<T>(n, [&](std::size_t j, auto across) TWINPATH_LAMBDA {
    // Columns behind the row count as exp(0): exp(0 - max) could overflow. They are loaded again as 0.
    T kept[width<T>] = {};
    T* const place = in_place ? kept : dz + j;
    across.store(place, exp_of<T, false>(across.load(z + j, largest) - shift));
    exponentials.at(j) = exponentials.at(j) + across.load(place);
    targets.at(j) = targets.at(j) + across.load(y + j);
  });
  const T total = exponentials.fold(n);
  const T log_total = log_of_scalar(total);
  const vec<T> inverse(T(1) / total);
  const vec<T> target_sum(targets.fold(n));
  const vec<T> factor(scale);
  row_lanes<T> loss;
  for_vectors<T>(n, [&](std::size_t j, auto across) TWINPATH_LAMBDA {
    const vec<T> shifted = across.load(z + j, largest) - shift;
    const vec<T> target = across.load(y + j);
    const vec<T> p = (in_place ? exp_of<T, false>(shifted) : across.load(dz + j)) * inverse;
    // Selected twice, because 0 * Inf would be an invalid operation.
    const auto skipped = target == zero;
    const vec<T> misfit = xsimd::select(skipped, zero, vec<T>(log_total) - shifted);
    loss.at(j) = xsimd::select(skipped, loss.at(j), fma(target, misfit, loss.at(j)));
    across.store(dz + j, fma(p, target_sum, zero - target) * factor);
  });
  return loss.fold(n);
}

template <class T>
TWINPATH_INLINE T cross_entropy_class(const T* z, std::size_t label, T* dz, std::size_t n, T scale) {
  const T largest = row_maximum(z, n);
  const T shifted_label = z[label] - largest;
  const T total = shifted_exponentials(z, dz, n, largest);
  const T log_total = log_of_scalar(total);
  const vec<T> inverse(T(1) / total);
  const vec<T> factor(scale);
  const T label_error = (dz[label] * (T(1) / total) - T(1)) * scale;
  for_vectors<T>(
      n, [&](std::size_t j, auto across) { across.store(dz + j, across.load(dz + j) * inverse * factor); });
  dz[label] = label_error;
  return T(0) + (log_total - shifted_label);
}

// --- all rows ---------------------------------------------------------------------------------------------

/// Calls body(i, rows) for groups of rows that are computed side by side.
template <class T, class Body>
TWINPATH_INLINE void for_row_groups(std::size_t m, Body&& body) {
  for (std::size_t i = 0; i < m; i += width<T>) body(i, m - i < width<T> ? m - i : width<T>);
}

template <class T>
[[gnu::flatten]] void softmax(const T* z, std::size_t z_stride, T* p, std::size_t p_stride, std::size_t m,
                              std::size_t n) {
  if (n == 0) return;
  if (n <= most_columns_side_by_side<T>) {
    return for_row_groups<T>(m, [&](std::size_t i, std::size_t rows) {
      softmax_side_by_side(z + i * z_stride, z_stride, p + i * p_stride, p_stride, rows, n);
    });
  }
  for (std::size_t i = 0; i < m; ++i) softmax_row(z + i * z_stride, p + i * p_stride, n);
}

template <class T>
[[gnu::flatten]] void cross_entropy(const T* z, std::size_t z_stride, const T* y, std::size_t y_stride, T* dz,
                                    std::size_t dz_stride, std::size_t m, std::size_t n, T scale, T* losses) {
  if (n == 0) {
    for (std::size_t i = 0; i < m; ++i) losses[i] = T(0);
    return;
  }
  if (n <= most_columns_side_by_side<T>) {
    return for_row_groups<T>(m, [&](std::size_t i, std::size_t rows) {
      cross_entropy_side_by_side(z + i * z_stride, z_stride, y + i * y_stride, y_stride, dz + i * dz_stride,
                                 dz_stride, rows, n, scale, losses + i);
    });
  }
  const bool in_place = dz == z || dz == y;
  for (std::size_t i = 0; i < m; ++i) {
    const T* row = z + i * z_stride;
    const T* target = y + i * y_stride;
    T* error = dz + i * dz_stride;
    losses[i] = in_place ? cross_entropy_row<true>(row, target, error, n, scale)
                         : cross_entropy_row<false>(row, target, error, n, scale);
  }
}

template <class T>
[[gnu::flatten]] void cross_entropy_classes(const T* z, std::size_t z_stride, const std::int32_t* classes,
                                            T* dz, std::size_t dz_stride, std::size_t m, std::size_t n,
                                            T scale, T* losses) {
  if (n <= most_columns_side_by_side<T>) {
    return for_row_groups<T>(m, [&](std::size_t i, std::size_t rows) {
      cross_entropy_classes_side_by_side(z + i * z_stride, z_stride, classes + i, dz + i * dz_stride,
                                         dz_stride, rows, n, scale, losses + i);
    });
  }
  for (std::size_t i = 0; i < m; ++i) {
    losses[i] = cross_entropy_class(z + i * z_stride, static_cast<std::size_t>(classes[i]),
                                    dz + i * dz_stride, n, scale);
  }
}

}  // namespace
}  // namespace twinpath::inline v0::detail
