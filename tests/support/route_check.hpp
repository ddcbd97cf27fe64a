// SPDX-License-Identifier: MIT
// A check that products are computed on routes that were planned for them.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "gemm/route.hpp"

namespace tests {

namespace tp = twinpath;

/// Whether a route is right for a product. Rows of A may alias although the plan did not know it: a predictor
/// plans before it knows the stride of its input. Operations have to agree whether C may hold sums.
inline bool is_planned_for(const tp::detail::product_route& route, tp::detail::product_shape shape,
                           tp::detail::epilogue_op op) {
  shape.a_aliases = route.shape.a_aliases;
  return route.shape == shape && tp::detail::leaves_c_for_sums(route.op) == tp::detail::leaves_c_for_sums(op);
}

/// From now on a product on a wrong route ends the program: it may run on a thread without handlers.
inline void check_all_routes() {
  tp::detail::before_product = [](const tp::detail::product_route& route,
                                  const tp::detail::product_shape& shape, tp::detail::epilogue_op op) {
    if (is_planned_for(route, shape, op)) return;
    std::fprintf(stderr, "a %zux%zux%zu product runs on the route of a %zux%zux%zu one (m, n, k)\n", shape.m,
                 shape.n, shape.k, route.shape.m, route.shape.n, route.shape.k);
    std::abort();
  };
}

}  // namespace tests
