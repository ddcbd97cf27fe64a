// SPDX-License-Identifier: MIT
// One step of training as it runs: what all forms consist of. Some of it is inlined by force, because in the
// smallest networks the calls would cost as much as the products.
//
// The hazard of a step: W may be overwritten only after the backprop path has read it. `operations` computes
// dZ of the layer below first, or keeps dW until then; `row_blocks` and `streamed` overwrite nothing before
// the chains of all rows are done; of `unit_blocks` a task alone reads the rows of W that it overwrites,
// before it does so.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "nn/layer/layer.hpp"
#include "nn/layer/layer_state.hpp"
#include "nn/optim/update_rule.hpp"
#include "nn/step/plan.hpp"
#include "rowwise/row_operations.hpp"
#include "runtime/cache.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {

/// What a step computes with, apart from the network.
template <class T>
struct step_operands {
  matrix_view<const T> X;
  const targets<T>& y;
  loss which;
  reduction how;
  const update_rule<T>& rule;  ///< read where the step updates
  matrix_view<T> dX;           ///< where the error of the input goes, or nothing
};

/// Where a block of rows keeps what it computes.
template <class T>
struct block_memory {
  std::size_t first;  ///< its first row in the batch
  std::size_t rows;
  std::size_t first_kept;  ///< the row of the arrays that is its first one
  std::size_t offset;      ///< of the arrays
  T* scratch;
};

template <class Body>
void isolated_if(bool shared, const Body& body) {
  if (!shared) return body();
  isolated(body);
}

template <class T>
class step_run {
 public:
  step_run(const step_plan<T>& p, T* working_memory, std::vector<layer_state<T>>& network,
           const step_operands<T>& operands)
      : table(kernels<T>()),
        plan(p),
        X(operands.X),
        memory_(working_memory),
        layers_(network),
        with_(operands),
        hidden_(p.shape.hidden),
        scale_(contract::error_scale<T>(operands.which, operands.how, operands.X.rows(),
                                        network.back().outputs)) {}

  const kernel_table<T>& table;
  const step_plan<T>& plan;
  const matrix_view<const T> X;

  // --- memory ---------------------------------------------------------------------------------------------

  [[nodiscard]] std::size_t layers() const noexcept { return layers_.size(); }
  [[nodiscard]] layer_state<T>& layer(std::size_t l) const noexcept { return layers_[l]; }
  [[nodiscard]] static unsigned number(std::size_t l) noexcept { return static_cast<unsigned>(l + 1); }

  [[nodiscard]] T* at(std::size_t offset) const noexcept { return memory_ + offset; }
  [[nodiscard]] T* losses() const noexcept { return at(plan.losses); }
  [[nodiscard]] T* chains(std::size_t l) const noexcept { return at(plan.layers[l].chains); }
  /// Scratch memory of one of the parts that are computed at the same time.
  [[nodiscard]] T* scratch_of(std::size_t part) const noexcept {
    return at(plan.scratch + part * plan.worker_scratch);
  }
  [[nodiscard]] block_memory<T> all_rows(T* scratch) const noexcept { return {0, X.rows(), 0, 0, scratch}; }

  [[gnu::always_inline]] inline matrix_view<T> activations(std::size_t l, const block_memory<T>& m) const {
    return rows_at(plan.layers[l].activations, l, m);
  }
  [[gnu::always_inline]] inline matrix_view<T> errors(std::size_t l, const block_memory<T>& m) const {
    return rows_at(plan.layers[l].errors, l, m);
  }
  [[gnu::always_inline]] inline matrix_view<const T> input(std::size_t l, const block_memory<T>& m) const {
    if (l != 0) return activations(l - 1, m);
    return {X.data() + m.first * X.stride(), m.rows, X.cols(), X.stride()};
  }
  /// Z of a hidden layer whose activation keeps it.
  [[gnu::always_inline]] inline matrix_view<T> scores(std::size_t l, const block_memory<T>& m) const {
    return rows_at(plan.layers[l].scores, l, m);
  }
  /// What the derivative of a hidden layer's activation is taken from.
  [[gnu::always_inline]] inline matrix_view<T> kept(std::size_t l, const block_memory<T>& m) const {
    return rows_at(keeps_scores(hidden_) ? plan.layers[l].scores : plan.layers[l].activations, l, m);
  }

