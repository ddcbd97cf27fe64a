// SPDX-License-Identifier: MIT
#include "nn/step/run.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "runtime/parallel.hpp"
#include "runtime/phases.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class Body>
[[gnu::always_inline]] inline void isolated_if(bool shared, const Body& body) {
  if (!shared) return body();
  isolated(body);
}

/// Runs a program once. Some of it is inlined by force: in the smallest networks a call costs as much as a
/// product.
template <class T>
class step_run {
 public:
  step_run(const step_plan& plan, T* memory, std::vector<layer_state<T>>& layers,
           const step_operands<T>& operands, lowered_products<T>& lowered)
      : table_(kernels<T>()),
        plan_(plan),
        program_(plan.program),
        memory_(memory),
        layers_(layers),
        with_(operands),
        lowered_(lowered),
        scale_(contract::error_scale<T>(operands.which, operands.how, operands.X.rows(),
                                        layers.back().outputs)) {
    lowered.finishes[lowered.descent].alpha = -operands.rule.rate;  // contract::sgd_update
  }

  void prepare(step_program& program) {
    const frame f = whole_batch();
    lowered_.prepare(table_, program, memory_, with_.X.data(),
                     [&](const product_operation& x) { return bind(x, f); });
  }

  T run() {
    switch (program_.order) {
      case phase_order::in_turn:
        run_in_turn();
        break;
      case phase_order::together:
        run_together();
        break;
      case phase_order::by_slice:
        run_by_slice();
        break;
    }
    return total_loss();
  }

 private:
  /// Where the arrays lie for one part of the program.
  struct frame {
    const T* input;
    T* block;
    T* sums;
    T* scratch;
    std::size_t first_row = 0;  ///< of the block, in the batch
    bool isolates = false;      ///< whether an operation that waits for tasks isolates itself
  };

  // --- places --------------------------------------------------------------------------------------------

  [[gnu::always_inline]] inline const T* read(const place& p, const frame& f) const {
    if (p.in == step_array::input) return f.input + p.offset;
    if (p.in == step_array::parameters) return std::as_const(layers_[p.layer].parameters).data() + p.offset;
    return write(p, f);
  }

  [[gnu::always_inline]] inline T* write(const place& p, const frame& f) const {
    switch (p.in) {
      case step_array::memory:
      case step_array::rows:
        return memory_ + p.offset;
      case step_array::parameters:
        return layers_[p.layer].parameters.data() + p.offset;
      case step_array::gradients:
        return layers_[p.layer].gradients.data() + p.offset;
      case step_array::block:
        return f.block + p.offset;
      case step_array::sums:
        return f.sums + p.offset;
      case step_array::input_error:
        return with_.dX.data() + p.offset;
      default:
        return nullptr;
    }
  }

  /// From the start of an array with all rows of the batch to the block.
  [[gnu::always_inline]] static inline std::size_t moved(const matrix_place& x, const frame& f) {
    const bool moves = x.at.in == step_array::rows || x.at.in == step_array::input_error;
    return moves ? f.first_row * x.stride : 0;
  }

  [[gnu::always_inline]] inline matrix_view<const T> readable(const matrix_place& x, const frame& f) const {
    return {read(x.at, f) + moved(x, f), x.rows, x.cols, x.stride};
  }

  [[gnu::always_inline]] inline matrix_view<T> writable(const matrix_place& x, const frame& f) const {
    return {write(x.at, f) + moved(x, f), x.rows, x.cols, x.stride};
  }

  T* scratch_of(std::size_t part) const noexcept {
    return memory_ + program_.scratch + part * program_.scratch_stride;
  }

  T* sums_of(std::size_t slice) const noexcept {
    return memory_ + program_.sums + slice * program_.sums_stride;
  }

  frame whole_batch() const noexcept { return {with_.X.data(), memory_, sums_of(0), scratch_of(0)}; }

  // --- products ------------------------------------------------------------------------------------------

  [[gnu::always_inline]] inline product<T> bind(const product_operation& x, const frame& f) const {
    product<T> p{{readable(x.A, f), x.a_transposed},
                 {readable(x.B, f), x.b_transposed},
                 writable(x.C, f),
                 lowered_.finish_of(x),
                 nullptr,
                 {}};
    if (x.op == epilogue_op::mask) {
      p.mask = readable(x.beside, f);
    } else if (x.beside.at.in != step_array::none) {
      p.bias = read(x.beside.at, f);
    }
    if (x.follow != step_follow::nothing) follow(p.after, x, f);
    return p;
  }

