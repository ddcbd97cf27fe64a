// SPDX-License-Identifier: MIT
// The reader of MNIST's files, plain or compressed: whatever is in them, either examples or a data_error.
//
// Of an input the first byte is the length of the labels' file, which follows the second one, and what is
// left is the images' file. Bits 0 and 1 of the second byte ask for these files to be compressed first.
#include "common/idx.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "failure.hpp"
#include "gzip.hpp"
#include "memory_file.hpp"
#include "temporary_folder.hpp"

namespace {

constexpr std::size_t inputs = 6;
constexpr std::size_t classes = 3;

/// A folder with the two files, which are in memory.
class image_folder {
 public:
  image_folder() {
    std::filesystem::create_symlink(images.path(), folder_ / "train-images-idx3-ubyte");
    std::filesystem::create_symlink(labels.path(), folder_ / "train-labels-idx1-ubyte");
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }

  fuzz::memory_file images;
  fuzz::memory_file labels;

 private:
  temporary_folder folder_;
};

void assign(fuzz::memory_file& file, std::span<const std::uint8_t> bytes, bool compress) {
  if (!compress) return file.assign(bytes);
  const std::string packed = tests::gzip({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  file.assign({reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size()});
}

void check(const bench::dataset& data) {
  if (data.classes.empty() || data.inputs.rows() != data.classes.size() || data.inputs.cols() != inputs) {
    fuzz::fail("examples of a wrong shape");
  }
  for (const float x : data.inputs.elements()) {
    if (!(x >= 0 && x <= 1)) fuzz::fail("an input that is not from 0 to 1");
  }
  for (const std::int32_t c : data.classes) {
    if (c < 0 || c >= static_cast<std::int32_t>(classes)) fuzz::fail("a class out of range");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static image_folder folder;
  if (size < 2) return 0;
  const std::span<const std::uint8_t> files(data + 2, size - 2);
  const std::size_t labels = std::min<std::size_t>(data[0], files.size());
  assign(folder.labels, files.first(labels), (data[1] & 1) != 0);
  assign(folder.images, files.subspan(labels), (data[1] & 2) != 0);

  bench::dataset examples;
  const auto read = [&] { examples = bench::read_idx(folder.path(), "train", inputs, classes); };
  if (fuzz::reads<bench::data_error>(folder.path(), read)) check(examples);
  return 0;
}
