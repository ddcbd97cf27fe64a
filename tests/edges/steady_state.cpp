// SPDX-License-Identifier: MIT
// After the first call of a shape nothing is allocated on any thread, even if a thread joins later.
#include <twinpath/twinpath.hpp>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_scheduler_observer.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/counting_new.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/schedules.hpp"
#include "support/threads.hpp"

namespace {

namespace tp = twinpath;
using std::chrono::steady_clock;

constexpr tp::sgd rule{.learning_rate = 0.001};

template <class Body>
std::size_t allocations_of(const Body& body) {
  const std::size_t before = counting_new::allocations();
  body();
  return counting_new::allocations() - before;
}

template <class T>
tp::matrix<T> some_matrix(std::size_t rows, std::size_t cols) {
  tests::generator random(rows + cols);
  return tests::uniform_matrix<T>(rows, cols, random);
}

struct size {
  std::vector<std::size_t> widths;
  std::size_t batch;
};

/// Networks too small and large enough for tasks; batches so long that tasks share sums by rows and products
/// by slices.
const std::vector<size> sizes{{{3, 4, 2}, 10},
                              {{64, 128, 10}, 64},
                              {{784, 256, 128, 10}, 128},
                              {{30, 150, 40, 5}, 1000},
                              {{16, 24, 10}, 8300}};

std::string text_of(const size& s) {
  std::string text = "batch " + std::to_string(s.batch) + ", widths";
  for (const std::size_t w : s.widths) text.append(" ").append(std::to_string(w));
  return text;
}

/// A network with batches of its own.
template <class T>
class trained {
 public:
  trained(const size& s, tp::schedule how)
      : net_(s.widths, {.schedule = how}),
        X_(some_matrix<T>(s.batch, s.widths.front())),
        Y_(s.batch, s.widths.back()),
        P_(s.batch, s.widths.back()) {
    for (std::size_t i = 0; i < s.batch; ++i) {
      classes_.push_back(static_cast<std::int32_t>(i % s.widths.back()));
      Y_(i, i % s.widths.back()) = 1;
    }
  }
  void step() { net_.train_step(X_, classes_, rule); }
  void other_steps() {
    net_.train_step(X_, Y_, rule);
    net_.compute_gradients(X_, Y_);
    net_.apply(rule);
    for (const std::size_t part : {X_.rows() / 2, X_.rows() - 1, std::size_t{1}}) {
      net_.train_step(X_.block(0, 0, part, X_.cols()), std::span(classes_).first(part), rule);
    }
  }
  void step_on_every_schedule() {
    for (const tp::schedule how : tests::all_schedules) {
      net_.set_schedule(how);
      net_.train_step(X_, classes_, rule);
    }
  }
  void predict() { net_.predict(X_, P_); }
  void predict_less() {
    const std::size_t part = X_.rows() / 2;
    net_.predict(X_.block(0, 0, part, X_.cols()), P_.block(0, 0, part, P_.cols()));
  }

 private:
  tp::mlp<T> net_;
  tp::matrix<T> X_;
  tp::matrix<T> Y_;
  tp::matrix<T> P_;
  std::vector<std::int32_t> classes_;
};

/// Runs body on a thread of its own, and ends all of TBB's workers afterwards: threads keep their scratch
/// memory, so threads of an earlier case would hide allocations of a later one.
template <class Body>
void on_new_threads(const Body& body) {
#if TBB_INTERFACE_VERSION >= 12060
  tbb::task_scheduler_handle workers{tbb::attach{}};
  std::thread(body).join();
  REQUIRE(tbb::finalize(workers, std::nothrow));
#else
  std::thread(body).join();
#endif
}
template <class Body>
void on_new_threads(std::size_t threads, const Body& body) {
  on_new_threads([&] { tests::on_threads(threads, body); });
}

/// While it lives, it keeps all workers of TBB busy, so that no other arena gets one.
class busy_workers {
 public:
  explicit busy_workers(int workers) : arena_(workers, 0), workers_(workers) {
    for (int i = 0; i < workers; ++i) {
      arena_.enqueue([this] {
        ++busy_;
        while (!released_) std::this_thread::yield();
        --busy_;
      });
    }
    const auto deadline = steady_clock::now() + std::chrono::seconds(20);
    while (busy_ != workers && steady_clock::now() < deadline) std::this_thread::yield();
  }
  ~busy_workers() {
    released_ = true;
    while (busy_ != 0) std::this_thread::yield();
  }
  busy_workers(const busy_workers&) = delete;
  busy_workers& operator=(const busy_workers&) = delete;
  [[nodiscard]] bool all() const { return busy_ == workers_; }

