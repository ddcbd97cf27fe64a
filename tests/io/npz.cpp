// SPDX-License-Identifier: MIT
#include "io/npz.hpp"

#include <stdlib.h>
#include <time.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "data_file.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace io = twinpath::detail::io;
using sizes = std::vector<std::size_t>;

template <class T>
std::vector<T> values(const io::array& a) {
  const std::span<const T> elements = a.elements<T>();
  return {elements.begin(), elements.end()};
}

template <class T>
std::vector<T> counted(std::size_t n) {
  std::vector<T> out(n);
  std::iota(out.begin(), out.end(), T{});
  return out;
}

}  // namespace

TEST_CASE("files of numpy.savez and savez_compressed are read", "[npz]") {
  const io::named_arrays arrays = io::read_npz(data_file(GENERATE("savez.npz", "savez_compressed.npz")));
  REQUIRE(arrays.size() == 9);
  CHECK(arrays.at("float32").shape == sizes{2, 3});
  CHECK(values<float>(arrays.at("float32")) == std::vector<float>{1, 2, 3, 4, 5, 0});
  CHECK(std::signbit(values<float>(arrays.at("float32")).back()));
  CHECK(values<double>(arrays.at("float64")) ==
        std::vector<double>{0.1, std::numeric_limits<double>::infinity(), -2.5});
  CHECK(values<std::int32_t>(arrays.at("int32")) == std::vector<std::int32_t>{-1, 2147483647});
  CHECK(arrays.at("int64").shape == sizes{1, 2, 1});
  CHECK(values<std::int64_t>(arrays.at("int64")) == std::vector<std::int64_t>{-1, 9223372036854775807});
  CHECK(arrays.at("scalar").shape.empty());
  CHECK(values<std::int64_t>(arrays.at("scalar")) == std::vector<std::int64_t>{42});
  CHECK(arrays.at("empty").shape == sizes{0, 3});
  CHECK(arrays.at("empty").data.empty());
  CHECK(arrays.at("text").strings() == std::vector<std::string>{"one", "zwölf", "", "\U0001F600"});
  CHECK(arrays.at("bytes").type == io::dtype::bytes);
  CHECK(arrays.at("bytes").strings() == std::vector<std::string>{"abc", "d"});
  CHECK(values<float>(arrays.at("weights/größe")) == std::vector<float>{7});
}

TEST_CASE("other orders of bytes and elements become row-major", "[npz]") {
  const io::named_arrays arrays = io::read_npz(data_file("orders.npz"));
  REQUIRE(arrays.size() == 8);
  CHECK(arrays.at("fortran").shape == sizes{2, 3});
  CHECK(values<float>(arrays.at("fortran")) == counted<float>(6));
  CHECK(arrays.at("fortran_cube").shape == sizes{2, 3, 4});
  CHECK(values<std::int64_t>(arrays.at("fortran_cube")) == counted<std::int64_t>(24));
  CHECK(arrays.at("fortran_text").strings() == std::vector<std::string>{"a", "bc", "d", "e"});
  CHECK(values<float>(arrays.at("float32")) == counted<float>(6));
  CHECK(values<double>(arrays.at("float64")) == counted<double>(6));
  CHECK(values<std::int32_t>(arrays.at("int32")) == counted<std::int32_t>(6));
  CHECK(values<std::int64_t>(arrays.at("int64")) == counted<std::int64_t>(6));
  CHECK(arrays.at("text").strings() == std::vector<std::string>{"é", "xy"});
}

TEST_CASE("every version of the npy format is read", "[npz]") {
  const io::named_arrays arrays = io::read_npz(data_file("versions.npz"));
  for (const char* name : {"v1", "v2", "v3"}) {
    CHECK(arrays.at(name).shape == sizes{2, 3});
    CHECK(values<float>(arrays.at(name)) == counted<float>(6));
  }
}

