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

/// What an operation is for.
enum class span_path : std::uint8_t {
  none,       ///< no part of training: "gemm", "column_sums", "wait", …
  forward,    ///< "Z", "loss", which leaves dZ of the last layer, …
  parameter,  ///< "dW", with the update where that is in its store, and "db"
  backprop,   ///< "dZ" of the hidden layers, "dX"
  update,     ///< "update" of its own, "norm", "clip"
};

/// Its name: "none", "forward", …
[[nodiscard]] std::string_view name(span_path path) noexcept;

/// One piece of an operation on one thread. An operation that ran on two threads leaves two spans.
///
/// A part of a piece, which is recorded when `trace_detail::parts` is asked for, lies inside the span of its
/// piece, on the same thread. Its work is counted in both.
struct span_record {
  std::string name;  ///< "Z1", "loss", "dW2", "db2", "dZ1", "update1", …; of a part "kernel", "pack A", …
  std::string operation;  ///< "Z", "loss", "dW", …, of a part too
  std::uint32_t layer;    ///< 1, 2, …; 0 for an operation without one
  span_path path;         ///< of the operation
  std::uint32_t thread;   ///< 0, 1, … in the order in which threads first recorded
  std::int64_t begin_ns;  ///< nanoseconds since `start`
  std::int64_t end_ns;    ///< nanoseconds since `start`
  // This piece of a product: C (m x n) = op(A) (m x k) * op(B) (k x n). All 0 for what is no product.
  std::size_t m;  ///< rows of C
  std::size_t n;  ///< columns of C
  std::size_t k;  ///< multiply-adds of an element of C
  double flops;  ///< 2 * m * n * k, two for each multiply-add; 0 where they are not counted
};

/// How finely a trace records.
enum class trace_detail : std::uint8_t {
  operations,  ///< the pieces of operations
  /// Inside them too: "pack A" and "pack B", where operands are copied first; "kernel", some rows of register
  /// tiles; "transposed" and "finish", the steps of a product with few columns or rows. A small product has no
  /// parts: all of it is kernel. "wait" is a thread that waits for others; what it computes for them
  /// meanwhile lies inside. Spans become several times as many, and microseconds as short.
  parts,
};

/// Options of `trace`.
struct trace_options {
  std::size_t capacity = std::size_t{1} << 16;  ///< spans kept for each thread, 56 bytes each
  trace_detail detail = trace_detail::operations;  ///< how finely it records
};

/// Records the operations of all threads between `start` and `stop`.
///
/// One trace records at a time. While none records, an operation pays one relaxed atomic load, which is not
/// measurable even in a step of 0.4 µs. A recorded span costs about 0.1 µs: 0.2 % of a step of 320 µs on one
/// thread, 0.6 % on two; with parts 7 %.
/// Each thread writes into a buffer of its own; when it is full, or there is no memory for one, later spans of
/// that thread are dropped and counted.
/// Thread safety: operations may run on any thread while recording; `start`, `stop` and the readers belong to
/// one thread, and the readers are valid when no operation is running.
class trace {
 public:
  /// With the options' defaults.
  trace();
  /// With these options. Throws std::invalid_argument when `detail` is no enumerator.
  explicit trace(const trace_options& options);
  /// `capacity`: spans kept for each thread.
  explicit trace(std::size_t capacity);
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

  /// Writes the spans in the Trace Event Format that Perfetto and chrome://tracing open, one by one: threads
  /// are tracks, and a span has its layer, path, shape, flops and GFLOP/s for arguments and its path for
  /// category and colour. Dropped spans are stated in "otherData" and by an event at the end.
  /// Throws std::runtime_error with the file's name and the reason when it cannot be written.
  void write_chrome_json(const std::filesystem::path& file) const;
  /// The same to a stream, whose state tells whether it was written.
  void write_chrome_json(std::ostream& out) const;

 private:
  struct recorder;
  std::unique_ptr<recorder> recorder_;
};

}  // namespace twinpath::inline v0
