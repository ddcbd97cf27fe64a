// SPDX-License-Identifier: MIT
// Operation by operation over all rows. A layer forks if that gains time: the parameter path beside the
// backprop path.
#include <algorithm>

#include "nn/layer/layer.hpp"
#include "nn/step/builder.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// Whether the two paths of layer l run side by side. Layer 0 has one path alone.
template <class T>
bool forks(const program_builder<T>& to, std::size_t l) {
  const step_shape& s = to.shape;
  if (l == 0 || s.threads == 1 || s.gradients == gradient_use::ignore) return false;
  if (s.how == schedule::automatic) return concurrency_pays<T>(s.rows, to.inputs(l), to.outputs(l));
  return s.how == schedule::concurrent;
}

}  // namespace

template <class T>
void emit_operations(program_builder<T>& to) {
  const step_shape& s = to.shape;
  const std::size_t layers = to.layers;
  const row_range all = to.all_rows();
  const bool shared = s.threads > 1;
  const bool ignores = s.gradients == gradient_use::ignore;
  std::vector<bool> forked(layers);
  for (std::size_t l = 0; l < layers; ++l) forked[l] = forks(to, l);

  to.program().workers = s.threads;
  to.reserve_activations(s.rows);
  to.reserve_alternating_errors(s.rows);
  to.reserve_losses();
  to.reserve_shared_chains();
  to.reserve_alternating_gradients(forked);

  const auto phase = [&] {
    to.begin_phase();
    to.begin_part();
  };
  const auto parameter_path = [&](std::size_t l, std::size_t threads) {
    to.complete(l);
    // db first: dW loads rows of dZ as vectors, which in the smallest steps waits until the stores of dZ have
    // left for the cache.
    to.bias(l, all, to.all_units(l), shared);
    if (forked[l]) {
      to.kept_weights(l, all, threads);
    } else {
      to.weights(l, all, {0, to.inputs(l)}, threads);
    }
  };

  for (std::size_t l = 0; l < layers; ++l) {
    phase();
    to.forward(l, all, to.all_units(l), s.threads);
  }
  phase();
  to.loss(all, shared);
  // A layer whose dW is kept until dZ of the layer below is computed, because that reads W.
  std::size_t unapplied = layers;
  for (std::size_t l = layers; l-- > 0;) {
    if (forked[l]) {
      const std::size_t share = fork_share(s.threads);
      phase();
      parameter_path(l, share);
      to.begin_part();
      to.backprop(l, all, {0, to.inputs(l)}, share);
      if (unapplied != layers) to.update(unapplied);
      unapplied = s.updates() ? l : layers;
      continue;
    }
    if (l > 0 && !(ignores && !s.wants_input_error())) {
      phase();
      to.backprop(l, all, {0, to.inputs(l)}, s.threads);
    }
    if (!ignores) {
      phase();
      parameter_path(l, s.threads);
      if (unapplied != layers) {
        to.begin_part();
        to.update(unapplied);
        unapplied = layers;
      }
    }
  }
  if (s.wants_input_error()) {
    phase();
    to.backprop(0, all, {0, to.inputs(0)}, s.threads);
  }
  to.reserve_scratch(std::ranges::count(forked, true) != 0 ? 2 : 1);
}

template void emit_operations(program_builder<float>&);
template void emit_operations(program_builder<double>&);

}  // namespace twinpath::inline v0::detail
