// SPDX-License-Identifier: MIT
// Labelled images in the format of MNIST.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "common/dataset.hpp"

namespace bench {

/// Reads the images and labels of one part of a folder: "train" is train-images-idx3-ubyte and
/// train-labels-idx1-ubyte, "t10k" is t10k-… . Each file may end with .gz, and may be spelled with a dot
/// before idx, as in train-images.idx3-ubyte. It may be in a folder
/// of such a name, and all of them in raw, MNIST/raw or FashionMNIST/raw.
///
/// A pixel 0 … 255 becomes pixel / 255, an image a row of `inputs` pixels; labels are 0 … `classes` - 1.
/// Throws data_error if a file is missing, damaged, truncated, longer than its header says, or has another
/// shape. Memory is allocated for the data that a file has, never for the size in its header.
[[nodiscard]] dataset read_idx(const std::filesystem::path& folder, std::string_view part, std::size_t inputs,
                               std::size_t classes);

}  // namespace bench
