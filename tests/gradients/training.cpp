// SPDX-License-Identifier: MIT
// Training of whole networks: it learns, and its bits depend on nothing but its inputs.
#include <twinpath/twinpath.hpp>

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <random>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/span.hpp"
#include "support/catch.hpp"
#include "support/step_problem.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

/// A problem whose classes can be learned from the first two inputs.
template <class T>
struct problem : step_problem<T> {
  std::vector<std::int32_t> classes;

  problem(std::vector<std::size_t> w, std::size_t batch, std::size_t n)
      : step_problem<T>(std::move(w), batch, n) {
    for (std::size_t i = 0; i < batch; ++i) {
      const std::span<T> y = this->Y.row(i);
      const std::size_t c = ((this->X(i, 0) > 0 ? 1u : 0u) + (this->X(i, 1) > 0 ? 2u : 0u)) % y.size();
      std::ranges::fill(y, T(0));
      y[c] = 1;
      classes.push_back(static_cast<std::int32_t>(c));
    }
  }
  [[nodiscard]] tp::mlp<T> network(tp::schedule schedule, tp::reduction how = tp::reduction::mean) const {
    return tp::mlp<T>(this->widths, {.seed = 1, .reduction = how, .schedule = schedule});
  }
};

constexpr tp::sgd rule{.learning_rate = 0.05};

/// Trains by class indices. The losses of all steps, then all parameters and moments.
template <class T>
history<T> train(tp::mlp<T>& net, const problem<T>& p, const tp::optimizer& with = rule) {
  history<T> all;
  for (std::size_t s = 0; s < p.steps; ++s) all.push_back(net.train_step(p.X, p.classes, with));
  append_parameters(all, net);
  return all;
}

template <class T>
history<T> train(const problem<T>& p, tp::schedule schedule) {
  tp::mlp<T> net = p.network(schedule);
  return train(net, p);
}

