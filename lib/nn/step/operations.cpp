// SPDX-License-Identifier: MIT
// Operation by operation over all rows.
#include "nn/step/run.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
class operations {
 public:
  explicit operations(const step_run<T>& s) : s_(s), all_(s.all_rows(s.scratch_of(0))) {}

  void run() const {
    const std::vector<layer_routes>& routes = s_.plan.blocks.front().layers;
    const std::size_t layers = s_.layers();
    const bool ignores = s_.plan.shape.gradients == gradient_use::ignore;
    for (std::size_t l = 0; l < layers; ++l) s_.forward(routes[l], l, all_);
    share_output_error();
    if (ignores && !s_.plan.shape.input_error) return;
    std::size_t unapplied = layers;  // a layer whose dW is kept
    for (std::size_t l = layers; l-- > 0;) {
      if (s_.plan.side_by_side[l]) {
        paths_side_by_side(routes[l], l, unapplied);
        unapplied = s_.plan.shape.updates() ? l : layers;
        continue;
      }
      if (l > 0) s_.backprop(routes[l], l, all_);
      if (ignores) continue;
      if (unapplied == layers) {
        isolated_if(s_.plan.workers > 1, [&] { parameter_path(routes[l], l); });
      } else {
        // One isolation around both: who is done with the update helps with dW.
        isolated([&] { run_both([&] { parameter_path(routes[l], l); }, [&] { apply_kept(unapplied); }); });
        unapplied = layers;
      }
    }
  }

 private:
  void share_output_error() const {
    if (s_.plan.workers == 1) return s_.output_error(all_);
    const std::size_t outputs = s_.layer(s_.layers() - 1).outputs;
    for_row_parts(all_.rows, exponential_cost * outputs * sizeof(T),
                  [&](std::size_t first, std::size_t last) {
                    s_.output_error({first, last - first, first, 0, nullptr});
                  });
  }

  /// dW and db of layer l, applied at once when the step updates.
  [[gnu::always_inline]] inline void parameter_path(const layer_routes& routes, std::size_t l) const {
    run_product(s_.table, routes.weights, s_.weights_product(l, all_, 0, s_.layer(l).inputs), all_.scratch,
                {"dW", s_.number(l)});
    bias_path(l);
  }

  /// db of layer l, applied at once when the step updates: no path back reads a bias.
  [[gnu::always_inline]] inline void bias_path(std::size_t l) const {
    const matrix_view<T> dZ = s_.errors(l, all_);
    T* const moment = s_.at(s_.plan.layers[l].bias_gradient);
    if (s_.plan.workers == 1) return s_.bias_path(l, dZ, 0, moment);
    T* const db = s_.bias_gradient(l, moment);
    column_sums<T>(dZ, db, s_.chains(l), {"db", s_.number(l)});
    s_.finish_bias(l, db);
  }

  void apply_kept(std::size_t l) const { s_.apply_weights(l, s_.at(s_.plan.layers[l].weight_gradient)); }

  /// The fork: the parameter path beside the backprop path, which still reads W. What the layer above kept of
  /// its parameter path is applied meanwhile.
  void paths_side_by_side(const layer_routes& routes, std::size_t l, std::size_t unapplied) const {
    const std::size_t inputs = s_.layer(l).inputs;
    const product<T> weights =
        s_.plan.shape.updates()
            ? s_.gradient_product(l, all_, 0, inputs, s_.at(s_.plan.layers[l].weight_gradient), {})
            : s_.weights_product(l, all_, 0, inputs);
    const product<T> below = s_.error_below(l, all_);
    T* const weights_scratch = all_.scratch;
    T* const below_scratch = all_.scratch + round_up(routes.weights.scratch(), 16);
    isolated([&] {
      run_both(
          [&] {
            run_product(s_.table, routes.weights, weights, weights_scratch, {"dW", s_.number(l)});
            bias_path(l);
          },
          [&] {
            run_product(s_.table, routes.backprop, below, below_scratch, {"dZ", s_.number(l - 1)});
            if (unapplied != s_.layers()) apply_kept(unapplied);
          });
    });
  }

  const step_run<T>& s_;
  const block_memory<T> all_;
};

}  // namespace

template <class T>
void run_operations(const step_run<T>& s) {
  operations<T>(s).run();
}

template void run_operations(const step_run<float>&);
template void run_operations(const step_run<double>&);

}  // namespace twinpath::inline v0::detail
