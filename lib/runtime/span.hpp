// SPDX-License-Identifier: MIT
// How operations record themselves; `trace` is the public side.
#pragma once

#include <atomic>
#include <cstdint>

namespace twinpath::inline v0::detail {

/// Names a span: {"dW", 2} is "dW2", {"loss"} is "loss", {} is not recorded. The characters of `operation`
/// are not copied: it is a string literal.
struct span_label {
  const char* operation = nullptr;
  unsigned layer = 0;
};

/// The number of the recording under way, 0 for none; every `trace::start` makes a new one.
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
  /// `flops`: floating-point operations of the piece, 2 a multiply-add; 0 where they are not counted.
  span_scope(span_label label, double flops) noexcept {
    if (recording.load(std::memory_order_relaxed) != 0) [[unlikely]]
      begin(label, flops);
  }
  ~span_scope() {
    if (label_.operation != nullptr) [[unlikely]]
      end();
  }
  span_scope(const span_scope&) = delete;
  span_scope& operator=(const span_scope&) = delete;

 private:
  void begin(span_label label, double flops) noexcept;
  void end() noexcept;

  span_label label_;  // without an operation, the rest is not set
  std::uint64_t recording_;
  std::int64_t begin_ns_;
  double flops_;
};

/// Records a span with given times, in nanoseconds since `trace::start`, for the calling thread; does nothing
/// when no trace records.
void append_span(span_label label, std::int64_t begin_ns, std::int64_t end_ns, double flops) noexcept;

}  // namespace twinpath::inline v0::detail
