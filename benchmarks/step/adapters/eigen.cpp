// SPDX-License-Identifier: MIT
#include <Eigen/Core>

#include <memory>

#include "../by_hand.hpp"

namespace step_bench {
namespace {

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

auto view(const float* data, std::size_t rows, std::size_t cols) {
  return Eigen::Map<const matrix>(data, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(cols));
}
auto view(float* data, std::size_t rows, std::size_t cols) {
  return Eigen::Map<matrix>(data, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(cols));
}

struct eigen_products {
  static void forward(std::size_t m, std::size_t n, std::size_t k, const float* A, const float* W, float* Z) {
    view(Z, m, n).noalias() = view(A, m, k) * view(W, k, n);
  }
  static void backward(std::size_t m, std::size_t n, std::size_t k, const float* dZ, const float* W,
                       float* dA) {
    view(dA, m, n).noalias() = view(dZ, m, k) * view(W, n, k).transpose();
  }
  static void update(std::size_t m, std::size_t n, std::size_t k, const float* A, const float* dZ, float rate,
                     float* W) {
    view(W, m, n).noalias() -= rate * view(A, k, m).transpose() * view(dZ, k, n);
  }
};

}  // namespace

std::unique_ptr<trainer> make_trainer(const problem& p) {
  return std::make_unique<by_hand<eigen_products>>(p);
}

}  // namespace step_bench
