// SPDX-License-Identifier: MIT
// Networks when allocations fail: the error is std::bad_alloc, the network is unchanged, and its next step
// has the bits that it would have had without the failure.
#include <twinpath/twinpath.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "faults/failures.hpp"
#include "support/catch.hpp"
#include "support/step_problem.hpp"

namespace {

using namespace tests;

/// The whole observable state of a network.
template <class T>
std::string bytes_of(const tp::mlp<T>& net) {
  std::string all;
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    append_bytes<T>(all, net.parameters(l));
    append_bytes<T>(all, net.gradients(l));
    for (const std::size_t which : {1u, 2u}) append_bytes<T>(all, net.moments(l, which));
  }
  const tp::optimizer_progress& at = net.progress();
  append_bytes<std::uint64_t>(all, std::span(&at.updates, 1));
  append_bytes<double>(all, std::span(&at.beta1_power, 1));
  append_bytes<double>(all, std::span(&at.beta2_power, 1));
  return all;
}

/// A network, its batch, and results outside of the network.
template <class T>
struct trainee {
  const step_problem<T>& p;
  tp::mlp<T> net;
  tp::matrix<T> dX;
  T loss = 0;

  trainee(const step_problem<T>& q, tp::schedule how)
      : p(q), net(q.network(how)), dX(q.X.rows(), q.X.cols()) {}
};
template <class T>
std::string bytes_of(const std::unique_ptr<trainee<T>>& x) {
  std::string all = bytes_of(x->net);
  append_bytes<T>(all, std::span(&x->loss, 1));
  return all;
}

/// Networks and batches whose steps have different forms, with optimisers that keep 0, 1 and 2 moments of
/// each parameter.
template <class T>
std::vector<step_problem<T>> some_problems() {
  std::vector<step_problem<T>> all;
  all.emplace_back(std::vector<std::size_t>{3, 4, 2}, 10, 1);
  all.emplace_back(std::vector<std::size_t>{64, 128, 10}, 64, 1);
  all.emplace_back(std::vector<std::size_t>{130, 70, 50, 7}, 100, 1);
  all.emplace_back(std::vector<std::size_t>{9, 20, 3}, 8300, 1);
  all[0].rule = all[2].rule = tp::adam{};
  all[2].options.activation = tp::activation::gelu_tanh;
  all[3].rule = tp::sgd{.momentum = 0.9};
  return all;
}