 private:
  tbb::task_arena arena_;
  int workers_;
  std::atomic<int> busy_{0};
  std::atomic<bool> released_{false};
};

/// Counts the workers that come into an arena.
class arrivals : public tbb::task_scheduler_observer {
 public:
  explicit arrivals(tbb::task_arena& arena) : task_scheduler_observer(arena) { observe(true); }
  ~arrivals() { observe(false); }
  void on_scheduler_entry(bool is_worker) override { count_ += is_worker ? 1 : 0; }
  [[nodiscard]] int count() const { return count_; }

 private:
  std::atomic<int> count_{0};
};

struct late_workers {
  bool kept_away = false;
  bool arrived = false;
  std::size_t allocations = 0;
};

/// Calls first() while the only worker is busy elsewhere, then again() until the worker has taken part, and
/// returns the allocations of again().
template <class First, class Again>
late_workers with_late_workers_here(const First& first, const Again& again) {
  late_workers result;
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 2);
  tbb::task_arena arena(2);
  arrivals seen(arena);
  {
    const busy_workers elsewhere(1);
    arena.execute(first);
    result.kept_away = elsewhere.all() && seen.count() == 0;
  }
  result.allocations = allocations_of([&] {
    const auto least = steady_clock::now() + std::chrono::milliseconds(100);
    const auto deadline = steady_clock::now() + std::chrono::seconds(10);
    int repeats = 0;
    while (repeats < 20 || steady_clock::now() < least ||
           (seen.count() == 0 && steady_clock::now() < deadline)) {
      arena.execute(again);
      ++repeats;
    }
  });
  result.arrived = seen.count() != 0;
  return result;
}
template <class First, class Again>
late_workers with_late_workers(const First& first, const Again& again) {
  late_workers result;
  on_new_threads([&] { result = with_late_workers_here(first, again); });
  return result;
}

}  // namespace

TEST_CASE("every operator new is counted, on other threads too", "[steady-state]") {
  CHECK(allocations_of([] { tp::matrix<float>(3, 3); }) == 1);
  // A compiler may leave out a new-expression and its delete, but not two function calls.
  CHECK(allocations_of([] { ::operator delete(::operator new(3)); }) == 1);
  CHECK(allocations_of([] { std::thread([] { tp::matrix<double>(3, 3); }).join(); }) >= 1);
  CHECK(allocations_of([] {}) == 0);
}

TEMPLATE_TEST_CASE("the first step allocates, later ones do not", "[steady-state]", float, double) {
  for (const std::size_t threads : {1u, 2u}) {
    for (const size& s : sizes) {
      for (const tp::schedule how : tests::all_schedules) {
        std::size_t first = 0, later = 0, others = 0;
        on_new_threads(threads, [&] {
          trained<TestType> x(s, how);
          first = allocations_of([&] { x.step(); });
          later = allocations_of([&] {
            for (int i = 0; i < 10; ++i) x.step();
          });
          x.other_steps();
          others = allocations_of([&] { x.other_steps(); });
        });
        INFO(text_of(s) << ", " << threads << " threads, schedule " << static_cast<int>(how));
        CHECK(first > 0);
        CHECK(later == 0);
        CHECK(others == 0);
      }
    }
  }
}

TEMPLATE_TEST_CASE("steps with moments, kept scores and errors of the input allocate once", "[steady-state]",
                   float, double) {
  using T = TestType;
  const tp::optimizer rules[] = {tp::adam{}, tp::adamw{}, tp::sgd{.momentum = 0.9, .weight_decay = 0.1}};
  for (const size& s : sizes) {
    const auto X = some_matrix<T>(s.batch, s.widths.front()), Y = some_matrix<T>(s.batch, s.widths.back());
    tp::matrix<T> dX(s.batch, s.widths.front());
    for (const tp::schedule how : tests::all_schedules) {
      for (const auto f : {tp::activation::gelu_erf, tp::activation::tanh}) {
        tp::mlp<T> net(s.widths, {.activation = f, .loss = tp::loss::sigmoid_cross_entropy, .schedule = how});
        const tp::optimizer& with = rules[f == tp::activation::tanh ? 2 : 0];
        const auto train = [&] { net.train_step(X, Y, with); };
        const auto in_parts = [&] {
          net.compute_gradients(X, Y);
          net.compute_gradients(X, Y, tp::gradient_mode::accumulate);
          net.compute_gradients(X, Y, tp::gradient_mode::ignore);
          net.compute_gradients(X, Y, tp::gradient_mode::ignore, dX);
          net.compute_gradients(X, Y, tp::gradient_mode::accumulate, dX);
          net.compute_gradients(X, Y, tp::gradient_mode::overwrite, dX);
          net.clip_gradients(1e-3);
          net.apply(with);
        };
        INFO(text_of(s) << ", schedule " << static_cast<int>(how) << ", activation " << static_cast<int>(f));
        for (const std::size_t threads : {1u, 2u}) {
          std::size_t first = 0, later = 0, parts = 0, mixed = 0;
          tp::mlp<T> fresh(net.widths(), net.options());
          net = std::move(fresh);
          on_new_threads(threads, [&] {
            first = allocations_of(train);
            later = allocations_of([&] {
              for (int i = 0; i < 3; ++i) train();
            });
            in_parts();
            parts = allocations_of([&] {
              for (int i = 0; i < 3; ++i) in_parts();
            });
            mixed = allocations_of([&] {
              train();
              in_parts();
            });
          });
          INFO(threads << " threads");
          CHECK(first > 0);
          CHECK(later == 0);
          CHECK(parts == 0);
          CHECK(mixed == 0);
        }
        if (s.batch == 10) continue;  // never worth a second thread
        const auto all = [&] {
          train();
          in_parts();
        };
        const late_workers late = with_late_workers(all, all);
        CHECK(late.arrived);
        CHECK(late.allocations == 0);
      }
    }
  }
}

