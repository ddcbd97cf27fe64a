// SPDX-License-Identifier: MIT
// usage: twinpath-io-save-networks save FOLDER: saves networks there.
//        twinpath-io-save-networks hash FOLDER: prints a description of each.
// To add the files of a release to data/<version>, link this with that release and run `save .`, `hash . >
// hashes.txt`, and `hash . > hashes_baseline.txt` with TWINPATH_ISA=baseline, the tier without FMA.
#include <cstdio>
#include <exception>
#include <string_view>

#include "io/saved_networks.hpp"

namespace {

template <class T>
void save(const std::filesystem::path& folder, const tests::saved_network& x) {
  twinpath::mlp<T> net(x.widths, x.options);
  for (std::size_t s = 0; s < x.steps; ++s) tests::train_saved(net, x.rule);
  twinpath::save(net, tests::saved_file<T>(folder, x));
}

template <class T>
void hash(const std::filesystem::path& folder, const tests::saved_network& x) {
  const std::filesystem::path file = tests::saved_file<T>(folder, x);
  const std::string text = tests::description(twinpath::load_mlp<T>(file), x.rule);
  std::printf("%s %s\n", file.filename().c_str(), text.c_str());
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string_view action = argc == 3 ? argv[1] : "";
  if (action != "save" && action != "hash") {
    std::fprintf(stderr, "usage: twinpath-io-save-networks save|hash FOLDER\n");
    return 2;
  }
  for (const tests::saved_network& x : tests::saved_networks()) {
    (action == "save" ? save<float> : hash<float>)(argv[2], x);
    (action == "save" ? save<double> : hash<double>)(argv[2], x);
  }
} catch (const std::exception& e) {
  std::fprintf(stderr, "twinpath-io-save-networks: %s\n", e.what());
  return 1;
}
