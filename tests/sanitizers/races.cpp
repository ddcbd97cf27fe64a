// SPDX-License-Identifier: MIT
// Data that threads share, for the thread sanitizer: memory that tasks hand to each other, the choice of the
// tier, operands, a trace, a network that moves from thread to thread. The bits are always those of one
// thread.
#include <twinpath/twinpath.hpp>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <mutex>
#include <numeric>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "kernels/kernel_table.hpp"
#include "runtime/active_isa.hpp"
#include "runtime/parallel.hpp"
#include "runtime/phases.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/random.hpp"
#include "support/schedules.hpp"
#include "support/threads.hpp"

namespace {

namespace tp = twinpath;
namespace detail = tp::detail;
using tests::difference;
using tests::uniform_matrix;

constexpr std::size_t several[] = {2, 3, 8};

/// Calls body(0) … body(count - 1) on `count` application threads, which start at the same time.
void on_application_threads(std::size_t count, const std::function<void(std::size_t)>& body) {
  std::barrier start(static_cast<std::ptrdiff_t>(count));
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < count; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      body(t);
    });
  }
}

/// Work of several threads on one set of operands.
struct workload {
  tp::matrix<float> X, W, targets;
  std::vector<float> bias;

  workload() {
    tests::generator random(70);
    X = uniform_matrix<float>(300, 200, random);
    W = uniform_matrix<float>(200, 150, random);
    targets = uniform_matrix<float>(300, 150, random);
    bias.assign(150, 0.25f);
  }

  /// All results, one after the other.
  [[nodiscard]] std::vector<float> results() const {
    tp::matrix<float> Z(300, 150), A(300, 150), dZ(300, 150), dX(300, 200), dW(200, 150);
    std::vector<float> columns(150), rows(300), db(150);
    tp::gemm(X, W, Z);
    tp::dense_forward(X, W, bias, tp::activation::relu, A);
    tp::backward(tp::schedule::concurrent, X, targets, W, dW, db, dX, tp::activation::relu);
    const float loss = tp::softmax_cross_entropy(Z, targets, dZ, tp::reduction::mean);
    tp::softmax(Z, A);
    tp::exp(Z, Z);
    tp::column_sums(A, columns);
    tp::row_sums(A, rows);
    std::vector<float> all{loss, tp::sum(A)};
    for (const tp::matrix<float>* m : {&Z, &A, &dZ, &dX, &dW})
      all.insert(all.end(), m->elements().begin(), m->elements().end());
    for (const std::vector<float>* v : {&columns, &rows, &db}) all.insert(all.end(), v->begin(), v->end());
    return all;
  }
};

std::string difference_of(const std::vector<float>& actual, const std::vector<float>& expected) {
  if (actual.size() != expected.size()) return "another size";
  return difference<float>(std::span(actual), std::span(expected));
}

/// A network and its batch.
struct training {
  std::vector<std::size_t> widths;
  tp::matrix<float> X;
  std::vector<std::int32_t> classes;
  tp::optimizer rule;

  training(std::vector<std::size_t> w, std::size_t batch, const tp::optimizer& r)
      : widths(std::move(w)), classes(batch), rule(r) {
    tests::generator random(batch);
    X = uniform_matrix<float>(batch, widths.front(), random);
    for (std::int32_t& c : classes) c = static_cast<std::int32_t>(random.below(widths.back()));
  }

  [[nodiscard]] tp::mlp<float> network(tp::schedule how) const {
    return tp::mlp<float>(widths, {.seed = 3, .schedule = how});
  }
  float step(tp::mlp<float>& net) const { return net.train_step(X, classes, rule); }

  /// The losses of all steps, then the parameters.
  [[nodiscard]] std::vector<float> history(tp::schedule how, std::size_t steps) const {
    tp::mlp<float> net = network(how);
    std::vector<float> all;
    for (std::size_t s = 0; s < steps; ++s) all.push_back(step(net));
    append(all, net);
    return all;
  }
  static void append(std::vector<float>& all, const tp::mlp<float>& net) {
    for (std::size_t l = 1; l <= net.layers(); ++l)
      all.insert(all.end(), net.parameters(l).begin(), net.parameters(l).end());
  }
};

}  // namespace

TEST_CASE("tasks and phases hand over memory that is not atomic", "[races]") {
  for (const std::size_t threads : several) {
    tests::on_threads(threads, [&] {
      for (int repeat = 0; repeat < 30; ++repeat) {
        for (const std::size_t parts : {2u, 5u, 64u}) {
          constexpr std::size_t count = 100;  // enough phases for threads that join late
          // Each part of a phase reads the results of all parts of the phase before.
          std::vector<std::vector<std::uint64_t>> values(count, std::vector<std::uint64_t>(parts));
          detail::phases(parts, count).run([&](std::size_t phase, std::size_t part) {
            std::uint64_t sum = part;
            for (std::size_t i = 0; phase != 0 && i < parts; ++i) sum += values[phase - 1][i];
            values[phase][part] = sum;
          });
          std::size_t wrong = 0;
          std::uint64_t before = 0;
          for (const std::vector<std::uint64_t>& phase : values) {
            for (std::size_t part = 0; part < parts; ++part) wrong += phase[part] == before + part ? 0 : 1;
            before = std::accumulate(phase.begin(), phase.end(), std::uint64_t{0});
          }
          CHECK(wrong == 0);
        }

        std::uint64_t input = 7;
        std::vector<std::uint64_t> of_worker(threads), of_task(100);
        detail::run_tasks(threads, of_task.size(), [&](std::size_t worker, std::size_t task) {
          ++of_worker[worker];
          of_task[task] = input + task;
        });
        CHECK(std::accumulate(of_worker.begin(), of_worker.end(), std::uint64_t{0}) == of_task.size());
        for (std::size_t task = 0; task < of_task.size(); ++task) CHECK(of_task[task] == 7 + task);

        std::uint64_t left = 0, right = 0;
        input = 8;
        detail::run_both([&] { left = input + 1; }, [&] { right = input + 2; });
        CHECK(left == 9);
        CHECK(right == 10);
      }
    });
  }
}

