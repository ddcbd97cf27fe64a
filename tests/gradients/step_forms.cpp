// SPDX-License-Identifier: MIT
// A step of training has the bits of the contract in whatever order it is computed.
#include <twinpath/twinpath.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "arithmetic.hpp"
#include "bits.hpp"
#include "catch.hpp"
#include "random.hpp"
#include "runtime/parallel.hpp"
#include "runtime/span.hpp"
#include "threads.hpp"

namespace {

namespace tp = twinpath;

constexpr tp::schedule schedules[] = {tp::schedule::sequential, tp::schedule::concurrent,
                                      tp::schedule::row_blocks, tp::schedule::automatic};
constexpr std::size_t thread_counts[] = {1, 2, 3, 8};
constexpr tp::sgd rule{.learning_rate = 0.05};

template <class T>
struct problem {
  std::vector<std::size_t> widths;
  std::size_t steps;
  tp::matrix<T> X;
  tp::matrix<T> Y;

  problem(std::vector<std::size_t> w, std::size_t batch, std::size_t n)
      : widths(std::move(w)), steps(n), X(batch, widths.front()), Y(batch, widths.back()) {
    tests::generator random(batch);
    for (T& x : X.elements()) x = random.uniform<T>();
    for (std::size_t i = 0; i < batch; ++i) Y(i, random.below(widths.back())) = 1;
  }
};

/// Networks and batches for which the plans differ.
template <class T>
std::vector<problem<T>> problems() {
  std::vector<problem<T>> all;
  all.emplace_back(std::vector<std::size_t>{3, 4, 2}, 10, 3);
  all.emplace_back(std::vector<std::size_t>{20, 3}, 33, 3);
  all.emplace_back(std::vector<std::size_t>{64, 128, 10}, 64, 2);
  all.emplace_back(std::vector<std::size_t>{100, 96, 128, 5}, 40, 2);
  all.emplace_back(std::vector<std::size_t>{130, 70, 50, 7}, 100, 2);
  all.emplace_back(std::vector<std::size_t>{30, 70, 5}, 1000, 2);
  all.emplace_back(std::vector<std::size_t>{30, 20, 10}, 8192, 1);
  all.emplace_back(std::vector<std::size_t>{9, 40, 3}, 8300, 1);
  return all;
}

/// The loss of each step, then all parameters.
template <class T>
using history = std::vector<T>;

template <class T>
void append_parameters(history<T>& all, const tp::mlp<T>& net) {
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    const auto layer = net.parameters(l);
    all.insert(all.end(), layer.begin(), layer.end());
  }
}

template <class T>
history<T> train(const problem<T>& p, tp::schedule how) {
  tp::mlp<T> net(p.widths, {.seed = 1, .schedule = how});
  history<T> all;
  for (std::size_t s = 0; s < p.steps; ++s) all.push_back(net.train_step(p.X, p.Y, rule));
  append_parameters(all, net);
  return all;
}