TEST_CASE("a zip64 file is read", "[npz]") {
  const io::named_arrays arrays = io::read_npz(data_file("zip64.npz"));
  REQUIRE(arrays.size() == 2);
  CHECK(values<float>(arrays.at("a")) == counted<float>(6));
  CHECK(values<double>(arrays.at("b")) == std::vector<double>{3});
}

TEST_CASE("written arrays are read unchanged", "[npz]") {
  const temporary_folder folder;
  const std::string name = GENERATE("savez.npz", "orders.npz", "versions.npz", "zip64.npz");
  const io::named_arrays arrays = io::read_npz(data_file(name));
  io::write_npz(folder / name, arrays);
  CHECK(io::read_npz(folder / name) == arrays);
  CHECK(folder.entries() == 1);
}

TEST_CASE("an array larger than any buffer is read unchanged", "[npz]") {
  const temporary_folder folder;
  const std::vector<float> numbers = counted<float>(1'000'003);
  const io::named_view views[] = {{"a", io::view_of(std::span<const float>(numbers), {1'000'003})}};
  io::write_npz(folder / "large.npz", views);
  CHECK(values<float>(io::read_npz(folder / "large.npz").at("a")) == numbers);
}

TEST_CASE("the same arrays give the same bytes, in any time zone", "[npz]") {
  const temporary_folder folder;
  const io::named_arrays arrays = io::read_npz(data_file("savez.npz"));
  io::write_npz(folder / "here.npz", arrays);

  const char* old = ::getenv("TZ");
  const std::string zone = old == nullptr ? "" : old;
  ::setenv("TZ", GENERATE("UTC", "Pacific/Kiritimati", "America/Los_Angeles"), 1);
  ::tzset();
  io::write_npz(folder / "there.npz", arrays);
  old == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", zone.c_str(), 1);
  ::tzset();

  CHECK(read_file(folder / "here.npz") == read_file(folder / "there.npz"));
}

TEST_CASE("members keep their order and need not be sorted", "[npz]") {
  const temporary_folder folder;
  const std::vector<double> one{1.0};
  const io::array_view view = io::view_of(std::span<const double>(one), {});
  const io::named_view views[] = {{"b", view}, {"größe", view}, {"a", view}};
  io::write_npz(folder / "x.npz", views);
  const std::string bytes = read_file(folder / "x.npz");
  CHECK(bytes.find("b.npy") < bytes.find("größe.npy"));
  CHECK(bytes.find("größe.npy") < bytes.find("a.npy"));
  CHECK(io::read_npz(folder / "x.npz").size() == 3);
}

TEST_CASE("wrong arrays are refused before anything is written", "[npz]") {
  const temporary_folder folder;
  const std::filesystem::path file = folder / "x.npz";
  const std::vector<double> one{1.0};
  const io::array_view view = io::view_of(std::span<const double>(one), {});
  const auto write = [&](std::vector<io::named_view> arrays) { io::write_npz(file, arrays); };
  CHECK_THROWS_WITH(write({}), "no arrays to write");
  CHECK_THROWS_WITH(write({{"", view}}), "array \"\": the name is empty");
  CHECK_THROWS_WITH(write({{"a", view}, {"a", view}}), "array \"a\": duplicate name");
  CHECK_THROWS_WITH(write({{std::string("a\0b", 3), view}}), "array \"a?b\": the name contains a NUL");
  CHECK_THROWS_WITH(write({{"\xFF", view}}), "array \"?\": the name is not UTF-8");
  CHECK_THROWS_WITH(write({{"a", {io::dtype::float32, 4, {2}, {}}}}),
                    "array \"a\": an array of shape (2,) from 0 bytes");
  CHECK_THROWS_AS(write({}), std::invalid_argument);
  CHECK(folder.entries() == 0);
  // zip has 16 bits for its length.
  CHECK_THROWS_AS(write({{std::string(65532, 'x'), view}}), std::invalid_argument);
  CHECK(folder.entries() == 0);
  write({{std::string(65531, 'x'), view}});
  CHECK(io::read_npz(file).contains(std::string(65531, 'x')));
}
