// SPDX-License-Identifier: MIT
// Inner-product primitives for inference, created beforehand: bias and ReLU are in the primitive, weights in
// the layout that it prefers. The softmax primitive follows.
#include <dnnl.hpp>

#include <unordered_map>

#include "../adapter.hpp"
#include "common/onednn.hpp"

namespace predict_bench {
namespace {

using dnnl::inner_product_forward;
using dnnl::memory;
using tag = memory::format_tag;

using bench::matrix_desc;
using bench::vector_desc;

class primitives : public predictor {
 public:
  primitives(const twinpath::mlp<float>& net, const twinpath::matrix<float>& X) {
    memory source(matrix_desc(X.rows(), X.cols(), tag::ab), engine_, const_cast<float*>(X.data()));
    for (std::size_t l = 1; l <= net.layers(); ++l) source = add_layer(net, l, X.rows(), source);
    const memory::desc shape = source.get_desc();
    P_ = memory(shape, engine_);
#if DNNL_VERSION_MAJOR < 3
    const dnnl::softmax_forward::primitive_desc softmax({dnnl::prop_kind::forward_inference, shape, 1},
                                                        engine_);
#else
    const dnnl::softmax_forward::primitive_desc softmax(engine_, dnnl::prop_kind::forward_inference,
                                                        dnnl::algorithm::softmax_accurate, shape, shape, 1);
#endif
    steps_.push_back({dnnl::softmax_forward(softmax), {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, P_}}});
  }
  void predict() override {
    for (step& s : steps_) s.primitive.execute(stream_, s.arguments);
  }
  [[nodiscard]] std::vector<float> probabilities() const override {
    const auto* p = static_cast<const float*>(P_.get_data_handle());
    return {p, p + P_.get_desc().get_size() / sizeof(float)};
  }

 private:
  struct step {
    dnnl::primitive primitive;
    std::unordered_map<int, memory> arguments;
  };

  // Logical weights are outputs x inputs; those of the network are inputs x outputs.
  memory add_layer(const twinpath::mlp<float>& net, std::size_t l, std::size_t m, const memory& source) {
    const std::size_t in = net.widths()[l - 1], out = net.widths()[l];
    const memory::desc src = matrix_desc(m, in, tag::ab), dst = matrix_desc(m, out, tag::ab);
    const dnnl::primitive_attr attributes = l != net.layers() ? bench::relu_after() : dnnl::primitive_attr();
    const auto kind = dnnl::prop_kind::forward_inference;
    const memory::desc any = matrix_desc(out, in, tag::any);
#if DNNL_VERSION_MAJOR < 3
    const inner_product_forward::primitive_desc forward(
        inner_product_forward::desc(kind, src, any, vector_desc(out), dst), attributes, engine_);
#else
    const inner_product_forward::primitive_desc forward(engine_, kind, src, any, vector_desc(out), dst,
                                                        attributes);
#endif
    memory W(forward.weights_desc(), engine_);
    memory b(vector_desc(out), engine_);
    std::copy(net.bias(l).begin(), net.bias(l).end(), static_cast<float*>(b.get_data_handle()));
    memory plain(matrix_desc(out, in, tag::ba), engine_, const_cast<float*>(net.weights(l).data()));
    dnnl::reorder(plain, W).execute(stream_, plain, W);
    stream_.wait();
    memory A(dst, engine_);
    steps_.push_back(
        {inner_product_forward(forward),
         {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, W}, {DNNL_ARG_BIAS, b}, {DNNL_ARG_DST, A}}});
    return A;
  }

  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<step> steps_;
  memory P_;
};

}  // namespace

std::unique_ptr<predictor> make_predictor(const twinpath::mlp<float>& net, const twinpath::matrix<float>& X) {
  return std::make_unique<primitives>(net, X);
}

}  // namespace predict_bench
