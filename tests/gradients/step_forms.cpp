// SPDX-License-Identifier: MIT
// A training step has the bits of the contract in every form, on any number of threads.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "nn/network.hpp"
#include "runtime/phases.hpp"
#include "runtime/span.hpp"
#include "support/arithmetic.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/step_problem.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;

constexpr std::size_t many_threads[] = {1, 2, 3, 8};

// All that these tests know of how a step is planned.
using form = tp::detail::step_form;
bool is_shared(const tp::detail::step_plan& plan) {
  return plan.program.workers > 1;
}
bool takes_direct_paths(const tp::detail::step_plan& plan) {
  return std::ranges::all_of(plan.program.operations, [](const auto& x) {
    const auto* product = std::get_if<tp::detail::product_operation>(&x);
    return product == nullptr || product->route.path == tp::detail::product_path::direct;
  });
}

template <class T>
auto plan_of(const step_problem<T>& p, tp::schedule how, std::size_t rows) {
  tp::mlp_options options = p.options;
  options.schedule = how;
  options.choice = tp::choice::fixed;
  return tp::detail::network<T>(p.widths, options).plan(rows, p.rule);
}

struct variant {
  tp::activation activation;
  tp::loss loss;
  tp::optimizer rule;
};
const variant variants[] = {
    {tp::activation::relu, tp::loss::softmax_cross_entropy, tp::adam{.learning_rate = 0.01}},
    {tp::activation::identity, tp::loss::mean_squared_error, tp::sgd{.learning_rate = 0.05}},
    {tp::activation::leaky_relu, tp::loss::mean_squared_error,
     tp::sgd{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true}},
    {tp::activation::sigmoid, tp::loss::sigmoid_cross_entropy,
     tp::sgd{.learning_rate = 0.05, .weight_decay = 0.01}},
    {tp::activation::tanh, tp::loss::mean_squared_error, tp::adam{.weight_decay = 0.1}},
    {tp::activation::gelu_erf, tp::loss::sigmoid_cross_entropy, tp::adamw{}},
    {tp::activation::gelu_tanh, tp::loss::softmax_cross_entropy,
     tp::sgd{.learning_rate = 0.05, .momentum = 0.9}},
    {tp::activation::silu, tp::loss::softmax_cross_entropy, tp::adamw{.learning_rate = 0.01}},
};

/// Networks and batches whose plans differ.
template <class T>
std::vector<step_problem<T>> problems() {
  std::vector<step_problem<T>> all;
  all.emplace_back(std::vector<std::size_t>{3, 4, 2}, 10, 3);
  all.emplace_back(std::vector<std::size_t>{20, 3}, 33, 3);
  all.emplace_back(std::vector<std::size_t>{700, 20, 5}, 10, 2);
  all.emplace_back(std::vector<std::size_t>{64, 128, 10}, 64, 2);
  all.emplace_back(std::vector<std::size_t>{100, 96, 128, 5}, 40, 2);
  all.emplace_back(std::vector<std::size_t>{130, 70, 50, 7}, 100, 2);
  all.emplace_back(std::vector<std::size_t>{30, 70, 5}, 1000, 2);
  all.emplace_back(std::vector<std::size_t>{30, 20, 10}, 8192, 1);
  all.emplace_back(std::vector<std::size_t>{9, 40, 3}, 8300, 1);
  return all;
}

/// The same, and networks with every activation, loss and optimiser.
template <class T>
std::vector<step_problem<T>> varied_problems() {
  std::vector<step_problem<T>> all = problems<T>();
  for (const variant& v : variants) {
    const std::size_t first = all.size();
    all.emplace_back(std::vector<std::size_t>{5, 6, 3}, 7, 3);
    all.emplace_back(std::vector<std::size_t>{40, 96, 64, 5}, 40, 2);
    all.emplace_back(std::vector<std::size_t>{70, 45, 50, 7}, 100, 2);
    all.emplace_back(std::vector<std::size_t>{9, 20, 3}, 8300, 1);
    all.emplace_back(std::vector<std::size_t>{20, 70, 1}, 60, 2);
    for (std::size_t i = first; i < all.size(); ++i) {
      all[i].options.activation = v.activation;
      all[i].options.loss = v.loss;
      all[i].rule = v.rule;
    }
  }
  return all;
}

}  // namespace

