// SPDX-License-Identifier: MIT
// usage: twinpath-io-sample FILE: writes what numpy_reads.py expects.
#include <cstdint>
#include <cstdio>
#include <exception>
#include <limits>
#include <string>
#include <vector>

#include "io/npz.hpp"

int main(int argc, char* argv[]) {
  namespace io = twinpath::detail::io;
  if (argc != 2) return 2;
  try {
    const std::vector<float> floats{1.5f, -0.0f, 3.0f, 4.0f, 5.0f, 6.0f};
    const std::vector<double> doubles{0.1, std::numeric_limits<double>::infinity()};
    const std::vector<std::int32_t> ints{-1, 2147483647};
    const std::vector<std::int64_t> longs{std::numeric_limits<std::int64_t>::min()};
    const std::vector<std::string> strings{"one", "zwölf", "", "\U0001F600"};
    const std::string chars = "abcd";
    const io::array text = io::text_array(strings, {2, 2});
    const io::named_view arrays[] = {
        {"float32", io::view_of(std::span(floats), {2, 3})},
        {"float64", io::view_of(std::span(doubles), {2})},
        {"int32", io::view_of(std::span(ints), {1, 2, 1})},
        {"int64", io::view_of(std::span(longs), {})},
        {"empty", io::view_of(std::span<const float>(), {0, 3})},
        {"text", text.view()},
        {"bytes", {io::dtype::bytes, 2, {2}, std::as_bytes(std::span(chars))}},
        {"weights/größe", io::view_of(std::span(floats).first(1), {1})},
    };
    io::write_npz(argv[1], arrays);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