/// The same with the contract's loops.
template <class Arithmetic, class T>
history<T> train_by_contract(const problem<T>& p) {
  const tp::mlp<T> initial(p.widths, {.seed = 1});
  const std::size_t layers = initial.layers();
  const std::size_t m = p.X.rows();
  std::vector<tp::matrix<T>> W, A(layers), dZ(layers);
  std::vector<std::vector<T>> b;
  for (std::size_t l = 1; l <= layers; ++l) {
    W.emplace_back(initial.weights(l));
    b.emplace_back(initial.bias(l).begin(), initial.bias(l).end());
    A[l - 1] = dZ[l - 1] = tp::matrix<T>(m, p.widths[l]);
  }
  const auto input = [&](std::size_t l) -> const tp::matrix<T>& { return l == 0 ? p.X : A[l - 1]; };
  history<T> all;
  for (std::size_t s = 0; s < p.steps; ++s) {
    for (std::size_t l = 0; l < layers; ++l) {
      const auto f = l + 1 == layers ? tp::activation::identity : tp::activation::relu;
      tp::contract::dense_forward<Arithmetic, T>(input(l), W[l], b[l], f, A[l]);
    }
    all.push_back(
        tp::contract::softmax_cross_entropy<Arithmetic, T>(A.back(), p.Y, dZ.back(), tp::reduction::mean));
    for (std::size_t l = layers; l-- > 1;) {
      tp::contract::backprop_path<Arithmetic, T>(dZ[l], W[l], A[l - 1], dZ[l - 1], tp::activation::relu);
    }
    for (std::size_t l = 0; l < layers; ++l) {
      tp::matrix<T> dW(p.widths[l], p.widths[l + 1]);
      std::vector<T> db(p.widths[l + 1]);
      tp::contract::parameter_path<Arithmetic, T>(input(l), dZ[l], dW, db);
      const T rate = static_cast<T>(rule.learning_rate);
      for (std::size_t i = 0; i < dW.size(); ++i) {
        T& w = W[l].elements()[i];
        w = tp::contract::sgd_update<Arithmetic>(rate, dW.elements()[i], w);
      }
      for (std::size_t j = 0; j < db.size(); ++j)
        b[l][j] = tp::contract::sgd_update<Arithmetic>(rate, db[j], b[l][j]);
    }
  }
  for (std::size_t l = 0; l < layers; ++l) {
    all.insert(all.end(), W[l].elements().begin(), W[l].elements().end());
    all.insert(all.end(), b[l].begin(), b[l].end());
  }
  return all;
}

template <class T>
std::string difference(const history<T>& actual, const history<T>& expected) {
  if (actual.size() != expected.size()) return "another size";
  return tests::difference<T>(std::span<const T>(actual), std::span<const T>(expected));
}

std::uint64_t fnv1a(const void* data, std::size_t bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::size_t i = 0; i < bytes; ++i)
    hash = (hash ^ static_cast<const unsigned char*>(data)[i]) * 0x100000001b3;
  return hash;
}

}  // namespace

TEMPLATE_TEST_CASE("a step has the bits of the contract in every form", "[gradients][step]", float, double) {
  std::set<std::string> forms;
  for (const problem<TestType>& p : problems<TestType>()) {
    const history<TestType> expected = tests::with_arithmetic(
        [&]<class arithmetic>(arithmetic) { return train_by_contract<arithmetic>(p); });
    for (const std::size_t threads : thread_counts) {
      tests::on_threads(threads, [&] {
        for (const tp::schedule how : schedules) {
          const std::string plan = tp::mlp<TestType>(p.widths, {.schedule = how}).describe(p.X.rows());
          INFO(p.widths.size() - 1 << " layers, batch " << p.X.rows() << ", " << threads
                                   << " threads: " << plan);
          CHECK(difference(train(p, how), expected) == "");
          const std::string form = plan.substr(0, plan.find('('));
          forms.insert(form + (plan.find(" 1 thread,") == std::string::npos ? "shared" : "alone"));
        }
      });
    }
  }
  const std::string blocks = "blocks of rows, then all dW ",
                    streamed = "streamed: blocks of rows through both paths ";
  for (const std::string& form :
       {std::string("operation by operation alone"), std::string("operation by operation shared"),
        blocks + "alone", blocks + "shared", std::string("blocks of units, layer by layer shared"),
        streamed + "alone", streamed + "shared"}) {
    INFO(form);
    CHECK(forms.count(form) == 1);
  }
}

TEMPLATE_TEST_CASE("gradients and an update have the bits of a step in every form", "[gradients][step]",
                   float, double) {
  for (const problem<TestType>& p : problems<TestType>()) {
    const history<TestType> expected = train(p, tp::schedule::sequential);
    for (const std::size_t threads : thread_counts) {
      for (const tp::schedule how : schedules) {
        history<TestType> actual;
        tests::on_threads(threads, [&] {
          tp::mlp<TestType> net(p.widths, {.seed = 1, .schedule = how});
          for (std::size_t s = 0; s < p.steps; ++s) {
            actual.push_back(net.compute_gradients(p.X, p.Y));
            net.apply(rule);
          }
          append_parameters(actual, net);
        });
        INFO(p.widths.size() - 1 << " layers, batch " << p.X.rows() << ", " << threads
                                 << " threads, schedule " << static_cast<int>(how));
        CHECK(difference(actual, expected) == "");
      }
    }
  }
}

