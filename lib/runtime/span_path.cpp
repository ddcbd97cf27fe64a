// SPDX-License-Identifier: MIT
#include "span_path.hpp"

namespace twinpath::inline v0 {
namespace detail {
namespace {

struct operation_path {
  std::string_view operation;
  span_path path;
};

constexpr operation_path operation_paths[] = {
    {"Z", span_path::forward},    {"activate", span_path::forward}, {"softmax", span_path::forward},
    {"loss", span_path::forward}, {"dW", span_path::parameter},     {"db", span_path::parameter},
    {"dZ", span_path::backprop},  {"dX", span_path::backprop},      {"norm", span_path::update},
    {"clip", span_path::update},  {"update", span_path::update},
};

const char* part_name(span_part part) noexcept {
  switch (part) {
    case span_part::whole:
      break;
    case span_part::pack_a:
      return "pack A";
    case span_part::pack_b:
      return "pack B";
    case span_part::kernel:
      return "kernel";
    case span_part::transposed:
      return "transposed";
    case span_part::finish:
      return "finish";
    case span_part::wait:
      return "wait";
  }
  return "";
}

}  // namespace

span_path path_of(std::string_view operation) noexcept {
  for (const operation_path& x : operation_paths) {
    if (x.operation == operation) return x.path;
  }
  return span_path::none;
}

std::string span_name(span_label label) {
  if (label.part != span_part::whole) return part_name(label.part);
  std::string name = label.operation;
  if (label.layer != 0) name += std::to_string(label.layer);
  return name;
}

}  // namespace detail

std::string_view name(span_path path) noexcept {
  switch (path) {
    case span_path::none:
      break;
    case span_path::forward:
      return "forward";
    case span_path::parameter:
      return "parameter";
    case span_path::backprop:
      return "backprop";
    case span_path::update:
      return "update";
  }
  return "none";
}

}  // namespace twinpath::inline v0
