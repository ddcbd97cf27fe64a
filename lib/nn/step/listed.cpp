// SPDX-License-Identifier: MIT
#include "nn/step/listed.hpp"

#include <new>

namespace twinpath::inline v0::detail {

template <class T>
bool listed_step<T>::prepare(const step_run<T>& s) {
  if (refused_) return false;
  if (calls_.empty() || s.at(0) != memory_) {
    try {
      refused_ = !list(s);
    } catch (const std::bad_alloc&) {
      return false;  // it can be computed without
    }
    if (refused_) return false;
  }
  if (s.X.data() != x_) {
    x_ = s.X.data();
    for (const reader_of_x& reader : readers_of_x_) calls_[reader.call].operands.a = x_ + reader.offset;
  }
  return true;
}

template <class T>
bool listed_step<T>::list(const step_run<T>& s) {
  const block_memory<T> all = s.all_rows(nullptr);
  memory_ = nullptr;  // so that nothing counts as listed should memory run out
  x_ = s.X.data();
  ends_.resize(all_ends);
  layers_.clear();
  calls_.clear();
  readers_of_x_.clear();
  for (std::size_t l = 0; l < s.layers(); ++l) {
    layer_calls& to = layers_.emplace_back();
    const ends forward_end = l + 1 == s.layers() ? last_end : hidden_end;
    if (!list(s.table, s.scores_product(l, all), forward_end, to.forward)) return false;
    if (l > 0 && !list(s.table, s.error_below(l, all), backprop_end, to.backprop)) return false;
    if (!list(s.table, s.weights_product(l, all, 0, s.layer(l).inputs), weights_end, to.weights))
      return false;
  }
  for (const range& calls : {layers_.front().forward, layers_.front().weights}) {
    for (std::size_t i = calls.begin; i < calls.end; ++i)
      readers_of_x_.push_back({i, static_cast<std::size_t>(calls_[i].operands.a - x_)});
  }
  memory_ = s.at(0);
  return true;
}

template <class T>
bool listed_step<T>::list(const kernel_table<T>& table, const product<T>& x, ends end, range& calls) {
  if (x.after || !is_direct(table, x.shape(), x.finish.op)) return false;
  ends_[end] = x.finish;
  calls.begin = calls_.size();
  const bool listed = list_small(table, x.A, x.B, x.C, ends_[end], x.bias, x.mask, calls_);
  calls.end = calls_.size();
  return listed;
}

template <class T>
void listed_step<T>::make(const range& calls, span_label label, const span_shape& shape) const {
  const span_scope span(label, [&] { return shape; });
  for (std::size_t i = calls.begin; i < calls.end; ++i) calls_[i].make();
}

template <class T>
void listed_step<T>::run(const step_run<T>& s) {
  ends_[weights_end] = s.weights_finish();
  const block_memory<T> all = s.all_rows(nullptr);
  const std::size_t rows = s.X.rows();
  const std::size_t layers = layers_.size();
  for (std::size_t l = 0; l < layers; ++l) {
    const layer_state<T>& layer = s.layer(l);
    make(layers_[l].forward, {"Z", s.number(l)}, {rows, layer.outputs, layer.inputs});
  }
  s.output_error(all);
  for (std::size_t l = layers; l-- > 0;) {
    const layer_state<T>& layer = s.layer(l);
    if (l > 0) make(layers_[l].backprop, {"dZ", s.number(l - 1)}, {rows, layer.inputs, layer.outputs});
    make(layers_[l].weights, {"dW", s.number(l)}, {layer.inputs, layer.outputs, rows});
    s.bias_path(l, s.errors(l, all), 0, s.at(s.plan.layers[l].bias_gradient));
  }
}

template class listed_step<float>;
template class listed_step<double>;

}  // namespace twinpath::inline v0::detail
