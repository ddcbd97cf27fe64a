// SPDX-License-Identifier: MIT
// The hazard of a step: W may be overwritten only after the backprop path has read it. `operations` computes
// dZ of the layer below first, or keeps dW until then; `row_blocks` and `streamed` overwrite nothing before
// the chains of all rows are done; of `unit_blocks` a task alone reads the rows of W that it overwrites,
// before it does so.
#include "nn/step.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "runtime/parallel.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
class step_run {
 public:
  step_run(const step_plan<T>& plan, T* memory, std::vector<layer_state<T>>& layers, matrix_view<const T> X,
           const targets<T>& y, reduction how, T rate)
      : table_(kernels<T>()),
        plan_(plan),
        memory_(memory),
        layers_(layers),
        X_(X),
        y_(y),
        how_(how),
        scale_(error_scale<T>(how, X.rows())),
        rate_(rate) {}

  T run() const {
    switch (plan_.form) {
      case step_form::operations:
        run_operations();
        break;
      case step_form::row_blocks:
        run_row_blocks();
        break;
      case step_form::unit_blocks:
        run_unit_blocks();
        break;
      case step_form::streamed:
        run_streamed();
        break;
    }
    const span_scope span({"loss"}, 0);
    return fold_losses(table_, losses(), X_.rows(), how_, memory_ + plan_.loss_scratch);
  }

 private:
  // --- what all forms consist of --------------------------------------------------------------------------
  // Some of it inlined by force: in the smallest networks the calls would cost as much as the products.

  /// Where a block of rows keeps what it computes.
  struct block_memory {
    std::size_t first;  ///< its first row in the batch
    std::size_t rows;
    std::size_t first_kept;  ///< the row of the arrays that is its first one
    std::size_t offset;      ///< of the arrays
    T* scratch;
  };

  [[nodiscard]] block_memory all_rows(T* scratch) const noexcept { return {0, X_.rows(), 0, 0, scratch}; }
  [[nodiscard]] std::size_t layers() const noexcept { return layers_.size(); }
  [[nodiscard]] unsigned number(std::size_t l) const noexcept { return static_cast<unsigned>(l + 1); }
  /// Scratch memory of one of the parts that are computed at the same time.
  [[nodiscard]] T* scratch_of(std::size_t part) const noexcept {
    return memory_ + plan_.scratch + part * plan_.worker_scratch;
  }
  [[nodiscard]] T* losses() const noexcept { return memory_ + plan_.losses; }
  [[nodiscard]] T* chains(std::size_t l) const noexcept { return memory_ + plan_.layers[l].chains; }

  [[gnu::always_inline]] inline matrix_view<T> rows_at(std::size_t offset, std::size_t l,
                                                       const block_memory& m) const {
    const std::size_t n = layers_[l].outputs;
    return {memory_ + m.offset + offset + m.first_kept * n, m.rows, n};
  }
  [[gnu::always_inline]] inline matrix_view<T> activations(std::size_t l, const block_memory& m) const {
    return rows_at(plan_.layers[l].activations, l, m);
  }
  [[gnu::always_inline]] inline matrix_view<T> errors(std::size_t l, const block_memory& m) const {
    return rows_at(plan_.layers[l].errors, l, m);
  }
  [[gnu::always_inline]] inline matrix_view<const T> input(std::size_t l, const block_memory& m) const {
    if (l != 0) return activations(l - 1, m);
    return {X_.data() + m.first * X_.stride(), m.rows, X_.cols(), X_.stride()};
  }

  template <class Body>
  static void isolated_if(bool shared, const Body& body) {
    if (!shared) return body();
    isolated(body);
  }
  /// Runs a product, with the tasks of its route.
  void multiply(const product_route& route, const product<T>& x, T* scratch, span_label label) const {
    isolated_if(route.workers() > 1, [&] { run_product(table_, route, x, scratch, label); });
  }

  [[gnu::always_inline]] inline void forward(const layer_routes& routes, std::size_t l,
                                             const block_memory& m) const {
    const layer_state<T>& layer = std::as_const(layers_[l]);
    const finish end = l + 1 == layers() ? finish::bias : finish::bias_relu;
    multiply(routes.forward,
             {input(l, m), layer.weights(), activations(l, m), {end}, layer.bias().data(), {}}, m.scratch,
             {"Z", number(l)});
  }

