// SPDX-License-Identifier: MIT
// Memory between two unmapped pages: an access outside ends the program.
#pragma once

#include <sys/mman.h>
#include <unistd.h>
#include <cstddef>
#include <new>
#include <span>

#include <twinpath/matrix.hpp>

namespace tests {

namespace tp = twinpath;

enum class flush { front, back };

/// Memory for some elements. The first one follows an unmapped page; the last one may precede another.
template <class T>
class guarded_memory {
 public:
  explicit guarded_memory(std::size_t elements) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t usable = (elements * sizeof(T) + page - 1) / page * page;
    length_ = usable + 2 * page;
    base_ = mmap(nullptr, length_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base_ == MAP_FAILED) throw std::bad_alloc();
    char* const first = static_cast<char*>(base_) + page;
    if (usable != 0 && mprotect(first, usable, PROT_READ | PROT_WRITE) != 0) {
      munmap(base_, length_);
      throw std::bad_alloc();
    }
    room_ = {reinterpret_cast<T*>(first), usable / sizeof(T)};
  }
  ~guarded_memory() { munmap(base_, length_); }
  guarded_memory(guarded_memory&&) = delete;

  [[nodiscard]] std::span<T> span(std::size_t elements, flush where) const {
    if (elements > room_.size()) throw std::bad_alloc();
    return where == flush::front ? room_.first(elements) : room_.last(elements);
  }
  /// A matrix whose first element follows an unmapped page, or whose last one precedes one.
  [[nodiscard]] tp::matrix_view<T> view(std::size_t rows, std::size_t cols, std::size_t stride,
                                        flush where) const {
    const std::size_t elements = rows == 0 ? 0 : (rows - 1) * stride + cols;
    return {span(elements, where).data(), rows, cols, stride};
  }

 private:
  void* base_;
  std::size_t length_;
  std::span<T> room_;
};

/// Such a matrix, with memory of its own.
template <class T>
class guarded_matrix {
 public:
  guarded_matrix(std::size_t rows, std::size_t cols, std::size_t stride, flush where)
      : memory_(rows == 0 ? 0 : (rows - 1) * stride + cols), view_(memory_.view(rows, cols, stride, where)) {}

  [[nodiscard]] tp::matrix_view<T> view() const { return view_; }

 private:
  guarded_memory<T> memory_;
  tp::matrix_view<T> view_;
};

}  // namespace tests
