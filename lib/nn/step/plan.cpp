// SPDX-License-Identifier: MIT
#include "nn/step/plan.hpp"

#include <algorithm>

#include <twinpath/contract.hpp>

#include "nn/layer/layer.hpp"
#include "nn/layer/limits.hpp"
#include "rowwise/row_operations.hpp"
#include "runtime/parallel.hpp"
#include "runtime/scratch.hpp"

namespace twinpath::inline v0::detail {
namespace {

using widths_of_layers = std::vector<std::size_t>;

/// Bytes of all weights up to which a step is streamed: dW is read and written once for each block of rows
/// and has to stay in an L2 cache beside the block.
constexpr std::size_t streamed_weights = 1 << 20;
/// Bytes of all dW that slices computed at the same time may take.
constexpr std::size_t streamed_slices = 16 << 20;
/// Weights up to which blocks of units are worth it. A wide layer's block reads a part of each row of W,
/// which crowds into a part of the caches.
constexpr std::size_t unit_block_weights = 32 * 1024;
/// Rows for each thread from which blocks of rows are worth it: two register tiles.
constexpr std::size_t least_block_rows = 16;

std::size_t all_weights(const widths_of_layers& widths) noexcept {
  std::size_t sum = 0;
  for (std::size_t l = 1; l < widths.size(); ++l) sum += widths[l - 1] * widths[l];
  return sum;
}

/// Multiply-adds of the chain from Z1 to dZ1.
double chain_work(const widths_of_layers& widths, std::size_t rows) noexcept {
  const std::size_t forward = all_weights(widths);
  return static_cast<double>(rows) * static_cast<double>(2 * forward - widths[0] * widths[1]);
}

/// Whether slices of the batch begin where chains of the column sums do.
bool slices_keep_chains(std::size_t rows) noexcept {
  const contract::cut slices = contract::slices(rows);
  for (std::size_t s = 1; s < slices.count; ++s) {
    if (slices.begin(s) % contract::sum_rows != 0) return false;
  }
  return true;
}

template <class T>
bool can_stream(const widths_of_layers& widths, const step_shape& s) noexcept {
  const std::size_t weights = all_weights(widths) * sizeof(T);
  const std::size_t slices = contract::slices(s.rows).count;
  if (!s.updates() || s.rows <= contract::block_length<T> || weights > streamed_weights) return false;
  return s.threads == 1 ||
         (slices >= s.threads && slices * weights <= streamed_slices && slices_keep_chains(s.rows));
}

template <class T>
class planner {
 public:
  planner(const kernel_table<T>& table, const widths_of_layers& widths, const step_shape& shape)
      : table_(table), widths_(widths), layers_(widths.size() - 1) {
    plan_.shape = shape;
  }

  step_plan<T> plan() {
    choose_form();
    plan_.layers.resize(layers_);
    switch (plan_.form) {
      case step_form::operations:
        plan_operations();
        break;
      case step_form::row_blocks:
        plan_row_blocks();
        break;
      case step_form::unit_blocks:
        plan_unit_blocks();
        break;
      case step_form::streamed:
        plan_streamed();
        break;
    }
    if (plan_.shape.input_error) plan_input_error();
    return std::move(plan_);
  }

 private:
  void choose_form() {
    const step_shape& s = plan_.shape;
    const auto choose = [&](step_form form, const char* reason) {
      plan_.form = form;
      plan_.reason = reason;
    };
    if (s.gradients == gradient_use::ignore) return choose(step_form::operations, "no gradients");
    if (s.how == schedule::sequential) return choose(step_form::operations, "as asked for");
    if (s.how == schedule::concurrent) return choose(step_form::operations, "as asked for");
    if (can_stream<T>(widths_, s)) {
      return choose(step_form::streamed, "the batch is long and all dW stay in a near cache");
    }
    if (s.how == schedule::row_blocks) return choose(step_form::row_blocks, "as asked for");
    if (s.threads == 1) return choose(step_form::operations, "one thread, and few or wide layers");
    if (wants_unit_blocks()) return choose(step_form::unit_blocks, "weights outweigh what layers exchange");
    if (s.rows >= s.threads * least_block_rows) {
      return choose(step_form::row_blocks, "each thread gets rows enough");
    }
    choose(step_form::operations, "too few rows to share them");
  }

