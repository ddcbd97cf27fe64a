// SPDX-License-Identifier: MIT
// Operands that are far larger than their physical memory.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>
#include <span>

#include <twinpath/matrix.hpp>

namespace tests {

namespace tp = twinpath;

/// Zeros, of which only touched pages take memory.
template <class T>
class sparse_memory {
 public:
  explicit sparse_memory(std::size_t elements) : bytes_(elements * sizeof(T)) {
    data_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data_ == MAP_FAILED) throw std::bad_alloc();
  }
  ~sparse_memory() { munmap(data_, bytes_); }
  sparse_memory(sparse_memory&&) = delete;

  [[nodiscard]] T* data() const { return static_cast<T*>(data_); }

 private:
  std::size_t bytes_;
  void* data_;
};

/// A number of elements; element i is the same memory as element i % period.
template <class T>
class repeated_memory {
 public:
  static constexpr std::size_t period = (std::size_t{8} << 20) / sizeof(T);

  explicit repeated_memory(std::size_t elements)
      : elements_(elements), pieces_((elements + period - 1) / period) {
    const int file = memfd_create("twinpath-test", MFD_CLOEXEC);
    if (file < 0) throw std::bad_alloc();
    base_ = ftruncate(file, bytes) != 0 ? MAP_FAILED
                                        : mmap(nullptr, pieces_ * bytes, PROT_NONE,
                                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    bool mapped = base_ != MAP_FAILED;
    for (std::size_t i = 0; mapped && i < pieces_; ++i) {
      mapped = mmap(static_cast<char*>(base_) + i * bytes, bytes, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED;
    }
    close(file);
    if (mapped) return;
    if (base_ != MAP_FAILED) munmap(base_, pieces_ * bytes);
    throw std::bad_alloc();
  }
  ~repeated_memory() { munmap(base_, pieces_ * bytes); }
  repeated_memory(repeated_memory&&) = delete;

  [[nodiscard]] std::span<T> all() const { return {static_cast<T*>(base_), elements_}; }
  /// The memory of one period.
  [[nodiscard]] std::span<T> once() const { return {static_cast<T*>(base_), period}; }

 private:
  static constexpr std::size_t bytes = period * sizeof(T);

  std::size_t elements_;
  std::size_t pieces_;
  void* base_;
};

}  // namespace tests
