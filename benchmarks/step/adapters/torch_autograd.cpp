// SPDX-License-Identifier: MIT
// As in PyTorch's tutorials: modules, cross_entropy, backward and the SGD optimiser.
#include "torch.hpp"

namespace step_bench {
namespace {

class autograd : public trainer {
 public:
  explicit autograd(const problem& p)
      : X_(tensor_of(p.X, p.shape.batch, p.shape.widths.front())), labels_(classes_of(p)) {
    std::vector<torch::Tensor> parameters;
    for (std::size_t l = 0; l < p.layers(); ++l) {
      const std::size_t in = p.shape.widths[l], out = p.shape.widths[l + 1];
      torch::nn::Linear layer(static_cast<std::int64_t>(in), static_cast<std::int64_t>(out));
      const torch::NoGradGuard guard;
      layer->weight.copy_(tensor_of(p.weights[l], in, out).t());
      layer->bias.zero_();
      layers_.push_back(layer);
      parameters.push_back(layer->weight);
      parameters.push_back(layer->bias);
    }
    optimiser_ = std::make_unique<torch::optim::SGD>(parameters, torch::optim::SGDOptions(double{p.rate}));
  }
  void step() override {
    optimiser_->zero_grad();
    torch::Tensor a = X_;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      a = layers_[l](a);
      if (l + 1 != layers_.size()) a = torch::relu(a);
    }
    torch::nn::functional::cross_entropy(a, labels_).backward();
    optimiser_->step();
  }
  [[nodiscard]] std::vector<std::vector<float>> weights() const override {
    std::vector<std::vector<float>> all;
    for (const auto& layer : layers_) all.push_back(values_of(layer->weight.t()));
    return all;
  }

 private:
  torch::Tensor X_, labels_;
  std::vector<torch::nn::Linear> layers_;
  std::unique_ptr<torch::optim::SGD> optimiser_;
};

}  // namespace

std::unique_ptr<trainer> make_trainer(const problem& p) {
  return std::make_unique<autograd>(p);
}

}  // namespace step_bench
