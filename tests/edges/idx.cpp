// SPDX-License-Identifier: MIT
#include "common/idx.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/gzip.hpp"
#include "support/temporary_folder.hpp"

namespace {

using bench::data_error;
using bench::dataset;
using bench::read_idx;
using tests::gzip;
using namespace std::string_literals;

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string images_header(std::uint32_t images, std::uint32_t rows, std::uint32_t columns) {
  return "\0\0\x08\x03"s + big_endian(images) + big_endian(rows) + big_endian(columns);
}
std::string labels_header(std::uint32_t labels) {
  return "\0\0\x08\x01"s + big_endian(labels);
}

// Two images of 2 x 3 pixels, classes 2 and 0.
const std::string images = images_header(2, 2, 3) + "\x00\x01\x02\x03\x04\x05\xfa\xfb\xfc\xfd\xfe\xff"s;
const std::string labels = labels_header(2) + "\x02\x00"s;

/// The text of the error about the two files, without the folder.
std::string error_of(const std::string& image_bytes, const std::string& label_bytes = labels,
                     std::string_view ending = "", std::size_t inputs = 6, std::size_t classes = 3) {
  const temporary_folder folder;
  write_file(folder / ("train-images-idx3-ubyte" + std::string(ending)), image_bytes);
  write_file(folder / ("train-labels-idx1-ubyte" + std::string(ending)), label_bytes);
  try {
    (void)read_idx(folder.path(), "train", inputs, classes);
  } catch (const data_error& e) {
    const std::string what = e.what();
    const std::string front = (folder / "train-").string();
    REQUIRE(what.substr(0, front.size()) == front);
    return what.substr(front.size());
  }
  return "no error";
}

}  // namespace

TEST_CASE("images become rows of numbers from 0 to 1, plain or compressed, under every name", "[idx]") {
  const bool packed = GENERATE(false, true);
  const std::string ending = GENERATE(as<std::string>(), "", ".gz");
  const std::string separator = GENERATE(as<std::string>(), "-", ".");
  const temporary_folder folder;
  write_file(folder / ("t10k-images" + separator + "idx3-ubyte" + ending), packed ? gzip(images) : images);
  write_file(folder / ("t10k-labels" + separator + "idx1-ubyte" + ending), packed ? gzip(labels) : labels);

  const dataset data = read_idx(folder.path(), "t10k", 6, 3);
  REQUIRE(data.inputs.rows() == 2);
  REQUIRE(data.inputs.cols() == 6);
  CHECK(data.inputs(0, 0) == 0.0f);
  CHECK(data.inputs(0, 5) == 5.0f / 255);
  CHECK(data.inputs(1, 0) == 250.0f / 255);
  CHECK(data.inputs(1, 5) == 1.0f);
  CHECK(data.classes == std::vector<std::int32_t>{2, 0});
}

TEST_CASE("files larger than one read", "[idx]") {
  constexpr std::uint32_t n = 3000, side = 28;
  std::string pixels(std::size_t{n} * side * side, '\0');
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<char>(i * i % 251);
  const temporary_folder folder;
  write_file(folder / "train-images-idx3-ubyte.gz", gzip(images_header(n, side, side) + pixels));
  write_file(folder / "train-labels-idx1-ubyte", labels_header(n) + std::string(n, '\x09'));
  const dataset data = read_idx(folder.path(), "train", side * side, 10);
  REQUIRE(data.inputs.rows() == n);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    wrong += data.inputs.elements()[i] != static_cast<float>(i * i % 251) / 255;
  }
  CHECK(wrong == 0);
}

TEST_CASE("the error of a missing file lists the names that were tried", "[idx]") {
  const temporary_folder folder;
  CHECK_THROWS_WITH(read_idx(folder.path(), "train", 6, 3),
                    folder.path().string() +
                        ": none of train-images-idx3-ubyte, train-images-idx3-ubyte.gz, "
                        "train-images.idx3-ubyte, train-images.idx3-ubyte.gz");
  write_file(folder / "train-images-idx3-ubyte", images);
  CHECK_THROWS_WITH(read_idx(folder.path(), "train", 6, 3),
                    folder.path().string() +
                        ": none of train-labels-idx1-ubyte, train-labels-idx1-ubyte.gz, "
                        "train-labels.idx1-ubyte, train-labels.idx1-ubyte.gz");
  CHECK_THROWS_WITH(read_idx(folder / "none", "train", 6, 3),
                    (folder / "none").string() + ": No such file or directory");
  std::filesystem::create_directory(folder / "train-labels-idx1-ubyte");
  CHECK_THROWS_WITH(read_idx(folder.path(), "train", 6, 3),
                    folder.path().string() +
                        ": none of train-labels-idx1-ubyte, train-labels-idx1-ubyte.gz, "
                        "train-labels.idx1-ubyte, train-labels.idx1-ubyte.gz");
}

