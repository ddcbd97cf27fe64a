// SPDX-License-Identifier: MIT
// All candidates for a step give the same bits, and so do the trials in which they take turns.
#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "nn/network.hpp"
#include "support/bits.hpp"
#include "support/catch.hpp"
#include "support/step_problem.hpp"
#include "support/threads.hpp"

namespace {

using namespace tests;
using form = tp::detail::step_form;

/// Small, with long batches, and with wide layers.
template <class T>
std::vector<step_problem<T>> problems(std::size_t steps) {
  std::vector<step_problem<T>> all;
  all.emplace_back(std::vector<std::size_t>{64, 128, 10}, 64, steps);
  all.emplace_back(std::vector<std::size_t>{30, 70, 50, 3}, 50, steps);
  all.emplace_back(std::vector<std::size_t>{20, 30, 4}, 9000, steps);
  all.emplace_back(std::vector<std::size_t>{276, 260, 37, 8}, 32, steps);
  all[1].rule = tp::adam{};
  all[1].options.activation = tp::activation::gelu_erf;
  all[2].rule = tp::sgd{.learning_rate = 0.05, .momentum = 0.9};
  return all;
}

/// Trains in the way of one candidate alone.
template <class T>
history<T> train_as(const step_problem<T>& p, const tp::detail::step_candidate& with) {
  namespace d = tp::detail;
  d::network<T> net(p.widths, p.options);
  d::step_plan plan = d::plan_step(d::kernels<T>(), p.widths, with);
  tp::matrix<T> memory(1, plan.program.elements);
  d::lowered_products<T> lowered;
  history<T> all;
  for (std::size_t s = 0; s < p.steps; ++s) {
    const d::update_rule<T> rule = d::make_update_rule(d::kernels<T>(), p.rule, tp::optimizer_progress{});
    all.push_back(d::run_step<T>(plan, memory.data(), net.layers,
                                 {p.X, {p.Y, {}, false}, p.options.loss, p.options.reduction, rule, {}},
                                 lowered));
  }
  for (const auto& layer : net.layers)
    all.insert(all.end(), layer.parameters.elements().begin(), layer.parameters.elements().end());
  return all;
}

}  // namespace

TEMPLATE_TEST_CASE("every candidate for a step has the same bits", "[gradients][step][choice]", float,
                   double) {
  namespace d = tp::detail;
  std::set<form> computed;
  for (step_problem<TestType>& p : problems<TestType>(3)) {
    p.rule = tp::sgd{.learning_rate = 0.05};
    const history<TestType> expected = train(p, tp::schedule::sequential);
    for (const std::size_t threads : {1u, 2u, 3u, 8u}) {
      on_threads(threads, [&] {
        const d::step_shape shape{
            .rows = p.X.rows(), .x_stride = p.X.cols(), .threads = threads, .hidden = p.options.activation};
        for (const auto& with : d::candidates_for(d::kernels<TestType>(), p.widths, shape)) {
          INFO(p.text() << ", " << with.shape.threads << " of " << threads << " threads, form "
                        << static_cast<int>(with.choice.form) << ", schedule "
                        << static_cast<int>(with.shape.how));
          CHECK(difference(train_as(p, with), expected) == "");
          computed.insert(with.choice.form);
        }
      });
    }
  }
  CHECK(computed == std::set{form::operations, form::row_blocks, form::unit_blocks, form::fused_backward});
}

TEMPLATE_TEST_CASE("steps have the same bits while candidates take turns, and afterwards",
                   "[gradients][step][choice]", float, double) {
  for (const step_problem<TestType>& p : problems<TestType>(450)) {
    const bool is_long = p.X.rows() > 1000;
    step_problem<TestType> own = p;
    if (is_long) own.steps = 60;
    const history<TestType> expected = train(own, tp::schedule::sequential);
    for (const std::size_t threads : {1u, 2u, 8u}) {
      on_threads(threads, [&] {
        for (const tp::choice choice : {tp::choice::measured, tp::choice::fixed}) {
          own.options.choice = choice;
          INFO(p.text() << ", " << threads << " threads, choice " << static_cast<int>(choice));
          CHECK(difference(train(own, tp::schedule::automatic), expected) == "");
        }
      });
    }
  }
}

TEMPLATE_TEST_CASE("a network says which candidates were tried and kept", "[gradients][step][choice]", float,
                   double) {
  const step_problem<TestType> p({64, 128, 10}, 256, 1);
  const auto contains = [](const std::string& text, const char* word) {
    return text.find(word) != text.npos;
  };
  on_threads(2, [&] {
    tp::mlp<TestType> net = p.network(tp::schedule::automatic);
    const std::size_t rows = p.X.rows();
    const std::string before = net.describe(rows);
    CHECK_FALSE(contains(before, "tried"));
    const auto step = [&] { net.train_step(p.X, p.Y, tp::adam{}); };
    for (int i = 0; i < 5; ++i) step();
    const std::string during = net.describe(rows);
    INFO(during);
    CHECK(contains(during, "take turns"));
    CHECK_FALSE(contains(during, "tried"));
    for (int i = 0; i < 450; ++i) step();
    const std::string after = net.describe(rows);
    INFO(after);
    CHECK(contains(after, "the fastest of "));
    CHECK(contains(after, "operations, 1 thread: "));
    CHECK(contains(after, " µs"));
    CHECK(net.describe(rows + 1).find("tried") == std::string::npos);

    tp::mlp<TestType> fixed(p.widths, {.choice = tp::choice::fixed});
    for (int i = 0; i < 5; ++i) fixed.train_step(p.X, p.Y, tp::sgd{});
    CHECK(fixed.describe(rows) == tp::mlp<TestType>(p.widths, {.choice = tp::choice::fixed}).describe(rows));
  });
}

TEMPLATE_TEST_CASE("a fused backward pass for the caller keeps all activations, gradients and dX",
                   "[gradients][step][choice]", float, double) {
  using T = TestType;
  for (const tp::activation f : {tp::activation::relu, tp::activation::gelu_erf}) {
    for (const std::size_t rows : {700u, 9000u}) {
      step_problem<T> p({20, 30, 17, 4}, rows, 1);
      p.options.activation = f;
      p.options.choice = tp::choice::fixed;
      const auto results = [&](tp::schedule how, std::size_t threads) {
        history<T> all;
        on_threads(threads, [&] {
          tp::mlp<T> net = p.network(how);
          tp::matrix<T> dX(rows, 20);
          for (const auto mode : {tp::gradient_mode::overwrite, tp::gradient_mode::accumulate}) {
            all.push_back(net.compute_gradients(p.X, p.Y, mode, dX));
            for (std::size_t l = 1; l <= net.layers(); ++l) {
              for (std::size_t i = 0; i < rows; ++i) {
                const auto row = net.activations(l).row(i);
                all.insert(all.end(), row.begin(), row.end());
              }
              all.insert(all.end(), net.gradients(l).begin(), net.gradients(l).end());
            }
            all.insert(all.end(), dX.elements().begin(), dX.elements().end());
          }
        });
        return all;
      };
      const history<T> expected = results(tp::schedule::sequential, 1);
      for (const std::size_t threads : {1u, 2u, 3u}) {
        INFO(rows << " rows, " << threads << " threads, activation " << static_cast<int>(f));
        CHECK(difference(results(tp::schedule::automatic, threads), expected) == "");
      }
    }
  }
}
