// SPDX-License-Identifier: MIT
#include "common/idx.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "common/gz_input.hpp"

namespace bench {
namespace {

namespace fs = std::filesystem;

/// Whether there is anything but a folder.
bool is_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  // A path through a file in place of a folder is no file.
  if (status.type() == fs::file_type::none && error != std::errc::not_a_directory) {
    throw data_error(path.string() + ": " + error.message());
  }
  return fs::exists(status) && !fs::is_directory(status);
}

/// The file of one kind ("images", with 3 dimensions), under any of its usual names.
fs::path find_file(const fs::path& folder, std::string_view part, std::string_view kind,
                   std::size_t dimensions) {
  const std::string front = std::string(part) + '-' + std::string(kind);
  const std::string back = "idx" + std::to_string(dimensions) + "-ubyte";
  std::vector<std::string> names;
  std::string tried;
  for (const char* const separator : {"-", "."}) {
    for (const char* const ending : {"", ".gz"}) {
      const std::string name = front + separator + back + ending;
      names.push_back(name);
      tried += (tried.empty() ? "" : ", ") + name;
    }
  }
  // Some archives unpack each file into a folder of its name; torchvision keeps all files in raw, which is in
  // a folder of the data set.
  for (const char* const inner : {"", "raw", "MNIST/raw", "FashionMNIST/raw"}) {
    for (const std::string& name : names) {
      const fs::path file = inner[0] == '\0' ? folder / name : folder / inner / name;
      if (is_file(file)) return file;
      for (const std::string& same : names) {
        if (is_file(file / same)) return file / same;
      }
    }
  }
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (!fs::exists(status)) throw data_error(folder.string() + ": " + error.message());
  if (!fs::is_directory(status)) throw data_error(folder.string() + ": not a folder");
  throw data_error(folder.string() + ": none of " + tried);
}

std::string hexadecimal(std::span<const unsigned char> bytes) {
  std::string text;
  for (const unsigned char byte : bytes) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%02x ", byte);
    text += digits;
  }
  text.pop_back();
  return text;
}

/// The sizes of the dimensions that the header names.
template <std::size_t dimensions>
std::array<std::uint32_t, dimensions> read_header(gz_input& file) {
  std::array<unsigned char, 4 * (1 + dimensions)> header{};
  const std::size_t size = file.read(header);
  if (size == 0) file.fail("the file is empty");
  const auto magic = std::span(header).first(std::min<std::size_t>(size, 4));
  constexpr std::array<unsigned char, 4> expected{0, 0, 0x08, dimensions};
  if (!std::ranges::equal(magic, std::span(expected).first(magic.size()))) {
    file.fail("it begins with " + hexadecimal(magic) + ", expected " + hexadecimal(expected) +
              ": unsigned bytes in " + std::to_string(dimensions) + " dimension" +
              (dimensions == 1 ? "" : "s"));
  }
  if (size != header.size()) {
    file.fail("cut off in its header, after " + std::to_string(size) + " of " +
              std::to_string(header.size()) + " bytes");
  }
  std::array<std::uint32_t, dimensions> sizes{};
  for (std::size_t i = 4; i < header.size(); ++i) {
    std::uint32_t& value = sizes[i / 4 - 1];
    value = value << 8 | header[i];
  }
  return sizes;
}

/// The `size` bytes after the header; `what` names them in errors.
std::vector<unsigned char> read_rest(gz_input& file, std::uint64_t size, const std::string& what) {
  constexpr std::uint64_t piece = 1U << 20;
  std::vector<unsigned char> bytes;
  while (bytes.size() < size) {
    const std::size_t before = bytes.size();
    bytes.resize(before + static_cast<std::size_t>(std::min(piece, size - before)));
    const std::size_t got = file.read(std::span(bytes).subspan(before));
    if (before + got != bytes.size()) {
      file.fail("cut off: its header says " + what + ", " + std::to_string(size) +
                " bytes, of which it has " + std::to_string(before + got));
    }
  }
  unsigned char more = 0;
  if (file.read({&more, 1}) != 0) file.fail("longer than the " + what + " that its header says");
  return bytes;
}

std::string counted(std::uint64_t n, const char* what) {
  return std::to_string(n) + ' ' + what + (n == 1 ? "" : "s");
}

}  // namespace

dataset read_idx(const fs::path& folder, std::string_view part, std::size_t inputs, std::size_t classes) {
  const fs::path image_name = find_file(folder, part, "images", 3);
  const fs::path label_name = find_file(folder, part, "labels", 1);
  gz_input image_file(image_name);
  gz_input label_file(label_name);

  const auto [images, rows, columns] = read_header<3>(image_file);
  const auto [labels] = read_header<1>(label_file);
  const std::string shape = std::to_string(rows) + " x " + std::to_string(columns);
  if (images == 0) image_file.fail("no images");
  if (std::uint64_t{rows} * columns != inputs) {
    image_file.fail("images of " + shape + " pixels need " + std::to_string(std::uint64_t{rows} * columns) +
                    " inputs, the network has " + std::to_string(inputs));
  }
  if (labels != images) {
    label_file.fail(counted(labels, "label") + " for the " + counted(images, "image") + " of " +
                    image_name.filename().string());
  }
  if (inputs > std::numeric_limits<std::size_t>::max() / images) {
    image_file.fail("its header says " + counted(images, "image") + " of " + shape +
                    ", more than any file has");
  }

  const std::vector<unsigned char> classes_of_images =
      read_rest(label_file, labels, counted(labels, "label"));
  for (std::size_t i = 0; i < classes_of_images.size(); ++i) {
    if (classes_of_images[i] >= classes) {
      label_file.fail("label " + std::to_string(i + 1) + " is " + std::to_string(classes_of_images[i]) +
                      ", expected 0 to " + std::to_string(classes - 1));
    }
  }
  const std::vector<unsigned char> pixels =
      read_rest(image_file, std::uint64_t{images} * inputs, counted(images, "image") + " of " + shape);

  dataset data;
  data.inputs = twinpath::matrix<float>(images, inputs);
  std::ranges::transform(pixels, data.inputs.elements().begin(),
                         [](unsigned char pixel) { return static_cast<float>(pixel) / 255; });
  data.classes.assign(classes_of_images.begin(), classes_of_images.end());
  return data;
}

}  // namespace bench