  /// Sets what follows the store of a product.
  [[gnu::always_inline]] inline void follow(after_store<T>& after, const product_operation& x,
                                            const frame& f) const {
    const std::size_t stride = x.followed.stride;
    if (x.follow == step_follow::activate)
      return after.set(map_step<T>{table_.activate[plan_.shape.hidden], writable(x.followed, f).data()},
                       stride);
    if (x.follow == step_follow::derivative) {
      const derivative_function<T> derivative = table_.apply_derivative[plan_.shape.hidden];
      return after.set(derivative_step<T>{derivative, readable(x.followed, f).data()}, stride);
    }
    layer_state<T>& layer = layers_[x.followed.at.layer];
    const std::size_t first = x.followed.at.offset;
    after.set(update_step<T>{with_.rule.function, &with_.rule.factors, layer.parameters.data() + first,
                             layer.moment(0, first), layer.moment(1, first)},
              stride);
  }

  [[gnu::always_inline]] inline void compute(const product_operation& x, const frame& f) {
    if (x.calls.begin == x.calls.end) return compute_as_routed(x, f);
    const span_scope span(x.label, [&] {
      const product_shape s = shape_of<T>(x);
      return span_shape{s.m, s.n, s.k};
    });
    lowered_.make(x.calls);
    if (x.follow == step_follow::nothing) return;
    after_store<T> after;
    follow(after, x, f);
    after.run(write(x.C.at, f), x.C.stride, 0, 0, x.C.rows, x.C.cols);
  }

  [[gnu::noinline]] void compute_as_routed(const product_operation& x, const frame& f) {
    const product<T> p = bind(x, f);
    isolated_if(f.isolates && x.route.workers() > 1,
                [&] { run_product(table_, x.route, p, f.scratch, x.label); });
  }

  // --- the loss ------------------------------------------------------------------------------------------

  [[gnu::always_inline]] inline void compute(const loss_operation& x, const frame& f) {
    if (x.shared) return compute_shared(x, f);
    const span_scope span({"loss"});
    const std::size_t first = f.first_row + x.first;
    loss_rows<T>(table_, with_.which, readable(x.Z, f), with_.y, first, writable(x.dZ, f), scale_,
                 write(x.losses, f) + first);
  }

  [[gnu::noinline]] void compute_shared(const loss_operation& x, const frame& f) {
    const std::size_t n = x.Z.cols;
    for_row_parts(x.Z.rows, exponential_cost * n * sizeof(T), [&](std::size_t begin, std::size_t end) {
      loss_operation part = x;
      part.shared = false;
      part.first += begin;
      part.Z.at.offset += begin * x.Z.stride;
      part.dZ.at.offset += begin * x.dZ.stride;
      part.Z.rows = part.dZ.rows = end - begin;
      compute(part, f);
    });
  }

  T total_loss() const {
    const span_scope span({"loss"});
    const std::size_t rows = plan_.shape.rows;
    return fold_losses(table_, memory_ + program_.losses, rows,
                       loss_divisor(with_.which, with_.how, rows, layers_.back().outputs),
                       memory_ + program_.loss_scratch);
  }

  // --- the bias ------------------------------------------------------------------------------------------

  /// Where db goes: to the gradients, or to scratch memory until it is applied.
  T* bias_gradient(std::size_t l, std::size_t first, const frame& f) const {
    if (plan_.shape.gradients == gradient_use::overwrite) return layers_[l].bias_gradients().data() + first;
    return f.scratch;
  }

  void finish_bias(std::size_t l, const T* db, std::size_t first, std::size_t n) {
    if (plan_.shape.updates()) {
      apply(l, db, layers_[l].weights_size() + first, n);
    } else if (plan_.shape.gradients == gradient_use::accumulate) {
      table_.add(db, layers_[l].bias_gradients().data() + first, n);
    }
  }

  [[gnu::always_inline]] inline void compute(const bias_operation& x, const frame& f) {
    if (x.shared) return compute_shared(x, f);
    const span_scope span({"db", x.layer + 1});
    const T* const dZ = read(x.dZ.at, f);
    if (plan_.shape.gradients == gradient_use::descend) {
      return table_.column_descent(with_.rule.rate, dZ, x.dZ.stride, x.dZ.rows, x.dZ.cols,
                                   layers_[x.layer].bias().data() + x.first);
    }
    T* const db = bias_gradient(x.layer, x.first, f);
    table_.column_sums(dZ, x.dZ.stride, x.dZ.rows, x.dZ.cols, db);
    finish_bias(x.layer, db, x.first, x.dZ.cols);
  }

  [[gnu::noinline]] void compute_shared(const bias_operation& x, const frame& f) {
    T* const db = bias_gradient(x.layer, x.first, f);
    isolated_if(f.isolates, [&] {
      column_sums<T>(readable(x.dZ, f), db, write(x.chains, f), {"db", x.layer + 1});
    });
    finish_bias(x.layer, db, x.first, x.dZ.cols);
  }

