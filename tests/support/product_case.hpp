// SPDX-License-Identifier: MIT
// One product with its data, and its result by the contract.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include <twinpath/contract.hpp>

#include "gemm/product.hpp"
#include "support/arithmetic.hpp"
#include "support/padded.hpp"
#include "support/random.hpp"
#include "support/shapes.hpp"

namespace tests {

/// An operand in memory, stored transposed or not.
template <class T>
class stored_operand {
 public:
  stored_operand(const tp::matrix<T>& x, bool transposed, layout where)
      : memory_(transposed ? x.cols() : x.rows(), transposed ? x.rows() : x.cols(), where),
        transposed_(transposed) {
    if (!transposed) memory_.assign(x);
    for (std::size_t i = 0; transposed && i < x.rows(); ++i) {
      for (std::size_t j = 0; j < x.cols(); ++j) memory_.view()(j, i) = x(i, j);
    }
  }
  [[nodiscard]] tp::operand<T> get() const { return {memory_.view(), transposed_}; }

 private:
  padded_matrix<T> memory_;
  bool transposed_;
};

/// Both operands of a product under all four transpositions, in one layout.
template <class T>
class stored_operands {
 public:
  stored_operands(const tp::matrix<T>& A, const tp::matrix<T>& B, layout a, layout b)
      : a_{std::make_unique<stored_operand<T>>(A, false, a), std::make_unique<stored_operand<T>>(A, true, a)},
        b_{std::make_unique<stored_operand<T>>(B, false, b),
           std::make_unique<stored_operand<T>>(B, true, b)} {}
  [[nodiscard]] tp::operand<T> A(bool transposed) const { return a_[transposed]->get(); }
  [[nodiscard]] tp::operand<T> B(bool transposed) const { return b_[transposed]->get(); }

 private:
  std::array<std::unique_ptr<stored_operand<T>>, 2> a_;
  std::array<std::unique_ptr<stored_operand<T>>, 2> b_;
};

/// The epilogue of tp::gemm.
template <class T>
tp::detail::epilogue<T> gemm_epilogue(T alpha, T beta) {
  return {tp::detail::gemm_op(alpha, beta), alpha, beta};
}

enum class data { uniform, special };

template <class T>
class product_case {
 public:
  explicit product_case(const shape& s, data kind = data::uniform)
      : size(s), random_(s.m * 1000003 + s.n * 1009 + s.k) {
    A = make(s.m, s.k, kind);
    B = make(s.k, s.n, kind);
    old = make(s.m, s.n, kind);
    bias = make(1, s.n, kind);
    mask = make(s.m, s.n, kind);
    for (T& x : mask.elements()) x = std::max(x, T(0));
    sum = tp::matrix<T>(s.m, s.n);
    with_arithmetic([&]<class arithmetic>(arithmetic) {
      for (std::size_t i = 0; i < s.m; ++i) {
        for (std::size_t j = 0; j < s.n; ++j) sum(i, j) = tp::contract::product<arithmetic, T>(A, B, i, j);
      }
    });
  }

  /// The elements of contract::gemm, contract::dense_forward or contract::backprop_path from
  /// contract::product, which costs nearly all of the time and is the same for all of them.
  [[nodiscard]] tp::matrix<T> expected(const tp::detail::epilogue<T>& finish) const {
    return with_arithmetic([&]<class arithmetic>(arithmetic) {
      tp::matrix<T> C(size.m, size.n);
      for (std::size_t i = 0; i < size.m; ++i) {
        for (std::size_t j = 0; j < size.n; ++j) C(i, j) = finished<arithmetic>(finish, i, j);
      }
      return C;
    });
  }

  shape size;
  tp::matrix<T> A;     ///< m x k
  tp::matrix<T> B;     ///< k x n
  tp::matrix<T> old;   ///< C before the product
  tp::matrix<T> bias;  ///< 1 x n
  tp::matrix<T> mask;  ///< m x n, a possible output of ReLU
  tp::matrix<T> sum;   ///< contract::product of every element

 private:
  tp::matrix<T> make(std::size_t rows, std::size_t cols, data kind) {
    return kind == data::uniform ? uniform_matrix<T>(rows, cols, random_)
                                 : special_matrix<T>(rows, cols, random_);
  }

  template <class arithmetic>
  T finished(const tp::detail::epilogue<T>& finish, std::size_t i, std::size_t j) const {
    using tp::detail::epilogue_op;
    const T t = sum(i, j);
    switch (finish.op) {
      case epilogue_op::store:
        return t;
      case epilogue_op::scale:
        return finish.alpha * t;
      case epilogue_op::blend: {
        const T kept = finish.beta * old(i, j);
        return arithmetic::multiply_add(finish.alpha, t, kept);
      }
      case epilogue_op::bias:
        return t + bias(0, j);
      case epilogue_op::bias_relu:
        return tp::contract::relu(t + bias(0, j));
      case epilogue_op::mask:
        return mask(i, j) > 0 ? t : T(0);
    }
    return t;
  }

  generator random_;
};

/// An epilogue of each operation.
template <class T>
std::vector<tp::detail::epilogue<T>> all_epilogues() {
  using tp::detail::epilogue_op;
  return {{epilogue_op::store}, {epilogue_op::scale, T(-1)}, {epilogue_op::blend, T(0.7), T(-0.3)},
          {epilogue_op::bias},  {epilogue_op::bias_relu},    {epilogue_op::mask}};
}

/// A product_case in memory, for calls below the public functions.
template <class T>
class stored_product {
 public:
  explicit stored_product(const product_case<T>& x, layout where = layouts[2])
      : x_(x),
        operands_(x.A, x.B, layouts[1], layouts[2]),
        bias_(x.bias.view(), layouts[2]),
        mask_(x.mask.view(), layouts[1]),
        C_(x.size.m, x.size.n, where) {}

  /// The call, with a C that holds its old elements if the call may read them, and NaN otherwise.
  [[nodiscard]] tp::detail::product<T> call(bool a_transposed, bool b_transposed,
                                            const tp::detail::epilogue<T>& finish) {
    using tp::detail::epilogue_op;
    tp::detail::product<T> x{
        operands_.A(a_transposed), operands_.B(b_transposed), C_.view(), finish, nullptr, {}};
    if (finish.op == epilogue_op::bias || finish.op == epilogue_op::bias_relu) x.bias = bias_.view().data();
    if (finish.op == epilogue_op::mask) x.mask = mask_.view();
    if (finish.op == epilogue_op::blend) {
      C_.assign(x_.old);
    } else {
      C_.fill(filler<T>());
    }
    return x;
  }

  /// The first error in C after the call; empty if there is none.
  [[nodiscard]] std::string wrong(const tp::matrix<T>& expected) const {
    if (!C_.padding_untouched()) return "the padding of C was written";
    return difference<T>(C_.view(), expected);
  }

 private:
  const product_case<T>& x_;
  stored_operands<T> operands_;
  padded_matrix<T> bias_;
  padded_matrix<T> mask_;
  padded_matrix<T> C_;
};

}  // namespace tests
