// SPDX-License-Identifier: MIT
#include <twinpath/batches.hpp>

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "runtime/checks.hpp"

namespace twinpath::inline v0 {
namespace {

// std::shuffle and std::uniform_int_distribution draw differently in each standard library; the generator
// itself is the same everywhere.
std::uint64_t draw_below(std::mt19937_64& generator, std::uint64_t bound) {
  const std::uint64_t surplus =
      (0 - bound) % bound;  // 2^64 mod bound: draws below it would favour some results
  std::uint64_t draw = generator();
  while (draw < surplus) draw = generator();
  return draw % bound;
}

/// The order of the rows in an epoch.
class row_order {
 public:
  row_order(std::size_t rows, std::uint64_t seed) : seed_(seed), rows_(rows) { restart(); }

  [[nodiscard]] std::span<const std::size_t> of_epoch(std::size_t epoch) {
    if (shuffles_ != 0 && shuffles_ - 1 > epoch) restart();
    for (; shuffles_ <= epoch; ++shuffles_) shuffle();
    return rows_;
  }

 private:
  void restart() {
    generator_.seed(seed_);
    std::iota(rows_.begin(), rows_.end(), std::size_t{0});
    shuffles_ = 0;
  }
  void shuffle() {
    for (std::size_t left = rows_.size(); left > 1; --left) {
      std::swap(rows_[left - 1], rows_[static_cast<std::size_t>(draw_below(generator_, left))]);
    }
  }

  std::uint64_t seed_;
  std::mt19937_64 generator_;
  std::vector<std::size_t> rows_;
  std::size_t shuffles_ = 0;
};

template <class T>
matrix_view<const T> gather(matrix_view<const T> from, std::span<const std::size_t> rows, matrix<T>& to) {
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), to.row(i).begin());
  return std::as_const(to).block(0, 0, rows.size(), from.cols());
}

std::size_t checked_size(std::size_t batch_size, std::size_t rows) {
  if (batch_size == 0) detail::fail("batches", "the batch size is 0");
  return std::min(batch_size, rows);
}

}  // namespace

template <class T>
struct batches<T>::state {
  matrix_view<const T> X;
  class_indices classes;
  matrix_view<const T> Y;
  std::size_t batch_size;
  row_order order;
  matrix<T> inputs;
  std::vector<std::int32_t> batch_classes;
  matrix<T> targets;

  state(matrix_view<const T> X_, class_indices classes_, matrix_view<const T> Y_, std::size_t batch_size_,
        std::uint64_t seed)
      : X(X_),
        classes(std::move(classes_)),
        Y(Y_),
        batch_size(checked_size(batch_size_, X.rows())),
        order(X.rows(), seed),
        inputs(batch_size, X.cols()),
        batch_classes(std::min(batch_size, classes.values().size())),
        targets(std::min(batch_size, Y.rows()), Y.cols()) {}
};

template <class T>
batches<T>::batches(matrix_view<const T> X, class_indices classes, std::size_t batch_size,
                    std::uint64_t seed) {
  detail::check_size("batches", "classes", classes.values(), X.rows());
  state_ = std::make_unique<state>(X, std::move(classes), matrix_view<const T>(), batch_size, seed);
}
template <class T>
batches<T>::batches(matrix_view<const T> X, matrix_view<const T> Y, std::size_t batch_size,
                    std::uint64_t seed) {
  detail::check_shape("batches", "Y", Y, X.rows(), Y.cols());
  state_ = std::make_unique<state>(X, class_indices(), Y, batch_size, seed);
}

template <class T>
batches<T>::~batches() = default;
template <class T>
batches<T>::batches(batches&&) noexcept = default;
template <class T>
batches<T>& batches<T>::operator=(batches&&) noexcept = default;
template <class T>
batches<T>::batches(const batches& other) : state_(std::make_unique<state>(*other.state_)) {}
template <class T>
batches<T>& batches<T>::operator=(const batches& other) {
  if (this != &other) *this = batches(other);
  return *this;
}

template <class T>
batch<T> batches<T>::take(state& s, std::size_t epoch, std::size_t index) {
  const std::size_t first = index * s.batch_size;
  const std::size_t size = std::min(s.batch_size, s.X.rows() - first);
  const std::span<const std::size_t> rows = s.order.of_epoch(epoch).subspan(first, size);
  batch<T> result;
  result.inputs = gather(s.X, rows, s.inputs);
  if (const std::span classes = s.classes.values(); !classes.empty()) {
    std::ranges::transform(rows, s.batch_classes.begin(), [&](std::size_t row) { return classes[row]; });
    result.classes = std::span(s.batch_classes).first(size);
  } else {
    result.targets = gather(s.Y, rows, s.targets);
  }
  return result;
}

template <class T>
std::size_t batches<T>::count(const state& s) noexcept {
  return s.batch_size == 0 ? 0 : (s.X.rows() - 1) / s.batch_size + 1;
}
template <class T>
std::size_t batches<T>::count() const noexcept {
  return count(*state_);
}
template <class T>
std::size_t batches<T>::rows() const noexcept {
  return state_->X.rows();
}

template class batches<float>;
template class batches<double>;

}  // namespace twinpath::inline v0