  void compute(const chains_operation& x, const frame& f) {
    constexpr std::size_t length = contract::sum_rows;
    const span_scope span({"db", x.layer + 1});
    const matrix_view<const T> dZ = readable(x.dZ, f);
    const std::size_t first = f.first_row + x.first;
    const std::size_t n = dZ.cols();
    const auto chain_of = [&](std::size_t row) { return write(x.chains, f) + (first + row) / length * n; };
    std::size_t row = 0;
    for (; (first + row) % length != 0 && row < dZ.rows(); ++row)
      table_.add(dZ.row(row).data(), chain_of(row), n);
    for (; row < dZ.rows(); row += length)
      table_.column_chain(dZ.row(row).data(), dZ.stride(), std::min(length, dZ.rows() - row), n,
                          chain_of(row));
  }

  void compute(const fold_operation& x, const frame& f) {
    const span_scope span({"db", x.layer + 1});
    const std::size_t n = layers_[x.layer].outputs;
    const T* const chains = read(x.chains, f);
    T* const db = bias_gradient(x.layer, 0, f);
    std::fill_n(db, n, T(0));
    for (std::size_t c = 0; c < x.count; ++c) table_.add(chains + c * n, db, n);
    finish_bias(x.layer, db, 0, n);
  }

  // --- updates -------------------------------------------------------------------------------------------

  /// Applies gradients of the parameters `first` … of layer l.
  void apply(std::size_t l, const T* gradients, std::size_t first, std::size_t n) {
    layer_state<T>& to = layers_[l];
    with_.rule.apply(table_, gradients, to.parameters.data() + first, to.moment(0, first),
                     to.moment(1, first), n);
  }

  void compute(const update_operation& x, const frame& f) {
    const T* const dW = read(x.dW, f);
    layer_state<T>& to = layers_[x.layer];
    const std::size_t n = to.weights_size();
    if (plan_.shape.updates()) {
      const span_scope span({"update", x.layer + 1});
      return apply(x.layer, dW, 0, n);
    }
    const span_scope span({"dW", x.layer + 1});
    if (x.use == gradient_use::accumulate) return table_.add(dW, to.gradients.data(), n);
    std::copy_n(dW, n, to.gradients.data());
  }

  // --- the walk ------------------------------------------------------------------------------------------

  [[gnu::noinline]] void run_part(const program_part& part, const frame& f) {
    const operation* const end = program_.operations.data() + part.end;
    for (const operation* x = program_.operations.data() + part.begin; x != end; ++x) {
      // Not std::visit, whose calls GCC 12 does not inline.
      if (const auto* product = std::get_if<product_operation>(x)) {
        compute(*product, f);
      } else if (const auto* bias = std::get_if<bias_operation>(x)) {
        compute(*bias, f);
      } else if (const auto* loss = std::get_if<loss_operation>(x)) {
        compute(*loss, f);
      } else {
        compute_other(*x, f);
      }
    }
  }

  [[gnu::noinline]] void compute_other(const operation& x, const frame& f) {
    if (const auto* chains = std::get_if<chains_operation>(&x)) return compute(*chains, f);
    if (const auto* fold = std::get_if<fold_operation>(&x)) return compute(*fold, f);
    compute(std::get<update_operation>(x), f);
  }

  void run_in_turn() {
    frame f = whole_batch();
    if (program_.workers == 1) return run_part({0, program_.operations.size()}, f);
    for (const program_phase& phase : program_.phases) {
      const program_part* const parts = program_.parts.data() + phase.begin;
      f.isolates = phase.parts() == 1;
      if (f.isolates) {
        run_part(parts[0], f);
        continue;
      }
      // One isolation around both, so that a thread that has finished one path helps with the other.
      frame other = f;
      other.scratch = scratch_of(1);
      isolated([&] { run_both([&] { run_part(parts[0], f); }, [&] { run_part(parts[1], other); }); });
    }
  }

  void run_together() {
    const auto part = [&](std::size_t phase, std::size_t i) {
      frame f = whole_batch();
      f.scratch = scratch_of(i);
      run_part(program_.parts[program_.phases[phase].begin + i], f);
    };
    isolated_if(program_.workers > 1, [&] { phases(program_.workers, program_.phases.size()).run(part); });
  }

  void run_slice(std::size_t begin, std::size_t end, frame f) {
    const contract::cut blocks = contract::blocks<T>(end - begin);
    for (std::size_t b = 0; b < blocks.count; ++b) {
      const step_program::block_kind kind{blocks.begin(b + 1) - blocks.begin(b), b == 0};
      const auto place = std::ranges::find(program_.block_kinds, kind) - program_.block_kinds.begin();
      f.first_row = begin + blocks.begin(b);
      f.input = with_.X.data() + f.first_row * with_.X.stride();
      run_part(program_.parts[program_.phases[static_cast<std::size_t>(place)].begin], f);
    }
  }

