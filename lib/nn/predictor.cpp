// SPDX-License-Identifier: MIT
#include <twinpath/predictor.hpp>

#include <algorithm>
#include <vector>

#include "nn/layer/layer.hpp"
#include "nn/layer/limits.hpp"
#include "nn/predictions.hpp"
#include "rowwise/row_operations.hpp"
#include "runtime/cache.hpp"
#include "runtime/checks.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0 {
namespace {

/// A stride of whole cache lines that is not a multiple of a page: such rows would share sets of the L1
/// cache.
template <class T>
std::size_t aligned_stride(std::size_t columns) {
  constexpr std::size_t line = 64 / sizeof(T);
  const std::size_t stride = detail::round_up(columns, line);
  return detail::aliases(stride * sizeof(T)) ? stride + line : stride;
}

}  // namespace

template <class T>
struct predictor<T>::state {
  struct layer {
    matrix_view<const T> W;
    const T* bias = nullptr;
    matrix_view<T> A;  ///< empty for the last layer, which stores to P
    activation f = activation::identity;
    detail::product_route route;
  };

  std::size_t rows = 0;
  std::size_t inputs = 0;
  twinpath::loss loss;
  std::vector<layer> layers;
  matrix<T> memory;
  T* scratch = nullptr;

  state(const mlp<T>& net, std::size_t m) : rows(m), inputs(net.widths().front()), loss(net.options().loss) {
    const std::vector<std::size_t>& widths = net.widths();
    detail::check_batch_size<T>("predictor", widths, m);
    std::size_t elements = 0;
    const auto reserve = [&](std::size_t n) {
      const std::size_t offset = elements;
      elements += detail::round_up(n, 16) + 16;  // whole vectors may be read beyond the end
      return offset;
    };
    std::vector<std::size_t> weights, biases, outputs;
    for (std::size_t l = 1; l < widths.size(); ++l) {
      weights.push_back(reserve(widths[l - 1] * aligned_stride<T>(widths[l])));
      biases.push_back(reserve(widths[l]));
      outputs.push_back(reserve(l + 1 == widths.size() ? 0 : m * aligned_stride<T>(widths[l])));
    }
    const std::size_t routes_scratch = plan(net);
    const std::size_t scratch_at = reserve(routes_scratch);
    memory = matrix<T>(1, elements);
    scratch = memory.data() + scratch_at;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const std::size_t n = widths[l + 1];
      const std::size_t stride = aligned_stride<T>(n);
      const matrix_view<T> W(memory.data() + weights[l], widths[l], n, stride);
      for (std::size_t i = 0; i < W.rows(); ++i)
        std::ranges::copy(net.weights(l + 1).row(i), W.row(i).begin());
      std::ranges::copy(net.bias(l + 1), memory.data() + biases[l]);
      layers[l].W = W;
      layers[l].bias = memory.data() + biases[l];
      if (l + 1 < layers.size()) layers[l].A = {memory.data() + outputs[l], m, n, stride};
    }
  }

  /// Chooses the routes and returns the elements of scratch memory that they need.
  std::size_t plan(const mlp<T>& net) {
    const detail::kernel_table<T>& table = detail::kernels<T>();
    const std::vector<std::size_t>& widths = net.widths();
    std::size_t scratch_elements = 0;
    for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
      layer& x = layers.emplace_back();
      const bool last = l + 2 == widths.size();
      x.f = last ? activation::identity : net.options().activation;
      const detail::product_shape shape{rows, widths[l + 1], widths[l]};
      x.route =
          detail::route_product(table, shape, detail::forward_op(x.f), detail::available_threads(shape));
      scratch_elements = std::max(scratch_elements, x.route.scratch());
    }
    return scratch_elements;
  }

  void predict(const matrix_view<const T>& X, const matrix_view<T>& P) {
    const detail::kernel_table<T>& table = detail::kernels<T>();
    const matrix_view<const T>* input = &X;
    matrix_view<const T> kept;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const layer& x = layers[l];
      const bool last = l + 1 == layers.size();
      const detail::product<T> product =
          detail::forward_product<T>(table, *input, x.W, x.bias, x.f, last ? P : x.A);
      const detail::span_label label{"Z", static_cast<unsigned>(l + 1)};
      const auto run = [&] { detail::run_product(table, x.route, product, scratch, label); };
      if (x.route.workers() == 1) {
        run();
      } else {
        detail::isolated(run);
      }
      kept = x.A;
      input = &kept;
    }
    detail::predictions_from_scores(loss, P);
  }
};

template <class T>
predictor<T>::predictor(const mlp<T>& net, std::size_t rows) : state_(std::make_unique<state>(net, rows)) {}
template <class T>
predictor<T>::~predictor() = default;
template <class T>
predictor<T>::predictor(predictor&&) noexcept = default;
template <class T>
predictor<T>& predictor<T>::operator=(predictor&&) noexcept = default;

template <class T>
void predictor<T>::predict(matrix_view<const T> X, matrix_view<T> P) {
  const std::size_t outputs = state_->layers.back().W.cols();
  detail::check_shape("predict", "X", X, state_->rows, state_->inputs);
  detail::check_shape("predict", "P", P, state_->rows, outputs);
  detail::check_disjoint("predict", "P", P, "X", X);
  state_->predict(X, P);
}

template <class T>
std::size_t predictor<T>::rows() const noexcept {
  return state_->rows;
}

template class predictor<float>;
template class predictor<double>;

}  // namespace twinpath::inline v0
