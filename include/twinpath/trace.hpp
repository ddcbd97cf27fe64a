// SPDX-License-Identifier: MIT
// What ran when, on which thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace twinpath::inline v0 {

/// One piece of an operation on one thread. An operation that ran on two threads leaves two spans.
struct span_record {
  std::string name;       ///< the operation: "Z1", "A2", "loss", "dW2", "db2", "dZ1", "update1", …
  std::uint32_t thread;   ///< 0, 1, … in the order in which threads first recorded
  std::int64_t begin_ns;  ///< nanoseconds since `start`
  std::int64_t end_ns;    ///< nanoseconds since `start`
  double flops;           ///< floating-point operations of this piece, 2 a multiply-add; 0 where not counted
};

/// Records the operations of all threads between `start` and `stop`.
///
/// One trace records at a time. While none records, an operation pays one relaxed atomic load.
/// Each thread writes into a buffer of its own; when a buffer is full, later spans of that thread are dropped
/// and counted.
/// Thread safety: operations may run on any thread while recording; `start`, `stop` and the readers belong to
/// one thread, and the readers are valid when no operation is running.
class trace {
 public:
  /// `capacity`: spans kept for each thread.
  explicit trace(std::size_t capacity = std::size_t{1} << 16);
  ~trace();
  trace(trace&&) = delete;

  /// Forgets what was recorded and begins to record.
  /// Throws std::logic_error when another trace is recording.
  void start();
  /// Ends recording; does nothing when it is not recording.
  void stop() noexcept;

  /// All spans, in order of their begin.
  [[nodiscard]] std::vector<span_record> spans() const;
  /// Number of spans that found their buffer full.
  [[nodiscard]] std::size_t dropped() const noexcept;

  /// Time during which at least one span of that name ran, in nanoseconds.
  [[nodiscard]] std::int64_t busy_ns(std::string_view name) const;
  /// |busy(a) and busy(b)| / min(|busy(a)|, |busy(b)|): 0 when they never ran at the same time, 1 when the
  /// shorter one always ran beside the other; 0 when one of them never ran.
  [[nodiscard]] double overlap(std::string_view a, std::string_view b) const;

  /// Writes the spans in the Trace Event Format that Perfetto and chrome://tracing open.
  /// Throws std::runtime_error with the file's name when it cannot be written.
  void write_chrome_json(const std::filesystem::path& file) const;
  void write_chrome_json(std::ostream& out) const;

 private:
  struct recorder;
  std::unique_ptr<recorder> recorder_;
};

}  // namespace twinpath::inline v0
