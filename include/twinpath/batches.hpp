// SPDX-License-Identifier: MIT
// Mini-batches: the rows of a data set in a new order each epoch, a few at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>

#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

/// Some rows of a data set with their targets.
template <class T>
struct batch {
  /// One row for each.
  matrix_view<const T> inputs;
  /// The class of each row; empty when the data set has a matrix of targets.
  std::span<const std::int32_t> classes;
  /// The targets of each row; 0x0 when the data set has classes.
  matrix_view<const T> targets;
};

/// The mini-batches of a data set:
///
///     tp::batches data(X, classes, 64, 1);
///     for (std::size_t e = 0; e < epochs; ++e) {
///       for (const auto& b : data.epoch(e)) net.train_step(b.inputs, b.classes, rule);
///     }
///
/// In an epoch each row comes once. Its order is that after e + 1 shuffles of the rows 0, 1, 2, …, a function
/// of the seed, the epoch and the number of rows alone: the same on every platform, for every size of the
/// batches and whatever epochs were visited before. The next epoch costs one shuffle, an earlier one all
/// shuffles from the beginning.
///
/// X, classes and Y are not copied: they must outlive the object, and a batch has what they hold when it is
/// taken. Memory: one batch, and one index a row.
/// How long a batch is valid: until the next one is taken from the same object, whatever the epoch or the
/// loop. Moving the object leaves its loops and batches valid.
/// Thread safety: one thread may use a given object at a time; different objects, copies too, are independent
/// and may have the same X and targets.
/// Steady state: after construction nothing is allocated.
template <class T>
class batches {
 public:
  class iterator;
  class range;

  /// Batches of `batch_size` rows; the last of an epoch has the rows that are left. No rows are no batches.
  /// Shapes: X is m x n, classes has m elements.
  /// Throws std::invalid_argument when the sizes differ or the batch size is 0.
  batches(matrix_view<const T> X, std::span<const std::int32_t> classes, std::size_t batch_size,
          std::uint64_t seed);
  /// The same with soft targets, or those of a regression: Y is m x k.
  batches(matrix_view<const T> X, matrix_view<const T> Y, std::size_t batch_size, std::uint64_t seed);
  ~batches();
  /// What was moved from can be assigned to or destroyed, no more.
  batches(batches&&) noexcept;
  /// The same by assignment.
  batches& operator=(batches&&) noexcept;
  /// A copy reads the same X and targets, and has an order and a batch of its own.
  batches(const batches&);
  /// The same by assignment.
  batches& operator=(const batches&);

  /// The batches of epoch e = 0, 1, 2, …, for one loop at a time. A second loop over the range begins anew.
  [[nodiscard]] range epoch(std::size_t e) & noexcept { return range(state_.get(), e); }
  range epoch(std::size_t e) && = delete;

  /// Rows of the data set.
  [[nodiscard]] std::size_t rows() const noexcept;
  /// Batches of an epoch.
  [[nodiscard]] std::size_t count() const noexcept;

 private:
  struct state;
  static batch<T> take(state& s, std::size_t epoch, std::size_t index);
  static std::size_t count(const state& s) noexcept;

  std::unique_ptr<state> state_;
};

/// Goes through the batches of an epoch once: an input iterator. Going on to a batch copies its rows.
template <class T>
class batches<T>::iterator {
 public:
  using iterator_concept = std::input_iterator_tag;  ///< single pass
  using value_type = batch<T>;                       ///< what it goes through
  using difference_type = std::ptrdiff_t;  ///< for std::weakly_incrementable; there is no difference

  /// The batch at which it stands.
  [[nodiscard]] const batch<T>& operator*() const noexcept { return batch_; }
  /// A member of that batch.
  [[nodiscard]] const batch<T>* operator->() const noexcept { return &batch_; }
  /// Goes on to the next batch.
  iterator& operator++() {
    ++index_;
    take_batch();
    return *this;
  }
  /// The same; the place before is not returned, because its batch is gone.
  void operator++(int) { ++*this; }
  /// True behind the last batch.
  [[nodiscard]] friend bool operator==(const iterator& i, std::default_sentinel_t) noexcept {
    return i.index_ == i.count_;
  }

 private:
  friend class range;
  iterator(state* s, std::size_t epoch) : state_(s), epoch_(epoch), count_(batches::count(*s)) {
    take_batch();
  }
  void take_batch() {
    if (index_ != count_) batch_ = batches::take(*state_, epoch_, index_);
  }

  state* state_;
  std::size_t epoch_;
  std::size_t index_ = 0;
  std::size_t count_;
  batch<T> batch_;
};

/// The batches of one epoch.
template <class T>
class batches<T>::range {
 public:
  /// The first batch; its rows are copied here.
  [[nodiscard]] iterator begin() const { return iterator(state_, epoch_); }
  /// Behind the last batch.
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
  /// Number of batches.
  [[nodiscard]] std::size_t size() const noexcept { return batches::count(*state_); }
  /// True when the data set has no rows.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

 private:
  friend class batches;
  range(state* s, std::size_t epoch) noexcept : state_(s), epoch_(epoch) {}

  state* state_;
  std::size_t epoch_;
};

/// The type of the elements is that of the inputs.
template <class T, class Targets>
batches(const matrix<T>&, const Targets&, std::size_t, std::uint64_t) -> batches<T>;
/// The same for a view, of const elements or others.
template <class T, class Targets>
batches(matrix_view<T>, const Targets&, std::size_t, std::uint64_t) -> batches<std::remove_const_t<T>>;

extern template class batches<float>;
extern template class batches<double>;

}  // namespace twinpath::inline v0
