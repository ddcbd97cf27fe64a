// SPDX-License-Identifier: MIT
// A predictor for the size of the batch.
#include <twinpath/predictor.hpp>

#include "../adapter.hpp"

namespace predict_bench {
namespace {

class prepared : public predictor {
 public:
  prepared(const twinpath::mlp<float>& net, const twinpath::matrix<float>& X)
      : X_(X), P_(X.rows(), net.widths().back()), predictor_(net, X.rows()) {}
  void predict() override { predictor_.predict(X_, P_); }
  [[nodiscard]] std::vector<float> probabilities() const override {
    return {P_.elements().begin(), P_.elements().end()};
  }

 private:
  const twinpath::matrix<float>& X_;
  twinpath::matrix<float> P_;
  twinpath::predictor<float> predictor_;
};

}  // namespace

std::unique_ptr<predictor> make_predictor(const twinpath::mlp<float>& net, const twinpath::matrix<float>& X) {
  return std::make_unique<prepared>(net, X);
}

}  // namespace predict_bench
