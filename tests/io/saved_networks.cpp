// SPDX-License-Identifier: MIT
// Networks saved by an earlier version load with the same bits.
#include "io/saved_networks.hpp"

#include <fstream>
#include <map>
#include <string>

#include <twinpath/isa.hpp>

#include "data_file.hpp"
#include "support/catch.hpp"

namespace {

namespace tp = twinpath;

/// The descriptions that the saving version has printed, by the name of the file.
std::map<std::string, std::string> read_hashes(const std::filesystem::path& folder) {
  std::map<std::string, std::string> hashes;
  std::ifstream in(folder / (tp::active_isa() == tp::isa::baseline ? "hashes_baseline.txt" : "hashes.txt"));
  for (std::string name, line; in >> name && std::getline(in >> std::ws, line);) hashes[name] = line;
  return hashes;
}

}  // namespace

TEMPLATE_TEST_CASE("networks saved by 0.1.0 have the same bits", "[mlp][saved]", float, double) {
  const std::filesystem::path folder = data_file("0.1.0");
  const auto hashes = read_hashes(folder);
  for (const tests::saved_network& x : tests::saved_networks()) {
    const std::filesystem::path file = tests::saved_file<TestType>(folder, x);
    CAPTURE(file.filename().string());
    REQUIRE(hashes.contains(file.filename().string()));
    const std::string& expected = hashes.at(file.filename().string());

    const auto loaded = tp::load_mlp<TestType>(file);
    CHECK(loaded.widths() == x.widths);
    CHECK(loaded.options().activation == x.options.activation);
    CHECK(loaded.options().loss == x.options.loss);
    CHECK(loaded.options().reduction == x.options.reduction);
    CHECK(tests::description(loaded, x.rule) == expected);

    tp::mlp<TestType> filled(x.widths, x.options);
    tp::load(file, filled);
    CHECK(tests::description(filled, x.rule) == expected);
  }
}
