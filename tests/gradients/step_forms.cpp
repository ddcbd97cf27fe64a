// SPDX-License-Identifier: MIT
// A step of training has the bits of the contract in whatever order it is computed.
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
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
#include "optimizers.hpp"
#include "random.hpp"
#include "runtime/parallel.hpp"
#include "runtime/span.hpp"
#include "threads.hpp"

namespace {

namespace tp = twinpath;

constexpr tp::schedule schedules[] = {tp::schedule::sequential, tp::schedule::concurrent,
                                      tp::schedule::row_blocks, tp::schedule::automatic};
constexpr std::size_t thread_counts[] = {1, 2, 3, 8};

template <class T>
struct problem {
  std::vector<std::size_t> widths;
  std::size_t steps;
  tp::matrix<T> X;
  tp::matrix<T> Y;
  tp::optimizer rule = tp::sgd{.learning_rate = 0.05};
  tp::mlp_options options = {.seed = 1};

  problem(std::vector<std::size_t> w, std::size_t batch, std::size_t n)
      : widths(std::move(w)), steps(n), X(batch, widths.front()), Y(batch, widths.back()) {
    tests::generator random(batch);
    for (T& x : X.elements()) x = random.uniform<T>();
    for (std::size_t i = 0; i < batch; ++i) Y(i, random.below(widths.back())) = 1;
  }

  [[nodiscard]] tp::mlp<T> network(tp::schedule how) const {
    tp::mlp_options o = options;
    o.schedule = how;
    return tp::mlp<T>(widths, o);
  }
  [[nodiscard]] std::string text() const {
    return std::to_string(widths.size() - 1) + " layers, batch " + std::to_string(X.rows()) +
           ", activation " + std::to_string(static_cast<int>(options.activation)) + ", loss " +
           std::to_string(static_cast<int>(options.loss)) + ", optimiser " + std::to_string(rule.index());
  }
};

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

/// The same with everything that a network can be made of.
template <class T>
std::vector<problem<T>> varied_problems() {
  std::vector<problem<T>> all = problems<T>();
  for (const variant& v : variants) {
    const std::size_t first = all.size();
    all.emplace_back(std::vector<std::size_t>{5, 6, 3}, 7, 3);
    all.emplace_back(std::vector<std::size_t>{40, 96, 64, 5}, 40, 2);
    all.emplace_back(std::vector<std::size_t>{70, 45, 50, 7}, 100, 2);
    all.emplace_back(std::vector<std::size_t>{9, 20, 3}, 8300, 1);
    for (std::size_t i = first; i < all.size(); ++i) {
      all[i].options.activation = v.activation;
      all[i].options.loss = v.loss;
      all[i].rule = v.rule;
    }
  }
  return all;
}

/// The loss of each step, then all parameters and moments.
template <class T>
using history = std::vector<T>;

template <class T>
void append_parameters(history<T>& all, const tp::mlp<T>& net) {
  for (std::size_t l = 1; l <= net.layers(); ++l) {
    for (const auto part : {net.parameters(l), net.moments(l, 1), net.moments(l, 2)})
      all.insert(all.end(), part.begin(), part.end());
  }
}

template <class T>
history<T> train(const problem<T>& p, tp::schedule how) {
  tp::mlp<T> net = p.network(how);
  history<T> all;
  for (std::size_t s = 0; s < p.steps; ++s) all.push_back(net.train_step(p.X, p.Y, p.rule));
  append_parameters(all, net);
  return all;
}

/// A layer as the contract's loops see it: parameters and moments as one vector each.
template <class T>
struct plain_layer {
  tp::matrix<T> W, Z, A, dZ, dW;
  std::vector<T> b, db, first, second;

  [[nodiscard]] const tp::matrix<T>& kept(tp::activation f) const { return tp::keeps_scores(f) ? Z : A; }
};

/// One step: forward, loss, both paths; the gradients are left in the layers.
template <class Arithmetic, class T>
T gradients_by_contract(const problem<T>& p, std::vector<plain_layer<T>>& layers) {
  const tp::activation hidden = p.options.activation;
  const auto input = [&](std::size_t l) -> const tp::matrix<T>& { return l == 0 ? p.X : layers[l - 1].A; };
  for (std::size_t l = 0; l < layers.size(); ++l) {
    plain_layer<T>& x = layers[l];
    const auto f = l + 1 == layers.size() ? tp::activation::identity : hidden;
    tp::contract::dense_forward<Arithmetic, T>(input(l), x.W, x.b, tp::activation::identity, x.Z);
    for (std::size_t i = 0; i < x.Z.size(); ++i)
      x.A.elements()[i] = tp::contract::activate<Arithmetic, T>(f, x.Z.elements()[i]);
  }
  const T loss = tp::contract::loss_and_error<Arithmetic, T>(p.options.loss, layers.back().A, p.Y,
                                                             layers.back().dZ, p.options.reduction);
  for (std::size_t l = layers.size(); l-- > 0;) {
    plain_layer<T>& x = layers[l];
    if (l > 0) {
      tp::contract::backprop_path<Arithmetic, T>(x.dZ, x.W, layers[l - 1].kept(hidden), layers[l - 1].dZ,
                                                 hidden);
    }
    tp::contract::parameter_path<Arithmetic, T>(input(l), x.dZ, x.dW, x.db);
  }
  return loss;
}

template <class T>
std::vector<plain_layer<T>> plain_layers(const problem<T>& p) {
  const tp::mlp<T> initial(p.widths, p.options);
  std::vector<plain_layer<T>> layers(initial.layers());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    plain_layer<T>& x = layers[l];
    const std::size_t n = p.widths[l + 1];
    x.W = x.dW = tp::matrix<T>(initial.weights(l + 1));
    x.b.assign(n, T(0));
    x.db = x.b;
    x.Z = x.A = x.dZ = tp::matrix<T>(p.X.rows(), n);
    x.first.assign(x.W.size() + n, T(0));
    x.second = x.first;
  }
  return layers;
}