  /// Whether threads would exchange more weights, by blocks of rows, than activations, by blocks of units.
  [[nodiscard]] bool wants_unit_blocks() const {
    if (plan_.shape.input_error) return false;  // which needs all of the first layer's dZ
    std::size_t units = 0;
    for (std::size_t l = 1; l < layers_; ++l) {
      units += widths_[l];
      if (widths_[l] < 2 * plan_.shape.threads * table_.width) return false;
    }
    const std::size_t weights = all_weights(widths_);
    return layers_ > 1 && weights <= unit_block_weights && plan_.shape.rows * units < weights;
  }

  product_shape shape_of(std::size_t m, std::size_t n, std::size_t k, bool a_transposed, bool b_transposed,
                         std::size_t a_stride, std::size_t b_stride) const {
    return {m,
            n,
            k,
            a_transposed,
            b_transposed,
            aliases(a_stride * sizeof(T)),
            aliases(b_stride * sizeof(T)),
            b_stride * sizeof(T) % 64 != 0};
  }
  [[nodiscard]] std::size_t input_stride(std::size_t l) const {
    return l == 0 ? plan_.shape.x_stride : widths_[l];
  }
  product_route forward_route(std::size_t l, std::size_t rows, std::size_t threads) const {
    const bool relu = l + 1 != layers_ && plan_.shape.hidden == activation::relu;
    const epilogue_op op = relu ? epilogue_op::bias_relu : epilogue_op::bias;
    const std::size_t in = widths_[l];
    const std::size_t out = widths_[l + 1];
    return route_product(table_, shape_of(rows, out, in, false, false, input_stride(l), out), op, threads);
  }
  product_route backprop_route(std::size_t l, std::size_t rows, std::size_t threads) const {
    if (l == 0) return {};
    const std::size_t in = widths_[l];
    const std::size_t out = widths_[l + 1];
    return route_product(table_, shape_of(rows, in, out, false, true, out, out), backprop_finish(), threads);
  }
  [[nodiscard]] epilogue_op backprop_finish() const {
    return plan_.shape.hidden == activation::relu ? epilogue_op::mask : epilogue_op::store;
  }
  [[nodiscard]] epilogue_op weights_finish() const {
    const gradient_use use = plan_.shape.gradients;
    return use == gradient_use::descend || use == gradient_use::accumulate ? epilogue_op::blend
                                                                           : epilogue_op::store;
  }
  /// For so many rows of dW.
  product_route weights_route(std::size_t l, std::size_t inputs, std::size_t rows, epilogue_op op,
                              std::size_t threads) const {
    const std::size_t out = widths_[l + 1];
    return route_product(table_, shape_of(inputs, out, rows, true, false, input_stride(l), out), op, threads);
  }

