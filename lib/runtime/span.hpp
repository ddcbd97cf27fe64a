// SPDX-License-Identifier: MIT
// Recording of spans by operations. `trace` is the public interface.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace twinpath::inline v0::detail {

/// The part of an operation that a span covers.
enum class span_part : std::uint32_t {
  whole,  ///< everything that one task computes of it
  // Inside such a piece, recorded by traces with `trace_detail::parts`.
  pack_a,      ///< op(A) is packed
  pack_b,      ///< op(B) is packed
  kernel,      ///< register tiles
  transposed,  ///< a product with few columns or rows, computed as op(B)^T * op(A)^T
  finish,      ///< its sums are transposed back and stored
  wait,        ///< a thread waits for others
};

/// Names a span: {"dW", 2} is "dW2", {"loss"} is "loss", {} is not recorded. `operation` is a string literal,
/// because its characters are not copied.
struct span_label {
  const char* operation = nullptr;
  unsigned layer = 0;
  span_part part = span_part::whole;

  [[nodiscard]] constexpr span_label inside(span_part p) const noexcept { return {operation, layer, p}; }
};

inline constexpr span_label waiting{"wait", 0, span_part::wait};

/// C (m x n) = op(A) (m x k) * op(B) (k x n); 0 for a dimension that the operation does not have.
struct span_shape {
  std::size_t m = 0;
  std::size_t n = 0;
  std::size_t k = 0;
};

/// The current recording, or 0: a new number for each `trace::start`, odd if parts are recorded.
extern constinit std::atomic<std::uint64_t> recording;

/// If not null, called at the start of each recorded span. Tests delay an operation with it, to check that
/// other operations wait.
extern constinit std::atomic<void (*)(span_label)> before_span;

/// Records the time between its construction and its destruction, both on one thread.
///
/// A scope that is open when the trace stops is recorded when it ends, unless the thread has recorded for
/// another `start` by then, or the trace was restarted or destroyed.
class span_scope {
 public:
  explicit span_scope(span_label label) noexcept {
    if (wants(label)) [[unlikely]]
      begin(label, {});
  }
  /// `shape()` is the shape of a product's piece. It is called only if the span is recorded.
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
  /// Moves the start of an open scope to now.
  void begin_again() noexcept;

 private:
  [[nodiscard]] static bool wants(span_label label) noexcept {
    const std::uint64_t now = recording.load(std::memory_order_relaxed);
    return label.part == span_part::whole ? now != 0 : now % 2 != 0;
  }
  void begin(span_label label, span_shape shape) noexcept;
  void end() noexcept;

  span_label label_;  // the other members are set only if it has an operation
  std::uint64_t recording_;
  std::int64_t begin_ns_;
  std::size_t m_, n_, k_;
};

/// Records a span of the calling thread with given times, in nanoseconds since `trace::start`. No effect
/// while no trace records.
void append_span(span_label label, std::int64_t begin_ns, std::int64_t end_ns,
                 span_shape shape = {}) noexcept;

}  // namespace twinpath::inline v0::detail
