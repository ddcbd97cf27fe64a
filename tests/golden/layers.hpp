// SPDX-License-Identifier: MIT
// A dense layer: forward and both backward paths.
#pragma once

#include <memory>
#include <span>

#include <twinpath/contract.hpp>
#include <twinpath/dense.hpp>

#include "golden/elementwise.hpp"
#include "golden/numbers.hpp"
#include "golden/operations.hpp"
#include "support/activations.hpp"
#include "support/arithmetic.hpp"

namespace tests {

struct layer_size {
  std::size_t rows;
  std::size_t inputs;
  std::size_t outputs;
};

template <class T>
struct layer_data {
  tp::matrix<T> X, W, dZ, scores, kept;
  std::vector<T> b;

  layer_data(const layer_size& s, int exponent) {
    generator random(s.rows * 1009 + s.inputs * 31 + s.outputs);
    X = scaled_matrix<T>(s.rows, s.inputs, random, exponent);
    W = scaled_matrix<T>(s.inputs, s.outputs, random, exponent);
    dZ = scaled_matrix<T>(s.rows, s.outputs, random, exponent);
    scores = scaled_matrix<T>(s.rows, s.inputs, random, exponent == 0 ? 2 : exponent);
    const tp::matrix<T> row = scaled_matrix<T>(1, s.outputs, random, 2 * exponent);
    append(b, row);
    // Possible results of an activation: from 0 to 1, some of them 0.
    kept = scaled_matrix<T>(s.rows, s.inputs, random, exponent);
    for (T& a : kept.elements()) a = a < 0 ? T(0) : a;
  }
  [[nodiscard]] const tp::matrix<T>& kept_by(tp::activation f) const {
    return tp::keeps_scores(f) ? scores : kept;
  }
};

template <class T>
void add_forward(std::vector<operation<T>>& all, const std::string& what, tp::activation f,
                 const std::shared_ptr<const layer_data<T>>& x, bool subnormals) {
  operation<T> op;
  op.name = "dense_forward, " + std::string(tp::name(f)) + what;
  op.subnormals = subnormals;
  for (const bool keeps_Z : {false, true}) {
    op.by_library.push_back({keeps_Z ? "keeps Z" : "", [x, f, keeps_Z] {
                               tp::matrix<T> A(x->X.rows(), x->W.cols()), Z(A.rows(), A.cols());
                               tp::dense_forward(x->X, x->W, std::span<const T>(x->b), f, A,
                                                 keeps_Z ? Z.view() : tp::matrix_view<T>());
                               results<T> out;
                               append(out, A);
                               return out;
                             }});
  }
  op.by_contract = [x, f] {
    tp::matrix<T> A(x->X.rows(), x->W.cols());
    with_arithmetic([&]<class arithmetic>(arithmetic) {
      tp::contract::dense_forward<arithmetic, T>(x->X, x->W, std::span<const T>(x->b), f, A);
    });
    results<T> out;
    append(out, A);
    return out;
  };
  all.push_back(std::move(op));
}

/// The results of both paths.
template <class T>
struct layer_gradients {
  tp::matrix<T> dW, db, below;

  explicit layer_gradients(const layer_data<T>& x)
      : dW(x.W.rows(), x.W.cols()), db(1, x.W.cols()), below(x.X.rows(), x.X.cols()) {}
  [[nodiscard]] results<T> all() const {
    results<T> out;
    append(out, dW);
    append(out, db);
    append(out, below);
    return out;
  }
};

template <class T>
void add_backward(std::vector<operation<T>>& all, const std::string& what, tp::activation f,
                  const std::shared_ptr<const layer_data<T>>& x, bool subnormals) {
  operation<T> op;
  op.name = "backward, " + std::string(tp::name(f)) + what;
  op.subnormals = subnormals;
  op.by_library.push_back({"two paths", [x, f] {
                             layer_gradients<T> g(*x);
                             tp::parameter_path(x->kept, x->dZ, g.dW, g.db.elements());
                             tp::backprop_path(x->dZ, x->W, x->kept_by(f), g.below, f);
                             return g.all();
                           }});
  for (const auto how : {tp::schedule::sequential, tp::schedule::concurrent, tp::schedule::row_blocks,
                         tp::schedule::automatic}) {
    op.by_library.push_back({"schedule " + std::to_string(static_cast<int>(how)), [x, f, how] {
                               layer_gradients<T> g(*x);
                               tp::backward(how, x->kept, x->dZ, x->W, g.dW, g.db.elements(), g.below, f,
                                            x->scores);
                               return g.all();
                             }});
  }
  op.by_contract = [x, f] {
    layer_gradients<T> g(*x);
    with_arithmetic([&]<class arithmetic>(arithmetic) {
      tp::contract::parameter_path<arithmetic, T>(x->kept, x->dZ, g.dW, g.db.elements());
      tp::contract::backprop_path<arithmetic, T>(x->dZ, x->W, x->kept_by(f), g.below, f);
    });
    return g.all();
  };
  all.push_back(std::move(op));
}

template <class T>
void add_layers(std::vector<operation<T>>& all) {
  const auto layer = std::make_shared<const layer_data<T>>(layer_size{64, 70, 45}, 0);
  for (const tp::activation f : all_activations) {
    add_forward(all, "", f, layer, false);
    add_backward(all, "", f, layer, false);
  }
  const auto large = std::make_shared<const layer_data<T>>(layer_size{128, 120, 100}, 0);
  add_forward(all, ", large", tp::activation::relu, large, false);
  add_backward(all, ", large", tp::activation::relu, large, false);
  const auto small = std::make_shared<const layer_data<T>>(layer_size{40, 30, 20}, tiny<T>);
  for (const tp::activation f : {tp::activation::identity, tp::activation::gelu_erf}) {
    add_forward(all, ", subnormal", f, small, true);
    add_backward(all, ", subnormal", f, small, true);
  }
}

}  // namespace tests