  std::size_t reserve(std::size_t elements) {
    const std::size_t offset = plan_.elements;
    // Whole vectors may be read and written at the end of an array.
    plan_.elements += round_up(elements, 16) + 16;
    return offset;
  }
  [[nodiscard]] std::size_t widest_output() const {
    return *std::max_element(widths_.begin() + 1, widths_.end());
  }
  void reserve_activations(std::size_t rows) {
    for (std::size_t l = 0; l < layers_; ++l) {
      plan_.layers[l].activations = reserve(rows * widths_[l + 1]);
      if (l + 1 != layers_ && keeps_scores(plan_.shape.hidden))
        plan_.layers[l].scores = reserve(rows * widths_[l + 1]);
    }
  }
  /// For an optimiser that is not part of the store of dW.
  void reserve_gradients() {
    if (plan_.shape.gradients != gradient_use::update) return;
    for (std::size_t l = 0; l < layers_; ++l)
      plan_.layers[l].weight_gradient = reserve(widths_[l] * widths_[l + 1]);
  }
  /// Two of them: dZ of a layer is forgotten when that of the layer below is there.
  void reserve_alternating_errors(std::size_t rows) {
    std::size_t width[2] = {0, 0};
    for (std::size_t l = 0; l < layers_; ++l) width[l % 2] = std::max(width[l % 2], widths_[l + 1]);
    const std::size_t errors[2] = {reserve(rows * width[0]), reserve(rows * width[1])};
    for (std::size_t l = 0; l < layers_; ++l) plan_.layers[l].errors = errors[l % 2];
  }
  void reserve_chains() {
    const std::size_t chains = divide_up(plan_.shape.rows, contract::sum_rows);
    for (std::size_t l = 0; l < layers_; ++l) plan_.layers[l].chains = reserve(chains * widths_[l + 1]);
  }
  void reserve_losses() {
    plan_.losses = reserve(plan_.shape.rows);
    plan_.loss_scratch = reserve(loss_scratch(plan_.shape.rows));
  }
  void reserve_scratch() {
    for (const auto& block : plan_.blocks) {
      for (const layer_routes& r : block.layers) {
        for (const product_route* route : {&r.forward, &r.backprop, &r.weights})
          plan_.worker_scratch = std::max(plan_.worker_scratch, route->scratch());
      }
    }
    const std::size_t gap = gap_between<T>(plan_.workers);
    plan_.worker_scratch = round_up(plan_.worker_scratch, 16) + 16 + gap;
    plan_.scratch = reserve(gap + plan_.workers * plan_.worker_scratch) + gap;
  }

  void plan_operations() {
    const step_shape& s = plan_.shape;
    const std::size_t share = divide_up(s.threads, 2);
    auto& routes = plan_.blocks.emplace_back();
    routes.rows = s.rows;
    plan_.side_by_side.assign(layers_, false);
    plan_.workers = s.threads;
    plan_.listable = s.threads == 1 && s.rows != 0 && s.gradients == gradient_use::descend;
    std::size_t largest_gradient = 0;
    std::size_t chains = 0;
    std::size_t both_scratch = 0;
    for (std::size_t l = 0; l < layers_; ++l) {
      const bool wanted =
          s.how == schedule::concurrent ||
          (s.how == schedule::automatic && concurrency_pays<T>(s.rows, widths_[l], widths_[l + 1]));
      const bool both = l != 0 && s.threads > 1 && wanted && s.gradients != gradient_use::ignore;
      plan_.side_by_side[l] = both;
      const std::size_t threads = both ? share : s.threads;
      const epilogue_op op = s.updates() && both ? epilogue_op::store : weights_finish();
      const bool apart = both || s.gradients == gradient_use::update;
      const layer_routes& r = routes.layers.emplace_back(
          layer_routes{forward_route(l, s.rows, s.threads), backprop_route(l, s.rows, threads),
                       weights_route(l, widths_[l], s.rows, op, threads)});
      for (const product_route* route : {&r.forward, &r.backprop, &r.weights})
        plan_.listable = plan_.listable && route->path == product_path::direct;
      if (both)
        both_scratch = std::max(both_scratch, round_up(r.weights.scratch(), 16) + r.backprop.scratch());
      largest_gradient = std::max(largest_gradient,
                                  (apart ? widths_[l] * widths_[l + 1] : 0) + round_up(widths_[l + 1], 16));
      chains = std::max(chains, column_sums_scratch<T>(s.rows, widths_[l + 1]));
    }
    reserve_activations(s.rows);
    reserve_alternating_errors(s.rows);
    reserve_losses();
    const std::size_t chain_memory = reserve(chains);
    for (auto& layer : plan_.layers) layer.chains = chain_memory;
    // Two, because dW of a layer may be applied while that of the layer below is computed.
    const std::size_t gradients[2] = {reserve(largest_gradient), reserve(largest_gradient)};
    for (std::size_t l = 0; l < layers_; ++l) {
      plan_.layers[l].bias_gradient = gradients[l % 2];
      plan_.layers[l].weight_gradient = gradients[l % 2] + round_up(widths_[l + 1], 16);
    }
    plan_.workers = 1;  // scratch of a route is for all of its own workers
    plan_.worker_scratch = both_scratch;
    reserve_scratch();
    plan_.workers = s.threads;
  }

