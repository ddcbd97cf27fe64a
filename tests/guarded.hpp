// SPDX-License-Identifier: MIT
// Memory between two pages that cannot be touched: an access outside ends the program.
#pragma once

#include <sys/mman.h>
#include <unistd.h>
#include <cstddef>
#include <new>

#include <twinpath/matrix.hpp>

namespace tests {

namespace tp = twinpath;

enum class flush { front, back };

/// A matrix whose first element follows an unmapped page, or whose last one precedes one.
template <class T>
class guarded_matrix {
 public:
  guarded_matrix(std::size_t rows, std::size_t cols, std::size_t stride, flush where) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t size = rows == 0 ? 0 : ((rows - 1) * stride + cols) * sizeof(T);
    const std::size_t usable = (size + page - 1) / page * page;
    length_ = usable + 2 * page;
    base_ = mmap(nullptr, length_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base_ == MAP_FAILED) throw std::bad_alloc();
    char* first = static_cast<char*>(base_) + page;
    if (usable != 0 && mprotect(first, usable, PROT_READ | PROT_WRITE) != 0) {
      munmap(base_, length_);
      throw std::bad_alloc();
    }
    if (where == flush::back) first += usable - size;
    view_ = tp::matrix_view<T>(reinterpret_cast<T*>(first), rows, cols, stride);
  }
  ~guarded_matrix() { munmap(base_, length_); }
  guarded_matrix(guarded_matrix&&) = delete;

  [[nodiscard]] tp::matrix_view<T> view() const { return view_; }

 private:
  void* base_;
  std::size_t length_;
  tp::matrix_view<T> view_;
};

}  // namespace tests
