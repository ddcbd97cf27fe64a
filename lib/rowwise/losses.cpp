// SPDX-License-Identifier: MIT
#include <type_traits>

#include <twinpath/contract/losses.hpp>
#include <twinpath/mean_squared_error.hpp>
#include <twinpath/sigmoid_cross_entropy.hpp>
#include <twinpath/softmax.hpp>

#include "kernels/kernel_table.hpp"
#include "rowwise/row_operations.hpp"
#include "runtime/checks.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

template <class T>
T checked_loss(const char* function, loss which, matrix_view<const T> Z, const targets<T>& y,
               matrix_view<T> dZ, reduction how) {
  check_option(function, how);
  check_shape(function, "dZ", dZ, Z.rows(), Z.cols());
  check_same_or_disjoint(function, "dZ", dZ, "Z", Z);
  if (y.by_class) {
    check_size(function, "classes", y.classes, Z.rows());
    check_disjoint(function, "dZ", dZ, "classes", y.classes);
    check_classes(function, y.classes, Z.cols());
  } else {
    check_shape(function, "Y", y.soft, Z.rows(), Z.cols());
    check_same_or_disjoint(function, "dZ", dZ, "Y", y.soft);
  }
  check_mean(function, which, how, Z.rows(), Z.cols());
  return loss_and_error(which, Z, y, dZ, how, {"loss"});
}

}  // namespace

void check_classes(std::string_view function, std::span<const std::int32_t> classes, std::size_t count) {
  // No early exit, so that the compiler vectorises the loop.
  bool in_range = true;
  for (const std::int32_t c : classes)
    in_range &= c >= 0 && static_cast<std::size_t>(static_cast<std::uint32_t>(c)) < count;
  if (in_range) [[likely]]
    return;
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < 0 || static_cast<std::size_t>(classes[i]) >= count) {
      const std::string row = "class " + std::to_string(classes[i]) + " of row " + std::to_string(i);
      if (count == 0) fail(function, row + ": there are no classes");
      fail(function, row + " is not one of 0 to " + std::to_string(count - 1));
    }
  }
}

void fail_class_type(bool negative, std::uint64_t magnitude, std::size_t row) {
  fail("classes", "class " + std::string(negative ? "-" : "") + std::to_string(magnitude) + " of row " +
                      std::to_string(row) + " does not fit in 32 bits");
}

void check_mean(std::string_view function, loss which, reduction how, std::size_t rows, std::size_t cols) {
  if (how == reduction::sum || contract::mean_divisor(which, rows, cols) != 0) return;
  const char* const what = option_row(which).mean_over_rows ? " rows" : " elements";
  fail(function, "the mean of 0" + std::string(what) + " is not defined");
}

template <class T>
void loss_rows(const kernel_table<T>& table, loss which, const matrix_view<const T>& Z, const targets<T>& y,
               std::size_t first, const matrix_view<T>& dZ, T scale, T* losses) {
  if (y.by_class) {
    return table.cross_entropy_classes(Z.data(), Z.stride(), y.classes.data() + first, dZ.data(), dZ.stride(),
                                       Z.rows(), Z.cols(), scale, losses);
  }
  table.losses[which](Z.data(), Z.stride(), y.soft.data() + first * y.soft.stride(), y.soft.stride(),
                      dZ.data(), dZ.stride(), Z.rows(), Z.cols(), scale, losses);
}

template <class T>
T fold_losses(const kernel_table<T>& table, const T* losses, std::size_t rows, std::size_t divisor,
              T* scratch) {
  // A single chain would wait for each of its additions: the chains are transposed, to run side by side.
  constexpr std::size_t chain = contract::sum_rows;
  const std::size_t chains = rows / chain;
  T total = 0;
  if (rows <= chain) {
    for (std::size_t i = 0; i < rows; ++i) total = total + losses[i];
  } else if (chains > 1) {
    T* const sums = scratch + chain * chains + table.width;
    table.pack_rows(losses, chain, chains, chain, scratch, chains);
    table.column_chain(scratch, chains, chain, chains, sums);
    for (std::size_t i = 0; i < chains; ++i) total = total + sums[i];
    T rest = 0;
    table.column_chain(losses + chain * chains, 1, rows - chain * chains, 1, &rest);
    if (rows % chain != 0) total = total + rest;
  } else {
    table.column_sums(losses, 1, rows, 1, &total);
  }
  return total / static_cast<T>(divisor);
}

