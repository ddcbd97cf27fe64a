// SPDX-License-Identifier: MIT
// Predictions from the scores of the last layer.
#pragma once

#include <twinpath/elementwise.hpp>
#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>

#include "rowwise/row_operations.hpp"

namespace twinpath::inline v0::detail {

/// P = softmax(P), sigmoid(P) or P: the values that the loss compares with its targets.
template <class T>
void predictions_from_scores(loss which, const matrix_view<T>& P) {
  if (which == loss::softmax_cross_entropy) softmax<T>(P, P);
  if (which == loss::sigmoid_cross_entropy) activate(activation::sigmoid, P, P);
}

}  // namespace twinpath::inline v0::detail
