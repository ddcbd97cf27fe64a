// SPDX-License-Identifier: MIT
// The step of every library with the CBLAS interface. Include the library's own header first.
#pragma once

#include <memory>

#include "../by_hand.hpp"

namespace step_bench {

struct cblas_products {
  static void forward(std::size_t m, std::size_t n, std::size_t k, const float* A, const float* W, float* Z) {
    const auto M = static_cast<int>(m), N = static_cast<int>(n), K = static_cast<int>(k);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, M, N, K, 1.0f, A, K, W, N, 0.0f, Z, N);
  }
  static void backward(std::size_t m, std::size_t n, std::size_t k, const float* dZ, const float* W,
                       float* dA) {
    const auto M = static_cast<int>(m), N = static_cast<int>(n), K = static_cast<int>(k);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, M, N, K, 1.0f, dZ, K, W, K, 0.0f, dA, N);
  }
  static void update(std::size_t m, std::size_t n, std::size_t k, const float* A, const float* dZ, float rate,
                     float* W) {
    const auto M = static_cast<int>(m), N = static_cast<int>(n), K = static_cast<int>(k);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, M, N, K, -rate, A, M, dZ, N, 1.0f, W, N);
  }
};

std::unique_ptr<trainer> make_trainer(const problem& p) {
  return std::make_unique<by_hand<cblas_products>>(p);
}

}  // namespace step_bench
