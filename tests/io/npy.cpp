// SPDX-License-Identifier: MIT
#include "io/npy.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace std::string_literals;
namespace io = twinpath::detail::io;

io::array parsed(std::string_view file) {
  return io::read_npy(std::as_bytes(std::span(file.data(), file.size())));
}

/// A file of version 1 from its header and its elements.
std::string npy(std::string_view header, std::string_view data = "") {
  std::string out = "\x93NUMPY\x01"s + '\0';
  out += static_cast<char>(header.size() & 0xFF);
  out += static_cast<char>(header.size() >> 8);
  return out.append(header).append(data);
}

std::string error_of(std::string_view file) {
  try {
    (void)parsed(file);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "no error";
}

std::string header_error(std::string_view header) {
  const std::string what = error_of(npy(header));
  constexpr std::string_view prefix = "npy header: ";
  return what.starts_with(prefix) ? what.substr(prefix.size()) : what;
}

std::string written(const io::array_view& a) {
  return io::npy_preamble(a).append(reinterpret_cast<const char*>(a.data.data()), a.data.size());
}

template <class T>
void check_round_trip(std::vector<T> values, std::vector<std::size_t> shape) {
  const io::array_view view = io::view_of(std::span<const T>(values), shape);
  const io::array a = parsed(written(view));
  CHECK(a.shape == shape);
  CHECK(a.type == io::dtype_of<T>);
  CHECK(std::ranges::equal(a.data, view.data));
}

}  // namespace

TEST_CASE("numbers keep every bit", "[npy]") {
  check_round_trip<float>({1.5f, -0.0f, std::numeric_limits<float>::quiet_NaN(), 1e-45f}, {2, 2});
  check_round_trip<double>({0.1, std::numeric_limits<double>::infinity(), 5e-324}, {3});
  check_round_trip<std::int32_t>({std::numeric_limits<std::int32_t>::min(), 7}, {1, 2, 1});
  check_round_trip<std::int64_t>({std::numeric_limits<std::int64_t>::max()}, {});
  check_round_trip<float>({}, {0});
  check_round_trip<double>({}, {3, 0, 2});
  check_round_trip<float>({2.0f}, std::vector<std::size_t>(64, 1));
}

TEST_CASE("strings are unchanged", "[npy]") {
  const std::vector<std::string> strings{"one", "", "zwölf", "\U0001F600", "a\0b"s};
  const io::array text = io::text_array(strings, {5});
  CHECK(parsed(written(text.view())).strings() == strings);
  CHECK(io::text_array({}, {0}).strings().empty());

  const io::array bytes{io::dtype::bytes, 3, {2}, std::vector<std::byte>(6, std::byte{0xFF})};
  CHECK(parsed(written(bytes.view())) == bytes);
  CHECK(bytes.strings() == std::vector<std::string>(2, "\xFF\xFF\xFF"));
}

TEST_CASE("the elements are aligned as in NumPy's files", "[npy]") {
  const std::vector<float> values(6);
  for (std::size_t dimensions = 1; dimensions <= 64; ++dimensions) {
    std::vector<std::size_t> shape(dimensions, 1);
    shape.back() = 6;
    const std::string start = io::npy_preamble(io::view_of(std::span<const float>(values), shape));
    CHECK(start.size() % 64 == 0);
    CHECK(start.back() == '\n');
  }
}