  void plan_row_blocks() {
    const step_shape& s = plan_.shape;
    plan_.workers = std::min({s.threads, phases::most_parts, std::max<std::size_t>(1, s.rows)});
    for (std::size_t i = 0; i < plan_.workers; ++i) {
      auto& block = plan_.blocks.emplace_back();
      block.rows = block_begin(s.rows, i + 1, plan_.workers) - block_begin(s.rows, i, plan_.workers);
      for (std::size_t l = 0; l < layers_; ++l) {
        const std::size_t inputs =
            block_begin(widths_[l], i + 1, plan_.workers) - block_begin(widths_[l], i, plan_.workers);
        block.layers.push_back({forward_route(l, block.rows, 1), backprop_route(l, block.rows, 1),
                                weights_route(l, inputs, s.rows, weights_finish(), 1)});
      }
    }
    reserve_activations(s.rows);
    for (std::size_t l = 0; l < layers_; ++l) plan_.layers[l].errors = reserve(s.rows * widths_[l + 1]);
    reserve_losses();
    reserve_chains();
    reserve_gradients();
    plan_.worker_scratch = widest_output();  // for db
    reserve_scratch();
  }

  void plan_unit_blocks() {
    const step_shape& s = plan_.shape;
    plan_.workers = std::min(s.threads, phases::most_parts);
    const bool relu = s.hidden == activation::relu;
    const epilogue_op op = weights_finish();
    for (std::size_t i = 0; i < plan_.workers; ++i) {
      auto& block = plan_.blocks.emplace_back();
      block.rows = block_begin(s.rows, i + 1, plan_.workers) - block_begin(s.rows, i, plan_.workers);
      for (std::size_t l = 0; l < layers_; ++l) {
        const std::size_t in = widths_[l];
        const std::size_t out = widths_[l + 1];
        const std::size_t units = units_of(l, i);
        layer_routes& r = block.layers.emplace_back();
        if (l + 1 == layers_) {
          r.forward = forward_route(l, block.rows, 1);
        } else {
          r.forward = route_product(table_, shape_of(s.rows, units, in, false, false, input_stride(l), out),
                                    relu ? epilogue_op::bias_relu : epilogue_op::bias, 1);
        }
        if (l == 0) {
          r.weights =
              route_product(table_, shape_of(in, units, s.rows, true, false, input_stride(l), out), op, 1);
        } else {
          const std::size_t inputs = units_of(l - 1, i);
          r.backprop = route_product(table_, shape_of(s.rows, inputs, out, false, true, out, out),
                                     backprop_finish(), 1);
          r.weights = weights_route(l, inputs, s.rows, op, 1);
        }
      }
    }
    reserve_activations(s.rows);
    for (std::size_t l = 0; l < layers_; ++l) plan_.layers[l].errors = reserve(s.rows * widths_[l + 1]);
    reserve_losses();
    reserve_gradients();
    plan_.worker_scratch = widest_output();  // for db
    reserve_scratch();
  }
  [[nodiscard]] std::size_t units_of(std::size_t l, std::size_t i) const {
    const std::size_t n = widths_[l + 1];
    return unit_begin(n, i + 1, plan_.workers, table_.width) - unit_begin(n, i, plan_.workers, table_.width);
  }

