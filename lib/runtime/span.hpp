// SPDX-License-Identifier: MIT
// How operations record themselves; `trace` is the public side.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace twinpath::inline v0::detail {

/// What a span shows of its operation.
enum class span_part : std::uint32_t {
  whole,  ///< a piece of it on one thread
  // Inside of a piece, recorded where a trace asks for parts.
  pack_a,      ///< op(A) is copied to where the kernel reads it
  pack_b,      ///< the same of op(B)
  kernel,      ///< register tiles
  transposed,  ///< a product with few columns or rows, computed as op(B)^T * op(A)^T
  finish,      ///< its sums are transposed back and stored
  wait,        ///< a thread waits for others
};

/// Names a span: {"dW", 2} is "dW2", {"loss"} is "loss", {} is not recorded. The characters of `operation`
/// are not copied: it is a string literal.
struct span_label {
  const char* operation = nullptr;
  unsigned layer = 0;
  span_part part = span_part::whole;

  [[nodiscard]] constexpr span_label inside(span_part p) const noexcept { return {operation, layer, p}; }
};

inline constexpr span_label waiting{"wait", 0, span_part::wait};

/// C (m x n) = op(A) (m x k) * op(B) (k x n); zeros where there is no such dimension.
struct span_shape {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
};

/// The recording under way, 0 for none; every `trace::start` makes a new one. Odd where parts are recorded.
extern constinit std::atomic<std::uint64_t> recording;

/// Called at the begin of every span that is recorded, null for nothing: a test delays an operation with it
/// to see that others wait.
extern constinit std::atomic<void (*)(span_label)> before_span;

/// Records the time between its construction and its destruction, both on one thread.
///
/// A scope that is open when the trace stops is recorded when it ends; it is forgotten when the thread has by
/// then recorded for another start, and also when the trace was restarted or destroyed.
class span_scope {
 public:
  explicit span_scope(span_label label) noexcept {
    if (wants(label)) [[unlikely]]
      begin(label, {});
  }
  /// `shape()` is the shape of a product's piece; it is asked for when the span is recorded.
  template <class Shape>
  requires std::is_invocable_r_v<span_shape, const Shape&> span_scope(span_label label, const Shape& shape)
  noexcept {
    if (wants(label)) [[unlikely]]
      begin(label, shape());
  }
  ~span_scope() {
    if (is_open()) [[unlikely]]
      end();
  }
  span_scope(const span_scope&) = delete;
  span_scope& operator=(const span_scope&) = delete;

  [[nodiscard]] bool is_open() const noexcept { return label_.operation != nullptr; }
  /// Begins now, for a scope that is open.
  void begin_again() noexcept;

 private:
  [[nodiscard]] static bool wants(span_label label) noexcept {
    const std::uint64_t now = recording.load(std::memory_order_relaxed);
    return label.part == span_part::whole ? now != 0 : now % 2 != 0;
  }
  void begin(span_label label, span_shape shape) noexcept;
  void end() noexcept;

  span_label label_;  // without an operation, the rest is not set
  std::uint64_t recording_;
  std::int64_t begin_ns_;
  std::size_t m_, n_, k_;
};

/// Records a span with given times, in nanoseconds since `trace::start`, for the calling thread; does nothing
/// when no trace records.
void append_span(span_label label, std::int64_t begin_ns, std::int64_t end_ns,
                 span_shape shape = {}) noexcept;

}  // namespace twinpath::inline v0::detail
