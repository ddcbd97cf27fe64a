// SPDX-License-Identifier: MIT
// Repeated predictions with fixed weights, at low latency.
#pragma once

#include <cstddef>
#include <memory>

#include <twinpath/matrix.hpp>
#include <twinpath/mlp.hpp>

namespace twinpath::inline v0 {

/// A copy of a network's weights, prepared for predictions in batches of one size, such as one row at a time.
///
/// The weights are laid out once, aligned and padded against cache conflicts; all decisions are made and all
/// memory is allocated in advance. That saves latency; the bits are those of `mlp::predict`. The network may
/// be trained further or destroyed: the predictor does not refer to it.
/// Thread safety: one thread at a time may use a given predictor. It uses the threads of the arena in which
/// it was made if the work is large enough.
template <class T>
class predictor {
 public:
  /// Prepares for batches of `rows` rows.
  /// Throws std::bad_alloc, and std::invalid_argument if a batch exceeds the address space.
  explicit predictor(const mlp<T>& net, std::size_t rows = 1);
  ~predictor();
  /// A moved-from predictor may only be assigned to or destroyed.
  predictor(predictor&&) noexcept;
  /// The same by assignment.
  predictor& operator=(predictor&&) noexcept;

  /// Computes P, rows() x outputs, the predictions for X, rows() x inputs. Allocates nothing. P must be
  /// disjoint from X.
  /// Throws std::invalid_argument if a shape does not fit or P overlaps X.
  void predict(matrix_view<const T> X, matrix_view<T> P);

  /// Number of rows of a batch.
  [[nodiscard]] std::size_t rows() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

extern template class predictor<float>;
extern template class predictor<double>;

}  // namespace twinpath::inline v0
