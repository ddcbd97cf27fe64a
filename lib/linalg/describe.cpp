// SPDX-License-Identifier: MIT
#include <string>
#include <type_traits>

#include <twinpath/contract.hpp>
#include <twinpath/isa.hpp>

#include "linalg/kernel_table.hpp"
#include "runtime/parallel.hpp"

namespace twinpath::inline v0 {
namespace {

template <class T>
std::string describe_type() {
  const detail::kernel_table<T>& table = detail::kernels<T>();
  const std::string type = std::is_same_v<T, float> ? "float " : "double";
  return type + "   register tile " + std::to_string(table.tile_rows) + "x" +
         std::to_string(table.tile_vectors * table.width) + ", vectors of " + std::to_string(table.width) +
         ", blocks of k up to " + std::to_string(contract::block_length<T>) + "\n";
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
