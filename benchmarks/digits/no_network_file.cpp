// SPDX-License-Identifier: MIT
// Replaces network_file.cpp if twinpath::io is not built.
#include <stdexcept>

#include "network_file.hpp"

namespace digits {
namespace {

[[noreturn]] void fail() {
  throw std::runtime_error("--save and --load need a build with TWINPATH_BUILD_IO");
}

}  // namespace

twinpath::mlp<float> load_network(const options&) {
  fail();
}
void require_savable(const std::filesystem::path&) {
  fail();
}
void save_network(const twinpath::mlp<float>&, const std::filesystem::path&) {
  fail();
}

}  // namespace digits
