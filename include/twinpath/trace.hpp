// SPDX-License-Identifier: MIT
// Traces: which operation ran when, on which thread.
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

/// The part of training to which an operation belongs.
enum class span_path : std::uint8_t {
  none,       ///< none: "gemm", "column_sums", "wait", …
  forward,    ///< the forward pass: "Z", …, and "loss", which also computes dZ of the last layer
  parameter,  ///< the parameter path: "dW", including an update in its epilogue, and "db"
  backprop,   ///< the backprop path: "dZ" of the hidden layers, "dX"
  update,     ///< operations after the gradients: a separate "update", "norm", "clip"
};

/// The name of the enumerator: "none", "forward", … Thread safe.
[[nodiscard]] std::string_view name(span_path path) noexcept;

/// A time span: one piece of an operation on one thread. An operation that ran on two threads has two spans.
///
/// With `trace_detail::parts`, the parts of a piece have spans too. They are nested in the span of the piece,
/// on the same thread, and their work is counted in both.
struct span_record {
  std::string name;  ///< "Z1", "loss", "dW2", "db2", "dZ1", "update1", …; of a part "kernel", "pack A", …
  std::string operation;  ///< the operation without its layer, also for a part: "Z", "loss", "dW", …
  std::uint32_t layer;    ///< 1, 2, …; 0 for an operation without a layer
  span_path path;         ///< the path of the operation
  std::uint32_t thread;   ///< 0, 1, …, numbered in the order of the threads' first spans
  std::int64_t begin_ns;  ///< nanoseconds since `start`
  std::int64_t end_ns;    ///< nanoseconds since `start`
  // The piece of a product, C (m x n) = op(A) (m x k) * op(B) (k x n); all 0 if it is not a product.
  std::size_t m;  ///< rows of C
  std::size_t n;  ///< columns of C
  std::size_t k;  ///< columns of op(A)
  double flops;  ///< floating-point operations, 2 * m * n * k; 0 for operations that are not counted
};

/// The detail of a trace.
enum class trace_detail : std::uint8_t {
  operations,  ///< pieces of operations only
  /// Also the parts of a piece: "pack A" and "pack B", copying an operand; "kernel", some rows of register
  /// tiles; "transposed" and "finish", the steps of a product with few columns or rows. A direct product has
  /// no parts. "wait" is a thread that waits for others; spans nested in it are work that it does for them
  /// meanwhile. There are several times as many spans, as short as microseconds.
  parts,
};

/// Options of `trace`.
struct trace_options {
  std::size_t capacity = std::size_t{1} << 16;  ///< spans recorded for each thread, 56 bytes each
  trace_detail detail = trace_detail::operations;  ///< operations only, or their parts too
};

/// Records the operations of all threads between `start` and `stop`.
///
/// One trace can record at a time. While none records, an operation costs one relaxed atomic load more, which
/// is not measurable even in a step of 0.4 µs. A recorded span costs about 0.1 µs: 0.2 % of a step of 320 µs
/// on one thread, 0.6 % on two, 7 % with parts. Each thread has its own buffer. If the buffer is full or
/// cannot be allocated, further spans of the thread are dropped and counted.
/// Thread safety: operations may run on any thread while a trace records. `start`, `stop` and the functions
/// that read must be called by one thread, the latter while no operation is running.
class trace {
 public:
  /// A trace with default options.
  trace();
  /// A trace with these options.
  /// Throws std::invalid_argument if `detail` is not an enumerator.
  explicit trace(const trace_options& options);
  /// A trace that records `capacity` spans for each thread.
  explicit trace(std::size_t capacity);
  ~trace();
  trace(trace&&) = delete;

  /// Discards earlier spans and starts recording.
  /// Throws std::logic_error if another trace is recording.
  void start();
  /// Stops recording; does nothing if it is not recording.
  void stop() noexcept;

  /// All spans, sorted by their beginning.
  [[nodiscard]] std::vector<span_record> spans() const;
  /// The number of dropped spans.
  [[nodiscard]] std::size_t dropped() const noexcept;

  /// The time in nanoseconds during which at least one span of that name was running.
  [[nodiscard]] std::int64_t busy_ns(std::string_view name) const;
  /// The overlap of two names in time: the time during which spans of both ran, divided by the smaller of
  /// `busy_ns(a)` and `busy_ns(b)`. 0 if they never ran at the same time or one never ran, 1 if the shorter
  /// one always ran beside the other.
  [[nodiscard]] double overlap(std::string_view a, std::string_view b) const;

  /// Writes the spans in the Trace Event Format, which Perfetto and chrome://tracing open. Threads are
  /// tracks. The path is the category and the colour of a span; layer, path, shape, flops and GFLOP/s are its
  /// arguments. Dropped spans are reported in "otherData" and by an event at the end.
  /// Throws std::runtime_error with the name of the file and the reason if it cannot be written.
  void write_chrome_json(const std::filesystem::path& file) const;
  /// The same to a stream. Check the state of the stream for errors.
  void write_chrome_json(std::ostream& out) const;

 private:
  struct recorder;
  std::unique_ptr<recorder> recorder_;
};

}  // namespace twinpath::inline v0
