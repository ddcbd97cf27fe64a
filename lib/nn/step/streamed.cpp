// SPDX-License-Identifier: MIT
// A task takes a block of rows through both paths, adds its part of every dW, and forgets it.
#include <algorithm>

#include "nn/step/run.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
class streamed {
 public:
  explicit streamed(const step_run<T>& s) : s_(s) {}

  void run() const {
    const contract::cut slices = contract::slices(s_.X.rows());
    const auto slice_task = [&](std::size_t worker, std::size_t s) {
      // One worker adds the slices up as it goes, in order.
      const bool first = s == 0;
      T* const sums = slice_sums(s_.plan.workers == 1 && !first ? 1 : s);
      stream_slice(slices.begin(s), slices.begin(s + 1), worker, sums);
      if (s_.plan.workers == 1 && !first) add_slice(sums);
    };
    if (s_.plan.workers == 1) {
      for (std::size_t s = 0; s < slices.count; ++s) slice_task(0, s);
    } else {
      isolated([&] { run_tasks(s_.plan.workers, slices.count, slice_task); });
      for (std::size_t s = 1; s < slices.count; ++s) add_slice(slice_sums(s));
    }
    T* const moment =
        slice_sums(s_.plan.workers == 1 ? std::min<std::size_t>(2, slices.count) : slices.count);
    for (std::size_t l = 0; l < s_.layers(); ++l) {
      s_.apply_weights(l, slice_sums(0) + weights_offset(l));
      s_.fold_bias(l, moment);
    }
  }

 private:
  [[nodiscard]] T* slice_sums(std::size_t s) const noexcept {
    return s_.at(s_.plan.gradients + s * s_.plan.slice_gradients);
  }
  [[nodiscard]] std::size_t weights_offset(std::size_t l) const noexcept {
    std::size_t offset = 0;
    for (std::size_t i = 0; i < l; ++i) offset += round_up(s_.layer(i).weights_size(), 16);
    return offset;
  }
  void add_slice(const T* sums) const {
    s_.table.add(sums, slice_sums(0),
                 weights_offset(s_.layers() - 1) + s_.layer(s_.layers() - 1).weights_size());
  }

  /// A slice of the rows, block after block, through both paths; the sums of its dW are left in `sums`.
  void stream_slice(std::size_t begin, std::size_t end, std::size_t worker, T* sums) const {
    const contract::cut blocks = contract::blocks<T>(end - begin);
    block_memory<T> m{0, 0, 0, worker * s_.plan.block_memory,
                      s_.at(s_.plan.scratch + worker * s_.plan.worker_scratch)};
    for (std::size_t b = 0; b < blocks.count; ++b) {
      m.first = begin + blocks.begin(b);
      m.rows = blocks.begin(b + 1) - blocks.begin(b);
      const std::vector<layer_routes>& routes = s_.plan.routes_for(m.rows);
      const epilogue<T> end_of_block = b == 0 ? epilogue<T>{} : epilogue<T>{epilogue_op::blend, T(1), T(1)};
      for (std::size_t l = 0; l < s_.layers(); ++l) s_.forward(routes[l], l, m);
      s_.output_error(m);
      for (std::size_t l = s_.layers(); l-- > 0;) {
        continue_chains(l, s_.errors(l, m), m.first);
        run_product(s_.table, routes[l].weights,
                    s_.gradient_product(l, m, 0, s_.layer(l).inputs, sums + weights_offset(l), end_of_block),
                    m.scratch, {"dW", s_.number(l)});
        if (l > 0) s_.backprop(routes[l], l, m);
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
      s_.table.add(dZ.row(done).data(), s_.chains(l) + first / length * n, n);
    const span_scope span({"db", s_.number(l)});
    for (; done < dZ.rows(); done += length) {
      s_.table.column_chain(dZ.row(done).data(), dZ.stride(), std::min(length, dZ.rows() - done), n,
                            s_.chains(l) + (first + done) / length * n);
    }
  }

  const step_run<T>& s_;
};

}  // namespace

template <class T>
void run_streamed(const step_run<T>& s) {
  streamed<T>(s).run();
}

template void run_streamed(const step_run<float>&);
template void run_streamed(const step_run<double>&);

}  // namespace twinpath::inline v0::detail