TEMPLATE_TEST_CASE("a hundred steps have one hash", "[gradients][step]", float, double) {
  constexpr bool single = std::is_same_v<TestType, float>;
  const bool fused = tp::active_isa() != tp::isa::baseline;
  const std::uint64_t expected = fused ? (single ? 0x38a0ffbd28dadd1fu : 0x2bc07bf15297d5aau)
                                       : (single ? 0x738c323617661ba5u : 0x4228a31259fc29feu);
  const problem<TestType> p({64, 128, 10}, 64, 100);
  for (const std::size_t threads : thread_counts) {
    for (const tp::schedule how : schedules) {
      history<TestType> all;
      tests::on_threads(threads, [&] { all = train(p, how); });
      char text[32];
      std::snprintf(text, sizeof text, "%016llx",
                    static_cast<unsigned long long>(fnv1a(all.data(), all.size() * sizeof(TestType))));
      INFO(threads << " threads, schedule " << static_cast<int>(how) << ": " << text);
      CHECK(fnv1a(all.data(), all.size() * sizeof(TestType)) == expected);
    }
  }
}

TEMPLATE_TEST_CASE("weights wait for a backprop path that is late", "[gradients][step]", float, double) {
  static std::atomic<int> delayed;
  const auto slow_backprop = [](tp::detail::span_label label) {
    if (std::string(label.operation) != "dZ") return;
    ++delayed;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  };
  for (const problem<TestType>& p : problems<TestType>()) {
    if (p.X.rows() > 1000 || p.widths.size() == 2) continue;
    const history<TestType> expected = train(p, tp::schedule::sequential);
    for (const std::size_t threads : thread_counts) {
      for (const tp::schedule how : schedules) {
        history<TestType> actual;
        delayed = 0;
        tests::on_threads(threads, [&] {
          tp::trace trace;
          trace.start();
          tp::detail::before_span = slow_backprop;
          actual = train(p, how);
          tp::detail::before_span = nullptr;
          trace.stop();
        });
        INFO(p.widths.size() - 1 << " layers, batch " << p.X.rows() << ", " << threads
                                 << " threads, schedule " << static_cast<int>(how));
        CHECK(delayed > 0);
        CHECK(difference(actual, expected) == "");
      }
    }
  }
}

TEMPLATE_TEST_CASE("a long batch that is streamed keeps little", "[gradients][step]", float, double) {
  tests::on_threads(1, [&] {
    const tp::mlp<TestType> net({64, 64, 10});
    const std::size_t parameters = (net.parameters(1).size() + net.parameters(2).size()) * sizeof(TestType);
    const std::size_t activations = 8192 * (64 + 10) * sizeof(TestType);
    CHECK(net.memory(1) > parameters);
    CHECK(net.memory(64) > net.memory(1));
    CHECK(net.memory(8192) < parameters + activations / 2);
    const tp::mlp<TestType> whole({64, 64, 10}, {.schedule = tp::schedule::sequential});
    CHECK(whole.memory(8192) > parameters + 2 * activations);
  });
}

TEST_CASE("phases compute every part once, after the phase before", "[gradients][step]") {
  for (const std::size_t threads : thread_counts) {
    tests::on_threads(threads, [&] {
      for (const std::size_t parts : {1u, 2u, 5u, 64u}) {
        for (int repeat = 0; repeat < 50; ++repeat) {
          constexpr std::size_t count = 7;
          std::atomic<std::size_t> calls{0}, early{0};
          std::vector<std::atomic<int>> times(count * parts);
          tp::detail::phases(parts, count).run([&](std::size_t phase, std::size_t part) {
            early += calls.load() < phase * parts ? 1 : 0;
            ++times[phase * parts + part];
            ++calls;
          });
          CHECK(calls == count * parts);
          CHECK(early == 0);
          std::size_t once = 0;
          for (const auto& n : times) once += n == 1 ? 1 : 0;
          CHECK(once == times.size());
        }
      }
    });
  }
}
