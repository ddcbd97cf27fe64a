// SPDX-License-Identifier: MIT
// The reader of MNIST's files, plain or compressed: any files give either examples or a data_error.
//
// The first byte of an input is the length of the labels' file, which follows the second byte; the rest is
// the images' file. Bits 0 and 1 of the second byte say whether these files are compressed first.
#include "common/idx.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "failure.hpp"
#include "memory_file.hpp"
#include "support/gzip.hpp"
#include "support/temporary_folder.hpp"

namespace {

using bytes = std::span<const std::uint8_t>;

constexpr std::size_t inputs = 6;
constexpr std::size_t classes = 3;

/// A folder with the two files, which are files in memory.
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

void assign(fuzz::memory_file& file, bytes content, bool compress) {
  if (!compress) return file.assign(content);
  const std::string packed = tests::gzip({reinterpret_cast<const char*>(content.data()), content.size()});
  file.assign({reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size()});
}

/// The examples are the decompressed bytes after the headers of both files, which have 16 and 8 bytes.
void check(const bench::dataset& data, bytes images, bytes labels) {
  constexpr std::size_t image_header = 16, label_header = 8;
  if (images.size() < image_header || labels.size() < label_header) fuzz::fail("examples without a header");
  const bytes pixels = images.subspan(image_header), expected = labels.subspan(label_header);
  if (data.inputs.cols() != inputs || data.inputs.rows() != data.classes.size()) {
    fuzz::fail("examples of a wrong shape");
  }
  const auto is_pixel = [](float x, std::uint8_t pixel) { return x == static_cast<float>(pixel) / 255; };
  if (!std::ranges::equal(data.inputs.elements(), pixels, is_pixel))
    fuzz::fail("other pixels than in the file");
  const auto is_class = [](std::int32_t x, std::uint8_t c) { return x == c && c < classes; };
  if (!std::ranges::equal(data.classes, expected, is_class)) fuzz::fail("other classes than in the file");
}

/// Whether the reader regards it as compressed data.
bool is_gzip(bytes file) {
  return file.size() >= 2 && file[0] == 0x1f && file[1] == 0x8b;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static image_folder folder;
  if (size < 2) return 0;
  const bytes files(data + 2, size - 2);
  const bytes labels = files.first(std::min<std::size_t>(data[0], files.size()));
  const bytes images = files.subspan(labels.size());
  const bool pack_labels = (data[1] & 1) != 0, pack_images = (data[1] & 2) != 0;
  assign(folder.labels, labels, pack_labels);
  assign(folder.images, images, pack_images);

  bench::dataset examples;
  const auto read = [&] { examples = bench::read_idx(folder.path(), "train", inputs, classes); };
  if (!fuzz::reads<bench::data_error>(folder.path(), read)) return 0;
  const bool content_is_known = (pack_labels || !is_gzip(labels)) && (pack_images || !is_gzip(images));
  if (content_is_known) check(examples, images, labels);
  return 0;
}
