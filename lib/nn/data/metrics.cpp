// SPDX-License-Identifier: MIT
#include <twinpath/metrics.hpp>

#include "rowwise/row_operations.hpp"
#include "runtime/checks.hpp"

namespace twinpath::inline v0 {
namespace {

template <class T>
bool is_right(std::span<const T> row, std::size_t label) {
  std::size_t best = row.size();
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (row[j] == row[j] && (best == row.size() || row[j] > row[best])) best = j;
  }
  return best == label;
}

template <class T>
double checked_accuracy(matrix_view<const T> P, std::span<const std::int32_t> classes) {
  detail::check_size("accuracy", "classes", classes, P.rows());
  if (P.rows() == 0) detail::fail("accuracy", "there is no row");
  detail::check_classes("accuracy", classes, P.cols());
  std::size_t right = 0;
  for (std::size_t i = 0; i < P.rows(); ++i) {
    right += is_right(P.row(i), static_cast<std::size_t>(classes[i])) ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(P.rows());
}

}  // namespace

double accuracy(matrix_view<const float> P, const class_indices& classes) {
  return checked_accuracy(P, classes.values());
}
double accuracy(matrix_view<const double> P, const class_indices& classes) {
  return checked_accuracy(P, classes.values());
}

}  // namespace twinpath::inline v0