TEMPLATE_TEST_CASE("a step has the bits of the contract in every form", "[gradients][step]", float, double) {
  std::set<std::pair<form, bool>> computed;  // in which form, and whether by several threads
  for (const step_problem<TestType>& p : varied_problems<TestType>()) {
    const history<TestType> expected =
        with_arithmetic([&]<class arithmetic>(arithmetic) { return train_by_contract<arithmetic>(p); });
    for (const std::size_t threads : many_threads) {
      on_threads(threads, [&] {
        for (const tp::schedule how : all_schedules) {
          INFO(p.text() << ", " << threads << " threads: " << p.network(how).describe(p.X.rows()));
          CHECK(difference(train(p, how), expected) == "");
          step_problem<TestType> by_model = p;
          by_model.options.choice = tp::choice::fixed;
          if (how == tp::schedule::automatic) CHECK(difference(train(by_model, how), expected) == "");
          const auto plan = plan_of(p, how, p.X.rows());
          computed.emplace(plan.form, is_shared(plan));
        }
      });
    }
  }
  const std::pair<form, bool> all[] = {{form::operations, false},   {form::operations, true},
                                       {form::row_blocks, false},   {form::row_blocks, true},
                                       {form::unit_blocks, true},   {form::fused_backward, false},
                                       {form::fused_backward, true}};
  for (const auto& [of, shared] : all) {
    INFO("form " << static_cast<int>(of) << (shared ? ", shared" : ", on one thread"));
    CHECK(computed.contains({of, shared}));
  }
}

TEMPLATE_TEST_CASE("gradients and an update have the bits of a step in every form", "[gradients][step]",
                   float, double) {
  for (const step_problem<TestType>& p : varied_problems<TestType>()) {
    const history<TestType> expected = train(p, tp::schedule::sequential);
    for (const std::size_t threads : many_threads) {
      for (const tp::schedule how : all_schedules) {
        history<TestType> actual;
        on_threads(threads, [&] {
          tp::mlp<TestType> net = p.network(how);
          for (std::size_t s = 0; s < p.steps; ++s) {
            actual.push_back(net.compute_gradients(p.X, p.Y));
            net.apply(p.rule);
          }
          append_parameters(actual, net);
        });
        INFO(p.text() << ", " << threads << " threads, schedule " << static_cast<int>(how));
        CHECK(difference(actual, expected) == "");
      }
    }
  }
}

TEMPLATE_TEST_CASE("gradients are added up, dX is computed, and both have the bits of the contract",
                   "[gradients][step]", float, double) {
  using T = TestType;
  for (const step_problem<T>& p : varied_problems<T>()) {
    std::vector<plain_layer<T>> layers = plain_layers(p);
    tp::matrix<T> dX(p.X.rows(), p.X.cols());
    const T loss = with_arithmetic([&]<class arithmetic>(arithmetic) {
      const T L = gradients_by_contract<arithmetic>(p, layers);
      const auto W = tp::transposed(std::as_const(layers[0].W));
      tp::contract::gemm<arithmetic, T>(layers[0].dZ, W, dX, T(1), T(0));
      return L;
    });
    history<T> once, twice;
    for (const plain_layer<T>& x : layers) {
      once.insert(once.end(), x.dW.elements().begin(), x.dW.elements().end());
      once.insert(once.end(), x.db.begin(), x.db.end());
    }
    for (const T g : once) twice.push_back(g + g);
    for (const std::size_t threads : many_threads) {
      for (const tp::schedule how : all_schedules) {
        INFO(p.text() << ", " << threads << " threads, schedule " << static_cast<int>(how));
        on_threads(threads, [&] {
          tp::mlp<T> net = p.network(how);
          const auto gradients = [&] {
            history<T> all;
            for (std::size_t l = 1; l <= net.layers(); ++l)
              all.insert(all.end(), net.gradients(l).begin(), net.gradients(l).end());
            return all;
          };
          tp::matrix<T> error(p.X.rows(), p.X.cols());
          CHECK(net.compute_gradients(p.X, p.Y, tp::gradient_mode::ignore) == loss);
          CHECK(net.gradients(1).empty());
          CHECK(net.compute_gradients(p.X, p.Y, tp::gradient_mode::accumulate, error) == loss);
          CHECK(difference<T>(error, dX) == "");
          CHECK(difference(gradients(), once) == "");
          CHECK(net.compute_gradients(p.X, p.Y, tp::gradient_mode::accumulate) == loss);
          CHECK(difference(gradients(), twice) == "");
          std::ranges::fill(error.elements(), T(0));
          CHECK(net.compute_gradients(p.X, p.Y, tp::gradient_mode::ignore, error) == loss);
          CHECK(difference<T>(error, dX) == "");
          CHECK(difference(gradients(), twice) == "");
          CHECK(net.compute_gradients(p.X, p.Y, tp::gradient_mode::overwrite, error) == loss);
          CHECK(difference(gradients(), once) == "");
        });
      }
    }
  }
}