  void run_by_slice() {
    const contract::cut slices = contract::slices(plan_.shape.rows);
    const auto add_slice = [&](std::size_t s) { table_.add(sums_of(s), sums_of(0), program_.sums_size); };
    const auto slice_task = [&](std::size_t worker, std::size_t s) {
      frame f = whole_batch();
      f.block = memory_ + worker * program_.block_stride;
      f.scratch = scratch_of(worker);
      // A single worker adds each slice as soon as it is complete, in order.
      const std::size_t kept = program_.workers == 1 ? std::min<std::size_t>(s, 1) : s;
      f.sums = sums_of(kept);
      run_slice(slices.begin(s), slices.begin(s + 1), f);
      if (program_.workers == 1 && s != 0) add_slice(kept);
    };
    if (program_.workers == 1) {
      for (std::size_t s = 0; s < slices.count; ++s) slice_task(0, s);
    } else {
      isolated([&] { run_tasks(program_.workers, slices.count, slice_task); });
      for (std::size_t s = 1; s < slices.count; ++s) add_slice(s);
    }
    run_part(program_.parts[program_.phases.back().begin], whole_batch());
  }

  const kernel_table<T>& table_;
  const step_plan& plan_;
  const step_program& program_;
  T* const memory_;
  std::vector<layer_state<T>>& layers_;
  const step_operands<T>& with_;
  lowered_products<T>& lowered_;
  const T scale_;  ///< of the output error
};

}  // namespace

// --- lowering ---------------------------------------------------------------------------------------------

template <class T>
template <class Bind>
void lowered_products<T>::prepare(const kernel_table<T>& table, step_program& program, const T* memory,
                                  const T* X, const Bind& bind) {
  if (program.order == phase_order::by_slice) return;  // its operands move from block to block
  if (memory_ != memory) {
    calls_.clear();
    readers_of_x_.clear();
    for (operation& x : program.operations) {
      if (auto* product = std::get_if<product_operation>(&x)) lower(table, *product, X, bind);
    }
    memory_ = memory;
    x_ = X;
  }
  if (X == x_) return;
  for (const reader_of_x& reader : readers_of_x_) calls_[reader.call].operands.a = X + reader.offset;
  x_ = X;
}

template <class T>
template <class Bind>
void lowered_products<T>::lower(const kernel_table<T>& table, product_operation& x, const T* X,
                                const Bind& bind) {
  const std::size_t begin = calls_.size();
  const std::size_t readers = readers_of_x_.size();
  x.calls = {begin, begin};
  if (x.route.path != product_path::direct || x.C.rows * x.C.cols * x.A.rows * x.A.cols == 0) return;
  const product<T> p = bind(x);
  try {
    const bool listed = list_direct(table, p.A, p.B, p.C, finish_of(x), p.bias, p.mask, calls_);
    const std::size_t end = calls_.size();
    if (!listed || end - begin > most_calls) return calls_.resize(begin);
    if (x.A.at.in == step_array::input) {
      for (std::size_t i = begin; i < end; ++i)
        readers_of_x_.push_back({i, static_cast<std::size_t>(calls_[i].operands.a - X)});
    }
    x.calls.end = end;
  } catch (const std::bad_alloc&) {
    calls_.resize(begin);
    readers_of_x_.resize(readers);
  }
}

template <class T>
void lower_step(step_plan& plan, T* memory, std::vector<layer_state<T>>& layers, const step_operands<T>& with,
                lowered_products<T>& lowered) {
  step_run<T>(plan, memory, layers, with, lowered).prepare(plan.program);
}

template <class T>
T run_step(step_plan& plan, T* memory, std::vector<layer_state<T>>& layers, const step_operands<T>& with,
           lowered_products<T>& lowered) {
  step_run<T> s(plan, memory, layers, with, lowered);
  s.prepare(plan.program);
  return s.run();
}

template void lower_step(step_plan&, float*, std::vector<layer_state<float>>&, const step_operands<float>&,
                         lowered_products<float>&);
template void lower_step(step_plan&, double*, std::vector<layer_state<double>>&, const step_operands<double>&,
                         lowered_products<double>&);
template float run_step(step_plan&, float*, std::vector<layer_state<float>>&, const step_operands<float>&,
                        lowered_products<float>&);
template double run_step(step_plan&, double*, std::vector<layer_state<double>>&, const step_operands<double>&,
                         lowered_products<double>&);

}  // namespace twinpath::inline v0::detail
