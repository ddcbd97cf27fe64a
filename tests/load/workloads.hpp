// SPDX-License-Identifier: MIT
// Work of every kind with its inputs, computed by the library and by the contract.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <twinpath/twinpath.hpp>

#include "support/activations.hpp"
#include "support/arithmetic.hpp"
#include "support/predicted.hpp"
#include "support/product_case.hpp"
#include "support/random.hpp"
#include "support/step_problem.hpp"

namespace tests {

/// All results of a piece of work, one after the other.
template <class T>
using results = std::vector<T>;

/// Any number of threads may call both functions at once: they only read the inputs.
template <class T>
struct workload {
  std::string name;
  std::function<results<T>()> by_library;
  std::function<results<T>()> by_contract;
};

template <class T>
results<T> elements_of(const tp::matrix<T>& x) {
  return {x.elements().begin(), x.elements().end()};
}
template <class T>
void append(results<T>& all, const tp::matrix<T>& x) {
  all.insert(all.end(), x.elements().begin(), x.elements().end());
}

/// A product for each path, and one whose slices of k are tasks, in all transpositions.
template <class T>
void add_products(std::vector<workload<T>>& all) {
  for (const shape& s : {shape{10, 4, 3},
                         {32, 60, 33},
                         {200, 3, 90},
                         {16, 200, 210},
                         {97, 160, 330},
                         {70, 650, 40},
                         {13, 17, 36000}}) {
    const auto x = std::make_shared<const product_case<T>>(s);
    const auto stored = std::make_shared<const stored_operands<T>>(x->A, x->B, layouts[0], layouts[1]);
    for (const unsigned form : {0u, 1u, 2u, 3u}) {
      const T alpha = T(0.75), beta = form % 2 == 0 ? T(0) : T(-0.5);
      all.push_back({"product " + text_of(s) + ", form " + std::to_string(form),
                     [=] {
                       tp::matrix<T> C(x->old);
                       tp::gemm(stored->A((form & 1) != 0), stored->B((form & 2) != 0), C, alpha, beta);
                       return elements_of(C);
                     },
                     [=] { return elements_of(x->expected(gemm_epilogue(alpha, beta))); }});
    }
  }
}

/// Sums that tasks share by rows and by columns, and functions of rows and elements.
template <class T>
void add_row_functions(std::vector<workload<T>>& all) {
  for (const auto& [rows, cols] : {std::pair<std::size_t, std::size_t>{2500, 20}, {300, 530}}) {
    generator random(rows);
    const auto X = std::make_shared<const tp::matrix<T>>(uniform_matrix<T>(rows, cols, random));
    const auto Y = std::make_shared<const tp::matrix<T>>(uniform_matrix<T>(rows, cols, random));
    const std::string size = std::to_string(rows) + "x" + std::to_string(cols);
    all.push_back({"sums of " + size,
                   [=] {
                     tp::matrix<T> columns(1, X->cols()), of_rows(1, X->rows());
                     tp::column_sums(*X, columns.elements());
                     tp::row_sums(*X, of_rows.elements());
                     results<T> sums{tp::sum(*X)};
                     append(sums, columns);
                     append(sums, of_rows);
                     return sums;
                   },
                   [=] {
                     tp::matrix<T> columns(1, X->cols()), of_rows(1, X->rows());
                     tp::contract::column_sums<T>(*X, columns.elements());
                     for (std::size_t i = 0; i < X->rows(); ++i)
                       of_rows(0, i) = tp::contract::row_sum<T>(X->row(i));
                     results<T> sums{tp::contract::sum<T>(*X)};
                     append(sums, columns);
                     append(sums, of_rows);
                     return sums;
                   }});
    all.push_back({"softmax of " + size,
                   [=] {
                     tp::matrix<T> P(X->rows(), X->cols());
                     tp::softmax(*X, P);
                     return elements_of(P);
                   },
                   [=] {
                     return with_arithmetic([&]<class arithmetic>(arithmetic) {
                       tp::matrix<T> P(X->rows(), X->cols());
                       for (std::size_t i = 0; i < X->rows(); ++i)
                         tp::contract::softmax_row<arithmetic, T>(X->row(i), P.row(i));
                       return elements_of(P);
                     });
                   }});
    all.push_back({"gelu of " + size,
                   [=] {
                     tp::matrix<T> A(X->rows(), X->cols());
                     tp::activate(tp::activation::gelu_erf, *X, A);
                     return elements_of(A);
                   },
                   [=] { return elements_of(activated(tp::activation::gelu_erf, *X)); }});
    using loss_function =
        T (*)(tp::matrix_view<const T>, tp::matrix_view<const T>, tp::matrix_view<T>, tp::reduction);
    const std::pair<tp::loss, loss_function> losses[] = {
        {tp::loss::softmax_cross_entropy, tp::softmax_cross_entropy},
        {tp::loss::sigmoid_cross_entropy, tp::sigmoid_cross_entropy},
        {tp::loss::mean_squared_error, tp::mean_squared_error}};
    for (const auto& one : losses) {
      const tp::loss which = one.first;
      const loss_function compute = one.second;
      all.push_back({"loss " + std::to_string(static_cast<int>(which)) + " of " + size,
                     [=] {
                       tp::matrix<T> dZ(X->rows(), X->cols());
                       results<T> loss{compute(*X, *Y, dZ, tp::reduction::mean)};
                       append(loss, dZ);
                       return loss;
                     },
                     [=] {
                       return with_arithmetic([&]<class arithmetic>(arithmetic) {
                         tp::matrix<T> dZ(X->rows(), X->cols());
                         results<T> loss{tp::contract::loss_and_error<arithmetic, T>(which, *X, *Y, dZ,
                                                                                     tp::reduction::mean)};
                         append(loss, dZ);
                         return loss;
                       });
                     }});
    }
  }
}

/// Training under every schedule, with networks and batches whose steps have different forms.
template <class T>
void add_training(std::vector<workload<T>>& all) {
  std::vector<step_problem<T>> problems;
  problems.emplace_back(std::vector<std::size_t>{3, 4, 2}, 10, 3);
  problems.emplace_back(std::vector<std::size_t>{64, 128, 10}, 64, 2);
  problems.emplace_back(std::vector<std::size_t>{40, 96, 64, 5}, 70, 2);
  problems.emplace_back(std::vector<std::size_t>{30, 70, 5}, 500, 2);
  problems.emplace_back(std::vector<std::size_t>{9, 20, 3}, 8300, 1);
  const std::size_t plain = problems.size();
  for (std::size_t i = 0; i < plain; ++i) {
    step_problem<T>& varied = problems.emplace_back(problems[i]);
    varied.options.activation = i % 2 == 0 ? tp::activation::tanh : tp::activation::gelu_tanh;
    varied.options.loss = i % 2 == 0 ? tp::loss::mean_squared_error : tp::loss::softmax_cross_entropy;
    varied.rule = i % 2 == 0 ? tp::optimizer(tp::adam{.learning_rate = 0.01})
                             : tp::optimizer(tp::sgd{.learning_rate = 0.05, .momentum = 0.9});
  }
  for (step_problem<T>& one : problems) {
    const auto p = std::make_shared<const step_problem<T>>(std::move(one));
    const auto by_contract = [=] {
      return with_arithmetic([&]<class arithmetic>(arithmetic) { return train_by_contract<arithmetic>(*p); });
    };
    for (const tp::schedule how : all_schedules) {
      all.push_back({"steps of " + p->text() + ", schedule " + std::to_string(static_cast<int>(how)),
                     [=] { return train(*p, how); }, by_contract});
    }
    all.push_back({"gradients and updates of " + p->text(),
                   [=] {
                     tp::mlp<T> net = p->network(tp::schedule::automatic);
                     tp::matrix<T> dX(p->X.rows(), p->X.cols());
                     results<T> states;
                     for (std::size_t s = 0; s < p->steps; ++s) {
                       states.push_back(net.compute_gradients(p->X, p->Y, tp::gradient_mode::overwrite, dX));
                       net.apply(p->rule);
                     }
                     append_parameters(states, net);
                     return states;
                   },
                   by_contract});
    all.push_back({"predictions of " + p->text(),
                   [=] {
                     const tp::mlp<T> net = p->network(tp::schedule::automatic);
                     tp::matrix<T> P(p->X.rows(), net.widths().back());
                     tp::predictor<T>(net, p->X.rows()).predict(p->X, P);
                     results<T> both = elements_of(P);
                     append(both, net.predict(p->X));
                     return both;
                   },
                   [=] {
                     const tp::matrix<T> P = predicted(p->network(tp::schedule::automatic), p->X);
                     results<T> both = elements_of(P);
                     append(both, P);
                     return both;
                   }});
  }
}

template <class T>
std::vector<workload<T>> workloads() {
  std::vector<workload<T>> all;
  add_products(all);
  add_row_functions(all);
  add_training(all);
  return all;
}

}  // namespace tests