  void plan_streamed() {
    const step_shape& s = plan_.shape;
    const contract::cut slices = contract::slices(s.rows);
    plan_.workers = std::min(s.threads, slices.count);
    std::size_t most_rows = 0;
    for (std::size_t i = 0; i < slices.count; ++i) {
      const contract::cut blocks = contract::blocks<T>(slices.begin(i + 1) - slices.begin(i));
      for (std::size_t b = 0; b < blocks.count; ++b) {
        const std::size_t rows = blocks.begin(b + 1) - blocks.begin(b);
        most_rows = std::max(most_rows, rows);
        plan_block_of_rows(rows);
      }
    }
    const std::size_t before = plan_.elements;
    reserve_activations(most_rows);
    reserve_alternating_errors(most_rows);
    plan_.elements += gap_between<T>(plan_.workers);
    plan_.block_memory = plan_.elements - before;
    reserve((plan_.workers - 1) * plan_.block_memory);
    reserve_losses();
    reserve_chains();
    plan_.slice_gradients = round_up(all_weights(widths_), 16) + 16 * layers_;
    const std::size_t kept = plan_.workers == 1 ? std::min<std::size_t>(2, slices.count) : slices.count;
    plan_.gradients = reserve(kept * plan_.slice_gradients + widest_output());
    reserve_scratch();
  }
  void plan_block_of_rows(std::size_t rows) {
    for (const auto& block : plan_.blocks) {
      if (block.rows == rows) return;
    }
    auto& block = plan_.blocks.emplace_back();
    block.rows = rows;
    for (std::size_t l = 0; l < layers_; ++l) {
      block.layers.push_back({forward_route(l, rows, 1), backprop_route(l, rows, 1),
                              weights_route(l, widths_[l], rows, epilogue_op::blend, 1)});
    }
  }

  /// dX comes last, when the scratch memory of the other products is free again.
  void plan_input_error() {
    const step_shape& s = plan_.shape;
    plan_.input_error =
        route_product(table_, shape_of(s.rows, widths_[0], widths_[1], false, true, widths_[1], widths_[1]),
                      epilogue_op::store, s.threads);
    const std::size_t wanted = plan_.input_error.scratch();
    if (plan_.scratch + wanted > plan_.elements) reserve(plan_.scratch + wanted - plan_.elements);
  }

  const kernel_table<T>& table_;
  const widths_of_layers& widths_;
  std::size_t layers_;
  step_plan<T> plan_;
};

}  // namespace

template <class T>
step_plan<T> plan_step(const kernel_table<T>& table, const widths_of_layers& widths,
                       const step_shape& shape) {
  check_batch_size<T>("mlp", widths, shape.rows);
  return planner<T>(table, widths, shape).plan();
}

bool worth_sharing(const widths_of_layers& widths, std::size_t rows) noexcept {
  return chain_work(widths, rows) >= 2 * task_work;
}

template <class T>
std::string describe_plan(const step_plan<T>& p) {
  const char* form = "";
  switch (p.form) {
    case step_form::operations:
      form = "operation by operation";
      break;
    case step_form::row_blocks:
      form = "blocks of rows, then all dW";
      break;
    case step_form::unit_blocks:
      form = "blocks of units, layer by layer";
      break;
    case step_form::streamed:
      form = "streamed: blocks of rows through both paths";
      break;
  }
  std::string text = std::string(form) + " (" + p.reason + "), " + std::to_string(p.workers) +
                     (p.workers == 1 ? " thread, " : " threads, ");
  return text + std::to_string(p.elements * sizeof(T)) + " bytes of working memory";
}

template step_plan<float> plan_step(const kernel_table<float>&, const widths_of_layers&, const step_shape&);
template step_plan<double> plan_step(const kernel_table<double>&, const widths_of_layers&, const step_shape&);
template std::string describe_plan(const step_plan<float>&);
template std::string describe_plan(const step_plan<double>&);

}  // namespace twinpath::inline v0::detail
