// SPDX-License-Identifier: MIT
// The options that choose networks and batches.
#pragma once

#include <CLI/CLI.hpp>

#include <cstddef>
#include <string>
#include <vector>

#include "common/command_line.hpp"
#include "common/networks.hpp"
#include "common/random_option.hpp"

namespace bench {

class network_options {
 public:
  explicit network_options(CLI::App& app) {
    CLI::Option* layers = app.add_option("--layers", layers_,
                                         "Widths of a network such as 30-100-3, instead of the usual\n"
                                         "networks; repeatable");
    CLI::Option* batches =
        app.add_option("--batch", batches_, "Rows of its batch, such as 50; several: 50,1000")
            ->delimiter(',');
    layers->needs(batches);
    batches->needs(layers);
    app.add_option("--random", random_,
                   "SEED:COUNT: random networks instead of the usual ones,\n"
                   "log-uniform: 4 ... 1024 inputs, 1 to 3 hidden layers of\n"
                   "8 ... 1024, 2 ... 64 classes, batches of 4 ... 8192 rows");
  }

  /// After parsing; empty if none is chosen. Throws CLI::ValidationError.
  [[nodiscard]] std::vector<network> chosen() const {
    constexpr std::size_t most_rows = 100'000'000;
    std::vector<network> networks;
    for (const std::string& layers : layers_) {
      for (const std::string& batch : batches_) {
        networks.push_back(
            {parse_number<std::size_t>("--batch", batch, 1, most_rows, "a number of rows from 1 on"),
             parse_layers("--layers", layers)});
      }
    }
    if (!random_.empty()) {
      const auto [seed, count] = parse_random(random_);
      for (network& n : random_networks(seed, count)) networks.push_back(std::move(n));
    }
    return networks;
  }

 private:
  std::vector<std::string> layers_, batches_;
  std::string random_;
};

}  // namespace bench