TEMPLATE_TEST_CASE("alternating optimisers with the same number of moments allocate nothing",
                   "[steady-state]", float, double) {
  using T = TestType;
  const size& s = sizes[1];
  const auto X = some_matrix<T>(s.batch, s.widths.front()), Y = some_matrix<T>(s.batch, s.widths.back());
  std::size_t later = 0;
  on_new_threads(2, [&] {
    tp::mlp<T> net(s.widths);
    const auto both = [&] {
      net.train_step(X, Y, tp::adam{});
      net.train_step(X, Y, tp::adamw{});
    };
    both();
    later = allocations_of(both);
  });
  CHECK(later == 0);
}

TEMPLATE_TEST_CASE("updates and losses on their own allocate once for a shape", "[steady-state]", float,
                   double) {
  using T = TestType;
  auto Z = some_matrix<T>(3000, 100);
  const auto Y = some_matrix<T>(3000, 100);
  tp::matrix<T> dZ(3000, 100), first(3000, 100), second(3000, 100);
  const auto all = [&] {
    (void)tp::sigmoid_cross_entropy(Z, Y, dZ);
    (void)tp::mean_squared_error(Z, Y, dZ);
    tp::activate(tp::activation::gelu_erf, Y, dZ);
    const std::span<const T> g = std::as_const(dZ).elements();
    tp::update(tp::sgd{.momentum = 0.9}, Z.elements(), g, first.elements());
    tp::update(tp::adam{}, Z.elements(), g, first.elements(), second.elements(), next({}, tp::adam{}));
  };
  const late_workers late = with_late_workers(all, all);
  CHECK(late.arrived);
  CHECK(late.allocations == 0);
}

TEMPLATE_TEST_CASE("candidates for a step take turns without allocating", "[steady-state]", float, double) {
  for (const size& s : sizes) {
    if (s.batch == 10 || s.batch > 1000) continue;  // one candidate alone, or steps that take long
    std::size_t later = 0;
    on_new_threads(2, [&] {
      trained<TestType> x(s, tp::schedule::automatic);
      x.step();
      later = allocations_of([&] {
        for (int i = 0; i < 450; ++i) x.step();
      });
    });
    INFO(text_of(s));
    CHECK(later == 0);
  }
}

TEMPLATE_TEST_CASE("a change of the schedule allocates once", "[steady-state]", float, double) {
  for (const size& s : sizes) {
    std::size_t later = 0;
    on_new_threads(2, [&] {
      trained<TestType> x(s, tp::schedule::automatic);
      x.step_on_every_schedule();
      later = allocations_of([&] {
        for (int i = 0; i < 5; ++i) x.step_on_every_schedule();
      });
    });
    INFO(text_of(s));
    CHECK(later == 0);
  }
}

TEMPLATE_TEST_CASE("a worker that joins late does not allocate", "[steady-state]", float, double) {
  for (const size& s : sizes) {
    if (s.batch == 10) continue;  // never worth a second thread
    for (const tp::schedule how : tests::all_schedules) {
      trained<TestType> x(s, how);
      const late_workers step = with_late_workers([&] { x.step(); }, [&] { x.step(); });
      INFO(text_of(s) << ", schedule " << static_cast<int>(how));
      CHECK(step.kept_away);
      CHECK(step.arrived);
      CHECK(step.allocations == 0);
    }
  }
}

TEMPLATE_TEST_CASE("predictions into the caller's memory allocate once", "[steady-state]", float, double) {
  for (const std::size_t threads : {1u, 2u}) {
    for (const size& s : sizes) {
      std::size_t later = 0;
      on_new_threads(threads, [&] {
        trained<TestType> x(s, tp::schedule::automatic);
        x.predict();
        later = allocations_of([&] {
          for (int i = 0; i < 10; ++i) x.predict();
          x.predict_less();
        });
      });
      INFO(text_of(s) << ", " << threads << " threads");
      CHECK(later == 0);
    }
  }
  trained<TestType> x(sizes[2], tp::schedule::automatic);
  const late_workers late = with_late_workers([&] { x.predict(); }, [&] { x.predict(); });
  CHECK(late.arrived);
  CHECK(late.allocations == 0);
}

