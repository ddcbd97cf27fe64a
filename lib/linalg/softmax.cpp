// SPDX-License-Identifier: MIT
#include <twinpath/softmax.hpp>

#include "linalg/checks.hpp"
#include "linalg/kernel_table.hpp"
#include "linalg/row_operations.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

/// An exponential costs about as much as reading so many elements.
constexpr std::size_t exponential_cost = 4;

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
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < 0 || static_cast<std::size_t>(classes[i]) >= count) [[unlikely]] {
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
T cross_entropy(matrix_view<const T> Z, const targets<T>& y, matrix_view<T> dZ, reduction how,
                span_label label) {
  const kernel_table<T>& table = kernels<T>();
  const std::size_t n = Z.cols();
  const bool mean = how == reduction::mean;
  const T scale = mean ? T(1) / static_cast<T>(Z.rows()) : T(1);
  scratch_frame scratch;
  T* losses = scratch.allocate<T>(Z.rows());
  for_row_parts(Z.rows(), exponential_cost * n * sizeof(T), [&](std::size_t first, std::size_t last) {
    const span_scope span(label, 0);
    const T* z = Z.data() + first * Z.stride();
    T* dz = dZ.data() + first * dZ.stride();
    if (y.by_class) {
      table.cross_entropy_classes(z, Z.stride(), y.classes.data() + first, dz, dZ.stride(), last - first, n,
                                  scale, losses + first);
    } else {
      table.cross_entropy(z, Z.stride(), y.soft.data() + first * y.soft.stride(), y.soft.stride(), dz,
                          dZ.stride(), last - first, n, scale, losses + first);
    }
  });
  T total;
  table.column_sums(losses, 1, Z.rows(), 1, &total);
  return mean ? total / static_cast<T>(Z.rows()) : total;
}

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
