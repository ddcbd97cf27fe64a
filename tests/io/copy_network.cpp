// SPDX-License-Identifier: MIT
// usage: twinpath-io-copy-network FROM TO: loads a network in float and saves it.
#include <cstdio>
#include <exception>

#include <twinpath/io/mlp.hpp>

int main(int argc, char* argv[]) {
  if (argc != 3) return 2;
  try {
    twinpath::save(twinpath::load_mlp<float>(argv[1]), argv[2]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
