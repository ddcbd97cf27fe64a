// SPDX-License-Identifier: MIT
// Mini-batches: the rows of a data set in a new random order each epoch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>

#include <twinpath/class_indices.hpp>
#include <twinpath/matrix.hpp>

namespace twinpath::inline v0 {

namespace detail {

/// Whether an object refers to elements that outlive it, as spans and other views do.
template <class X>
inline constexpr bool is_view = std::ranges::enable_borrowed_range<X>;
template <class T>
inline constexpr bool is_view<matrix_view<T>> = true;

/// For a parameter `X&&`: a temporary that destroys its elements at the end of the statement.
template <class X>
concept owning_temporary =
    !std::is_lvalue_reference_v<X> && !is_view<std::remove_cv_t<X>> && requires(X & x) {
  x.data();
};

}  // namespace detail

/// A mini-batch: rows of a data set with their targets.
template <class T>
struct batch {
  /// One input a row.
  matrix_view<const T> inputs;
  /// The class of each row; empty if the data set has a matrix of targets.
  std::span<const std::int32_t> classes;
  /// The targets of each row; 0x0 if the data set has classes.
  matrix_view<const T> targets;
};

/// The mini-batches of a data set:
///
///     tp::batches data(X, classes, 64, 1);
///     for (std::size_t e = 0; e < epochs; ++e) {
///       for (const auto& b : data.epoch(e)) net.train_step(b.inputs, b.classes, rule);
///     }
///
/// An epoch visits each row once. Its order is the result of e + 1 Fisher-Yates shuffles of 0, 1, 2, … with
/// std::mt19937_64, a function of the seed, the epoch and the number of rows alone: it is the same on every
/// platform, for every batch size and whatever epochs were visited before. The next epoch costs one shuffle,
/// an earlier one all shuffles from the first.
///
/// X, Y and classes in std::int32_t are not copied and must outlive the object; classes of another integer
/// type are copied once. A batch holds copies of its rows, made when the iterator reaches it.
/// Memory: one batch, and one index a row.
/// Lifetime of a batch: until the next batch is taken from the same object, in whatever epoch or loop. Moving
/// the object keeps its loops and batches valid.
/// Thread safety: one thread at a time may use an object; different objects, also copies, are independent and
/// may share X and the targets.
/// Allocation: only in constructors and assignments.
template <class T>
class batches {
 public:
  class iterator;
  class range;

  /// Batches of `batch_size` rows; the last batch of an epoch has the remaining rows. A data set without rows
  /// has no batches.
  /// Shapes: X is m x n, classes has m elements.
  /// Throws std::invalid_argument if the sizes differ or the batch size is 0, and std::bad_alloc.
  batches(matrix_view<const T> X, class_indices classes, std::size_t batch_size, std::uint64_t seed);
  /// The same with a matrix of targets Y, m x k: soft classes, labels or values of a regression.
  batches(matrix_view<const T> X, matrix_view<const T> Y, std::size_t batch_size, std::uint64_t seed);
  /// Deleted: a temporary matrix or container would be destroyed before the first batch is taken. Temporary
  /// views of named memory are accepted.
  template <class Inputs, class Targets>
  requires(detail::owning_temporary<Inputs> || detail::owning_temporary<Targets>)
      batches(Inputs&&, Targets&&, std::size_t, std::uint64_t)
  = delete;
  ~batches();
  /// A moved-from object may only be assigned to or destroyed.
  batches(batches&&) noexcept;
  /// The same by assignment.
  batches& operator=(batches&&) noexcept;
  /// A copy refers to the same X and targets and has its own order and batch.
  batches(const batches&);
  /// The same by assignment.
  batches& operator=(const batches&);

  /// The batches of epoch e = 0, 1, 2, …, for one loop at a time. A second loop over the range restarts it.
  [[nodiscard]] range epoch(std::size_t e) & noexcept { return range(state_.get(), e); }
  /// Deleted: the range would outlive a temporary object.
  range epoch(std::size_t e) && = delete;

  /// Number of rows of the data set.
  [[nodiscard]] std::size_t rows() const noexcept;
  /// Number of batches of an epoch.
  [[nodiscard]] std::size_t count() const noexcept;

 private:
  struct state;
  static batch<T> take(state& s, std::size_t epoch, std::size_t index);
  static std::size_t count(const state& s) noexcept;

  std::unique_ptr<state> state_;
};

/// Input iterator over the batches of an epoch. Advancing copies the rows of the next batch.
template <class T>
class batches<T>::iterator {
 public:
  using iterator_concept = std::input_iterator_tag;  ///< single pass
  using value_type = batch<T>;                       ///< what `operator*` refers to
  using difference_type = std::ptrdiff_t;            ///< required by std::weakly_incrementable; not used

  /// The current batch.
  [[nodiscard]] const batch<T>& operator*() const noexcept { return batch_; }
  /// A member of the current batch.
  [[nodiscard]] const batch<T>* operator->() const noexcept { return &batch_; }
  /// Advances to the next batch, which invalidates the current one.
  iterator& operator++() {
    ++index_;
    take_batch();
    return *this;
  }
  /// The same. Returns nothing, because the earlier batch is no longer valid.
  void operator++(int) { ++*this; }
  /// True after the last batch.
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
  /// An iterator at the first batch, whose rows are copied by this call.
  [[nodiscard]] iterator begin() const { return iterator(state_, epoch_); }
  /// The end of the epoch.
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
  /// Number of batches.
  [[nodiscard]] std::size_t size() const noexcept { return batches::count(*state_); }
  /// True if the data set has no rows.
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

 private:
  friend class batches;
  range(state* s, std::size_t epoch) noexcept : state_(s), epoch_(epoch) {}

  state* state_;
  std::size_t epoch_;
};

/// Deduces the element type from a matrix of inputs.
template <class T, class Targets>
batches(const matrix<T>&, const Targets&, std::size_t, std::uint64_t) -> batches<T>;
/// Deduces the element type from a view of inputs, const or not.
template <class T, class Targets>
batches(matrix_view<T>, const Targets&, std::size_t, std::uint64_t) -> batches<std::remove_const_t<T>>;

extern template class batches<float>;
extern template class batches<double>;

}  // namespace twinpath::inline v0
