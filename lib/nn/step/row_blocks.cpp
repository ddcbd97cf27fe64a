// SPDX-License-Identifier: MIT
// Tasks take blocks of rows from Z1 to dZ1, then parts of the rows of every dW.
#include <algorithm>

#include "nn/step/run.hpp"

namespace twinpath::inline v0::detail {
namespace {

template <class T>
class row_blocks {
 public:
  explicit row_blocks(const step_run<T>& s) : s_(s) {}

  void run() const {
    const std::size_t blocks = s_.plan.blocks.size();
    isolated_if(blocks > 1, [&] {
      phases(blocks, 2).run([&](std::size_t phase, std::size_t i) {
        if (phase == 0) return chain_of_block(i, s_.scratch_of(i));
        part_of_weights(i, s_.scratch_of(i));
      });
    });
  }

 private:
  [[nodiscard]] std::size_t block_row(std::size_t i) const noexcept {
    return block_begin(s_.X.rows(), i, s_.plan.blocks.size());
  }

  /// Block i of the rows from Z1 to dZ1.
  void chain_of_block(std::size_t i, T* scratch) const {
    const std::size_t first = block_row(i);
    const block_memory<T> m{first, block_row(i + 1) - first, first, 0, scratch};
    const std::vector<layer_routes>& routes = s_.plan.blocks[i].layers;
    for (std::size_t l = 0; l < s_.layers(); ++l) s_.forward(routes[l], l, m);
    s_.output_error(m);
    for (std::size_t l = s_.layers(); l-- > 0;) {
      // The chains of column sums that no other block has a share in.
      add_chains(l, s_.errors(l, m), first, divide_up(first, contract::sum_rows),
                 m.first + m.rows == s_.X.rows() ? chain_count() : (first + m.rows) / contract::sum_rows);
      if (l > 0) s_.backprop(routes[l], l, m);
    }
  }

  [[nodiscard]] std::size_t chain_count() const noexcept {
    return divide_up(s_.X.rows(), contract::sum_rows);
  }

  /// Chains begin … end - 1 of layer l's column sums, from errors whose first row is row `first` of the
  /// batch.
  void add_chains(std::size_t l, matrix_view<const T> dZ, std::size_t first, std::size_t begin,
                  std::size_t end) const {
    const span_scope span({"db", s_.number(l)});
    for (std::size_t c = begin; c < end; ++c) {
      const std::size_t row = c * contract::sum_rows;
      s_.table.column_chain(dZ.data() + (row - first) * dZ.stride(), dZ.stride(),
                            std::min(contract::sum_rows, s_.X.rows() - row), dZ.cols(),
                            s_.chains(l) + c * dZ.cols());
    }
  }

  /// Part i of the rows of every dW, and db of every layer whose turn it is.
  void part_of_weights(std::size_t i, T* scratch) const {
    const std::size_t parts = s_.plan.blocks.size();
    const block_memory<T> all = s_.all_rows(scratch);
    for (std::size_t l = 0; l < s_.layers(); ++l) {
      const std::size_t inputs = s_.layer(l).inputs;
      const product<T> x =
          s_.weights_product(l, all, block_begin(inputs, i, parts), block_begin(inputs, i + 1, parts));
      run_product(s_.table, s_.plan.blocks[i].layers[l].weights, x, scratch, {"dW", s_.number(l)});
      if (l % parts != i) continue;
      for (std::size_t b = 1; b < parts; ++b) {
        const std::size_t cut = block_row(b);
        if (cut % contract::sum_rows != 0)
          add_chains(l, s_.errors(l, all), 0, cut / contract::sum_rows, cut / contract::sum_rows + 1);
      }
      s_.fold_bias(l, scratch);
    }
  }

  const step_run<T>& s_;
};

}  // namespace

template <class T>
void run_row_blocks(const step_run<T>& s) {
  row_blocks<T>(s).run();
}

template void run_row_blocks(const step_run<float>&);
template void run_row_blocks(const step_run<double>&);

}  // namespace twinpath::inline v0::detail
