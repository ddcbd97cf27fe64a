// SPDX-License-Identifier: MIT
// The step written out with tensors, without autograd: the update is fused with the product dW.
#include "torch.hpp"

namespace step_bench {
namespace {

class tensors : public trainer {
 public:
  explicit tensors(const problem& p)
      : rate_(p.rate),
        X_(tensor_of(p.X, p.shape.batch, p.shape.widths.front())),
        one_hot_(torch::zeros(
            {static_cast<std::int64_t>(p.shape.batch), static_cast<std::int64_t>(p.shape.widths.back())})) {
    one_hot_.scatter_(1, classes_of(p).unsqueeze(1), 1.0);
    for (std::size_t l = 0; l < p.layers(); ++l) {
      W_.push_back(tensor_of(p.weights[l], p.shape.widths[l], p.shape.widths[l + 1]));
      b_.push_back(torch::zeros({static_cast<std::int64_t>(p.shape.widths[l + 1])}));
    }
  }
  void step() override {
    const torch::InferenceMode guard;
    const std::size_t layers = W_.size();
    std::vector<torch::Tensor> a{X_};
    for (std::size_t l = 0; l < layers; ++l) {
      torch::Tensor z = torch::addmm(b_[l], a[l], W_[l]);
      if (l + 1 != layers) z.relu_();
      a.push_back(std::move(z));
    }
    torch::Tensor dZ = a.back().softmax(1).sub_(one_hot_).div_(static_cast<double>(X_.size(0)));
    for (std::size_t l = layers; l-- > 0;) {
      torch::Tensor below;
      if (l > 0) below = torch::mm(dZ, W_[l].t()).mul_(a[l] > 0);
      W_[l].addmm_(a[l].t(), dZ, 1, -rate_);
      b_[l].sub_(dZ.sum(0), rate_);
      dZ = below;
    }
  }
  [[nodiscard]] std::vector<std::vector<float>> weights() const override {
    std::vector<std::vector<float>> all;
    for (const torch::Tensor& W : W_) all.push_back(values_of(W));
    return all;
  }

 private:
  double rate_;
  torch::Tensor X_, one_hot_;
  std::vector<torch::Tensor> W_, b_;
};

}  // namespace

std::unique_ptr<trainer> make_trainer(const problem& p) {
  return std::make_unique<tensors>(p);
}

}  // namespace step_bench