TEMPLATE_TEST_CASE("an update of W waits for a late backprop path", "[gradients][step]", float, double) {
  static std::atomic<int> begun, delayed, beside;
  beside = 0;
  const auto slow_backprop = [](tp::detail::span_label label) {
    ++begun;
    if (std::string(label.operation) != "dZ") return;
    ++delayed;
    const int before = begun;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (begun != before) ++beside;  // by another thread
  };
  for (const step_problem<TestType>& p : varied_problems<TestType>()) {
    if (p.X.rows() > 1000 || p.widths.size() == 2) continue;
    const history<TestType> expected = train(p, tp::schedule::sequential);
    for (const std::size_t threads : many_threads) {
      for (const tp::schedule how : all_schedules) {
        history<TestType> actual;
        delayed = 0;
        on_threads(threads, [&] {
          tp::trace trace;
          trace.start();
          tp::detail::before_span = slow_backprop;
          actual = train(p, how);
          tp::detail::before_span = nullptr;
          trace.stop();
        });
        INFO(p.text() << ", " << threads << " threads, schedule " << static_cast<int>(how));
        CHECK(delayed > 0);
        CHECK(difference(actual, expected) == "");
      }
    }
  }
  if (beside == 0) WARN("no other thread had a core beside a late path, so nothing had to wait for it");
}

TEMPLATE_TEST_CASE("a fused backward pass over a long batch keeps few activations", "[gradients][step]",
                   float, double) {
  on_threads(1, [&] {
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

TEMPLATE_TEST_CASE("the lowered products of a small step follow its operands", "[gradients][step]", float,
                   double) {
  using T = TestType;
  const step_problem<T> p({3, 4, 2}, 200, 1);
  REQUIRE(takes_direct_paths(plan_of(p, tp::schedule::automatic, 10)));
  REQUIRE_FALSE(takes_direct_paths(plan_of(p, tp::schedule::automatic, 200)));

  // The expected results come from new copies, each of which lowers its products anew.
  tp::mlp<T> net = p.network(tp::schedule::automatic);
  tp::mlp<T> plain = net;
  const auto step = [&](std::size_t first, std::size_t rows, double rate) {
    INFO(rows << " rows from " << first << ", rate " << rate);
    const auto X = p.X.block(first, 0, rows, p.X.cols());
    const auto Y = p.Y.block(first, 0, rows, p.Y.cols());
    history<T> actual, expected;
    actual.push_back(net.train_step(X, Y, tp::sgd{.learning_rate = rate}));
    plain = tp::mlp<T>(plain);
    expected.push_back(plain.compute_gradients(X, Y));
    plain.apply(tp::sgd{.learning_rate = rate});
    append_parameters(actual, net);
    append_parameters(expected, plain);
    CHECK(difference(actual, expected) == "");
  };
  const auto steps = [&] {
    step(0, 10, 0.05);
    step(0, 10, 0.05);
    step(37, 10, 0.05);  // X elsewhere
    step(37, 10, 0.2);
    step(90, 6, 0.1);   // a plan of its own
    step(0, 200, 0.1);  // working memory elsewhere
    step(5, 10, 0.1);
    step(91, 6, 0.1);
  };
  steps();
  tp::mlp<T> copy = net;  // parameters and memory elsewhere
  std::swap(net, copy);
  steps();
  net = copy;
  plain = copy;
  steps();
  tp::mlp<T> moved = std::move(net);
  net = std::move(moved);
  steps();
}

TEMPLATE_TEST_CASE("the program of a step can be read", "[gradients][step]", float, double) {
  const auto count = [](const std::string& text, const std::string& word) {
    std::size_t times = 0;
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++times;
    return times;
  };
  for (const step_problem<TestType>& p : problems<TestType>()) {
    for (const std::size_t threads : many_threads) {
      on_threads(threads, [&] {
        for (const tp::schedule how : all_schedules) {
          const tp::mlp<TestType> net = p.network(how);
          const std::string text = net.describe(p.X.rows(), tp::description::program);
          INFO(p.text() << ", " << threads << " threads: " << text);
          CHECK(text.starts_with(net.describe(p.X.rows(), tp::description::summary) + "\n"));
          for (std::size_t l = 1; l <= net.layers(); ++l) {
            const std::string n = std::to_string(l), below = std::to_string(l - 1);
            const std::string input = l == 1 ? "X" : "A" + below;
            CHECK(count(text, "gradients of layer " + n + " are complete") == 1);
            CHECK(count(text, " dW" + n + " = " + input + "ᵀ·dZ" + n) >= 1);
            CHECK(count(text, " Z" + n + " = " + input + "·W" + n + " + b" + n) >= 1);
            if (l == 1) continue;
            CHECK(count(text, " dZ" + below + " = (dZ" + n + "·W" + n + "ᵀ) ⊙ f'(Z" + below + ")") >= 1);
            if (how == tp::schedule::concurrent && threads > 1 && text.find("2 threads") != text.npos)
              CHECK(count(text, "a fork") >= net.layers() - 1);
          }
        }
      });
    }
  }
  const tp::mlp<TestType> net({3, 4, 2});
  CHECK_THROWS_WITH(net.describe(10, static_cast<tp::description>(7)),
                    "describe: description 7 is not one of 0 to 1");
}

TEST_CASE("phases compute every part once, after the phase before", "[gradients][step]") {
  for (const std::size_t threads : many_threads) {
    on_threads(threads, [&] {
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