  [[gnu::always_inline]] inline void output_error(const block_memory& m) const {
    const span_scope span({"loss"}, 0);
    const std::size_t last = layers() - 1;
    cross_entropy_rows<T>(table_, activations(last, m), y_, m.first, errors(last, m), scale_,
                          losses() + m.first);
  }

  [[gnu::always_inline]] inline product<T> backprop_product(std::size_t l, const block_memory& m) const {
    return {errors(l, m),     transposed(std::as_const(layers_[l]).weights()),
            errors(l - 1, m), {finish::mask},
            nullptr,          activations(l - 1, m)};
  }
  [[gnu::always_inline]] inline void backprop(const layer_routes& routes, std::size_t l,
                                              const block_memory& m) const {
    multiply(routes.backprop, backprop_product(l, m), m.scratch, {"dZ", number(l - 1)});
  }

  /// Rows `begin` … of dW of layer l, for all rows of a block, to `out`.
  [[gnu::always_inline]] inline product<T> weights_product(std::size_t l, const block_memory& m,
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
  /// W <- fma(-rate, dW, 1 * W), which is contract::sgd_update.
  [[nodiscard]] epilogue<T> update_in_store() const noexcept { return {finish::blend, -rate_, T(1)}; }

  /// Where dW of layer l goes, and how.
  [[nodiscard]] T* weights_target(std::size_t l) const noexcept {
    layer_state<T>& layer = layers_[l];
    return plan_.shape.updates ? layer.weights().data() : layer.weight_gradients().data();
  }
  [[nodiscard]] epilogue<T> weights_finish() const noexcept {
    return plan_.shape.updates ? update_in_store() : epilogue<T>{};
  }

  void update(const T* gradient, T* parameters, std::size_t n, std::size_t l) const {
    const span_scope span({"update", number(l)}, 0);
    table_.sgd_update(rate_, gradient, parameters, n);
  }
  void finish_bias(std::size_t l, const T* db) const {
    if (plan_.shape.updates) table_.sgd_update(rate_, db, layers_[l].bias().data(), layers_[l].outputs);
  }
  /// Where db of layer l goes: to the gradients, or for a moment to memory that is as wide.
  [[nodiscard]] T* bias_gradient(std::size_t l, T* moment) const noexcept {
    return plan_.shape.updates ? moment : layers_[l].bias_gradients().data();
  }

  // --- operation by operation -----------------------------------------------------------------------------

  void run_operations() const {
    const block_memory all = all_rows(memory_ + plan_.scratch);
    const std::vector<layer_routes>& routes = plan_.blocks.front().layers;
    for (std::size_t l = 0; l < layers(); ++l) forward(routes[l], l, all);
    share_output_error(all);
    std::size_t unapplied = layers();  // a layer whose dW is kept
    for (std::size_t l = layers(); l-- > 0;) {
      if (plan_.side_by_side[l]) {
        paths_side_by_side(routes[l], l, all, unapplied);
        unapplied = plan_.shape.updates ? l : layers();
        continue;
      }
      if (l > 0) backprop(routes[l], l, all);
      if (unapplied == layers()) {
        parameter_path(routes[l], l, all);
      } else {
        isolated(
            [&] { run_both([&] { parameter_path(routes[l], l, all); }, [&] { apply_kept(unapplied); }); });
        unapplied = layers();
      }
    }
  }

  void share_output_error(const block_memory& all) const {
    if (plan_.workers == 1) return output_error(all);
    for_row_parts(all.rows, exponential_cost * layers_.back().outputs * sizeof(T),
                  [&](std::size_t first, std::size_t last) {
                    output_error({first, last - first, first, 0, nullptr});
                  });
  }

  /// dW and db of layer l, applied at once when the step updates.
  [[gnu::always_inline]] inline void parameter_path(const layer_routes& routes, std::size_t l,
                                                    const block_memory& all) const {
    multiply(routes.weights,
             weights_product(l, all, 0, layers_[l].inputs, weights_target(l), weights_finish()), all.scratch,
             {"dW", number(l)});
    isolated_if(plan_.workers > 1, [&] { bias_path(l, all); });
  }

  /// db of layer l, applied at once when the step updates: no path back reads a bias.
  [[gnu::always_inline]] inline void bias_path(std::size_t l, const block_memory& all) const {
    const matrix_view<T> dZ = errors(l, all);
    if (plan_.shape.updates && plan_.workers == 1) {
      const span_scope span({"db", number(l)}, 0);
      return table_.column_descent(rate_, dZ.data(), dZ.stride(), dZ.rows(), dZ.cols(),
                                   layers_[l].bias().data());
    }
    T* const db = bias_gradient(l, kept_gradient(l));
    column_sums<T>(dZ, db, chains(l), {"db", number(l)});
    finish_bias(l, db);
  }

  [[nodiscard]] T* kept_gradient(std::size_t l) const noexcept {
    return memory_ + plan_.gradients + l % 2 * plan_.slice_gradients;
  }
  [[nodiscard]] T* kept_weights(std::size_t l) const noexcept {
    return kept_gradient(l) + round_up(layers_[l].outputs, 16);
  }
  void apply_kept(std::size_t l) const {
    layer_state<T>& layer = layers_[l];
    update(kept_weights(l), layer.weights().data(), layer.weights_size(), l);
  }

  /// The fork: the parameter path beside the backprop path, which still reads W. What the layer above kept of
  /// its parameter path is applied meanwhile.
  void paths_side_by_side(const layer_routes& routes, std::size_t l, const block_memory& all,
                          std::size_t unapplied) const {
    layer_state<T>& layer = layers_[l];
    const bool updates = plan_.shape.updates;
    T* const dW = updates ? kept_weights(l) : layer.weight_gradients().data();
    const product<T> weights = weights_product(l, all, 0, layer.inputs, dW, {});
    const product<T> below = backprop_product(l, all);
    T* const weights_scratch = all.scratch;
    T* const below_scratch = all.scratch + round_up(routes.weights.scratch(), 16);
    isolated([&] {
      run_both(
          [&] {
            run_product(table_, routes.weights, weights, weights_scratch, {"dW", number(l)});
            bias_path(l, all);
          },
          [&] {
            run_product(table_, routes.backprop, below, below_scratch, {"dZ", number(l - 1)});
            if (unapplied != layers()) apply_kept(unapplied);
          });
    });
  }

  // --- blocks of rows -------------------------------------------------------------------------------------

  void run_row_blocks() const {
    const std::size_t blocks = plan_.blocks.size();
    isolated_if(blocks > 1, [&] {
      phases(blocks, 2).run([&](std::size_t phase, std::size_t i) {
        if (phase == 0) return chain_of_block(i, scratch_of(i));
        part_of_weights(i, scratch_of(i));
      });
    });
  }

  [[nodiscard]] std::size_t block_row(std::size_t i) const noexcept {
    return block_begin(X_.rows(), i, plan_.blocks.size());
  }

  /// Block i of the rows from Z1 to dZ1.
  void chain_of_block(std::size_t i, T* scratch) const {
    const std::size_t first = block_row(i);
    const block_memory m{first, block_row(i + 1) - first, first, 0, scratch};
    const std::vector<layer_routes>& routes = plan_.blocks[i].layers;
    for (std::size_t l = 0; l < layers(); ++l) forward(routes[l], l, m);
    output_error(m);
    for (std::size_t l = layers(); l-- > 0;) {
      // The chains of column sums that no other block has a share in.
      add_chains(l, errors(l, m), first, divide_up(first, contract::sum_rows),
                 m.first + m.rows == X_.rows() ? chain_count() : (first + m.rows) / contract::sum_rows);
      if (l > 0) backprop(routes[l], l, m);
    }
  }

  [[nodiscard]] std::size_t chain_count() const noexcept { return divide_up(X_.rows(), contract::sum_rows); }

  /// Chains begin … end - 1 of layer l's column sums, from errors whose first row is row `first` of the
  /// batch.
  void add_chains(std::size_t l, matrix_view<const T> dZ, std::size_t first, std::size_t begin,
                  std::size_t end) const {
    const span_scope span({"db", number(l)}, 0);
    for (std::size_t c = begin; c < end; ++c) {
      const std::size_t row = c * contract::sum_rows;
      table_.column_chain(dZ.data() + (row - first) * dZ.stride(), dZ.stride(),
                          std::min(contract::sum_rows, X_.rows() - row), dZ.cols(),
                          chains(l) + c * dZ.cols());
    }
  }

  /// Part i of the rows of every dW, and db of every layer whose turn it is.
  void part_of_weights(std::size_t i, T* scratch) const {
    const std::size_t parts = plan_.blocks.size();
    const block_memory all = all_rows(scratch);
    for (std::size_t l = 0; l < layers(); ++l) {
      const std::size_t inputs = layers_[l].inputs;
      const product<T> x =
          weights_product(l, all, block_begin(inputs, i, parts), block_begin(inputs, i + 1, parts),
                          weights_target(l), weights_finish());
      run_product(table_, plan_.blocks[i].layers[l].weights, x, scratch, {"dW", number(l)});
      if (l % parts != i) continue;
      for (std::size_t b = 1; b < parts; ++b) {
        const std::size_t cut = block_row(b);
        if (cut % contract::sum_rows != 0)
          add_chains(l, errors(l, all), 0, cut / contract::sum_rows, cut / contract::sum_rows + 1);
      }
      fold_bias(l, scratch);
    }
  }

  /// db of layer l from its chains, in order.
  void fold_bias(std::size_t l, T* moment) const {
    const span_scope span({"db", number(l)}, 0);
    const std::size_t n = layers_[l].outputs;
    T* const db = bias_gradient(l, moment);
    std::fill_n(db, n, T(0));
    for (std::size_t c = 0; c < chain_count(); ++c) table_.add(chains(l) + c * n, db, n);
    finish_bias(l, db);
  }

  // --- blocks of units ------------------------------------------------------------------------------------

  void run_unit_blocks() const {
    const std::size_t last = layers() - 1;
    isolated([&] {
      phases(plan_.blocks.size(), 2 * layers() - 1).run([&](std::size_t phase, std::size_t i) {
        if (phase < last) return units_forward(phase, i, scratch_of(i));
        if (phase == last) return output_rows(i, scratch_of(i));
        units_backward(2 * last + 1 - phase, i, scratch_of(i));
      });
    });
  }

  struct unit_range {
    std::size_t begin, end;
    [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
  };
  /// Block i of the units of layer l.
  [[nodiscard]] unit_range units(std::size_t l, std::size_t i) const noexcept {
    const std::size_t n = layers_[l].outputs;
    return {unit_begin(n, i, plan_.blocks.size(), table_.width),
            unit_begin(n, i + 1, plan_.blocks.size(), table_.width)};
  }
  template <class View>
  [[nodiscard]] static View columns_of(const View& x, const unit_range& u) {
    return View(x.data() + u.begin, x.rows(), u.size(), x.stride());
  }

  void units_forward(std::size_t l, std::size_t i, T* scratch) const {
    const block_memory all = all_rows(scratch);
    const unit_range u = units(l, i);
    const layer_state<T>& layer = std::as_const(layers_[l]);
    run_product(table_, plan_.blocks[i].layers[l].forward,
                {input(l, all),
                 columns_of(layer.weights(), u),
                 columns_of(activations(l, all), u),
                 {finish::bias_relu},
                 layer.bias().data() + u.begin,
                 {}},
                scratch, {"Z", number(l)});
  }

  void output_rows(std::size_t i, T* scratch) const {
    const std::size_t first = block_row(i);
    const block_memory m{first, block_row(i + 1) - first, first, 0, scratch};
    forward(plan_.blocks[i].layers.back(), layers() - 1, m);
    output_error(m);
  }

  /// Both paths of layer l for a block of the units below it; below the second layer dW of the first one too.
  void units_backward(std::size_t l, std::size_t i, T* scratch) const {
    const block_memory all = all_rows(scratch);
    const layer_routes& routes = plan_.blocks[i].layers[l];
    const unit_range below = units(l - 1, i);
    const std::size_t n = layers_[l].outputs;
    const matrix_view<const T> W = std::as_const(layers_[l]).weights();
    run_product(table_, routes.backprop,
                {errors(l, all),
                 transposed(matrix_view<const T>(W.data() + below.begin * n, below.size(), n)),
                 error_of_units(l - 1, below),
                 {finish::mask},
                 nullptr,
                 columns_of(matrix_view<const T>(activations(l - 1, all)), below)},
                scratch, {"dZ", number(l - 1)});
    run_product(table_, routes.weights,
                weights_product(l, all, below.begin, below.end, weights_target(l), weights_finish()), scratch,
                {"dW", number(l)});
    bias_of_units(l, units(l, i));
    if (l != 1) return;
    const matrix_view<T> target(weights_target(0), layers_[0].inputs, layers_[0].outputs);
    run_product(table_, plan_.blocks[i].layers[0].weights,
                {transposed(X_),
                 matrix_view<const T>(error_of_units(0, below)),
                 columns_of(target, below),
                 weights_finish(),
                 nullptr,
                 {}},
                scratch, {"dW", number(0)});
    bias_of_units(0, below);
  }

  /// dZ of a block of units. That of the first layer is met by one task alone and lies in one piece.
  [[nodiscard]] matrix_view<T> error_of_units(std::size_t l, const unit_range& u) const {
    if (l == 0) return {memory_ + plan_.layers[0].errors + X_.rows() * u.begin, X_.rows(), u.size()};
    return columns_of(errors(l, all_rows(nullptr)), u);
  }
  void bias_of_units(std::size_t l, const unit_range& u) const {
    const span_scope span({"db", number(l)}, 0);
    const matrix_view<T> dZ = error_of_units(l, u);
    if (plan_.shape.updates) {
      table_.column_descent(rate_, dZ.data(), dZ.stride(), dZ.rows(), u.size(),
                            layers_[l].bias().data() + u.begin);
    } else {
      table_.column_sums(dZ.data(), dZ.stride(), dZ.rows(), u.size(),
                         layers_[l].bias_gradients().data() + u.begin);
    }
  }

  // --- streamed -------------------------------------------------------------------------------------------

  void run_streamed() const {
    const contract::cut slices = contract::slices(X_.rows());
    const auto slice_task = [&](std::size_t worker, std::size_t s) {
      // One worker adds the slices up as it goes, in order.
      const bool first = s == 0;
      T* const sums = slice_sums(plan_.workers == 1 && !first ? 1 : s);
      stream_slice(slices.begin(s), slices.begin(s + 1), worker, sums);
      if (plan_.workers == 1 && !first) add_slice(sums);
    };
    if (plan_.workers == 1) {
      for (std::size_t s = 0; s < slices.count; ++s) slice_task(0, s);
    } else {
      isolated([&] { run_tasks(plan_.workers, slices.count, slice_task); });
      for (std::size_t s = 1; s < slices.count; ++s) add_slice(slice_sums(s));
    }
    T* const moment = slice_sums(plan_.workers == 1 ? std::min<std::size_t>(2, slices.count) : slices.count);
    for (std::size_t l = 0; l < layers(); ++l) {
      layer_state<T>& layer = layers_[l];
      update(slice_sums(0) + weights_offset(l), layer.weights().data(), layer.weights_size(), l);
      fold_bias(l, moment);
    }
  }

  [[nodiscard]] T* slice_sums(std::size_t s) const noexcept {
    return memory_ + plan_.gradients + s * plan_.slice_gradients;
  }
  [[nodiscard]] std::size_t weights_offset(std::size_t l) const noexcept {
    std::size_t offset = 0;
    for (std::size_t i = 0; i < l; ++i) offset += round_up(layers_[i].weights_size(), 16);
    return offset;
  }
  void add_slice(const T* sums) const {
    table_.add(sums, slice_sums(0), weights_offset(layers() - 1) + layers_.back().weights_size());
  }

  /// A slice of the rows, block after block, through both paths; the sums of its dW are left in `sums`.
  void stream_slice(std::size_t begin, std::size_t end, std::size_t worker, T* sums) const {
    const contract::cut blocks = contract::blocks<T>(end - begin);
    block_memory m{0, 0, 0, worker * plan_.block_memory,
                   memory_ + plan_.scratch + worker * plan_.worker_scratch};
    for (std::size_t b = 0; b < blocks.count; ++b) {
      m.first = begin + blocks.begin(b);
      m.rows = blocks.begin(b + 1) - blocks.begin(b);
      const std::vector<layer_routes>& routes = plan_.routes_for(m.rows);
      const epilogue<T> end_of_block = b == 0 ? epilogue<T>{} : epilogue<T>{finish::blend, T(1), T(1)};
      for (std::size_t l = 0; l < layers(); ++l) forward(routes[l], l, m);
      output_error(m);
      for (std::size_t l = layers(); l-- > 0;) {
        continue_chains(l, errors(l, m), m.first);
        run_product(table_, routes[l].weights,
                    weights_product(l, m, 0, layers_[l].inputs, sums + weights_offset(l), end_of_block),
                    m.scratch, {"dW", number(l)});
        if (l > 0) backprop(routes[l], l, m);
      }
    }
  }

  /// The chains of layer l's column sums over a block that begins at row `first` of the batch, maybe in the
  /// midst of a chain.
  void continue_chains(std::size_t l, matrix_view<const T> dZ, std::size_t first) const {
    constexpr std::size_t length = contract::sum_rows;
    const std::size_t n = dZ.cols();
    std::size_t done = 0;
    for (; (first + done) % length != 0 && done < dZ.rows(); ++done)
      table_.add(dZ.row(done).data(), chains(l) + first / length * n, n);
    const span_scope span({"db", number(l)}, 0);
    for (; done < dZ.rows(); done += length) {
      table_.column_chain(dZ.row(done).data(), dZ.stride(), std::min(length, dZ.rows() - done), n,
                          chains(l) + (first + done) / length * n);
    }
  }

  const kernel_table<T>& table_;
  const step_plan<T>& plan_;
  T* const memory_;
  std::vector<layer_state<T>>& layers_;
  const matrix_view<const T> X_;
  const targets<T>& y_;
  const reduction how_;
  const T scale_;
  const T rate_;
};

}  // namespace

template <class T>
void training_step<T>::prepare(const std::vector<std::size_t>& widths, std::size_t rows, std::size_t x_stride,
                               schedule how, bool updates) {
  step_shape shape{rows, x_stride, 1, how, updates};
  if (worth_sharing(widths, rows)) shape.threads = concurrency();
  const auto planned = [&] { return current_ < plans_.size() && plans_[current_].shape == shape; };
  if (planned()) return;
  current_ = 0;
  while (current_ < plans_.size() && !planned()) ++current_;
  if (current_ == plans_.size()) {
    if (plans_.size() == most_plans) plans_.erase(plans_.begin());
    plans_.push_back(plan_step(kernels<T>(), widths, shape));
    current_ = plans_.size() - 1;
  }
  const std::size_t elements = plans_[current_].elements;
  if (elements <= memory_.size()) return;
  memory_ = {};  // first, so that the two do not add up
  try {
    memory_ = matrix<T>(1, elements);
  } catch (const std::bad_alloc&) {
    current_ = plans_.size();
    throw;
  }
}

template <class T>
T training_step<T>::run(std::vector<layer_state<T>>& layers, matrix_view<const T> X, const targets<T>& y,
                        reduction how, T rate) {
  return step_run<T>(plans_[current_], memory_.data(), layers, X, y, how, rate).run();
}

template <class T>
matrix_view<const T> training_step<T>::activations(std::size_t layer, std::size_t outputs) const {
  if (current_ >= plans_.size() || plans_[current_].shape.updates) return {};
  const step_plan<T>& plan = plans_[current_];
  return {memory_.data() + plan.layers[layer].activations, plan.shape.rows, outputs};
}

template class training_step<float>;
template class training_step<double>;

}  // namespace twinpath::inline v0::detail
