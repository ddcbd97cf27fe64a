// SPDX-License-Identifier: MIT
#include <string>
#include <type_traits>

#include <twinpath/contract.hpp>
#include <twinpath/isa.hpp>

#include "gemm/transposing.hpp"
#include "kernels/kernel_table.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0 {
namespace {

template <class T>
std::string describe_type() {
  const detail::kernel_table<T>& table = detail::kernels<T>();
  std::string text = std::is_same_v<T, float> ? "float    register tiles" : "double   register tiles";
  for (std::size_t vectors = 1; vectors < table.tall_rows.size(); ++vectors) {
    if (table.tall_rows[vectors] == 0) continue;
    text += ' ' + std::to_string(table.tall_rows[vectors]) + 'x' + std::to_string(vectors * table.width);
  }
  return text + ", vectors of " + std::to_string(table.width) + ", blocks of k up to " +
         std::to_string(contract::block_length<T>) + ", B of A*B^T read in place for up to " +
         std::to_string(detail::in_place_rows(table)) + " rows\n";
}

}  // namespace

std::string describe() {
  return "tier     " + std::string(name(active_isa())) + "\n" +  //
         describe_type<float>() +                                //
         describe_type<double>() +                               //
         "slices   of k from " + std::to_string(contract::slice_length) + "\n" + "tasks    from " +
         std::to_string(static_cast<long>(detail::task_work) / 1024) + " Ki multiply-adds or " +
         std::to_string(static_cast<long>(detail::task_bytes) / 1024) + " KiB\n" + "threads  " +
         std::to_string(detail::concurrency()) + "\n";
}

}  // namespace twinpath::inline v0
