// SPDX-License-Identifier: MIT
// A step written by hand on a library that has products only. The update is fused with the product dW; the
// other passes are loops, vectorised by the compiler and parallel by OpenMP.
#pragma once

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "adapter.hpp"

namespace step_bench {

/// Calls body(begin, end) for parts of 0 … count - 1, on one thread if there are few elements.
template <class Body>
void share(std::size_t count, std::size_t elements, const Body& body) {
  constexpr std::size_t worth_sharing = 1 << 15;
  if (elements <= worth_sharing || omp_get_max_threads() == 1) return body(std::size_t{0}, count);
#pragma omp parallel
  {
    const auto threads = static_cast<std::size_t>(omp_get_num_threads());
    const auto thread = static_cast<std::size_t>(omp_get_thread_num());
    body(count * thread / threads, count * (thread + 1) / threads);
  }
}

/// dz = (softmax(z) - one-hot) / rows
inline void softmax_error(const float* z, std::size_t rows, std::size_t n, const std::int32_t* classes,
                          float* dz) {
  const float scale = 1.0f / static_cast<float>(rows);
  share(rows, rows * n, [=](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      float largest = z[i * n];
      for (std::size_t j = 1; j < n; ++j) largest = std::max(largest, z[i * n + j]);
      for (std::size_t j = 0; j < n; ++j) dz[i * n + j] = z[i * n + j] - largest;
    }
    // One long loop, which the compiler vectorises with its vector exponential.
    for (std::size_t e = begin * n; e < end * n; ++e) dz[e] = std::exp(dz[e]);
    for (std::size_t i = begin; i < end; ++i) {
      float sum = 0;
      for (std::size_t j = 0; j < n; ++j) sum += dz[i * n + j];
      const float factor = scale / sum;
      for (std::size_t j = 0; j < n; ++j) dz[i * n + j] *= factor;
      dz[i * n + static_cast<std::size_t>(classes[i])] -= scale;
    }
  });
}

/// dz = a > 0 ? dz : 0
inline void mask_error(const float* __restrict a, std::size_t size, float* __restrict dz) {
  share(size, size, [=](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) dz[i] = a[i] > 0 ? dz[i] : 0.0f;
  });
}

/// w -= rate * g
inline void descend(float rate, const float* __restrict g, std::size_t size, float* __restrict w) {
  share(size, size, [=](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) w[i] -= rate * g[i];
  });
}

/// `Products` has, for row-major matrices without gaps:
///   forward(m, n, k, A, W, Z)          Z = A * W
///   backward(m, n, k, dZ, W, dA)       dA = dZ * W^T, W is n x k
///   update(m, n, k, A, dZ, rate, W)    W -= rate * A^T * dZ, A is k x m
template <class Products>
class by_hand : public trainer {
 public:
  explicit by_hand(const problem& p) : problem_(p), weights_(p.weights) {
    for (std::size_t l = 1; l < p.shape.widths.size(); ++l) {
      biases_.emplace_back(p.shape.widths[l], 0.0f);
      activations_.emplace_back(p.shape.batch * p.shape.widths[l]);
      errors_.emplace_back(p.shape.batch * p.shape.widths[l]);
    }
  }

  void step() override {
    const std::size_t m = problem_.shape.batch;
    const std::vector<std::size_t>& widths = problem_.shape.widths;
    const std::size_t layers = problem_.layers();
    const auto input = [&](std::size_t l) { return l == 0 ? problem_.X.data() : activations_[l - 1].data(); };
    for (std::size_t l = 0; l < layers; ++l) {
      Products::forward(m, widths[l + 1], widths[l], input(l), weights_[l].data(), activations_[l].data());
      add_bias(l, l + 1 != layers);
    }
    output_error();
    for (std::size_t l = layers; l-- > 0;) {
      if (l > 0) {
        Products::backward(m, widths[l], widths[l + 1], errors_[l].data(), weights_[l].data(),
                           errors_[l - 1].data());
        mask(l - 1);
      }
      Products::update(widths[l], widths[l + 1], m, input(l), errors_[l].data(), problem_.rate,
                       weights_[l].data());
      update_bias(l);
    }
  }

  [[nodiscard]] std::vector<std::vector<float>> weights() const override { return weights_; }

 private:
  void add_bias(std::size_t l, bool relu) {
    const std::size_t n = biases_[l].size();
    const float* __restrict b = biases_[l].data();
    float* __restrict a = activations_[l].data();
    const float lowest = relu ? 0.0f : -std::numeric_limits<float>::max();
    share(problem_.shape.batch, problem_.shape.batch * n, [=](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i)
        for (std::size_t j = 0; j < n; ++j) a[i * n + j] = std::max(lowest, a[i * n + j] + b[j]);
    });
  }

  void output_error() {
    softmax_error(activations_.back().data(), problem_.shape.batch, biases_.back().size(),
                  problem_.classes.data(), errors_.back().data());
  }

  void mask(std::size_t l) { mask_error(activations_[l].data(), errors_[l].size(), errors_[l].data()); }

  void update_bias(std::size_t l) {
    const std::size_t n = biases_[l].size();
    const float* __restrict dz = errors_[l].data();
    float* __restrict b = biases_[l].data();
    const float rate = problem_.rate;
    for (std::size_t i = 0; i < problem_.shape.batch; ++i)
      for (std::size_t j = 0; j < n; ++j) b[j] -= rate * dz[i * n + j];
  }

  const problem& problem_;
  std::vector<std::vector<float>> weights_;
  std::vector<std::vector<float>> biases_;
  std::vector<std::vector<float>> activations_;
  std::vector<std::vector<float>> errors_;
};

}  // namespace step_bench