  // --- forward --------------------------------------------------------------------------------------------

  /// Runs a product, with the tasks of its route.
  void multiply(const product_route& route, const product<T>& x, T* scratch, span_label label) const {
    isolated_if(route.workers() > 1, [&] { run_product(table, route, x, scratch, label); });
  }

  [[nodiscard]] activation hidden() const noexcept { return hidden_; }

  [[gnu::always_inline]] inline product<T> scores_product(std::size_t l, const block_memory<T>& m) const {
    const layer_state<T>& from = std::as_const(layers_[l]);
    const bool last = l + 1 == layers();
    if (!last && keeps_scores(hidden_)) {
      return forward_product<T>(table, input(l, m), from.weights(), from.bias().data(), hidden_,
                                activations(l, m), scores(l, m));
    }
    return forward_product<T>(table, input(l, m), from.weights(), from.bias().data(),
                              last ? activation::identity : hidden_, activations(l, m));
  }
  [[gnu::always_inline]] inline void forward(const layer_routes& routes, std::size_t l,
                                             const block_memory<T>& m) const {
    multiply(routes.forward, scores_product(l, m), m.scratch, {"Z", number(l)});
  }

  [[gnu::always_inline]] inline void output_error(const block_memory<T>& m) const {
    const span_scope span({"loss"});
    const std::size_t last = layers() - 1;
    loss_rows<T>(table, with_.which, activations(last, m), with_.y, m.first, errors(last, m), scale_,
                 losses() + m.first);
  }

  [[nodiscard]] T total_loss() const {
    const span_scope span({"loss"});
    return fold_losses(table, losses(), X.rows(),
                       loss_divisor(with_.which, with_.how, X.rows(), layers_.back().outputs),
                       at(plan.loss_scratch));
  }

  // --- the backprop path ----------------------------------------------------------------------------------

  [[gnu::always_inline]] inline product<T> error_below(std::size_t l, const block_memory<T>& m) const {
    return backprop_product<T>(table, errors(l, m), std::as_const(layers_[l]).weights(), hidden_,
                               kept(l - 1, m), errors(l - 1, m));
  }
  [[gnu::always_inline]] inline void backprop(const layer_routes& routes, std::size_t l,
                                              const block_memory<T>& m) const {
    multiply(routes.backprop, error_below(l, m), m.scratch, {"dZ", number(l - 1)});
  }

  // --- the parameter path ---------------------------------------------------------------------------------

  /// Rows `begin` … of dW of layer l, for all rows of a block, to `out`.
  [[gnu::always_inline]] inline product<T> gradient_product(std::size_t l, const block_memory<T>& m,
                                                            std::size_t begin, std::size_t end, T* out,
                                                            const epilogue<T>& finish) const {
    const matrix_view<const T> a = input(l, m);
    const std::size_t n = layers_[l].outputs;
    return {transposed(matrix_view<const T>(a.data() + begin, a.rows(), end - begin, a.stride())),
            matrix_view<const T>(errors(l, m)),
            matrix_view<T>(out + begin * n, end - begin, n),
            finish,
            nullptr,
            {}};
  }
  /// The same, to where the step wants it, and with the update where it does update.
  [[gnu::always_inline]] inline product<T> weights_product(std::size_t l, const block_memory<T>& m,
                                                           std::size_t begin, std::size_t end) const {
    product<T> x = gradient_product(l, m, begin, end, weights_target(l), weights_finish());
    if (plan.shape.gradients == gradient_use::update) update_after(x, l, begin * layers_[l].outputs);
    return x;
  }

