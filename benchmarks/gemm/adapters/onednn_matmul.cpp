// SPDX-License-Identifier: MIT
// The matmul primitive on the caller's plain layouts. It is created beforehand, as its users do.
#include <array>
#include <memory>

#include "onednn.hpp"

namespace gemm_bench {
namespace {

using dnnl::matmul;
using dnnl::memory;

memory::desc plain(std::size_t rows, std::size_t cols, bool transposed, std::size_t stride) {
  const auto size = [](std::size_t x) { return static_cast<memory::dim>(x); };
  const memory::dims strides = transposed ? memory::dims{1, size(stride)} : memory::dims{size(stride), 1};
  return {memory::dims{size(rows), size(cols)}, memory::data_type::f32, strides};
}

matmul::primitive_desc describe(const dnnl::engine& engine, const memory::desc& a, const memory::desc& b,
                                const memory::desc& c) {
#if DNNL_VERSION_MAJOR < 3
  return {matmul::desc(a, b, c), engine};
#else
  return {engine, a, b, c};
#endif
}

struct prepared_product {
  explicit prepared_product(const product<float>& p)
      : a(plain(p.m, p.k, p.trans_a, p.lda), engine, const_cast<float*>(p.a)),
        b(plain(p.k, p.n, p.trans_b, p.ldb), engine, const_cast<float*>(p.b)),
        c(plain(p.m, p.n, false, p.ldc), engine, p.c),
        primitive(describe(engine, a.get_desc(), b.get_desc(), c.get_desc())),
        arguments{dnnl_exec_arg_t{DNNL_ARG_SRC, a.get()}, dnnl_exec_arg_t{DNNL_ARG_WEIGHTS, b.get()},
                  dnnl_exec_arg_t{DNNL_ARG_DST, c.get()}} {}

  // The C interface, because the C++ one allocates a vector of arguments in every call.
  void execute() const { dnnl_primitive_execute(primitive.get(), stream.get(), 3, arguments.data()); }

  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  memory a, b, c;
  matmul primitive;
  std::array<dnnl_exec_arg_t, 3> arguments;
};

std::unique_ptr<prepared_product> prepared;

}  // namespace

void prepare(const product<float>& p) {
  prepared = std::make_unique<prepared_product>(p);
}

void multiply(const product<float>&) {
  prepared->execute();
}

}  // namespace gemm_bench
