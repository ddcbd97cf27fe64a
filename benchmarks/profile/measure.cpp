// SPDX-License-Identifier: MIT
#include "measure.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include <twinpath/twinpath.hpp>

namespace profile {
namespace {

namespace tp = twinpath;
using digits::clock;

constexpr std::size_t most_rounds = 10;
constexpr std::size_t most_spans = std::size_t{1} << 18;  // for each thread and round
constexpr double learning_rate = 0.01;

double microseconds(clock::duration d) {
  return std::chrono::duration<double, std::micro>(d).count();
}
std::int64_t nanoseconds(clock::duration d) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(d).count();
}

/// The network of one schedule and its progress.
template <class T>
class trainee {
 public:
  trainee(const options& o, tp::schedule how, const examples<T>& data)
      : data_(data), batch_(o.batch), net_(o.layers, {.seed = o.seed, .schedule = how}) {}

  void step() {
    const std::size_t first = next_ * batch_;
    const tp::matrix_view<const T> all = data_.inputs;
    net_.train_step({all.row(first).data(), batch_, all.cols(), all.stride()},
                    std::span(data_.classes).subspan(first, batch_), tp::sgd{.learning_rate = learning_rate});
    next_ = (next_ + 1) % (data_.classes.size() / batch_);
  }

  [[nodiscard]] const tp::mlp<T>& network() const { return net_; }

 private:
  const examples<T>& data_;
  std::size_t batch_;
  std::size_t next_ = 0;
  tp::mlp<T> net_;
};

template <class T>
bool same_bits(const tp::mlp<T>& a, const tp::mlp<T>& b) {
  for (std::size_t l = 1; l <= a.layers(); ++l) {
    const std::span<const T> x = a.parameters(l), y = b.parameters(l);
    if (std::memcmp(x.data(), y.data(), x.size_bytes()) != 0) return false;
  }
  return true;
}

/// Operations before the steps, with known times of this program's clock. They give the start of the trace.
/// Threads are numbered by their first span, so the calling thread becomes the first.
template <class T>
class calibration {
 public:
  explicit calibration(clock::time_point origin) {
    std::array<T, 1> one{};
    const tp::matrix_view<T> x(one.data(), 1, 1);
    for (interval& call : calls_) {
      call.begin = nanoseconds(clock::now() - origin);
      tp::relu(tp::matrix_view<const T>(x), x);
      call.end = nanoseconds(clock::now() - origin);
    }
  }

  /// Removes the spans of these operations from the front. Returns the difference between the trace's clock
  /// and this program's, from the call that was disturbed least.
  std::int64_t take(std::vector<tp::span_record>& spans) const {
    if (spans.size() < calls_.size()) return 0;
    const auto shortest =
        std::ranges::min_element(calls_, {}, [](const interval& i) { return i.end - i.begin; });
    const tp::span_record& span = spans[static_cast<std::size_t>(shortest - calls_.begin())];
    const std::int64_t ahead = (span.begin_ns + span.end_ns - shortest->begin - shortest->end) / 2;
    spans.erase(spans.begin(), spans.begin() + static_cast<std::ptrdiff_t>(calls_.size()));
    return ahead;
  }

 private:
  std::array<interval, 8> calls_{};
};

/// Assigns each span to the step that contains its middle.
template <class T>
void add_traced_steps(const tp::trace& trace, const calibration<T>& clocks,
                      const std::vector<interval>& steps, std::vector<traced_step>& out) {
  const std::size_t first = out.size();
  for (const interval& step : steps) out.push_back({static_cast<double>(step.end - step.begin), {}});
  std::vector<tp::span_record> spans = trace.spans();
  const std::int64_t ahead = clocks.take(spans);
  std::ranges::sort(spans, {}, [](const tp::span_record& s) { return s.begin_ns + s.end_ns; });
  std::size_t at = 0;
  for (const tp::span_record& span : spans) {
    const std::int64_t middle = (span.begin_ns + span.end_ns) / 2 - ahead;
    while (at < steps.size() && middle > steps[at].end) ++at;
    if (at == steps.size()) break;
    if (middle >= steps[at].begin) out[first + at].pieces.push_back(to_piece(span, steps[at].begin + ahead));
  }
  for (std::size_t i = first; i < out.size(); ++i)
    std::ranges::stable_sort(out[i].pieces, {}, &piece::begin_ns);
}

template <class T>
void run_timed(trainee<T>& net, std::size_t steps, const auto& report, schedule_run& result) {
  std::vector<double>& times = result.round_us.emplace_back();
  for (std::size_t i = 0; i < steps; ++i) {
    const auto begin = clock::now();
    net.step();
    const auto end = clock::now();
    times.push_back(microseconds(end - begin));
    report(end);
  }
}

template <class T>
void run_traced(trainee<T>& net, std::size_t steps, const auto& report, schedule_run& result) {
  std::vector<interval> bounds;
  auto trace = std::make_unique<tp::trace>(most_spans);
  trace->start();
  const auto origin = clock::now();
  const calibration<T> clocks(origin);
  for (std::size_t i = 0; i < steps; ++i) {
    const auto begin = clock::now();
    net.step();
    const auto end = clock::now();
    bounds.push_back({nanoseconds(begin - origin), nanoseconds(end - origin)});
    report(end);
  }
  trace->stop();
  add_traced_steps(*trace, clocks, bounds, result.traced);
  result.dropped += trace->dropped();
  result.trace = std::move(trace);
}

}  // namespace

std::size_t steps_of_schedule(const options& o) {
  return o.warmup + 2 * o.steps;
}

template <class T>
runs measure(const options& o, const examples<T>& data, const digits::step_observer& observe) {
  runs result;
  std::vector<trainee<T>> nets;
  nets.reserve(o.schedules.size());
  for (const tp::schedule how : o.schedules) {
    nets.emplace_back(o, how, data);
    schedule_run& run = result.schedules.emplace_back();
    run.how = how;
  }
  std::size_t done = 0;
  const auto report = [&](clock::time_point now) {
    ++done;
    if (observe) observe(done, now);
  };
  for (trainee<T>& net : nets) {
    for (std::size_t i = 0; i < o.warmup; ++i) {
      net.step();
      report(clock::now());
    }
  }
  const std::size_t rounds = std::min(o.steps, most_rounds);
  for (std::size_t r = 0; r < rounds; ++r) {
    const std::size_t steps = o.steps * (r + 1) / rounds - o.steps * r / rounds;
    for (std::size_t s = 0; s < nets.size(); ++s) {
      // A different schedule begins each round, so that no schedule always follows the same one.
      const std::size_t turn = (s + r) % nets.size();
      run_timed(nets[turn], steps, report, result.schedules[turn]);
      run_traced(nets[turn], steps, report, result.schedules[turn]);
    }
  }
  for (std::size_t s = 0; s < nets.size(); ++s)
    result.schedules[s].form = nets[s].network().describe(o.batch);  // with the trials of the automatic one
  for (const trainee<T>& net : nets)
    result.same_bits = result.same_bits && same_bits(net.network(), nets.front().network());
  return result;
}

template runs measure(const options&, const examples<float>&, const digits::step_observer&);
template runs measure(const options&, const examples<double>&, const digits::step_observer&);

}  // namespace profile
