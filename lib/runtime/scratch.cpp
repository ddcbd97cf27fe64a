// SPDX-License-Identifier: MIT
#include "runtime/scratch.hpp"

#include <algorithm>
#include <cassert>

#include "runtime/cache.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define TWINPATH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TWINPATH_ASAN 1
#endif
#endif
#if defined(TWINPATH_ASAN)
#include <sanitizer/asan_interface.h>
#endif

namespace twinpath::inline v0::detail {

/// Header of a chunk, followed by its bytes. `base` is the number of live bytes in earlier chunks.
struct alignas(scratch_frame::alignment) scratch_chunk {
  scratch_chunk* next;
  std::size_t capacity;
  std::size_t base;

  [[nodiscard]] std::byte* bytes() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
};

/// Chunks after `current` are empty and are used by the next growth.
struct scratch_arena {
  scratch_chunk* first = nullptr;
  scratch_chunk* current = nullptr;
  std::size_t used = 0;  // live bytes of `current`
  std::size_t peak = 0;  // largest number of live bytes so far
  std::size_t depth = 0;
};

namespace {

constexpr std::align_val_t alignment{scratch_frame::alignment};
constexpr std::size_t smallest_chunk = std::size_t{1} << 16;

// AddressSanitizer is told which bytes are allocated, so that it reports a use after the end of a frame.
void forbid([[maybe_unused]] std::byte* first, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(TWINPATH_ASAN)
  ASAN_POISON_MEMORY_REGION(first, bytes);
#endif
}
void permit([[maybe_unused]] std::byte* first, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(TWINPATH_ASAN)
  ASAN_UNPOISON_MEMORY_REGION(first, bytes);
#endif
}

// Returns the next chunk.
scratch_chunk* release_chunk(scratch_chunk* chunk) noexcept {
  scratch_chunk* const next = chunk->next;
  permit(chunk->bytes(), chunk->capacity);
  ::operator delete(chunk, alignment);
  return next;
}

void release_chunks(scratch_arena& arena) noexcept {
  while (arena.first != nullptr) arena.first = release_chunk(arena.first);
  arena.current = nullptr;
  arena.used = 0;
}

// Trivial, so that an access needs no initialisation check. The releaser frees the chunks when the thread
// exits.
constinit thread_local scratch_arena arena_of_this_thread;

struct arena_releaser {
  ~arena_releaser() { release_chunks(arena_of_this_thread); }
  void construct() noexcept {}
};
thread_local arena_releaser releaser_of_this_thread;

scratch_chunk* make_chunk(std::size_t capacity) {
  releaser_of_this_thread.construct();
  void* const memory = ::operator new(sizeof(scratch_chunk) + capacity, alignment);
  auto* const chunk = ::new (memory) scratch_chunk{nullptr, capacity, 0};
  forbid(chunk->bytes(), capacity);
  return chunk;
}

// Replaces all chunks by one. The old ones are freed first, so that both never exist at the same time. If
// memory runs out, the next frame starts without a chunk.
void merge_chunks(scratch_arena& arena) noexcept {
  release_chunks(arena);
  try {
    arena.first = make_chunk(std::max(arena.peak, smallest_chunk));
  } catch (const std::bad_alloc&) {
    arena.first = nullptr;
  }
}

// Makes a chunk of at least `bytes` bytes the current one.
void grow(scratch_arena& arena, std::size_t bytes) {
  scratch_chunk* const current = arena.current;
  const std::size_t live = current == nullptr ? 0 : current->base + arena.used;
  scratch_chunk*& link = current == nullptr ? arena.first : current->next;
  while (link != nullptr && link->capacity < bytes) link = release_chunk(link);
  if (link == nullptr) link = make_chunk(std::max({bytes, live, smallest_chunk}));
  arena.current = link;
  arena.current->base = live;
  arena.used = 0;
}

}  // namespace

scratch_frame::scratch_frame() noexcept
    : arena_(&arena_of_this_thread), chunk_(arena_->current), used_(arena_->used), depth_(++arena_->depth) {}

scratch_frame::~scratch_frame() {
  assert(arena_ == &arena_of_this_thread && arena_->depth == depth_);
  scratch_arena& arena = *arena_;
  --arena.depth;
#if defined(TWINPATH_ASAN)
  scratch_chunk* const kept = chunk_ != nullptr ? chunk_ : arena.first;
  for (scratch_chunk* chunk = kept; chunk != nullptr; chunk = chunk->next) {
    const std::size_t keep = chunk == chunk_ ? used_ : 0;
    forbid(chunk->bytes() + keep, chunk->capacity - keep);
  }
#endif
  arena.current = chunk_;
  arena.used = used_;
  if (arena.depth != 0 || arena.first == nullptr) return;
  if (arena.first->capacity < arena.peak) merge_chunks(arena);
}

void* scratch_frame::allocate_bytes(std::size_t bytes) {
  assert(arena_ == &arena_of_this_thread && arena_->depth == depth_);
  scratch_arena& arena = *arena_;
  const std::size_t size = round_up(bytes + padding, scratch_frame::alignment);
  if (arena.current == nullptr || size > arena.current->capacity - arena.used) [[unlikely]]
    grow(arena, size);
  std::byte* const memory = arena.current->bytes() + arena.used;
  arena.used += size;
  arena.peak = std::max(arena.peak, arena.current->base + arena.used);
  permit(memory, size);
  return memory;
}

scratch_usage scratch_of_this_thread() noexcept {
  scratch_usage usage;
  for (const scratch_chunk* chunk = arena_of_this_thread.first; chunk != nullptr; chunk = chunk->next) {
    ++usage.chunks;
    usage.bytes += chunk->capacity;
  }
  return usage;
}

}  // namespace twinpath::inline v0::detail
