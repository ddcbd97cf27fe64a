// SPDX-License-Identifier: MIT
// Inner-product primitives, created beforehand: bias and ReLU are in the forward primitive, weights stay in
// the
// layout that it prefers.
#include <dnnl.hpp>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "../by_hand.hpp"
#include "common/onednn.hpp"

namespace step_bench {
namespace {

using dnnl::inner_product_backward_data;
using dnnl::inner_product_backward_weights;
using dnnl::inner_product_forward;
using dnnl::memory;
using tag = memory::format_tag;

using bench::matrix_desc;
using bench::vector_desc;

class primitives : public trainer {
 public:
  explicit primitives(const problem& p) : problem_(p) {
    const std::size_t m = p.shape.batch;
    X_ = memory(matrix_desc(m, p.shape.widths.front(), tag::ab), engine_, const_cast<float*>(p.X.data()));
    for (std::size_t l = 0; l < p.layers(); ++l) add_layer(l, m, p.shape.widths[l], p.shape.widths[l + 1]);
  }

  void step() override {
    const std::size_t layers = layers_.size();
    for (layer& x : layers_) x.forward.execute(stream_, x.forward_arguments);
    softmax_error(data(layers_.back().A), problem_.shape.batch, problem_.shape.widths.back(),
                  problem_.classes.data(), data(layers_.back().dZ));
    for (std::size_t l = layers; l-- > 0;) {
      layer& x = layers_[l];
      if (l > 0) {
        x.backward.execute(stream_, x.backward_arguments);
        mask_error(data(layers_[l - 1].A), size(layers_[l - 1].dZ), data(layers_[l - 1].dZ));
      }
      x.gradient.execute(stream_, x.gradient_arguments);
      update(x.dW, x.W);
      update(x.db, x.b);
    }
  }

  [[nodiscard]] std::vector<std::vector<float>> weights() const override {
    std::vector<std::vector<float>> all;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const std::size_t in = problem_.shape.widths[l], out = problem_.shape.widths[l + 1];
      std::vector<float> plain(in * out);
      memory W = layers_[l].W;
      memory target(matrix_desc(out, in, tag::ba), engine_, plain.data());
      dnnl::stream stream(engine_);
      dnnl::reorder(W, target).execute(stream, W, target);
      stream.wait();
      all.push_back(std::move(plain));
    }
    return all;
  }

 private:
  using arguments = std::unordered_map<int, memory>;
  struct layer {
    memory A, dZ, W, dW, b, db;
    inner_product_forward forward;
    inner_product_backward_data backward;
    inner_product_backward_weights gradient;
    arguments forward_arguments, backward_arguments, gradient_arguments;
  };

  static float* data(const memory& x) { return static_cast<float*>(x.get_data_handle()); }
  static std::size_t size(const memory& x) { return x.get_desc().get_size() / sizeof(float); }

  void update(const memory& gradient, const memory& parameters) {
    descend(problem_.rate, data(gradient), size(parameters), data(parameters));
  }

  // Logical weights are outputs x inputs; those of the problem are inputs x outputs.
  void add_layer(std::size_t l, std::size_t m, std::size_t in, std::size_t out) {
    const memory::desc src = matrix_desc(m, in, tag::ab), dst = matrix_desc(m, out, tag::ab),
                       bias = vector_desc(out);
    const dnnl::primitive_attr attributes =
        l + 1 != problem_.layers() ? bench::relu_after() : dnnl::primitive_attr();
    const auto kind = dnnl::prop_kind::forward_training;
    const memory::desc any = matrix_desc(out, in, tag::any);
#if DNNL_VERSION_MAJOR < 3
    const inner_product_forward::primitive_desc forward(
        inner_product_forward::desc(kind, src, any, bias, dst), attributes, engine_);
    const memory::desc w = forward.weights_desc();
    const inner_product_backward_weights::primitive_desc gradient(
        inner_product_backward_weights::desc(src, w, bias, dst), engine_, forward);
    const inner_product_backward_data::primitive_desc backward(inner_product_backward_data::desc(src, w, dst),
                                                               engine_, forward);
#else
    const inner_product_forward::primitive_desc forward(engine_, kind, src, any, bias, dst, attributes);
    const memory::desc w = forward.weights_desc();
    const inner_product_backward_weights::primitive_desc gradient(engine_, src, w, bias, dst, forward);
    const inner_product_backward_data::primitive_desc backward(engine_, src, w, dst, forward);
#endif
    layer& x = layers_.emplace_back();
    x.A = memory(dst, engine_);
    x.dZ = memory(dst, engine_);
    x.W = memory(w, engine_);
    x.dW = memory(w, engine_);
    x.b = memory(bias, engine_);
    x.db = memory(bias, engine_);
    std::fill_n(data(x.b), out, 0.0f);
    memory plain(matrix_desc(out, in, tag::ba), engine_, const_cast<float*>(problem_.weights[l].data()));
    dnnl::reorder(plain, x.W).execute(stream_, plain, x.W);
    stream_.wait();
    x.forward = inner_product_forward(forward);
    x.gradient = inner_product_backward_weights(gradient);
    x.backward = inner_product_backward_data(backward);
    const memory input = l == 0 ? X_ : layers_[l - 1].A;
    x.forward_arguments = {
        {DNNL_ARG_SRC, input}, {DNNL_ARG_WEIGHTS, x.W}, {DNNL_ARG_BIAS, x.b}, {DNNL_ARG_DST, x.A}};
    x.gradient_arguments = {{DNNL_ARG_SRC, input},
                            {DNNL_ARG_DIFF_DST, x.dZ},
                            {DNNL_ARG_DIFF_WEIGHTS, x.dW},
                            {DNNL_ARG_DIFF_BIAS, x.db}};
    if (l > 0) {
      x.backward_arguments = {
          {DNNL_ARG_DIFF_DST, x.dZ}, {DNNL_ARG_WEIGHTS, x.W}, {DNNL_ARG_DIFF_SRC, layers_[l - 1].dZ}};
    }
  }

  const problem& problem_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  memory X_;
  std::vector<layer> layers_;
};

}  // namespace

std::unique_ptr<trainer> make_trainer(const problem& p) {
  return std::make_unique<primitives>(p);
}

}  // namespace step_bench
