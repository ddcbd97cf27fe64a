// SPDX-License-Identifier: MIT
// The network itself.
#include "../adapter.hpp"

namespace predict_bench {
namespace {

class network : public predictor {
 public:
  network(const twinpath::mlp<float>& net, const twinpath::matrix<float>& X)
      : net_(net), X_(X), P_(X.rows(), net.widths().back()) {}
  void predict() override { net_.predict(X_, P_); }
  [[nodiscard]] std::vector<float> probabilities() const override {
    return {P_.elements().begin(), P_.elements().end()};
  }

 private:
  const twinpath::mlp<float>& net_;
  const twinpath::matrix<float>& X_;
  twinpath::matrix<float> P_;
};

}  // namespace

std::unique_ptr<predictor> make_predictor(const twinpath::mlp<float>& net, const twinpath::matrix<float>& X) {
  return std::make_unique<network>(net, X);
}

}  // namespace predict_bench