TEST_CASE("arrays that NumPy could not read are not written", "[npy]") {
  const std::vector<float> values(6);
  const std::span<const float> span(values);
  CHECK_THROWS_WITH(io::view_of(span, {2, 2}), "an array of shape (2, 2) from 6 elements");
  CHECK_THROWS_WITH(io::view_of(span, {std::size_t{1} << 63, 2}),
                    "an array of shape (9223372036854775808, 2) from 6 elements");
  CHECK_THROWS_AS(
      io::npy_preamble({io::dtype::float32, 4, std::vector<std::size_t>(65, 1), std::as_bytes(span)}),
      std::invalid_argument);
  CHECK_THROWS_AS(io::npy_preamble({io::dtype::bytes, 0, {2}, {}}), std::invalid_argument);
  CHECK_THROWS_AS(io::npy_preamble({io::dtype::float32, 4, {5}, std::as_bytes(span)}), std::invalid_argument);
  const std::string text =
      GENERATE("\xFF"s, "\xC0\x80"s, "\xED\xA0\x80"s, "\xF4\x90\x80\x80"s, "\xE2\x82"s, "\x80"s);
  CHECK_THROWS_WITH(io::text_array({&text, 1}, {}), "a string is not UTF-8");
  const std::string nul = "a\0"s;
  CHECK_THROWS_WITH(io::text_array({&nul, 1}, {}), "a string ends in a NUL");
}

TEST_CASE("an array is not read as another type", "[npy]") {
  const std::vector<float> values(6);
  const io::array a = parsed(written(io::view_of(std::span<const float>(values), {2, 3})));
  CHECK_THROWS_WITH(a.elements<double>(), "expected float64, got float32 (2, 3)");
  CHECK_THROWS_WITH(a.elements<std::int32_t>(), "expected int32, got float32 (2, 3)");
  CHECK_THROWS_WITH(a.strings(), "expected strings, got float32 (2, 3)");
}

TEST_CASE("a header may be written in other ways", "[npy]") {
  const std::string_view header = GENERATE("{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }  \n",
                                           "{'shape':(2,),'fortran_order':True,'descr':'<i4'}",
                                           "{\"descr\":\"<i4\",'fortran_order' : False,'shape':( 2 , )}",
                                           "\n{ 'fortran_order': False, 'descr': '<i4', 'shape': (2,)\t}");
  const io::array a = parsed(npy(header, "\1\0\0\0\2\0\0\0"s));
  CHECK(a.elements<std::int32_t>()[0] == 1);
  CHECK(a.elements<std::int32_t>()[1] == 2);
  CHECK(a.shape == std::vector<std::size_t>{2});
}

TEST_CASE("a header that NumPy would not write is refused", "[npy]") {
  CHECK(header_error("") == "expected '{' at its end");
  CHECK(header_error("{}") == "the key \"descr\" is missing");
  CHECK(header_error("{'descr': '<f4', 'fortran_order': False}") == "the key \"shape\" is missing");
  CHECK(header_error("{'descr': '<f4', 'shape': ()}") == "the key \"fortran_order\" is missing");
  CHECK(header_error("{'descr': '<f4', 'descr': '<f4'}") == "duplicate key \"descr\"");
  CHECK(header_error("{'descr': '<f4', 'order': 1}") == "unknown key \"order\"");
  CHECK(header_error("{'descr': '<f4' 'shape': ()}") == "expected ',' or '}' at \"'shape': ()}\"");
  CHECK(header_error("{'descr' '<f4'}") == "expected ':' at \"'<f4'}\"");
  CHECK(header_error("{'descr: <f4}") == "unterminated string at \"descr: <f4}\"");
  CHECK(header_error("{'fortran_order': 0}") == "expected True or False at \"0}\"");
  CHECK(header_error("{'shape': 3}") == "expected '(' at \"3}\"");
  CHECK(header_error("{'shape': (3)}") == "the shape is a number, not a tuple");
  CHECK(header_error("{'shape': (3 4)}") == "expected ',' or ')' at \"4)}\"");
  CHECK(header_error("{'shape': (,)}") == "expected a size at \",)}\"");
  CHECK(header_error("{'shape': (-1,)}") == "expected a size at \"-1,)}\"");
  CHECK(header_error("{'shape': (03,)}") == "expected a size at \"03,)}\"");
  CHECK(header_error("{'shape': (L,)}") == "expected a size at \"L,)}\"");
  CHECK(header_error("{'shape': (3LL,)}") == "expected ',' or ')' at \"L,)}\"");
  CHECK(header_error("{'shape': (99999999999999999999,)}") == "number too large at \"9999999999999999\"");
  CHECK(header_error("{'descr': [('a', '<f4')]}") == "structured element types are not supported");
  CHECK(header_error("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x") == "unexpected \"x\"");
  std::string many = "{'shape': (";
  for (int i = 0; i < 65; ++i) many += "1,";
  CHECK(header_error(many + ")}") == "more than 64 dimensions");
}

