// SPDX-License-Identifier: MIT
#include <twinpath/softmax.hpp>

#include <type_traits>

#include <twinpath/contract.hpp>

#include "linalg/checks.hpp"
#include "linalg/kernel_table.hpp"
#include "linalg/row_operations.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

template <class T>
void checked_softmax(matrix_view<const T> Z, matrix_view<T> P) {
  check_shape("softmax", "P", P, Z.rows(), Z.cols());
  check_same_or_apart("softmax", "P", P, "Z", Z);
  softmax<T>(Z, P);
}

template <class T>
T checked_cross_entropy(matrix_view<const T> Z, const targets<T>& y, matrix_view<T> dZ, reduction how) {
  constexpr const char* function = "softmax_cross_entropy";
  check_shape(function, "dZ", dZ, Z.rows(), Z.cols());
  check_same_or_apart(function, "dZ", dZ, "Z", Z);
  if (y.by_class) {
    check_size(function, "classes", y.classes, Z.rows());
    check_apart(function, "dZ", dZ, "classes", y.classes);
    check_classes(function, y.classes, Z.cols());
  } else {
    check_shape(function, "Y", y.soft, Z.rows(), Z.cols());
    check_same_or_apart(function, "dZ", dZ, "Y", y.soft);
  }
  if (how == reduction::mean && Z.rows() == 0) fail(function, "the mean of 0 rows is not defined");
  return cross_entropy(Z, y, dZ, how, {"loss"});
}

}  // namespace

void check_classes(std::string_view function, std::span<const std::int32_t> classes, std::size_t count) {
  // Without an exit from the loop, so that it is vectorised.
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

template <class T>
void softmax(matrix_view<const T> Z, matrix_view<T> P) {
  for_row_parts(Z.rows(), exponential_cost * Z.cols() * sizeof(T), [&](std::size_t first, std::size_t last) {
    const span_scope span({"softmax"}, 0);
    kernels<T>().softmax(Z.data() + first * Z.stride(), Z.stride(), P.data() + first * P.stride(), P.stride(),
                         last - first, Z.cols());
  });
}

template <class T>
void cross_entropy_rows(const kernel_table<T>& table, matrix_view<const T> Z, const targets<T>& y,
                        std::size_t first, matrix_view<T> dZ, T scale, T* losses) {
  if (y.by_class) {
    table.cross_entropy_classes(Z.data(), Z.stride(), y.classes.data() + first, dZ.data(), dZ.stride(),
                                Z.rows(), Z.cols(), scale, losses);
  } else {
    table.cross_entropy(Z.data(), Z.stride(), y.soft.data() + first * y.soft.stride(), y.soft.stride(),
                        dZ.data(), dZ.stride(), Z.rows(), Z.cols(), scale, losses);
  }
}

template <class T>
T fold_losses(const kernel_table<T>& table, const T* losses, std::size_t rows, reduction how, T* scratch) {
  // One chain after the other would wait for each addition: the chains are laid side by side first.
  constexpr std::size_t chain = contract::sum_rows;
  const std::size_t chains = rows / chain;
  T total = 0;
  if (chains > 1) {
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
  return how == reduction::mean ? total / static_cast<T>(rows) : total;
}

template <class T>
T cross_entropy(matrix_view<const T> Z, const targets<T>& y, matrix_view<T> dZ, reduction how,
                span_label label) {
  const kernel_table<T>& table = kernels<T>();
  const std::size_t m = Z.rows();
  const std::size_t n = Z.cols();
  const T scale = error_scale<T>(how, m);
  scratch_frame scratch;
  T* losses = scratch.allocate<T>(m);
  for_row_parts(m, exponential_cost * n * sizeof(T), [&](std::size_t first, std::size_t last) {
    const span_scope span(label, 0);
    const auto part = [&](const auto& x) {
      return std::decay_t<decltype(x)>(x.data() + first * x.stride(), last - first, n, x.stride());
    };
    cross_entropy_rows(table, part(Z), y, first, part(dZ), scale, losses + first);
  });
  return fold_losses(table, losses, m, how, scratch.allocate<T>(loss_scratch(m)));
}

template void cross_entropy_rows(const kernel_table<float>&, matrix_view<const float>, const targets<float>&,
                                 std::size_t, matrix_view<float>, float, float*);
template void cross_entropy_rows(const kernel_table<double>&, matrix_view<const double>,
                                 const targets<double>&, std::size_t, matrix_view<double>, double, double*);
template float fold_losses(const kernel_table<float>&, const float*, std::size_t, reduction, float*);
template double fold_losses(const kernel_table<double>&, const double*, std::size_t, reduction, double*);
template void softmax(matrix_view<const float>, matrix_view<float>);
template void softmax(matrix_view<const double>, matrix_view<double>);
template float cross_entropy(matrix_view<const float>, const targets<float>&, matrix_view<float>, reduction,
                             span_label);
template double cross_entropy(matrix_view<const double>, const targets<double>&, matrix_view<double>,
                              reduction, span_label);

}  // namespace detail

void softmax(matrix_view<const float> Z, matrix_view<float> P) {
  detail::checked_softmax(Z, P);
}
void softmax(matrix_view<const double> Z, matrix_view<double> P) {
  detail::checked_softmax(Z, P);
}

float softmax_cross_entropy(matrix_view<const float> Z, matrix_view<const float> Y, matrix_view<float> dZ,
                            reduction how) {
  return detail::checked_cross_entropy<float>(Z, {Y, {}, false}, dZ, how);
}
double softmax_cross_entropy(matrix_view<const double> Z, matrix_view<const double> Y, matrix_view<double> dZ,
                             reduction how) {
  return detail::checked_cross_entropy<double>(Z, {Y, {}, false}, dZ, how);
}
float softmax_cross_entropy(matrix_view<const float> Z, std::span<const std::int32_t> classes,
                            matrix_view<float> dZ, reduction how) {
  return detail::checked_cross_entropy<float>(Z, {{}, classes, true}, dZ, how);
}
double softmax_cross_entropy(matrix_view<const double> Z, std::span<const std::int32_t> classes,
                             matrix_view<double> dZ, reduction how) {
  return detail::checked_cross_entropy<double>(Z, {{}, classes, true}, dZ, how);
}

}  // namespace twinpath::inline v0
