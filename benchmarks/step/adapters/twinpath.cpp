// SPDX-License-Identifier: MIT
#include <twinpath/twinpath.hpp>

#include <algorithm>
#include <memory>
#include <vector>

#include "../adapter.hpp"

namespace step_bench {
namespace {

namespace tp = twinpath;

class network : public trainer {
 public:
  explicit network(const problem& p)
      : problem_(p),
        net_(p.shape.widths, {.seed = 1}),
        X_(p.X.data(), p.shape.batch, p.shape.widths.front()) {
    for (std::size_t l = 1; l <= net_.layers(); ++l)
      std::copy(p.weights[l - 1].begin(), p.weights[l - 1].end(), net_.weights(l).data());
  }
  void step() override {
    loss_ = net_.train_step(X_, problem_.classes, tp::sgd{.learning_rate = problem_.rate});
  }
  [[nodiscard]] std::vector<std::vector<float>> weights() const override {
    std::vector<std::vector<float>> all;
    for (std::size_t l = 1; l <= net_.layers(); ++l) {
      const tp::matrix<float> W(net_.weights(l));
      all.emplace_back(W.elements().begin(), W.elements().end());
    }
    return all;
  }

 private:
  const problem& problem_;
  tp::mlp<float> net_;
  tp::matrix_view<const float> X_;
  float loss_ = 0;
};

}  // namespace

std::unique_ptr<trainer> make_trainer(const problem& p) {
  return std::make_unique<network>(p);
}

}  // namespace step_bench
