// SPDX-License-Identifier: MIT
#include "shapes.hpp"

#include <fstream>
#include <set>
#include <stdexcept>

#include "common/random_sizes.hpp"

namespace gemm_bench {

std::vector<row> rows_of_shapes(const std::vector<std::string>& shapes, element type) {
  std::vector<row> rows;
  for (const std::string& text : shapes) rows.push_back(parse_shape(text, type).value());
  return rows;
}

std::vector<std::string> read_shapes(const std::string& file) {
  std::ifstream in(file);
  std::vector<std::string> shapes;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (!parse_shape(line, element::f32)) {
      throw std::runtime_error(file + ", line " + std::to_string(number) + ": \"" + line +
                               "\", expected a shape such as NT:315x17x4");
    }
    shapes.push_back(line);
  }
  if (shapes.empty()) throw std::runtime_error(file + ": no shapes");
  return shapes;
}

std::vector<std::string> random_shapes(std::uint64_t seed, std::size_t count) {
  constexpr std::size_t largest = 2048;
  constexpr std::size_t most_flops = 4'000'000'000;
  bench::random_sizes random(seed);
  std::vector<std::string> shapes;
  std::set<std::string> seen;
  while (shapes.size() < count) {
    const layout how = every_layout[random.below(every_layout.size())];
    const std::size_t m = random.log_uniform(1, largest);
    const std::size_t n = random.log_uniform(1, largest);
    const std::size_t k = random.log_uniform(1, largest);
    if (2 * m * n * k > most_flops) continue;
    std::string text =
        std::string(name(how)) + ':' + std::to_string(m) + 'x' + std::to_string(n) + 'x' + std::to_string(k);
    if (seen.insert(text).second) shapes.push_back(std::move(text));
  }
  return shapes;
}

}  // namespace gemm_bench
