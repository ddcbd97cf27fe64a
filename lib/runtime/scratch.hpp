// SPDX-License-Identifier: MIT
// Scratch memory of the calling thread, last in, first out.
#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <type_traits>

namespace twinpath::inline v0::detail {

struct scratch_arena;
struct scratch_chunk;

/// A frame releases its allocations when it ends. Frames of one thread nest: only the innermost one may
/// allocate, and a frame ends on the thread that created it. Frames of a task that the thread runs while it
/// waits inside a frame nest too. Any thread may use the memory while the frame lives.
///
/// A thread keeps the memory of its largest use until it exits, so that repeated work allocates once: memory
/// grows in chunks while frames are open, and becomes one chunk of that size when the outermost frame ends.
class scratch_frame {
 public:
  /// Bytes behind an allocation that may be read and written too, so that its last vector may be a whole one.
  static constexpr std::size_t padding = 64;
  static constexpr std::size_t alignment = 64;

  scratch_frame() noexcept;
  ~scratch_frame();
  scratch_frame(const scratch_frame&) = delete;
  scratch_frame& operator=(const scratch_frame&) = delete;

  /// `n` uninitialised elements, aligned and padded; never null. Earlier allocations do not move.
  /// Throws std::bad_alloc, with the strong exception guarantee.
  template <class T>
  [[nodiscard]] T* allocate(std::size_t n) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    static_assert(alignof(T) <= alignment);
    if (n > largest / sizeof(T)) [[unlikely]]
      throw std::bad_alloc();
    return static_cast<T*>(allocate_bytes(n * sizeof(T)));
  }
  /// The same for rows x cols elements.
  template <class T>
  [[nodiscard]] T* allocate(std::size_t rows, std::size_t cols) {
    if (cols != 0 && rows > largest / sizeof(T) / cols) [[unlikely]]
      throw std::bad_alloc();
    return allocate<T>(rows * cols);
  }

 private:
  static constexpr std::size_t largest = std::numeric_limits<std::size_t>::max() / 4;

  [[nodiscard]] void* allocate_bytes(std::size_t bytes);

  scratch_arena* arena_;
  scratch_chunk* chunk_;  // chunk_ and used_: the state of the arena when the frame began
  std::size_t used_;
  std::size_t depth_;
};

/// Scratch memory of the calling thread, for tests and reports.
struct scratch_usage {
  std::size_t chunks = 0;
  std::size_t bytes = 0;  ///< capacity of all chunks
};
[[nodiscard]] scratch_usage scratch_of_this_thread() noexcept;

}  // namespace twinpath::inline v0::detail
