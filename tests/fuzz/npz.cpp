// SPDX-License-Identifier: MIT
// The readers of .npz files and of networks in them: any file gives either arrays or a network, which read
// back the same after they are written, or a std::runtime_error with the file's name.
#include "io/npz.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>

#include <twinpath/io/mlp.hpp>

#include "failure.hpp"
#include "io/networks.hpp"
#include "memory_file.hpp"
#include "support/temporary_folder.hpp"
#include "zip_repair.hpp"

namespace tp = twinpath;
namespace io = twinpath::detail::io;

namespace {

void check_arrays(const std::filesystem::path& file, const std::filesystem::path& copy) {
  io::named_arrays arrays;
  if (!fuzz::reads<std::runtime_error>(file, [&] { arrays = io::read_npz(file); })) return;
  // Such files are not written.
  if (arrays.empty() || arrays.contains("")) return;
  io::write_npz(copy, arrays);
  if (io::read_npz(copy) != arrays) fuzz::fail("other arrays after they were written");
}

template <class T>
void check_network(const std::filesystem::path& file, const std::filesystem::path& copy) {
  std::optional<tp::mlp<T>> net;
  if (!fuzz::reads<std::runtime_error>(file, [&] { net.emplace(tp::load_mlp<T>(file)); })) return;
  tp::save(*net, copy);
  if (!tests::same_state(tp::load_mlp<T>(copy), *net)) fuzz::fail("another network after it was saved");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const temporary_folder folder;
  static fuzz::memory_file file;
  file.assign({data, size});
  check_arrays(file.path(), folder / "arrays.npz");
  check_network<float>(file.path(), folder / "network.npz");
  check_network<double>(file.path(), folder / "network.npz");
  return 0;
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

// Nearly every mutation would break a checksum or an offset, and nothing behind that check would be tested.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  size = LLVMFuzzerMutate(data, size, most);
  if (seed % 4 != 0) fuzz::repair_zip({data, size});
  return size;
}