TEST_CASE("unsupported element types are refused", "[npy]") {
  const std::string type = GENERATE("", "f4", "|f4", "=f4", "|f2", "<f16", "<c8", "|u4", "|b1", "<b1", "|O",
                                    "<M8[s]", "|U3", "<S3", "<U", "|S", "<U0", "|S0", "|S03", "<U-1", "<U3x",
                                    "<U99999999999999999999", "|S9223372036854775807");
  CHECK(header_error("{'descr': '" + type + "'}") ==
        "the element type is \"" + type + "\", which is not supported");
}

namespace {

/// The elements of a file of one dimension.
template <class T>
std::vector<T> numbers(std::string_view type, std::size_t count, std::string_view data) {
  std::string header = "{'descr': '";
  header.append(type).append("', 'fortran_order': False, 'shape': (" + std::to_string(count) + "L,), }");
  const io::array a = parsed(npy(header, data));
  CHECK(a.item_size == sizeof(T));
  CHECK(a.shape == std::vector{count});
  const auto elements = a.elements<T>();
  return {elements.begin(), elements.end()};
}

}  // namespace

TEST_CASE("narrower and unsigned integers are widened", "[npy]") {
  using int32s = std::vector<std::int32_t>;
  using int64s = std::vector<std::int64_t>;
  const std::string type = GENERATE("|", "<", ">");
  CHECK(numbers<std::int32_t>(type + "i1", 3, "\x80\xFF\x7F") == int32s{-128, -1, 127});
  CHECK(numbers<std::int32_t>(type + "u1", 3, "\x80\xFF\x7F") == int32s{128, 255, 127});
  CHECK(numbers<std::int32_t>("<i2", 2, "\x00\x80\x01\x02"s) == int32s{-32768, 513});
  CHECK(numbers<std::int32_t>(">i2", 2, "\x80\x00\x02\x01"s) == int32s{-32768, 513});
  CHECK(numbers<std::int32_t>("<u2", 2, "\xFF\xFF\x01\x02") == int32s{65535, 513});
  CHECK(numbers<std::int32_t>(">u2", 2, "\xFF\xFE\x02\x01") == int32s{65534, 513});
  CHECK(numbers<std::int64_t>("<u4", 1, "\xFE\xFF\xFF\xFF") == int64s{4294967294});
  CHECK(numbers<std::int64_t>(">u4", 1, "\xFF\xFF\xFF\xFE") == int64s{4294967294});
  CHECK(numbers<std::int64_t>("<u8", 1, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F") ==
        int64s{std::numeric_limits<std::int64_t>::max()});
  CHECK_THROWS_WITH(numbers<std::int64_t>("<u8", 1, "\0\0\0\0\0\0\0\x80"s),
                    "the element 9223372036854775808 is larger than an int64");
  CHECK(numbers<std::int32_t>("<i2", 0, "").empty());
}

TEST_CASE("every number of half precision is the same float", "[npy]") {
  constexpr std::size_t count = 65536;
  std::string data;
  for (std::size_t h = 0; h < count; ++h) {
    data += static_cast<char>(h & 0xFF);
    data += static_cast<char>(h >> 8);
  }
  const std::vector<float> read = numbers<float>("<f2", count, data);
  std::size_t wrong = 0;
  for (std::size_t h = 0; h < count; ++h) {
    const int exponent = static_cast<int>(h >> 10 & 31);
    const auto fraction = static_cast<float>(h & 1023);
    float expected = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    if (exponent == 31) {
      expected = fraction == 0 ? std::numeric_limits<float>::infinity() : std::nanf("");
    }
    const bool negative = h >> 15 != 0;
    const bool same = std::isnan(expected) ? std::isnan(read[h]) : std::fabs(read[h]) == expected;
    wrong += !same || std::signbit(read[h]) != negative;
  }
  CHECK(wrong == 0);
  CHECK(numbers<float>(">f2", 2, "\x3C\x00\xC0\x00"s) == std::vector<float>{1, -2});
}

TEST_CASE("widened numbers are in row-major order", "[npy]") {
  const io::array a =
      parsed(npy("{'descr': '>u2', 'fortran_order': True, 'shape': (2, 3), }", "\0\1\0\4\0\2\0\5\0\3\0\6"s));
  CHECK(std::ranges::equal(a.elements<std::int32_t>(), std::vector{1, 2, 3, 4, 5, 6}));
}

TEST_CASE("a shape larger than the file is refused before memory is allocated", "[npy]") {
  const auto file = [](std::string_view type, std::string_view shape, std::string_view data = "") {
    std::string header = "{'descr': '";
    header.append(type).append("', 'fortran_order': False, 'shape': ").append(shape).append("}");
    return npy(header, data);
  };
  CHECK(error_of(file("<f4", "(2,)", "1234")) == "npy header: float32 (2,) takes 8 bytes, but there are 4");
  CHECK(error_of(file("<f4", "()", "12345")) == "npy header: float32 () takes 4 bytes, but there are 5");
  CHECK(error_of(file("<f8", "(1000000000000,)")) ==
        "npy header: float64 (1000000000000,) takes 8000000000000 bytes, but there are 0");
  CHECK(error_of(file("<f4", "(4294967296, 4294967296)")) ==
        "npy header: float32 (4294967296, 4294967296) is too large");
  // The product of these is 0 modulo 2^64.
  CHECK(error_of(file("<f4", "(4611686018427387904,)")) ==
        "npy header: float32 (4611686018427387904,) is too large");
  CHECK(error_of(file("<f4", "(0, 4294967296, 4294967296)")) ==
        "npy header: float32 (0, 4294967296, 4294967296) is too large");
  CHECK(error_of(file("|S2000000000000000000", "(8,)")) == "npy header: bytes (8,) is too large");
  CHECK(error_of(file("<U1", "(1,)", "\0\xD8\0\0"s)) == "text with invalid Unicode");
  CHECK(error_of(file("<U1", "(1,)", "\0\0\x11\0"s)) == "text with invalid Unicode");
}

TEST_CASE("the start of a file is checked", "[npy]") {
  CHECK(error_of("") == "not an npy file");
  CHECK(error_of("\x93NUMPX\x01\0\0\0"s) == "not an npy file");
  CHECK(error_of("\x93NUMPY\x00\0\0\0"s) == "npy version 0.0 is not supported");
  CHECK(error_of("\x93NUMPY\x04\0\0\0"s) == "npy version 4.0 is not supported");
  CHECK(error_of("\x93NUMPY\x01\x01\0\0"s) == "npy version 1.1 is not supported");
  CHECK(error_of("\x93NUMPY\x01\0\x05\0{"s) == "the npy header is truncated");
  CHECK(error_of("\x93NUMPY\x02\0\xFF\xFF\xFF\xFF{"s) ==
        "an npy header of 4294967295 bytes is not supported");
}

TEST_CASE("each prefix of an npy file is an error", "[npy]") {
  const std::vector<float> values(6);
  const std::string file = written(io::view_of(std::span<const float>(values), {2, 3}));
  for (std::size_t length = 0; length < file.size(); ++length) {
    // In memory of its own, so that sanitizers see a read beyond it.
    const std::vector<char> prefix(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK_THROWS_AS(parsed({prefix.data(), prefix.size()}), std::runtime_error);
  }
}
