// SPDX-License-Identifier: MIT
// Training, gradients and predictions of networks.
#pragma once

#include <cmath>
#include <memory>
#include <utility>

#include <twinpath/contract.hpp>
#include <twinpath/mlp.hpp>
#include <twinpath/predictor.hpp>

#include "golden/numbers.hpp"
#include "golden/operations.hpp"
#include "support/arithmetic.hpp"
#include "support/predicted.hpp"
#include "support/step_problem.hpp"

namespace tests {

template <class T>
using shared_problem = std::shared_ptr<const step_problem<T>>;

template <class T>
shared_problem<T> problem_of(std::vector<std::size_t> widths, std::size_t batch, std::size_t steps,
                             const tp::optimizer& rule, tp::activation hidden = tp::activation::relu,
                             tp::loss which = tp::loss::softmax_cross_entropy) {
  step_problem<T> p(std::move(widths), batch, steps);
  p.rule = rule;
  p.options.activation = hidden;
  p.options.loss = which;
  return std::make_shared<const step_problem<T>>(std::move(p));
}

template <class T>
void add_training(std::vector<operation<T>>& all, const std::string& name, const shared_problem<T>& p) {
  operation<T> op;
  op.name = "training, " + name;
  for (const tp::schedule how : all_schedules) {
    const std::string text = "schedule " + std::to_string(static_cast<int>(how));
    op.by_library.push_back({text, [p, how] { return train(*p, how); }});
    op.by_library.push_back({text + ", gradients and update separately", [p, how] {
                               tp::mlp<T> net = p->network(how);
                               results<T> out;
                               for (std::size_t s = 0; s < p->steps; ++s) {
                                 out.push_back(net.compute_gradients(p->X, p->Y));
                                 net.apply(p->rule);
                               }
                               append_parameters(out, net);
                               return out;
                             }});
  }
  op.by_contract = [p] {
    return with_arithmetic([&]<class arithmetic>(arithmetic) { return train_by_contract<arithmetic>(*p); });
  };
  all.push_back(std::move(op));
}

/// dX and the clipped gradients.
template <class T>
void add_gradients(std::vector<operation<T>>& all, const shared_problem<T>& p) {
  static constexpr double largest = 0.125;
  operation<T> op;
  op.name = "gradients, dX and clipping";
  for (const tp::schedule how : all_schedules) {
    op.by_library.push_back({"schedule " + std::to_string(static_cast<int>(how)), [p, how] {
                               tp::mlp<T> net = p->network(how);
                               tp::matrix<T> dX(p->X.rows(), p->X.cols());
                               results<T> out{
                                   net.compute_gradients(p->X, p->Y, tp::gradient_mode::overwrite, dX)};
                               out.push_back(net.clip_gradients(largest));
                               for (std::size_t l = 1; l <= net.layers(); ++l) {
                                 const auto g = net.gradients(l);
                                 out.insert(out.end(), g.begin(), g.end());
                               }
                               append(out, dX);
                               return out;
                             }});
  }
  op.by_contract = [p] {
    return with_arithmetic([&]<class arithmetic>(arithmetic) {
      std::vector<plain_layer<T>> layers = plain_layers(*p);
      results<T> out{gradients_by_contract<arithmetic>(*p, layers)};
      results<T> gradients;
      double squares = 0;
      for (const plain_layer<T>& x : layers) {
        results<T> layer;
        append(layer, x.dW);
        layer.insert(layer.end(), x.db.begin(), x.db.end());
        squares = squares + tp::contract::squares<arithmetic, T>(std::span<const T>(layer));
        gradients.insert(gradients.end(), layer.begin(), layer.end());
      }
      const double norm = std::sqrt(squares);
      out.push_back(T(norm));
      const T factor = tp::contract::clip_factor<T>(largest, norm);
      for (const T g : gradients) out.push_back(norm > largest ? factor * g : g);
      tp::matrix<T> dX(p->X.rows(), p->X.cols());
      tp::contract::gemm<arithmetic, T>(layers[0].dZ, tp::transposed(std::as_const(layers[0].W)), dX, T(1),
                                        T(0));
      append(out, dX);
      return out;
    });
  };
  all.push_back(std::move(op));
}

template <class T>
void add_predictions(std::vector<operation<T>>& all, const std::string& name, const shared_problem<T>& p) {
  const auto net = std::make_shared<const tp::mlp<T>>(p->network(tp::schedule::automatic));
  all.push_back({"predict, " + name,
                 {{"mlp",
                   [p, net] {
                     results<T> out;
                     append(out, net->predict(p->X));
                     return out;
                   }},
                  {"predictor",
                   [p, net] {
                     tp::predictor<T> frozen(*net, p->X.rows());
                     tp::matrix<T> P(p->X.rows(), p->widths.back());
                     frozen.predict(p->X, P);
                     results<T> out;
                     append(out, P);
                     return out;
                   }}},
                 [p, net] {
                   results<T> out;
                   append(out, predicted(*net, p->X));
                   return out;
                 }});
}

template <class T>
void add_networks(std::vector<operation<T>>& all) {
  const tp::optimizer slow = tp::sgd{.learning_rate = 0.05};
  add_training(all, "a hundred steps, sgd", problem_of<T>({20, 24, 5}, 40, 100, slow));
  add_training(all, "a hundred steps, adam",
               problem_of<T>({20, 24, 5}, 40, 100, tp::adam{.learning_rate = 0.01}));
  add_training(all, "64-128-10, sgd", problem_of<T>({64, 128, 10}, 64, 4, slow));
  add_training(all, "long batch, sgd", problem_of<T>({30, 20, 10}, 8192, 1, slow));
  add_training(all, "gelu_erf, sigmoid cross-entropy, adamw",
               problem_of<T>({70, 45, 50, 7}, 100, 2, tp::adamw{}, tp::activation::gelu_erf,
                             tp::loss::sigmoid_cross_entropy));
  add_training(
      all, "tanh, mean squared error, nesterov",
      problem_of<T>({40, 96, 64, 5}, 40, 2,
                    tp::sgd{.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 0.01, .nesterov = true},
                    tp::activation::tanh, tp::loss::mean_squared_error));
  add_gradients(all, problem_of<T>({70, 45, 50, 7}, 100, 1, slow));
  add_predictions(all, "softmax", problem_of<T>({64, 128, 10}, 64, 1, slow));
  add_predictions(all, "sigmoid",
                  problem_of<T>({70, 45, 50, 7}, 33, 1, slow, tp::activation::gelu_tanh,
                                tp::loss::sigmoid_cross_entropy));
}

}  // namespace tests
