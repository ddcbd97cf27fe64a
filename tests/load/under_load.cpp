// SPDX-License-Identifier: MIT
// The same bits on any number of threads, beside any other work, and from any calling context.
// TWINPATH_LOAD_REPETITIONS sets the number of repetitions of all work, over all cases together.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "load/workloads.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

constexpr std::size_t cases = 8;
constexpr std::size_t loads[] = {1, 2, 3, 5, 8};  // threads, more than there are cores

/// The repetitions of a case, for each of the two types.
std::size_t repetitions() {
  std::size_t all = 1000;
  if (const char* wanted = std::getenv("TWINPATH_LOAD_REPETITIONS")) {
    const std::string_view text(wanted);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), all);
    if (error != std::errc() || end != text.data() + text.size())
      throw std::invalid_argument("TWINPATH_LOAD_REPETITIONS is not a number: " + std::string(text));
  }
  return std::max<std::size_t>(1, all / (2 * cases));
}

/// All work, and its results on one thread, which follow the contract.
template <class T>
class checked_work {
 public:
  checked_work() {
    on_threads(1, [&] {
      for (const workload<T>& w : work_) alone_.push_back(w.by_library());
    });
    for (std::size_t i = 0; i < work_.size(); ++i) {
      const results<T> contract = work_[i].by_contract();
      INFO(work_[i].name);
      REQUIRE(contract.size() == alone_[i].size());
      REQUIRE(difference<T>(std::span<const T>(alone_[i]), std::span<const T>(contract)) == "");
    }
  }

  [[nodiscard]] std::size_t size() const { return work_.size(); }
  /// Repeats piece i; any number of threads may call it at once.
  void repeat(std::size_t i) {
    const results<T> now = work_[i].by_library();
    ++repeated_;
    const results<T>& then = alone_[i];
    if (now.size() == then.size() && std::memcmp(now.data(), then.data(), now.size() * sizeof(T)) == 0)
      return;
    const std::lock_guard lock(mutex_);
    if (wrong_.empty()) wrong_ = work_[i].name;
  }
  /// Repeats all pieces, beginning with piece `first`.
  void repeat_all(std::size_t first) {
    for (std::size_t i = 0; i < size(); ++i) repeat((first + i) % size());
  }
  /// The first piece that had other bits since the last call.
  [[nodiscard]] std::string wrong() { return std::exchange(wrong_, {}); }
  [[nodiscard]] std::size_t repeated() { return repeated_.exchange(0); }

 private:
  const std::vector<workload<T>> work_ = workloads<T>();
  std::vector<results<T>> alone_;
  std::atomic<std::size_t> repeated_{0};
  std::mutex mutex_;
  std::string wrong_;
};

template <class T>
checked_work<T>& work() {
  static checked_work<T> all;
  return all;
}

/// Calls once(work, r) for r = 0, 1, … until a piece has other bits. Each call does all the work `times`
/// times.
template <class T, class Once>
void repeat(std::size_t times, const Once& once) {
  checked_work<T>& all = work<T>();
  (void)all.repeated();
  const std::size_t wanted = repetitions();
  for (std::size_t r = 0; r < wanted; ++r) {
    once(all, r);
    INFO("repetition " << r << " of " << wanted);
    REQUIRE(all.wrong() == "");
  }
  CHECK(all.repeated() == wanted * times * all.size());
}

/// Busy threads, more than there are cores.
class busy_threads {
 public:
  busy_threads() {
    for (unsigned i = 0; i <= std::thread::hardware_concurrency(); ++i) {
      threads_.emplace_back([this] {
        volatile double x = 1;
        while (!done_.load(std::memory_order_relaxed)) x = x * 0.999 + 1e-3;
      });
    }
  }
  ~busy_threads() {
    done_ = true;
    for (std::thread& t : threads_) t.join();
  }
  busy_threads(const busy_threads&) = delete;
  busy_threads& operator=(const busy_threads&) = delete;

 private:
  std::atomic<bool> done_{false};
  std::vector<std::thread> threads_;
};

/// Calls body(0) … body(count - 1), each on an application thread of its own.
template <class Body>
void on_application_threads(std::size_t count, const Body& body) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  for (std::thread& t : threads) t.join();
}

}  // namespace

TEMPLATE_TEST_CASE("the same bits on any number of threads", "[load]", float, double) {
  repeat<TestType>(1, [](auto& all, std::size_t r) {
    on_threads(loads[r % std::size(loads)], [&] { all.repeat_all(r); });
  });
}

TEMPLATE_TEST_CASE("the same bits beside busy threads", "[load]", float, double) {
  const busy_threads others;
  repeat<TestType>(1, [](auto& all, std::size_t r) {
    on_threads(loads[r % std::size(loads)], [&] { all.repeat_all(r); });
  });
}

TEMPLATE_TEST_CASE("the same bits inside the caller's parallel loop, isolated or not", "[load]", float,
                   double) {
  repeat<TestType>(1, [](auto& all, std::size_t r) {
    on_threads(loads[r % std::size(loads)], [&] {
      tbb::parallel_for(std::size_t{0}, all.size(), [&](std::size_t i) {
        const auto one = [&] { all.repeat((i + r) % all.size()); };
        if (r / std::size(loads) % 2 == 0) return one();
        tbb::this_task_arena::isolate(one);
      });
    });
  });
}

TEMPLATE_TEST_CASE("the same bits for several application threads at once", "[load]", float, double) {
  repeat<TestType>(3, [](auto& all, std::size_t r) {
    const std::size_t threads = loads[r % std::size(loads)];
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    on_application_threads(3, [&](std::size_t i) {
      tbb::task_arena own(static_cast<int>(threads));
      own.execute([&] { all.repeat_all(r + i * all.size() / 3); });
    });
  });
}

TEMPLATE_TEST_CASE("the same bits for application threads in one arena", "[load]", float, double) {
  repeat<TestType>(2, [](auto& all, std::size_t r) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 4);
    tbb::task_arena arena(4, 2);
    on_application_threads(
        2, [&](std::size_t i) { arena.execute([&] { all.repeat_all(r + i * all.size() / 2); }); });
  });
}

TEMPLATE_TEST_CASE("the same bits in an arena of one thread", "[load]", float, double) {
  repeat<TestType>(1, [](auto& all, std::size_t r) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 1 + r % 4);
    tbb::task_arena arena(1);
    arena.execute([&] { all.repeat_all(r); });
  });
}

TEMPLATE_TEST_CASE("the same bits under limits that change", "[load]", float, double) {
  repeat<TestType>(1, [](auto& all, std::size_t r) {
    const tbb::global_control widest(tbb::global_control::max_allowed_parallelism, 8);
    tbb::task_arena arena(8);
    arena.execute([&] {
      for (std::size_t i = 0; i < all.size(); ++i) {
        const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 1 + (r + i) % 8);
        all.repeat((r + i) % all.size());
      }
    });
  });
}

TEMPLATE_TEST_CASE("the same bits while a trace records", "[load]", float, double) {
  repeat<TestType>(1, [](auto& all, std::size_t r) {
    tp::trace trace(
        {.capacity = 4096, .detail = r % 2 == 0 ? tp::trace_detail::parts : tp::trace_detail::operations});
    trace.start();
    on_threads(loads[r % std::size(loads)], [&] { all.repeat_all(r); });
    trace.stop();
    CHECK(trace.spans().size() >= all.size());
  });
}