/// Training with the contract's loops.
template <class Arithmetic, class T>
history<T> train_by_contract(const problem<T>& p) {
  std::vector<plain_layer<T>> layers = plain_layers(p);
  tp::optimizer_progress progress;
  history<T> all;
  for (std::size_t s = 0; s < p.steps; ++s) {
    all.push_back(gradients_by_contract<Arithmetic>(p, layers));
    progress = tests::next_of(p.rule, progress);
    for (plain_layer<T>& x : layers) {
      const std::size_t weights = x.W.size();
      for (std::size_t i = 0; i < weights; ++i) {
        tests::update_by_contract<Arithmetic>(p.rule, progress, x.dW.elements()[i], x.W.elements()[i],
                                              x.first[i], x.second[i]);
      }
      for (std::size_t j = 0; j < x.b.size(); ++j) {
        tests::update_by_contract<Arithmetic>(p.rule, progress, x.db[j], x.b[j], x.first[weights + j],
                                              x.second[weights + j]);
      }
    }
  }
  const std::size_t moments = tp::moments_of(p.rule);
  for (const plain_layer<T>& x : layers) {
    all.insert(all.end(), x.W.elements().begin(), x.W.elements().end());
    all.insert(all.end(), x.b.begin(), x.b.end());
    if (moments > 0) all.insert(all.end(), x.first.begin(), x.first.end());
    if (moments > 1) all.insert(all.end(), x.second.begin(), x.second.end());
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
  for (const problem<TestType>& p : varied_problems<TestType>()) {
    const history<TestType> expected = tests::with_arithmetic(
        [&]<class arithmetic>(arithmetic) { return train_by_contract<arithmetic>(p); });
    for (const std::size_t threads : thread_counts) {
      tests::on_threads(threads, [&] {
        for (const tp::schedule how : schedules) {
          const std::string plan = p.network(how).describe(p.X.rows());
          INFO(p.text() << ", " << threads << " threads: " << plan);
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
  for (const problem<TestType>& p : varied_problems<TestType>()) {
    const history<TestType> expected = train(p, tp::schedule::sequential);
    for (const std::size_t threads : thread_counts) {
      for (const tp::schedule how : schedules) {
        history<TestType> actual;
        tests::on_threads(threads, [&] {
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
  for (const problem<T>& p : varied_problems<T>()) {
    std::vector<plain_layer<T>> layers = plain_layers(p);
    tp::matrix<T> dX(p.X.rows(), p.X.cols());
    const T loss = tests::with_arithmetic([&]<class arithmetic>(arithmetic) {
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
    for (const std::size_t threads : thread_counts) {
      for (const tp::schedule how : schedules) {
        INFO(p.text() << ", " << threads << " threads, schedule " << static_cast<int>(how));
        tests::on_threads(threads, [&] {
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
          CHECK(tests::difference<T>(error, dX) == "");
          CHECK(difference(gradients(), once) == "");
          CHECK(net.compute_gradients(p.X, p.Y, tp::gradient_mode::accumulate) == loss);
          CHECK(difference(gradients(), twice) == "");
          std::ranges::fill(error.elements(), T(0));
          CHECK(net.compute_gradients(p.X, p.Y, tp::gradient_mode::ignore, error) == loss);
          CHECK(tests::difference<T>(error, dX) == "");
          CHECK(difference(gradients(), twice) == "");
          CHECK(net.compute_gradients(p.X, p.Y, tp::gradient_mode::overwrite, error) == loss);
          CHECK(difference(gradients(), once) == "");
        });
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
  for (const problem<TestType>& p : varied_problems<TestType>()) {
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
        INFO(p.text() << ", " << threads << " threads, schedule " << static_cast<int>(how));
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