TEST_CASE("files are found in the folders that archives and other libraries make", "[idx]") {
  const temporary_folder folder;
  const auto put = [&](const std::string& where) {
    for (const auto& [name, bytes] :
         {std::pair("images-idx3-ubyte"s, images), std::pair("labels-idx1-ubyte"s, labels)}) {
      std::string path = where;
      for (std::size_t at; (at = path.find('*')) != path.npos;) path.replace(at, 1, "train-" + name);
      std::filesystem::create_directories((folder / path).parent_path());
      write_file(folder / path, bytes);
    }
  };
  SECTION("a folder for each file") {
    put("*/*");
  }
  SECTION("folders of one spelling, empty, beside the files of the other") {
    std::filesystem::create_directory(folder / "train-images-idx3-ubyte");
    std::filesystem::create_directory(folder / "train-labels-idx1-ubyte");
    write_file(folder / "train-images.idx3-ubyte", images);
    write_file(folder / "train-labels.idx1-ubyte", labels);
  }
  SECTION("a folder of one spelling with a file of the other") {
    std::filesystem::create_directory(folder / "train-images.idx3-ubyte");
    write_file(folder / "train-images.idx3-ubyte/train-images-idx3-ubyte", images);
    write_file(folder / "train-labels.idx1-ubyte", labels);
  }
  SECTION("a folder named raw") {
    put("raw/*");
  }
  SECTION("torchvision's folder of MNIST") {
    put("MNIST/raw/*");
  }
  SECTION("torchvision's folder of Fashion-MNIST") {
    put("FashionMNIST/raw/*");
  }
  const dataset data = read_idx(folder.path(), "train", 6, 3);
  CHECK(data.inputs(1, 5) == 1.0f);
  CHECK(data.classes == std::vector<std::int32_t>{2, 0});
}

TEST_CASE("a file in place of the folder", "[idx]") {
  const temporary_folder folder;
  write_file(folder / "file", "");
  CHECK_THROWS_WITH(read_idx(folder / "file", "train", 6, 3), (folder / "file").string() + ": not a folder");
}

TEST_CASE("a damaged header, or one of other data", "[idx]") {
  const std::string expected = ", expected 00 00 08 03: unsigned bytes in 3 dimensions";
  CHECK(error_of("") == "images-idx3-ubyte: the file is empty");
  CHECK(error_of(labels) == "images-idx3-ubyte: it begins with 00 00 08 01" + expected);
  CHECK(error_of("\0\0\x0d\x03"s + images.substr(4)) ==
        "images-idx3-ubyte: it begins with 00 00 0d 03" + expected);
  CHECK(error_of("<html>") == "images-idx3-ubyte: it begins with 3c 68 74 6d" + expected);
  CHECK(error_of("\x01") == "images-idx3-ubyte: it begins with 01" + expected);
  CHECK(error_of("\x03\x08\0\0"s + images.substr(4)) ==
        "images-idx3-ubyte: it begins with 03 08 00 00" + expected);
  CHECK(error_of(images, images) ==
        "labels-idx1-ubyte: it begins with 00 00 08 03, expected 00 00 08 01: unsigned bytes in 1 dimension");
  CHECK(error_of(images.substr(0, 2)) == "images-idx3-ubyte: cut off in its header, after 2 of 16 bytes");
  CHECK(error_of(images.substr(0, 15)) == "images-idx3-ubyte: cut off in its header, after 15 of 16 bytes");
  CHECK(error_of(images, labels.substr(0, 4)) ==
        "labels-idx1-ubyte: cut off in its header, after 4 of 8 bytes");
}