template <class T>
bool same(const history<T>& a, const history<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

/// Networks too small and large enough for tasks; the last three sum and multiply over a long batch.
template <class T>
std::vector<problem<T>> problems() {
  std::vector<problem<T>> all;
  all.emplace_back(std::vector<std::size_t>{3, 4, 2}, 10, 20);
  all.emplace_back(std::vector<std::size_t>{20, 3}, 33, 20);
  all.emplace_back(std::vector<std::size_t>{64, 128, 10}, 64, 10);
  all.emplace_back(std::vector<std::size_t>{784, 256, 128, 10}, 64, 4);
  all.emplace_back(std::vector<std::size_t>{30, 150, 40, 5}, 1000, 3);
  all.emplace_back(std::vector<std::size_t>{16, 24, 10}, 8300, 2);
  all.emplace_back(std::vector<std::size_t>{16, 24, 10}, 8192, 2);
  return all;
}

/// A problem so large that every operation of a step is worth two tasks.
template <class T>
problem<T> large_problem() {
  return problem<T>({784, 256, 128, 10}, 512, 2);
}

/// Spans that a test waits for.
enum span_place { Z1, dW1, dW2, dZ1, places };
std::atomic<std::thread::id> first_there[places];
std::atomic<bool> second_there[places];

/// Waits at most a second until another thread has begun a part of the same operation, or of its sibling.
void wait_for_other(tp::detail::span_label label) {
  const std::string name = label.operation + std::to_string(label.layer);
  const char* const names[places] = {"Z1", "dW1", "dW2", "dZ1"};
  for (int place = 0; place < places; ++place) {
    if (name != names[place]) continue;
    const int other = place == dW2 ? dZ1 : place == dZ1 ? dW2 : place;
    std::thread::id nobody;
    const std::thread::id self = std::this_thread::get_id();
    if (!first_there[place].compare_exchange_strong(nobody, self) && nobody != self)
      second_there[place] = true;
    const auto came = [&] {
      if (other == place) return second_there[place].load();
      const std::thread::id sibling = first_there[other];
      return sibling != std::thread::id() && sibling != self;
    };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    while (!came() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

/// While an object lives, threads wait for each other in these spans.
class meeting_threads {
 public:
  meeting_threads() {
    for (auto& first : first_there) first = std::thread::id();
    for (auto& second : second_there) second = false;
    tp::detail::before_span = wait_for_other;
  }
  ~meeting_threads() { tp::detail::before_span = nullptr; }
  meeting_threads(const meeting_threads&) = delete;
  meeting_threads& operator=(const meeting_threads&) = delete;
};

/// Whether TBB runs two iterations of a loop of its own, of which each waits a second for the other, on two
/// threads.
bool a_second_thread_comes() {
  std::atomic<int> begun{0};
  std::thread::id threads[2];
  tbb::parallel_for(
      0, 2,
      [&](int i) {
        threads[i] = std::this_thread::get_id();
        ++begun;
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
        while (begun != 2 && std::chrono::steady_clock::now() < deadline)
          std::this_thread::sleep_for(std::chrono::microseconds(100));
      },
      tbb::simple_partitioner());
  return threads[0] != threads[1];
}

/// The threads that recorded a span of that name.
std::set<std::uint32_t> threads_of(const tp::trace& trace, const std::string& name) {
  std::set<std::uint32_t> threads;
  for (const tp::span_record& span : trace.spans()) {
    if (name.empty() || span.name == name) threads.insert(span.thread);
  }
  return threads;
}

}  // namespace

TEMPLATE_TEST_CASE("training lowers the loss", "[gradients][training]", float, double) {
  const tp::reduction how = GENERATE(tp::reduction::mean, tp::reduction::sum);
  const problem<TestType> p({2, 16, 4}, 100, 400);
  tp::mlp<TestType> net = p.network(tp::schedule::automatic, how);
  const tp::sgd fast{.learning_rate = how == tp::reduction::mean ? 1.0 : 0.01};
  std::vector<TestType> losses;
  for (std::size_t s = 0; s < p.steps; ++s) losses.push_back(net.train_step(p.X, p.classes, fast));
  CHECK(losses[losses.size() / 4] < losses.front() / 2);
  CHECK(losses.back() < losses.front() / 4);
  CHECK(tp::accuracy(net.predict(p.X), p.classes) > 0.95);
  // The loss that a step returns is the one before its update.
  CHECK(net.compute_gradients(p.X, p.classes) < losses.back());
}

TEMPLATE_TEST_CASE("a step is gradients and an update", "[gradients][training]", float, double) {
  const problem<TestType> p({64, 128, 10}, 64, 3);
  tp::mlp<TestType> net = p.network(tp::schedule::automatic);
  history<TestType> separate;
  for (std::size_t s = 0; s < p.steps; ++s) {
    separate.push_back(net.compute_gradients(p.X, p.classes));
    net.apply(rule);
  }
  append_parameters(separate, net);
  CHECK(same(separate, train(p, tp::schedule::automatic)));
}

TEMPLATE_TEST_CASE("with two threads the work of a step is shared", "[gradients][training]", float, double) {
  // TBB does not promise a worker in time; on a busy machine an operation may end before one joins. So the
  // first thread in each of these operations waits for a second one, which then finds work left.
  const problem<TestType> p = large_problem<TestType>();
  bool forward_shared = false, backward_shared = false, side_by_side = false, came = false;
  on_threads(2, [&] {
    tp::trace trace(1024);
    tp::mlp<TestType> net = p.network(tp::schedule::concurrent);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    do {
      trace.start();
      const meeting_threads meetings;
      net.train_step(p.X, p.classes, rule);
      trace.stop();
      forward_shared = forward_shared || threads_of(trace, "Z1").size() == 2;
      backward_shared = backward_shared || threads_of(trace, "dW1").size() == 2;
      side_by_side = side_by_side || trace.overlap("dW2", "dZ1") > 0;
      came = came || a_second_thread_comes();
    } while (!(forward_shared && backward_shared && side_by_side) &&
             std::chrono::steady_clock::now() < deadline);
  });
  if (!came) {
    WARN("for a minute TBB had no second thread for a plain loop either");
    return;
  }
  CHECK(forward_shared);
  CHECK(backward_shared);
  CHECK(side_by_side);
}

TEMPLATE_TEST_CASE("the bits do not depend on schedule or threads", "[gradients][training]", float, double) {
  for (const problem<TestType>& p : problems<TestType>()) {
    INFO(p.text());
    history<TestType> expected;
    on_threads(1, [&] { expected = train(p, tp::schedule::sequential); });
    CHECK(std::isfinite(expected[p.steps - 1]));
    CHECK(expected[p.steps - 1] < expected[0]);
    for (const std::size_t threads : thread_counts) {
      for (const tp::schedule schedule : all_schedules) {
        history<TestType> actual;
        on_threads(threads, [&] { actual = train(p, schedule); });
        INFO(threads << " threads, schedule " << static_cast<int>(schedule));
        CHECK(same(actual, expected));
      }
    }
  }
}

TEMPLATE_TEST_CASE("in an arena of one thread no other thread works", "[gradients][training]", float,
                   double) {
  const problem<TestType> p = large_problem<TestType>();
  const history<TestType> expected = train(p, tp::schedule::sequential);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 3);
  tbb::task_arena arena(1);
  for (const tp::schedule schedule : all_schedules) {
    tp::trace trace;
    trace.start();
    history<TestType> actual;
    arena.execute([&] { actual = train(p, schedule); });
    trace.stop();
    CHECK(threads_of(trace, "").size() == 1);
    CHECK(same(actual, expected));
  }
}

TEMPLATE_TEST_CASE("class indices and the one-hot matrix give the same bits", "[gradients][training]", float,
                   double) {
  const tp::reduction how = GENERATE(tp::reduction::mean, tp::reduction::sum);
  for (const problem<TestType>& p : problems<TestType>()) {
    if (p.X.rows() > 1000) continue;
    INFO(p.text());
    tp::mlp<TestType> by_class = p.network(tp::schedule::automatic, how);
    tp::mlp<TestType> one_hot = p.network(tp::schedule::automatic, how);
    // Small enough for losses that sum over a batch.
    const tp::sgd slow{.learning_rate = 1e-4};
    history<TestType> a, b;
    for (std::size_t s = 0; s < p.steps; ++s) {
      a.push_back(by_class.train_step(p.X, p.classes, slow));
      b.push_back(one_hot.train_step(p.X, p.Y, slow));
    }
    append_parameters(a, by_class);
    append_parameters(b, one_hot);
    CHECK(std::isfinite(a[p.steps - 1]));
    CHECK(same(a, b));
    CHECK(by_class.compute_gradients(p.X, p.classes) == one_hot.compute_gradients(p.X, p.Y));
    for (std::size_t l = 1; l <= by_class.layers(); ++l) {
      const auto x = by_class.gradients(l);
      CHECK(std::memcmp(x.data(), one_hot.gradients(l).data(), x.size_bytes()) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("a copy continues with the bits of the original", "[gradients][training]", float, double) {
  const problem<TestType> p({20, 30, 4}, 33, 3);
  tp::mlp<TestType> original = p.network(tp::schedule::concurrent, tp::reduction::sum);
  train(original, p);
  original.compute_gradients(p.X, p.classes);
  const tp::mlp<TestType> untouched(original);
  tp::mlp<TestType> copy(original);
  tp::mlp<TestType> assigned({2, 2});
  assigned = original;
  CHECK(copy.widths() == original.widths());
  CHECK(copy.options().reduction == tp::reduction::sum);
  CHECK(copy.options().schedule == tp::schedule::concurrent);
  for (std::size_t l = 1; l <= copy.layers(); ++l) {
    CHECK(copy.parameters(l).data() != original.parameters(l).data());
    REQUIRE(copy.gradients(l).size() == copy.parameters(l).size());
    CHECK(std::memcmp(copy.gradients(l).data(), original.gradients(l).data(),
                      copy.gradients(l).size_bytes()) == 0);
  }

  const history<TestType> expected = train(original, p);
  history<TestType> unmoved, now;
  append_parameters(unmoved, untouched);
  append_parameters(now, copy);
  CHECK(same(unmoved, now));
  CHECK(same(train(copy, p), expected));
  tp::mlp<TestType> moved(std::move(assigned));
  CHECK(same(train(moved, p), expected));
}

namespace {

/// Optimisers with moments.
const tp::optimizer remembering[] = {
    tp::sgd{.learning_rate = 0.05, .momentum = 0.9},
    tp::sgd{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true},
    tp::adam{.learning_rate = 0.01, .weight_decay = 0.01}, tp::adamw{.learning_rate = 0.01}};

}  // namespace

TEMPLATE_TEST_CASE("a copy continues with the moments of the original", "[gradients][training]", float,
                   double) {
  using T = TestType;
  const problem<T> p({20, 30, 4}, 33, 3);
  for (const tp::optimizer& with : remembering) {
    INFO("optimiser " << with.index());
    tp::mlp<T> original = p.network(tp::schedule::automatic);
    train(original, p, with);
    tp::mlp<T> copy(original), assigned({2, 2}), restored(original), swapped({2, 2});
    assigned.restore({}, 1);
    assigned = original;
    swapped = tp::mlp<T>(original);
    const tp::mlp<T> untouched(original);
    REQUIRE(copy.moments(1, 1).size() == copy.parameters(1).size());
    CHECK(copy.moments(1, 1).data() != original.moments(1, 1).data());
    CHECK(copy.progress() == original.progress());
    CHECK(assigned.progress() == original.progress());
    CHECK(original.progress().updates == p.steps);

    restored.restore({}, 0);
    restored.restore(original.progress(), tp::moments_of(with));
    for (std::size_t l = 1; l <= original.layers(); ++l) {
      for (const std::size_t which : {1u, 2u})
        std::ranges::copy(original.moments(l, which), restored.moments(l, which).begin());
    }

    const history<T> expected = train(original, p, with);
    CHECK(std::ranges::equal(untouched.moments(1, 1), copy.moments(1, 1)));
    CHECK(same(train(copy, p, with), expected));
    CHECK(same(train(assigned, p, with), expected));
    CHECK(same(train(restored, p, with), expected));
    tp::mlp<T> moved(std::move(swapped));
    CHECK(same(train(moved, p, with), expected));
    CHECK(moved.progress() == original.progress());
  }
}

TEMPLATE_TEST_CASE("an optimiser with other moments starts from 0", "[gradients][training]", float, double) {
  using T = TestType;
  const problem<T> p({20, 30, 4}, 33, 3);
  std::vector<tp::optimizer> all{tp::sgd{.learning_rate = 0.05},
                                 tp::sgd{.learning_rate = 0.05, .weight_decay = 0.01}};
  all.insert(all.end(), std::begin(remembering), std::end(remembering));
  for (const tp::optimizer& before : all) {
    for (const tp::optimizer& after : all) {
      if (tp::moments_of(before) == tp::moments_of(after)) continue;
      for (const bool in_parts : {false, true}) {
        tp::mlp<T> net = p.network(tp::schedule::automatic);
        train(net, p, before);
        tp::mlp<T> fresh = p.network(tp::schedule::automatic);
        for (std::size_t l = 1; l <= net.layers(); ++l)
          std::ranges::copy(net.parameters(l), fresh.parameters(l).begin());
        INFO(before.index() << " then " << after.index() << ", in parts: " << in_parts);
        if (in_parts) {
          for (tp::mlp<T>* x : {&net, &fresh}) {
            x->compute_gradients(p.X, p.classes);
            x->apply(after);
          }
        }
        CHECK(same(train(net, p, after), train(fresh, p, after)));
        CHECK(net.progress() == fresh.progress());
        CHECK(net.progress().updates == p.steps + (in_parts ? 1 : 0));
        for (const std::size_t which : {1u, 2u})
          CHECK(net.moments(1, which).empty() == (which > tp::moments_of(after)));
      }
    }
  }
}

TEMPLATE_TEST_CASE("initial weights are He-uniform from std::mt19937_64", "[gradients][training]", float,
                   double) {
  const tp::mlp<TestType> net({40, 50, 30}, {.seed = 1});
  std::mt19937_64 generator(1);
  for (std::size_t l = 1; l <= 2; ++l) {
    const auto W = net.weights(l);
    const double limit = std::sqrt(6.0 / static_cast<double>(W.rows()));
    std::size_t different = 0;
    double low = 0, high = 0, sum = 0, squares = 0;
    for (std::size_t i = 0; i < W.rows(); ++i) {
      for (const TestType w : W.row(i)) {
        const double unit = std::ldexp(static_cast<double>(generator() >> 11), -52) - 1;
        different += w == static_cast<TestType>(unit * limit) ? 0 : 1;
        low = std::min(low, double{w});
        high = std::max(high, double{w});
        sum += w;
        squares += double{w} * double{w};
      }
    }
    CHECK(different == 0);
    const auto count = static_cast<double>(W.rows() * W.cols());
    CHECK(low >= -limit);
    CHECK(low < -0.99 * limit);
    CHECK(high <= limit);
    CHECK(high > 0.99 * limit);
    CHECK(std::abs(sum / count) < 0.05 * limit);
    CHECK(std::abs(squares / count / (limit * limit / 3) - 1) < 0.05);
    for (const TestType b : net.bias(l)) CHECK(b == 0);
    CHECK(net.gradients(l).empty());
  }
}

TEMPLATE_TEST_CASE("the seed determines the initial weights", "[gradients][training]", float, double) {
  const auto initial = [](std::uint64_t seed) {
    const tp::mlp<TestType> net({5, 6, 3}, {.seed = seed});
    history<TestType> all;
    append_parameters(all, net);
    return all;
  };
  CHECK(same(initial(1), initial(1)));
  CHECK(!same(initial(1), initial(2)));
  CHECK(!same(initial(1), initial(std::uint64_t{1} << 32)));
  CHECK(same(initial(tp::mlp_options{}.seed), initial(1)));
}

TEMPLATE_TEST_CASE("two application threads train as each would alone", "[gradients][training]", float,
                   double) {
  const problem<TestType> a = large_problem<TestType>();
  const problem<TestType> b({100, 200, 10}, 128, 8);
  const history<TestType> a_alone = train(a, tp::schedule::sequential);
  const history<TestType> b_alone = train(b, tp::schedule::sequential);
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 3);
  for (const tp::schedule schedule : all_schedules) {
    history<TestType> a_beside, b_beside;
    std::barrier start(2);
    std::thread other([&] {
      start.arrive_and_wait();
      b_beside = train(b, schedule);
    });
    start.arrive_and_wait();
    a_beside = train(a, schedule);
    other.join();
    CHECK(same(a_beside, a_alone));
    CHECK(same(b_beside, b_alone));
  }
}

TEMPLATE_TEST_CASE("training works inside the caller's parallel loop", "[gradients][training]", float,
                   double) {
  const problem<TestType> p({784, 256, 10}, 128, 2);
  const history<TestType> expected = train(p, tp::schedule::sequential);
  for (const tp::schedule schedule : all_schedules) {
    std::vector<history<TestType>> all(8);
    on_threads(3, [&] {
      tbb::parallel_for(std::size_t{0}, all.size(), [&](std::size_t i) { all[i] = train(p, schedule); });
    });
    for (const history<TestType>& actual : all) CHECK(same(actual, expected));
  }
}

TEST_CASE("a thread that waits inside a step takes no other work", "[gradients][training]") {
  // Two application threads share an arena with a worker: one trains, the other offers tasks all the time.
  static thread_local bool inside = false;
  const problem<float> p = large_problem<float>();
  std::atomic<bool> done{false};
  std::atomic<std::size_t> taken{0}, taken_inside{0};
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 3);
  tbb::task_arena arena(3, 2);
  std::thread other([&] {
    arena.execute([&] {
      while (!done) {
        tbb::parallel_for(0, 64, [&](int) {
          ++taken;
          taken_inside += inside ? 1 : 0;
          std::this_thread::sleep_for(std::chrono::microseconds(20));
        });
      }
    });
  });
  arena.execute([&] {
    for (const tp::schedule schedule : all_schedules) {
      tp::mlp<float> net = p.network(schedule);
      const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
      while (std::chrono::steady_clock::now() < end) {
        inside = true;
        net.train_step(p.X, p.classes, rule);
        inside = false;
      }
    }
  });
  done = true;
  other.join();
  CHECK(taken > 0);
  CHECK(taken_inside == 0);
}

TEMPLATE_TEST_CASE("a row has the same prediction alone and in a batch", "[gradients][training]", float,
                   double) {
  const problem<TestType> p({100, 300, 50, 10}, 200, 2);
  tp::mlp<TestType> net = p.network(tp::schedule::automatic);
  train(net, p);
  tp::matrix<TestType> together;
  on_threads(2, [&] { together = net.predict(p.X); });
  REQUIRE(together.rows() == p.X.rows());
  REQUIRE(together.cols() == 10);
  for (const std::size_t i : {0u, 1u, 31u, 32u, 137u, 199u}) {
    const tp::matrix<TestType> alone = net.predict(p.X.block(i, 0, 1, 100));
    CHECK(std::memcmp(alone.data(), together.row(i).data(), together.row(i).size_bytes()) == 0);
    TestType sum = 0;
    for (const TestType probability : together.row(i)) sum += probability;
    CHECK(std::abs(sum - 1) < TestType(1e-6));
  }
}
