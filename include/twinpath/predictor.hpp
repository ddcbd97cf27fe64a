// SPDX-License-Identifier: MIT
// Predictions again and again with the same weights.
#pragma once

#include <cstddef>
#include <memory>

#include <twinpath/matrix.hpp>
#include <twinpath/mlp.hpp>

namespace twinpath::inline v0 {

/// The weights of a network as they are now, prepared for batches of one size, such as a row at a time: laid
/// out once so that every vector of them is aligned and no two rows compete for a place in the caches, with
/// every decision made and all memory held. What it saves is latency; the bits are those of `mlp::predict`.
///
/// Later training of the network does not reach it. Thread safety: one thread may use a given predictor at a
/// time. It uses the threads of the arena in which it was made, where the work is worth it.
template <class T>
class predictor {
 public:
  /// Prepares for batches of `rows` rows. Throws std::bad_alloc, and std::invalid_argument when so many rows
  /// exceed the address space.
  explicit predictor(const mlp<T>& net, std::size_t rows = 1);
  ~predictor();
  /// What was moved from can be assigned to or destroyed, no more.
  predictor(predictor&&) noexcept;
  /// The same by assignment.
  predictor& operator=(predictor&&) noexcept;

  /// Fills P, rows x outputs, with the predictions for X, rows x inputs. Allocates nothing. P must share no
  /// element with X. Throws std::invalid_argument when a shape does not fit or P overlaps X.
  void predict(matrix_view<const T> X, matrix_view<T> P);

  /// Rows of a batch.
  [[nodiscard]] std::size_t rows() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

extern template class predictor<float>;
extern template class predictor<double>;

}  // namespace twinpath::inline v0
