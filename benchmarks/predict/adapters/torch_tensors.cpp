// SPDX-License-Identifier: MIT
// Tensors in inference mode: addmm, relu_, softmax.
#include <torch/torch.h>

#include <cstdint>

#include "../adapter.hpp"

namespace predict_bench {
namespace {

torch::Tensor tensor_of(const float* values, std::size_t rows, std::size_t cols) {
  return torch::from_blob(const_cast<float*>(values),
                          {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols)})
      .clone();
}

class tensors : public predictor {
 public:
  tensors(const twinpath::mlp<float>& net, const twinpath::matrix<float>& X)
      : X_(tensor_of(X.data(), X.rows(), X.cols())) {
    for (std::size_t l = 1; l <= net.layers(); ++l) {
      W_.push_back(tensor_of(net.weights(l).data(), net.widths()[l - 1], net.widths()[l]));
      b_.push_back(tensor_of(net.bias(l).data(), 1, net.widths()[l]).squeeze(0));
    }
  }
  void predict() override {
    const torch::InferenceMode guard;
    torch::Tensor a = X_;
    for (std::size_t l = 0; l < W_.size(); ++l) {
      a = torch::addmm(b_[l], a, W_[l]);
      if (l + 1 != W_.size()) a.relu_();
    }
    P_ = a.softmax(1);
  }
  [[nodiscard]] std::vector<float> probabilities() const override {
    const torch::Tensor dense = P_.contiguous();
    return {dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel()};
  }

 private:
  torch::Tensor X_, P_;
  std::vector<torch::Tensor> W_, b_;
};

}  // namespace

std::unique_ptr<predictor> make_predictor(const twinpath::mlp<float>& net, const twinpath::matrix<float>& X) {
  return std::make_unique<tensors>(net, X);
}

}  // namespace predict_bench
