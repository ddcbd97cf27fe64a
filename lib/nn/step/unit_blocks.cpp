// SPDX-License-Identifier: MIT
// A task owns a block of the units of each layer.
#include "nn/step/run.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
class unit_blocks {
 public:
  explicit unit_blocks(const step_run<T>& s) : s_(s) {}

  void run() const {
    const std::size_t last = s_.layers() - 1;
    isolated([&] {
      phases(s_.plan.blocks.size(), 2 * s_.layers() - 1).run([&](std::size_t phase, std::size_t i) {
        if (phase < last) return units_forward(phase, i, s_.scratch_of(i));
        if (phase == last) return output_rows(i, s_.scratch_of(i));
        units_backward(2 * last + 1 - phase, i, s_.scratch_of(i));
      });
    });
  }

 private:
  struct unit_range {
    std::size_t begin, end;
    [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
  };
  /// Block i of the units of layer l.
  [[nodiscard]] unit_range units(std::size_t l, std::size_t i) const noexcept {
    const std::size_t n = s_.layer(l).outputs;
    return {unit_begin(n, i, s_.plan.blocks.size(), s_.table.width),
            unit_begin(n, i + 1, s_.plan.blocks.size(), s_.table.width)};
  }
  template <class View>
  [[nodiscard]] static View columns_of(const View& x, const unit_range& u) {
    return View(x.data() + u.begin, x.rows(), u.size(), x.stride());
  }

  void units_forward(std::size_t l, std::size_t i, T* scratch) const {
    const block_memory<T> all = s_.all_rows(scratch);
    const unit_range u = units(l, i);
    const layer_state<T>& from = std::as_const(s_.layer(l));
    const matrix_view<const T> W = columns_of(from.weights(), u);
    const matrix_view<T> A = columns_of(s_.activations(l, all), u);
    const T* const bias = from.bias().data() + u.begin;
    run_product(s_.table, s_.plan.blocks[i].layers[l].forward,
                keeps_scores(s_.hidden())
                    ? forward_product<T>(s_.table, s_.input(l, all), W, bias, s_.hidden(), A,
                                         columns_of(s_.scores(l, all), u))
                    : forward_product<T>(s_.table, s_.input(l, all), W, bias, s_.hidden(), A),
                scratch, {"Z", s_.number(l)});
  }

  void output_rows(std::size_t i, T* scratch) const {
    const std::size_t blocks = s_.plan.blocks.size();
    const std::size_t first = block_begin(s_.X.rows(), i, blocks);
    const block_memory<T> m{first, block_begin(s_.X.rows(), i + 1, blocks) - first, first, 0, scratch};
    s_.forward(s_.plan.blocks[i].layers.back(), s_.layers() - 1, m);
    s_.output_error(m);
  }

  /// Both paths of layer l for a block of the units below it; below the second layer dW of the first one too.
  void units_backward(std::size_t l, std::size_t i, T* scratch) const {
    const block_memory<T> all = s_.all_rows(scratch);
    const layer_routes& routes = s_.plan.blocks[i].layers[l];
    const unit_range below = units(l - 1, i);
    const std::size_t n = s_.layer(l).outputs;
    const matrix_view<const T> W = std::as_const(s_.layer(l)).weights();
    const matrix_view<const T> rows_of_W(W.data() + below.begin * n, below.size(), n);
    run_product(s_.table, routes.backprop,
                backprop_product<T>(s_.table, s_.errors(l, all), rows_of_W, s_.hidden(),
                                    columns_of(s_.kept(l - 1, all), below), error_of_units(l - 1, below)),
                scratch, {"dZ", s_.number(l - 1)});
    run_product(s_.table, routes.weights, s_.weights_product(l, all, below.begin, below.end), scratch,
                {"dW", s_.number(l)});
    bias_of_units(l, units(l, i), scratch);
    if (l != 1) return;
    run_product(s_.table, s_.plan.blocks[i].layers[0].weights, first_weights_product(below), scratch,
                {"dW", s_.number(0)});
    bias_of_units(0, below, scratch);
  }

  /// dW of the first layer for a block of its units.
  [[nodiscard]] product<T> first_weights_product(const unit_range& u) const {
    const matrix_view<T> target(s_.weights_target(0), s_.layer(0).inputs, s_.layer(0).outputs);
    product<T> x{transposed(s_.X),
                 matrix_view<const T>(error_of_units(0, u)),
                 columns_of(target, u),
                 s_.weights_finish(),
                 nullptr,
                 {}};
    if (s_.plan.shape.gradients == gradient_use::update) s_.update_after(x, 0, u.begin);
    return x;
  }

  /// dZ of a block of units. That of the first layer is met by one task alone and lies in one piece.
  [[nodiscard]] matrix_view<T> error_of_units(std::size_t l, const unit_range& u) const {
    if (l == 0) return {s_.at(s_.plan.layers[0].errors + s_.X.rows() * u.begin), s_.X.rows(), u.size()};
    return columns_of(s_.errors(l, s_.all_rows(nullptr)), u);
  }
  void bias_of_units(std::size_t l, const unit_range& u, T* moment) const {
    s_.bias_path(l, error_of_units(l, u), u.begin, moment);
  }

  const step_run<T>& s_;
};

}  // namespace

template <class T>
void run_unit_blocks(const step_run<T>& s) {
  unit_blocks<T>(s).run();
}

template void run_unit_blocks(const step_run<float>&);
template void run_unit_blocks(const step_run<double>&);

}  // namespace twinpath::inline v0::detail