/// For each problem, schedule, and one and two threads.
template <class T, class Test>
void for_each_form(const Test& test) {
  for (const step_problem<T>& p : some_problems<T>()) {
    for (const tp::schedule how : all_schedules) {
      for (const std::size_t threads : {1u, 2u}) {
        INFO(p.text() << ", schedule " << static_cast<int>(how) << ", " << threads << " threads");
        test(p, how, threads);
      }
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("construction, copy and assignment of a network", "[faults]", float, double) {
  using T = TestType;
  using maybe = std::optional<tp::mlp<T>>;
  const step_problem<T> p({20, 30, 4}, 33, 1);
  tp::mlp<T> trained = p.network(tp::schedule::automatic);
  trained.train_step(p.X, p.Y, tp::adam{});
  trained.compute_gradients(p.X, p.Y);
  const auto bytes = [](const maybe& net) { return net ? bytes_of(*net) : std::string(); };
  const std::vector<std::size_t> widths{20, 30, 4};
  CHECK(fail_each_allocation(
            1, [] { return maybe(); }, [&](maybe& net) { net.emplace(widths); }, bytes) >= 2 * 4);
  CHECK(fail_each_allocation(
            1, [] { return maybe(); }, [&](maybe& net) { net.emplace(trained); }, bytes) >= 2 * 10);
  CHECK(fail_each_allocation(
            1,
            [] {
              return maybe(tp::mlp<T>({2, 3, 2}));
            },
            [&](maybe& net) { *net = trained; }, bytes) >= 2 * 10);
}

TEMPLATE_TEST_CASE("the first step, or one with another optimiser", "[faults]", float, double) {
  using T = TestType;
  std::size_t failures = 0;
  for_each_form<T>([&](const step_problem<T>& p, tp::schedule how, std::size_t threads) {
    const auto bytes = [](const auto& x) { return bytes_of(x); };
    const auto step = [&](const auto& x) { x->loss = x->net.train_step(p.X, p.Y, p.rule); };
    failures += fail_each_allocation(
        threads, [&] { return std::make_unique<trainee<T>>(p, how); }, step, bytes);
    failures += fail_each_allocation(
        threads,
        [&] {
          auto x = std::make_unique<trainee<T>>(p, how);
          x->net.train_step(p.X.block(0, 0, 5, p.X.cols()), p.Y.block(0, 0, 5, p.Y.cols()), tp::sgd{});
          x->net.train_step(p.X.block(0, 0, 5, p.X.cols()), p.Y.block(0, 0, 5, p.Y.cols()), tp::adamw{});
          return x;
        },
        step, bytes);
  });
  std::printf("steps: %zu failures\n", failures);
  CHECK(failures > 500);
}

TEMPLATE_TEST_CASE("gradients, with the error of the input", "[faults]", float, double) {
  using T = TestType;
  std::size_t failures = 0;
  for_each_form<T>([&](const step_problem<T>& p, tp::schedule how, std::size_t threads) {
    for (const tp::gradient_mode mode :
         {tp::gradient_mode::overwrite, tp::gradient_mode::accumulate, tp::gradient_mode::ignore}) {
      for (const bool again : {false, true}) {
        failures += fail_each_allocation(
            threads,
            [&] {
              auto x = std::make_unique<trainee<T>>(p, how);
              if (again) x->net.compute_gradients(p.X, p.Y);
              return x;
            },
            [&](const auto& x) { x->loss = x->net.compute_gradients(p.X, p.Y, mode, x->dX); },
            [](const auto& x) { return bytes_of(x) + bytes_of(x->dX); });
      }
    }
  });
  std::printf("gradients: %zu failures\n", failures);
  CHECK(failures > 500);
}

TEMPLATE_TEST_CASE("activations are those of the last gradients, or none", "[faults]", float, double) {
  using T = TestType;
  const step_problem<T> p({64, 128, 10}, 64, 1);
  tp::mlp<T> net = p.network(tp::schedule::automatic);
  net.compute_gradients(p.X, p.Y);
  REQUIRE(net.activations(1).rows() == 64);
  const tp::matrix<T> X(100, 64), Y(100, 10);
  std::size_t n = 0;
  bool failed = true;
  while (failed) {
    on_new_thread(1, [&] {
      const counting_new::failing_at failing(n, false);
      try {
        net.train_step(X, Y, tp::adam{});
      } catch (const std::bad_alloc&) {
      }
      failed = failing.has_failed();
    });
    ++n;
    const auto A = net.activations(1);
    if (!A.empty()) {
      const tp::mlp<T> same = p.network(tp::schedule::automatic);
      tp::mlp<T> again(same);
      again.compute_gradients(p.X, p.Y);
      REQUIRE(difference<T>(A, again.activations(1)) == "");
    }
  }
  CHECK(n > 5);
  CHECK(net.activations(1).empty());
}

TEMPLATE_TEST_CASE("updates, clipping and moments of a network", "[faults]", float, double) {
  using T = TestType;
  const step_problem<T> p({130, 70, 50, 7}, 100, 1);
  const auto with_gradients = [&] {
    auto x = std::make_unique<trainee<T>>(p, tp::schedule::automatic);
    x->net.train_step(p.X, p.Y, tp::sgd{.momentum = 0.9});
    x->net.compute_gradients(p.X, p.Y);
    return x;
  };
  const auto bytes = [](const auto& x) { return bytes_of(x); };
  for (const std::size_t threads : {1u, 2u}) {
    CHECK(fail_each_allocation(
              threads, with_gradients, [](const auto& x) { x->net.apply(tp::adamw{}); }, bytes) >= 2 * 6);
    CHECK(fail_each_allocation(
              threads, with_gradients, [](const auto& x) { x->loss = x->net.clip_gradients(1e-3); }, bytes) >
          0);
    CHECK(fail_each_allocation(
              threads, with_gradients,
              [](const auto& x) {
                x->net.restore({7, 0.5, 0.25}, 2);
              },
              bytes) >= 2 * 6);
  }
}

TEMPLATE_TEST_CASE("predictions", "[faults]", float, double) {
  using T = TestType;
  const step_problem<T> p({784, 256, 300, 10}, 200, 1);
  const tp::mlp<T> net = p.network(tp::schedule::automatic);
  const auto none = [] { return tp::matrix<T>(); };
  const auto bytes = [](const tp::matrix<T>& P) { return bytes_of(P); };
  for (const std::size_t threads : {1u, 2u}) {
    CHECK(fail_each_allocation(
              threads, none, [&](tp::matrix<T>& P) { P = net.predict(p.X); }, bytes) > 0);
    CHECK(fail_each_allocation(
              threads, [] { return tp::matrix<T>(200, 10); }, [&](tp::matrix<T>& P) { net.predict(p.X, P); },
              bytes) > 0);
    CHECK(fail_each_allocation(
              threads, [] { return tp::matrix<T>(200, 10); },
              [&](tp::matrix<T>& P) { tp::predictor<T>(net, 200).predict(p.X, P); }, bytes) >= 2 * 5);
  }
}

TEMPLATE_TEST_CASE("describe and memory of a network", "[faults]", float, double) {
  using T = TestType;
  const step_problem<T> p({20, 30, 4}, 33, 1);
  const tp::mlp<T> net = p.network(tp::schedule::automatic);
  const auto none = [] { return std::string(); };
  const auto same = [](const std::string& text) { return text; };
  CHECK(fail_each_allocation(
            2, none, [&](std::string& text) { text = net.describe(1000); }, same) > 0);
  CHECK(fail_each_allocation(
            2, none, [&](std::string& text) { text = std::to_string(net.memory(1000, tp::adam{})); }, same) >
        0);
  CHECK(fail_each_allocation(
            1, none, [&](std::string& text) { text = check_gradients(net, p.X, p.Y, 3).text(net.widths()); },
            same) > 0);
}

TEMPLATE_TEST_CASE("weights are set, or not", "[faults]", float, double) {
  using T = TestType;
  const step_problem<T> p({20, 30, 4}, 33, 1);
  const tp::matrix<T> W(20, 30);
  CHECK(fail_each_allocation(
            1, [&] { return p.network(tp::schedule::automatic); },
            [&](tp::mlp<T>& net) { net.set_weights(1, W); },
            [](const tp::mlp<T>& net) { return bytes_of(net); }) == 2);
}