TEST_CASE("several threads choose the tier and its kernels", "[races]") {
  const auto& tiers = detail::architecture_tiers;
  const tp::isa highest = *std::prev(std::end(tiers));
  const workload of;
  const std::vector<float> expected = of.results();
  const tp::isa active = tp::active_isa();
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::atomic<int> slot{detail::no_isa};
    std::vector<tp::isa> settled(3);
    std::vector<std::vector<float>> results(3);
    detail::settled_isa = detail::no_isa;
    detail::settled_kernels<float> = nullptr;
    on_application_threads(3, [&](std::size_t t) {
      const std::string cap(tp::name(tiers[t % std::size(tiers)]));
      settled[t] = detail::settle_isa(slot, cap.c_str(), highest);
      results[t] = of.results();
    });
    for (std::size_t t = 0; t < settled.size(); ++t) {
      CHECK(static_cast<int>(settled[t]) == slot);
      CHECK(difference_of(results[t], expected) == "");
    }
    CHECK(tp::active_isa() == active);
  }
}

TEST_CASE("application threads share operands and an arena", "[races]") {
  const workload of;
  const std::vector<float> expected = of.results();
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 4);
  tbb::task_arena arena(4, 3);
  for (int repeat = 0; repeat < 5; ++repeat) {
    std::vector<std::vector<float>> results(3);
    on_application_threads(3, [&](std::size_t t) { arena.execute([&] { results[t] = of.results(); }); });
    for (const std::vector<float>& actual : results) CHECK(difference_of(actual, expected) == "");
  }
}

TEST_CASE("a trace starts, stops, is read and destroyed while threads train", "[races]") {
  const training a({64, 128, 10}, 64, tp::sgd{.learning_rate = 0.05});
  const training b({40, 96, 64, 5}, 100, tp::adam{});
  constexpr std::size_t steps = 4;
  const std::vector<float> a_alone = a.history(tp::schedule::sequential, steps);
  const std::vector<float> b_alone = b.history(tp::schedule::sequential, steps);
  for (const tp::schedule how : tests::all_schedules) {
    std::atomic<int> training_threads{2};
    std::vector<float> a_traced, b_traced;
    std::size_t torn = 0;
    on_application_threads(3, [&](std::size_t t) {
      if (t < 2) {
        tests::on_threads(3, [&] { (t == 0 ? a_traced : b_traced) = (t == 0 ? a : b).history(how, steps); });
        --training_threads;
        return;
      }
      for (int i = 0; training_threads != 0 || i < 3; ++i) {
        tp::trace trace(
            {.capacity = 200, .detail = i % 2 == 0 ? tp::trace_detail::parts : tp::trace_detail::operations});
        trace.start();
        std::this_thread::yield();
        if (i % 3 == 0) trace.start();
        std::ostringstream out;
        trace.write_chrome_json(out);
        for (const tp::span_record& span : trace.spans()) torn += span.end_ns < span.begin_ns ? 1 : 0;
        if (i % 4 != 0) trace.stop();
      }
    });
    INFO("schedule " << static_cast<int>(how));
    CHECK(difference_of(a_traced, a_alone) == "");
    CHECK(difference_of(b_traced, b_alone) == "");
    CHECK(torn == 0);
  }
}

TEST_CASE("a network and its predictor move from thread to thread", "[races]") {
  const training p({64, 128, 10}, 64, tp::adam{});
  constexpr std::size_t steps = 3;
  constexpr std::size_t threads = 3;
  const std::vector<float> expected = p.history(tp::schedule::sequential, steps * threads);
  for (const tp::schedule how : tests::all_schedules) {
    tp::mlp<float> net = p.network(how);
    std::vector<float> actual;
    std::mutex one_at_a_time;
    on_application_threads(threads, [&](std::size_t) {
      for (std::size_t s = 0; s < steps; ++s) {
        const std::lock_guard lock(one_at_a_time);
        tests::on_threads(3, [&] { actual.push_back(p.step(net)); });
      }
    });
    training::append(actual, net);
    INFO("schedule " << static_cast<int>(how));
    CHECK(difference_of(actual, expected) == "");

    tp::predictor<float> frozen(net, p.X.rows());
    const tp::matrix<float> predicted = net.predict(p.X);
    std::vector<tp::matrix<float>> each(threads, tp::matrix<float>(p.X.rows(), p.widths.back()));
    on_application_threads(threads, [&](std::size_t t) {
      const std::lock_guard lock(one_at_a_time);
      frozen.predict(p.X, each[t]);
    });
    for (const tp::matrix<float>& P : each) CHECK(difference<float>(P, predicted) == "");
  }
}