TEMPLATE_TEST_CASE("mini-batches allocate nothing after construction", "[steady-state][batches]", float,
                   double) {
  const auto X = some_matrix<TestType>(1000, 30), Y = some_matrix<TestType>(1000, 4);
  const std::vector<std::int32_t> classes(1000, 1);
  TestType sum = 0;
  const auto visit = [&](tp::batches<TestType>& data, std::size_t epoch) {
    for (const auto& b : data.epoch(epoch)) {
      sum += b.inputs(0, 0) + (b.classes.empty() ? b.targets(0, 0) : static_cast<TestType>(b.classes[0]));
    }
  };
  tp::batches by_class(X, classes, 64, 1), by_matrix(X, Y, 64, 1);
  CHECK(allocations_of([&] {
          for (const std::size_t e : {0u, 1u, 2u, 7u, 3u, 3u}) {
            visit(by_class, e);
            visit(by_matrix, e);
          }
        }) == 0);
  CHECK(sum != 0);
}

TEMPLATE_TEST_CASE("a product allocates once for a shape", "[steady-state]", float, double) {
  struct product_size {
    std::size_t m, n, k;
  };
  for (const auto& [m, n, k] : {product_size{5, 7, 3},
                                {100, 120, 90},
                                {300, 400, 500},
                                {10, 20, 20000},
                                {1, 1000, 1000},
                                {1000, 1, 1000},
                                {140, 140, 9000}}) {
    auto A = some_matrix<TestType>(m, k), At = some_matrix<TestType>(k, m);
    auto B = some_matrix<TestType>(k, n), Bt = some_matrix<TestType>(n, k);
    tp::matrix<TestType> C(m, n);
    for (const unsigned form : {0u, 1u, 2u, 3u}) {
      const tp::operand<TestType> a = (form & 1) != 0 ? tp::transposed(At) : tp::operand<TestType>(A);
      const tp::operand<TestType> b = (form & 2) != 0 ? tp::transposed(Bt) : tp::operand<TestType>(B);
      for (const TestType beta : {TestType(0), TestType(0.5)}) {
        INFO(m << "x" << n << "x" << k << ", form " << form << ", beta " << beta);
        std::size_t alone = 0;
        on_new_threads(1, [&] {
          tp::gemm(a, b, C, TestType(1), beta);
          alone = allocations_of([&] { tp::gemm(a, b, C, TestType(1), beta); });
        });
        CHECK(alone == 0);
        if (m * n * k < 1000000 || beta != 0) continue;
        const late_workers late = with_late_workers([&] { tp::gemm(a, b, C); }, [&] { tp::gemm(a, b, C); });
        CHECK(late.arrived);
        CHECK(late.allocations == 0);
      }
    }
  }
}

TEMPLATE_TEST_CASE("sums and row functions allocate once for a shape", "[steady-state]", float, double) {
  for (const std::size_t cols : {10u, 100u, 500u}) {
    auto X = some_matrix<TestType>(3000, cols);
    tp::matrix<TestType> Y(3000, cols);
    std::vector<TestType> by_column(cols), by_row(3000);
    const std::vector<std::int32_t> classes(3000, 1);
    const auto all = [&] {
      tp::column_sums(X, std::span<TestType>(by_column));
      tp::row_sums(X, std::span<TestType>(by_row));
      (void)tp::sum(X);
      tp::relu(X, Y);
      tp::softmax(X, Y);
      (void)tp::softmax_cross_entropy(X, classes, Y);
      (void)tp::accuracy(Y, classes);
    };
    const late_workers late = with_late_workers(all, all);
    INFO(cols << " columns");
    CHECK(late.arrived);
    CHECK(late.allocations == 0);
  }
}

TEMPLATE_TEST_CASE("recording allocates with the first step of a thread", "[steady-state][trace]", float,
                   double) {
  for (const size& s : sizes) {
    for (const tp::schedule how : tests::all_schedules) {
      std::size_t later = 0, spans = 0;
      on_new_threads(1, [&] {
        trained<TestType> x(s, how);
        x.step();
        tp::trace trace;
        trace.start();
        x.step();
        later = allocations_of([&] {
          for (int i = 0; i < 10; ++i) x.step();
        });
        trace.stop();
        spans = trace.spans().size();
      });
      INFO(text_of(s) << ", schedule " << static_cast<int>(how));
      CHECK(spans >= 11 * 5);
      CHECK(later == 0);
    }
  }
}