TEST_CASE("data shorter or longer than the header says", "[idx]") {
  CHECK(error_of(images.substr(0, images.size() - 1)) ==
        "images-idx3-ubyte: cut off: its header says 2 images of 2 x 3, 12 bytes, of which it has 11");
  CHECK(error_of(images.substr(0, 16)) ==
        "images-idx3-ubyte: cut off: its header says 2 images of 2 x 3, 12 bytes, of which it has 0");
  CHECK(error_of(images + '\0') ==
        "images-idx3-ubyte: longer than the 2 images of 2 x 3 that its header says");
  CHECK(error_of(images, labels.substr(0, 9)) ==
        "labels-idx1-ubyte: cut off: its header says 2 labels, 2 bytes, of which it has 1");
  CHECK(error_of(images, labels + '\0') ==
        "labels-idx1-ubyte: longer than the 2 labels that its header says");
}

TEST_CASE("data that does not fit the network", "[idx]") {
  CHECK(error_of(images, labels, "", 64) ==
        "images-idx3-ubyte: images of 2 x 3 pixels need 6 inputs, the network has 64");
  CHECK(error_of(images, labels, "", 6, 2) == "labels-idx1-ubyte: label 1 is 2, expected 0 to 1");
  CHECK(error_of(images, labels_header(2) + "\x01\xff") ==
        "labels-idx1-ubyte: label 2 is 255, expected 0 to 2");
  CHECK(error_of(images, labels_header(1) + "\x01") ==
        "labels-idx1-ubyte: 1 label for the 2 images of train-images-idx3-ubyte");
  CHECK(error_of(images_header(0, 2, 3), labels_header(0)) == "images-idx3-ubyte: no images");
}

TEST_CASE("impossible sizes take no memory", "[idx]") {
  constexpr std::uint32_t most = 0xffffffff;
  CHECK(error_of(images_header(most, 2, 3), labels_header(most)) ==
        "labels-idx1-ubyte: cut off: its header says 4294967295 labels, 4294967295 bytes, of which it has 0");
  CHECK(error_of(images_header(2, most, most)) ==
        "images-idx3-ubyte: images of 4294967295 x 4294967295 pixels need 18446744065119617025 inputs, the "
        "network has 6");
  CHECK(error_of(images_header(2, most, most), labels, "", std::size_t{most} * most) ==
        "images-idx3-ubyte: its header says 2 images of 4294967295 x 4294967295, more than any file has");
  CHECK(
      error_of(images_header(2, 1, most), labels, "", most) ==
      "images-idx3-ubyte: cut off: its header says 2 images of 1 x 4294967295, 8589934590 bytes, of which it "
      "has 0");
  CHECK(error_of(images_header(2, 0, 3), labels) ==
        "images-idx3-ubyte: images of 0 x 3 pixels need 0 inputs, the network has 6");
}

TEST_CASE("damage of compressed files", "[idx]") {
  const std::string packed = gzip(images);
  const std::string packed_labels = gzip(labels);
  const std::string name = "images-idx3-ubyte.gz: ";
  const auto damaged = [&](std::size_t at) {
    std::string bytes = packed;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    return error_of(bytes, packed_labels, ".gz");
  };
  REQUIRE(error_of(packed, packed_labels, ".gz") == "no error");

  // The trailer: checksum and length.
  CHECK(damaged(packed.size() - 8) == name + "damaged compressed data: incorrect data check");
  CHECK(damaged(packed.size() - 1) == name + "damaged compressed data: incorrect length check");
  CHECK(damaged(2) == name + "damaged compressed data: unknown compression method");
  CHECK(damaged(0).starts_with(name + "it begins with 4a 8b 08 "));
  CHECK(damaged(10).starts_with(name + "damaged compressed data: "));

  for (std::size_t size = 3; size < packed.size(); ++size) {
    CAPTURE(size);
    CHECK(error_of(packed.substr(0, size), packed_labels, ".gz") ==
          name + "cut off in the middle of its compressed data");
  }
  CHECK(error_of(gzip(images.substr(0, images.size() - 1)), packed_labels, ".gz") ==
        name + "cut off: its header says 2 images of 2 x 3, 12 bytes, of which it has 11");
  CHECK(error_of(gzip(images + '\0'), packed_labels, ".gz") ==
        name + "longer than the 2 images of 2 x 3 that its header says");
  CHECK(error_of(packed, gzip(labels_header(2) + "\x03\x01"), ".gz") ==
        "labels-idx1-ubyte.gz: label 1 is 3, expected 0 to 2");
}
