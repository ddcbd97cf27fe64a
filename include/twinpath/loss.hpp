// SPDX-License-Identifier: MIT
// What a network is trained for.
#pragma once

namespace twinpath::inline v0 {

/// A measure of the distance between the scores Z of the output layer and the targets Y.
enum class loss {
  softmax_cross_entropy,  ///< one of n classes a row; predictions are softmax(Z)
  sigmoid_cross_entropy,  ///< n labels a row, each true or not; predictions are sigmoid(Z)
  mean_squared_error,     ///< regression; predictions are Z
};

/// How the losses of the rows become one loss, and what the gradient is scaled by.
enum class reduction {
  mean,  ///< the sum divided by the number of rows for softmax cross-entropy, of elements for the others
  sum,   ///< the sum over all rows and elements
};

}  // namespace twinpath::inline v0
