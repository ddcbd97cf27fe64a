// SPDX-License-Identifier: MIT
// Common parts of the programs that measure oneDNN's inner-product primitives.
#pragma once

#include <dnnl.hpp>

#include <cstddef>

namespace bench {

inline dnnl::memory::desc matrix_desc(std::size_t rows, std::size_t cols, dnnl::memory::format_tag layout) {
  using dim = dnnl::memory::dim;
  return {{static_cast<dim>(rows), static_cast<dim>(cols)}, dnnl::memory::data_type::f32, layout};
}
inline dnnl::memory::desc vector_desc(std::size_t size) {
  return {{static_cast<dnnl::memory::dim>(size)}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::a};
}

/// ReLU in the store of a primitive.
inline dnnl::primitive_attr relu_after() {
  dnnl::post_ops relu;
#if DNNL_VERSION_MAJOR < 3
  relu.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
#else
  relu.append_eltwise(dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
#endif
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(relu);
  return attributes;
}

}  // namespace bench
