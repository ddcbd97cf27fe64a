// SPDX-License-Identifier: MIT
#include "digits/dataset.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "support/catch.hpp"

namespace {

using digits::data_error;
using digits::dataset;
using digits::read_csv;

/// A file that is removed at the end of the test.
class temporary_file {
 public:
  explicit temporary_file(std::string_view text) : path_(unused_path()) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~temporary_file() { std::filesystem::remove(path_); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  // ctest may run several processes at once.
  static std::filesystem::path unused_path() {
    static std::atomic<int> counter{0};
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    return std::filesystem::temp_directory_path() /
           ("twinpath-" + std::to_string(now) + "-" + std::to_string(counter++) + ".csv");
  }

  std::filesystem::path path_;
};

dataset read(std::string_view text, std::size_t inputs = 3, std::size_t classes = 2) {
  const temporary_file file(text);
  return read_csv(file.path(), inputs, classes, 1.0f / 16);
}

/// The text of the error after the file's name.
std::string error_of(std::string_view text, std::size_t inputs = 3, std::size_t classes = 2) {
  const temporary_file file(text);
  try {
    (void)read_csv(file.path(), inputs, classes, 1.0f / 16);
  } catch (const data_error& e) {
    const std::string what = e.what();
    const std::string name = file.path().string();
    REQUIRE(what.substr(0, name.size()) == name);
    return what.substr(name.size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("a CSV file becomes scaled inputs and classes", "[dataset]") {
  const dataset data = read("0,8,16,1\n16,4,0.5,0\n");
  REQUIRE(data.inputs.rows() == 2);
  REQUIRE(data.inputs.cols() == 3);
  CHECK(data.inputs(0, 0) == 0.0f);
  CHECK(data.inputs(0, 1) == 0.5f);
  CHECK(data.inputs(0, 2) == 1.0f);
  CHECK(data.inputs(1, 0) == 1.0f);
  CHECK(data.inputs(1, 1) == 0.25f);
  CHECK(data.inputs(1, 2) == 0.03125f);
  CHECK(data.classes == std::vector<std::int32_t>{1, 0});
}

TEST_CASE("line ends and blanks around values are ignored", "[dataset]") {
  const std::string_view text =
      GENERATE("1,2,3,1\n4,5,6,0", "1,2,3,1\n4,5,6,0\n", "1,2,3,1\r\n4,5,6,0\r\n", "1,2,3,1\r\n4,5,6,0",
               "1,2,3,1\n4,5,6,0\n\r\n \n", " 1, 2,\t3,1 \n4,5 ,6, 0\n");
  const dataset data = read(text);
  REQUIRE(data.inputs.rows() == 2);
  CHECK(data.inputs(0, 2) == 3.0f / 16);
  CHECK(data.inputs(1, 0) == 4.0f / 16);
  CHECK(data.classes == std::vector<std::int32_t>{1, 0});
}

TEST_CASE("an error names the file and the line", "[dataset]") {
  CHECK(error_of("1,2,3,1\n1,2,1\n") == ":2: 3 values, expected 4: 3 inputs and the class");
  CHECK(error_of("1,2,3,1\r\n1,2,3,4,1\r\n") == ":2: 5 values, expected 4: 3 inputs and the class");
  CHECK(error_of("7\n") == ":1: 1 value, expected 4: 3 inputs and the class");
  CHECK(error_of("7\n", 1) == ":1: 1 value, expected 2: 1 input and the class");
  CHECK(error_of("1,2,3,1\n\n1,2,3,1\n") == ":2: blank line");
  CHECK(error_of("1,2,3,1\n1,2,3,1\n1,two,3,1\n") == ":3: value 2 is \"two\", expected a number");
  CHECK(error_of("1,,3,1\n") == ":1: value 2 is \"\", expected a number");
  CHECK(error_of("1,2,3x,1\n") == ":1: value 3 is \"3x\", expected a number");
  CHECK(error_of("nan,2,3,1\n") == ":1: value 1 is \"nan\", expected a number");
  CHECK(error_of("1,inf,3,1\n") == ":1: value 2 is \"inf\", expected a number");
  CHECK(error_of("1,1e99,3,1\n") == ":1: value 2 is \"1e99\", expected a number");
}

TEST_CASE("a class must be one of the network's", "[dataset]") {
  CHECK(error_of("1,2,3,2\n") == ":1: class is \"2\", expected 0 to 1");
  CHECK(error_of("1,2,3,0\n1,2,3,-1\n") == ":2: class is \"-1\", expected 0 to 1");
  CHECK(error_of("1,2,3,0.5\n") == ":1: class is \"0.5\", expected 0 to 1");
  CHECK(error_of("1,2,3,\n") == ":1: class is \"\", expected 0 to 1");
  CHECK(error_of("1,2,3,99999999999\n") == ":1: class is \"99999999999\", expected 0 to 1");
}

TEST_CASE("an error quotes short and printable text", "[dataset]") {
  CHECK(error_of("1,2,\x1b[31m,1\n") == ":1: value 3 is \"?[31m\", expected a number");
  CHECK(error_of("1,2," + std::string(100, 'x') + ",1\n") ==
        ":1: value 3 is \"" + std::string(24, 'x') + "…\", expected a number");
}

TEST_CASE("a file without lines is an error", "[dataset]") {
  const std::string_view text = GENERATE("", "\n", "\r\n \n");
  CHECK(error_of(text) == ": no examples, the file is empty");
}

TEST_CASE("a file that cannot be read is named", "[dataset]") {
  const std::filesystem::path missing = std::filesystem::temp_directory_path() / "twinpath-no-such-file.csv";
  CHECK_THROWS_WITH(read_csv(missing, 3, 2, 1.0f), missing.string() + ": No such file or directory");
  const std::filesystem::path folder = std::filesystem::temp_directory_path();
  CHECK_THROWS_WITH(read_csv(folder, 3, 2, 1.0f), folder.string() + ": Is a directory");
}
