// SPDX-License-Identifier: MIT
#include <twinpath/trace.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "chrome_json.hpp"
#include "span.hpp"
#include "span_path.hpp"

namespace twinpath::inline v0 {
namespace detail {

constinit std::atomic<std::uint64_t> recording{0};
constinit std::atomic<void (*)(span_label)> before_span{nullptr};

namespace {

std::int64_t now_ns() noexcept {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

// No default values, so that the memory of a new buffer is not touched.
struct recorded_span {
  const char* operation;
  unsigned layer;
  span_part part;
  std::int64_t begin_ns;
  std::int64_t end_ns;
  std::size_t m, n, k;
};

/// The spans of one thread in one recording. Only that thread writes, and it writes each entry once, so that
/// readers see whole entries even if a scope ends late.
class span_buffer {
 public:
  span_buffer(std::size_t capacity, std::int64_t start_ns)
      : start_ns_(start_ns),
        capacity_(capacity),
        spans_(std::make_unique_for_overwrite<recorded_span[]>(capacity)) {}

  [[nodiscard]] std::int64_t start_ns() const noexcept { return start_ns_; }

  void append(const recorded_span& span) noexcept {
    const std::size_t size = size_.load(std::memory_order_relaxed);
    if (size == capacity_) {
      dropped_.store(dropped_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      return;
    }
    spans_[size] = span;
    size_.store(size + 1, std::memory_order_release);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }
  [[nodiscard]] const recorded_span& operator[](std::size_t i) const noexcept { return spans_[i]; }
  [[nodiscard]] std::size_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  const std::int64_t start_ns_;
  const std::size_t capacity_;
  const std::unique_ptr<recorded_span[]> spans_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::size_t> dropped_{0};
};

struct recorder_state {
  trace_options options;
  std::int64_t start_ns = 0;
  std::vector<std::shared_ptr<span_buffer>> buffers;  // one for each thread
  std::size_t without_buffer = 0;                     // spans of threads whose buffer could not be allocated
};

// Guards the next two variables, the recorder states, and changes of `recording`.
constinit std::mutex registry;
constinit recorder_state* active = nullptr;
constinit std::uint64_t starts = 0;

/// Shares the buffer with the trace, so that a scope may end after the trace was destroyed.
struct thread_cache {
  std::uint64_t recording = 0;
  std::shared_ptr<span_buffer> buffer;
};
constinit thread_local thread_cache cache;

// Updates the cache. Returns false if no trace records or memory runs out.
bool join_recording() noexcept {
  if (cache.recording == recording.load(std::memory_order_relaxed)) return cache.buffer != nullptr;
  const std::lock_guard lock(registry);
  if (active == nullptr) return false;
  try {
    auto buffer = std::make_shared<span_buffer>(active->options.capacity, active->start_ns);
    active->buffers.push_back(buffer);
    cache = {recording.load(std::memory_order_relaxed), std::move(buffer)};
    return true;
  } catch (const std::exception&) {
    ++active->without_buffer;
    return false;
  }
}

}  // namespace

void span_scope::begin(span_label label, span_shape shape) noexcept {
  if (label.operation == nullptr || !join_recording()) return;
  label_ = label;
  m_ = shape.m;
  n_ = shape.n;
  k_ = shape.k;
  recording_ = cache.recording;
  begin_ns_ = now_ns();
  if (const auto delay = before_span.load(std::memory_order_relaxed); delay != nullptr) delay(label);
}

void span_scope::begin_again() noexcept {
  begin_ns_ = now_ns();
}

void span_scope::end() noexcept {
  const std::int64_t end_ns = now_ns();
  if (cache.recording != recording_) return;
  span_buffer& buffer = *cache.buffer;
  buffer.append({label_.operation, label_.layer, label_.part, begin_ns_ - buffer.start_ns(),
                 end_ns - buffer.start_ns(), m_, n_, k_});
}

void append_span(span_label label, std::int64_t begin_ns, std::int64_t end_ns, span_shape shape) noexcept {
  if (recording.load(std::memory_order_relaxed) == 0 || label.operation == nullptr || !join_recording())
    return;
  cache.buffer->append(
      {label.operation, label.layer, label.part, begin_ns, end_ns, shape.m, shape.n, shape.k});
}

namespace {

struct interval {
  std::int64_t begin;
  std::int64_t end;
};

// The union of the intervals of all spans with that name: ascending, disjoint, not empty.
std::vector<interval> busy_intervals(const std::vector<timed_span>& spans, std::string_view name) {
  std::vector<interval> busy;
  for (const timed_span& span : spans) {  // ascending by start
    if (span.end_ns <= span.begin_ns || span_name(span.label) != name) continue;
    if (!busy.empty() && span.begin_ns <= busy.back().end) {
      busy.back().end = std::max(busy.back().end, span.end_ns);
    } else {
      busy.push_back({span.begin_ns, span.end_ns});
    }
  }
  return busy;
}

std::int64_t length(const std::vector<interval>& busy) {
  std::int64_t sum = 0;
  for (const interval& part : busy) sum += part.end - part.begin;
  return sum;
}

std::int64_t length_of_both(const std::vector<interval>& a, const std::vector<interval>& b) {
  std::int64_t sum = 0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    sum += std::max<std::int64_t>(0, std::min(x->end, y->end) - std::max(x->begin, y->begin));
    if (x->end < y->end) {
      ++x;
    } else {
      ++y;
    }
  }
  return sum;
}

// Ascending by start; of two with the same start the enclosing span comes first.
std::vector<timed_span> sorted_spans(const recorder_state& state) {
  const std::lock_guard lock(registry);
  std::vector<timed_span> spans;
  for (std::uint32_t thread = 0; thread < state.buffers.size(); ++thread) {
    const span_buffer& buffer = *state.buffers[thread];
    const std::size_t size = buffer.size();
    for (std::size_t i = 0; i < size; ++i) {
      const recorded_span& span = buffer[i];
      spans.push_back({{span.operation, span.layer, span.part},
                       thread,
                       span.begin_ns,
                       span.end_ns,
                       {span.m, span.n, span.k}});
    }
  }
  std::stable_sort(spans.begin(), spans.end(), [](const timed_span& a, const timed_span& b) {
    return a.begin_ns != b.begin_ns ? a.begin_ns < b.begin_ns : a.end_ns > b.end_ns;
  });
  return spans;
}

}  // namespace
}  // namespace detail

struct trace::recorder : detail::recorder_state {};

trace::trace(const trace_options& options) : recorder_(std::make_unique<recorder>()) {
  if (options.detail != trace_detail::operations && options.detail != trace_detail::parts) {
    throw std::invalid_argument("trace: detail " + std::to_string(static_cast<int>(options.detail)) +
                                " is not one of 0 to 1");
  }
  recorder_->options = options;
}
trace::trace() : trace(trace_options{}) {}
trace::trace(std::size_t capacity) : trace(trace_options{.capacity = capacity}) {}

trace::~trace() {
  stop();
}

void trace::start() {
  const std::lock_guard lock(detail::registry);
  if (detail::active != nullptr && detail::active != recorder_.get()) {
    throw std::logic_error("trace::start: another trace is recording");
  }
  // Old buffers are not reused: a scope that is still open may write into its buffer later.
  recorder_->buffers.clear();
  recorder_->without_buffer = 0;
  recorder_->start_ns = detail::now_ns();
  detail::active = recorder_.get();
  const std::uint64_t with_parts = recorder_->options.detail == trace_detail::parts ? 1 : 0;
  detail::recording.store(2 * ++detail::starts + with_parts, std::memory_order_relaxed);
}

void trace::stop() noexcept {
  const std::lock_guard lock(detail::registry);
  if (detail::active != recorder_.get()) return;
  detail::active = nullptr;
  detail::recording.store(0, std::memory_order_relaxed);
}

std::vector<span_record> trace::spans() const {
  std::vector<span_record> records;
  for (const detail::timed_span& span : detail::sorted_spans(*recorder_)) {
    const auto& [m, n, k] = span.shape;
    records.push_back({.name = detail::span_name(span.label),
                       .operation = span.label.operation,
                       .layer = span.label.layer,
                       .path = detail::path_of(span.label.operation),
                       .thread = span.thread,
                       .begin_ns = span.begin_ns,
                       .end_ns = span.end_ns,
                       .m = m,
                       .n = n,
                       .k = k,
                       .flops = span.flops()});
  }
  return records;
}

std::size_t trace::dropped() const noexcept {
  const std::lock_guard lock(detail::registry);
  std::size_t sum = recorder_->without_buffer;
  for (const auto& buffer : recorder_->buffers) sum += buffer->dropped();
  return sum;
}

std::int64_t trace::busy_ns(std::string_view name) const {
  return detail::length(detail::busy_intervals(detail::sorted_spans(*recorder_), name));
}

double trace::overlap(std::string_view a, std::string_view b) const {
  const auto spans = detail::sorted_spans(*recorder_);
  const auto busy_a = detail::busy_intervals(spans, a);
  const auto busy_b = detail::busy_intervals(spans, b);
  const std::int64_t shorter = std::min(detail::length(busy_a), detail::length(busy_b));
  if (shorter == 0) return 0;
  return static_cast<double>(detail::length_of_both(busy_a, busy_b)) / static_cast<double>(shorter);
}

void trace::write_chrome_json(const std::filesystem::path& file) const {
  const auto fail = [&] {
    // The usual standard libraries leave the reason in errno, but need not.
    const std::string reason = errno == 0 ? "" : ": " + std::generic_category().message(errno);
    throw std::runtime_error("trace: cannot write " + file.string() + reason);
  };
  errno = 0;
  std::ofstream out(file, std::ios::binary);
  if (!out) fail();
  write_chrome_json(out);
  if (!out) fail();
  out.close();  // flushes
  if (!out) fail();
}

void trace::write_chrome_json(std::ostream& out) const {
  const auto spans = detail::sorted_spans(*recorder_);
  std::size_t threads = 0;
  {
    const std::lock_guard lock(detail::registry);
    threads = recorder_->buffers.size();
  }
  detail::write_chrome_json(out, spans, threads, dropped());
}

}  // namespace twinpath::inline v0