template <class T>
T loss_and_error(loss which, matrix_view<const T> Z, const targets<T>& y, matrix_view<T> dZ, reduction how,
                 span_label label) {
  const kernel_table<T>& table = kernels<T>();
  const std::size_t m = Z.rows();
  const std::size_t n = Z.cols();
  const T scale = contract::error_scale<T>(which, how, m, n);
  scratch_frame scratch;
  // Allocated before dZ is written, which may be Z: a failure must leave it unchanged.
  T* const losses = scratch.allocate<T>(m);
  T* const fold = scratch.allocate<T>(loss_scratch(m));
  for_row_parts(m, exponential_cost * n * sizeof(T), [&](std::size_t first, std::size_t last) {
    const span_scope span(label);
    const auto part = [&](const auto& x) {
      return std::decay_t<decltype(x)>(x.data() + first * x.stride(), last - first, n, x.stride());
    };
    loss_rows<T>(table, which, part(Z), y, first, part(dZ), scale, losses + first);
  });
  return fold_losses(table, losses, m, loss_divisor(which, how, m, n), fold);
}

template void loss_rows(const kernel_table<float>&, loss, const matrix_view<const float>&,
                        const targets<float>&, std::size_t, const matrix_view<float>&, float, float*);
template float fold_losses(const kernel_table<float>&, const float*, std::size_t, std::size_t, float*);
template float loss_and_error(loss, matrix_view<const float>, const targets<float>&, matrix_view<float>,
                              reduction, span_label);
template void loss_rows(const kernel_table<double>&, loss, const matrix_view<const double>&,
                        const targets<double>&, std::size_t, const matrix_view<double>&, double, double*);
template double fold_losses(const kernel_table<double>&, const double*, std::size_t, std::size_t, double*);
template double loss_and_error(loss, matrix_view<const double>, const targets<double>&, matrix_view<double>,
                               reduction, span_label);

}  // namespace detail

float softmax_cross_entropy(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                            reduction how) {
  return detail::checked_loss<float>("softmax_cross_entropy", loss::softmax_cross_entropy, Z, {Y, {}, false},
                                     dZ, how);
}
float softmax_cross_entropy(matrix_view<const float> Z, const class_indices& classes, matrix_view<float> dZ,
                            reduction how) {
  return detail::checked_loss<float>("softmax_cross_entropy", loss::softmax_cross_entropy, Z,
                                     {{}, classes.values(), true}, dZ, how);
}
double softmax_cross_entropy(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                             reduction how) {
  return detail::checked_loss<double>("softmax_cross_entropy", loss::softmax_cross_entropy, Z, {Y, {}, false},
                                      dZ, how);
}
double softmax_cross_entropy(matrix_view<const double> Z, const class_indices& classes,
                             matrix_view<double> dZ, reduction how) {
  return detail::checked_loss<double>("softmax_cross_entropy", loss::softmax_cross_entropy, Z,
                                      {{}, classes.values(), true}, dZ, how);
}
float sigmoid_cross_entropy(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                            reduction how) {
  return detail::checked_loss<float>("sigmoid_cross_entropy", loss::sigmoid_cross_entropy, Z, {Y, {}, false},
                                     dZ, how);
}
double sigmoid_cross_entropy(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                             reduction how) {
  return detail::checked_loss<double>("sigmoid_cross_entropy", loss::sigmoid_cross_entropy, Z, {Y, {}, false},
                                      dZ, how);
}
float mean_squared_error(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                         reduction how) {
  return detail::checked_loss<float>("mean_squared_error", loss::mean_squared_error, Z, {Y, {}, false}, dZ,
                                     how);
}
double mean_squared_error(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                          reduction how) {
  return detail::checked_loss<double>("mean_squared_error", loss::mean_squared_error, Z, {Y, {}, false}, dZ,
                                      how);
}

}  // namespace twinpath::inline v0
