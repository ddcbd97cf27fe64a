// SPDX-License-Identifier: MIT
#include <Eigen/Core>

#include <cstddef>
#include <type_traits>

#include "../adapter.hpp"

namespace gemm_bench {
namespace {

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T>
auto view(T* data, std::size_t rows, std::size_t cols, std::size_t stride) {
  using element = std::remove_const_t<T>;
  using plain = std::conditional_t<std::is_const_v<T>, const matrix<element>, matrix<element>>;
  return Eigen::Map<plain, Eigen::Unaligned, Eigen::OuterStride<>>(
      data, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(cols),
      Eigen::OuterStride<>(static_cast<Eigen::Index>(stride)));
}

template <class T>
void multiply_views(const product<T>& p) {
  const auto a = view(p.a, p.trans_a ? p.k : p.m, p.trans_a ? p.m : p.k, p.lda);
  const auto b = view(p.b, p.trans_b ? p.n : p.k, p.trans_b ? p.k : p.n, p.ldb);
  auto c = view(p.c, p.m, p.n, p.ldc);
  if (p.trans_a) {
    c.noalias() = a.transpose() * b;
  } else if (p.trans_b) {
    c.noalias() = a * b.transpose();
  } else {
    c.noalias() = a * b;
  }
}

}  // namespace

bool has_double() {
  return true;
}

void prepare(const product<float>&) {}
void prepare(const product<double>&) {}

void multiply(const product<float>& p) {
  multiply_views(p);
}
void multiply(const product<double>& p) {
  multiply_views(p);
}

}  // namespace gemm_bench