  /// Where dW of layer l goes, and how.
  [[nodiscard]] T* weights_target(std::size_t l) const noexcept {
    switch (plan.shape.gradients) {
      case gradient_use::descend:
        return layers_[l].weights().data();
      case gradient_use::update:
        return at(plan.layers[l].weight_gradient);
      default:
        return layers_[l].weight_gradients().data();
    }
  }
  [[nodiscard]] epilogue<T> weights_finish() const noexcept {
    switch (plan.shape.gradients) {
      case gradient_use::descend:
        return {epilogue_op::blend, -with_.rule.rate, T(1)};  // contract::sgd_update
      case gradient_use::accumulate:
        return {epilogue_op::blend, T(1), T(1)};
      default:
        return {};
    }
  }
  /// Lets the update follow the store of a part of dW whose first element is parameter `first` of layer l.
  void update_after(product<T>& x, std::size_t l, std::size_t first) const noexcept {
    layer_state<T>& to = layers_[l];
    const update_step<T> update{with_.rule.function, &with_.rule.factors, to.parameters.data() + first,
                                to.moment(0, first), to.moment(1, first)};
    x.after.set(update, to.outputs);
  }

  /// Applies gradients of the parameters `first` … of layer l.
  void apply(std::size_t l, const T* gradients, std::size_t first, std::size_t n) const {
    layer_state<T>& to = layers_[l];
    with_.rule.apply(table, gradients, to.parameters.data() + first, to.moment(0, first), to.moment(1, first),
                     n);
  }
  void apply_weights(std::size_t l, const T* dW) const {
    const span_scope span({"update", number(l)});
    apply(l, dW, 0, layers_[l].weights_size());
  }

  /// Where db of layer l goes: to the gradients, or for a moment to memory that is as wide.
  [[nodiscard]] T* bias_gradient(std::size_t l, T* moment) const noexcept {
    return plan.shape.gradients == gradient_use::overwrite ? layers_[l].bias_gradients().data() : moment;
  }
  /// Makes of db, for the units `first` …, what the step wants.
  void finish_bias(std::size_t l, const T* db, std::size_t first, std::size_t n) const {
    if (plan.shape.updates()) {
      apply(l, db, layers_[l].weights_size() + first, n);
    } else if (plan.shape.gradients == gradient_use::accumulate) {
      table.add(db, layers_[l].bias_gradients().data() + first, n);
    }
  }
  void finish_bias(std::size_t l, const T* db) const { finish_bias(l, db, 0, layers_[l].outputs); }

  /// db of units whose dZ is given, on the calling thread; `moment` is as wide.
  void bias_path(std::size_t l, matrix_view<const T> dZ, std::size_t first, T* moment) const {
    const span_scope span({"db", number(l)});
    if (plan.shape.gradients == gradient_use::descend) {
      return table.column_descent(with_.rule.rate, dZ.data(), dZ.stride(), dZ.rows(), dZ.cols(),
                                  layers_[l].bias().data() + first);
    }
    const bool overwrites = plan.shape.gradients == gradient_use::overwrite;
    T* const db = overwrites ? layers_[l].bias_gradients().data() + first : moment;
    table.column_sums(dZ.data(), dZ.stride(), dZ.rows(), dZ.cols(), db);
    finish_bias(l, db, first, dZ.cols());
  }

  /// db of layer l from its chains, in order.
  void fold_bias(std::size_t l, T* moment) const {
    const span_scope span({"db", number(l)});
    const std::size_t n = layers_[l].outputs;
    T* const db = bias_gradient(l, moment);
    std::fill_n(db, n, T(0));
    const std::size_t count = divide_up(X.rows(), contract::sum_rows);
    for (std::size_t c = 0; c < count; ++c) table.add(chains(l) + c * n, db, n);
    finish_bias(l, db);
  }

 private:
  [[gnu::always_inline]] inline matrix_view<T> rows_at(std::size_t offset, std::size_t l,
                                                       const block_memory<T>& m) const {
    const std::size_t n = layers_[l].outputs;
    return {memory_ + m.offset + offset + m.first_kept * n, m.rows, n};
  }

  T* const memory_;
  std::vector<layer_state<T>>& layers_;
  const step_operands<T>& with_;
  const activation hidden_;
  const T scale_;
};

// The forms, each in the file of its name.
template <class T>
void run_operations(const step_run<T>& s);
template <class T>
void run_row_blocks(const step_run<T>& s);
template <class T>
void run_unit_blocks(const step_run<T>& s);
template <class T>
void run_streamed(const step_run<T>& s);

}  // namespace twinpath::inline v0::detail
