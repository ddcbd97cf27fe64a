// SPDX-License-Identifier: MIT
#include "counting_new.hpp"

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace counting_new {
namespace {

constinit std::atomic<std::size_t> made{0};
constinit std::atomic<std::size_t> freed{0};
constinit thread_local int failures_wanted = 0;

constexpr std::size_t never = std::numeric_limits<std::size_t>::max();
constinit std::atomic<std::size_t> failing_call{never};
constinit std::atomic<bool> later_fail{false};
constinit std::atomic<std::size_t> calls{0};

bool is_of_tbb(const void* code) noexcept {
  Dl_info library{};
  return dladdr(code, &library) != 0 && library.dli_fname != nullptr &&
         std::strstr(library.dli_fname, "libtbb") != nullptr;
}

bool is_to_fail(const void* caller) noexcept {
  const std::size_t at = failing_call.load(std::memory_order_relaxed);
  if (at == never || is_of_tbb(caller)) return failures_wanted != 0;
  const std::size_t call = calls.fetch_add(1);
  return failures_wanted != 0 || call == at || (call > at && later_fail.load(std::memory_order_relaxed));
}

constexpr std::align_val_t default_alignment{__STDCPP_DEFAULT_NEW_ALIGNMENT__};

void* try_allocate(std::size_t bytes, std::align_val_t alignment, const void* caller) noexcept {
  const auto unit = static_cast<std::size_t>(alignment);
  if (is_to_fail(caller) || bytes > std::numeric_limits<std::size_t>::max() / 2) return nullptr;
  // aligned_alloc needs a multiple of the alignment, and 0 bytes need an address too.
  void* const memory = std::aligned_alloc(unit, (bytes / unit + 1) * unit);
  if (memory != nullptr) made.fetch_add(1, std::memory_order_relaxed);
  return memory;
}

void* allocate(std::size_t bytes, std::align_val_t alignment, const void* caller) {
  void* const memory = try_allocate(bytes, alignment, caller);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void release(void* memory) noexcept {
  if (memory != nullptr) freed.fetch_add(1, std::memory_order_relaxed);
  std::free(memory);
}

}  // namespace

std::size_t allocations() noexcept {
  return made.load(std::memory_order_relaxed);
}
std::size_t deallocations() noexcept {
  return freed.load(std::memory_order_relaxed);
}

failing::failing() noexcept {
  ++failures_wanted;
}
failing::~failing() {
  --failures_wanted;
}

failing_at::failing_at(std::size_t after, bool for_good) noexcept {
  calls = 0;
  later_fail = for_good;
  failing_call = after;
}
failing_at::~failing_at() {
  failing_call = never;
}
bool failing_at::has_failed() const noexcept {
  return calls > failing_call;
}

}  // namespace counting_new

// All forms, because the sanitizers' own versions of the others would not call these.
using std::align_val_t;
using std::nothrow_t;
using std::size_t;

void* operator new(size_t n) {
  return counting_new::allocate(n, counting_new::default_alignment, __builtin_return_address(0));
}
void* operator new[](size_t n) {
  return counting_new::allocate(n, counting_new::default_alignment, __builtin_return_address(0));
}
void* operator new(size_t n, align_val_t a) {
  return counting_new::allocate(n, a, __builtin_return_address(0));
}
void* operator new[](size_t n, align_val_t a) {
  return counting_new::allocate(n, a, __builtin_return_address(0));
}
void* operator new(size_t n, const nothrow_t&) noexcept {
  return counting_new::try_allocate(n, counting_new::default_alignment, __builtin_return_address(0));
}
void* operator new[](size_t n, const nothrow_t&) noexcept {
  return counting_new::try_allocate(n, counting_new::default_alignment, __builtin_return_address(0));
}
void* operator new(size_t n, align_val_t a, const nothrow_t&) noexcept {
  return counting_new::try_allocate(n, a, __builtin_return_address(0));
}
void* operator new[](size_t n, align_val_t a, const nothrow_t&) noexcept {
  return counting_new::try_allocate(n, a, __builtin_return_address(0));
}

void operator delete(void* p) noexcept {
  counting_new::release(p);
}
void operator delete[](void* p) noexcept {
  counting_new::release(p);
}
void operator delete(void* p, size_t) noexcept {
  counting_new::release(p);
}
void operator delete[](void* p, size_t) noexcept {
  counting_new::release(p);
}
void operator delete(void* p, align_val_t) noexcept {
  counting_new::release(p);
}
void operator delete[](void* p, align_val_t) noexcept {
  counting_new::release(p);
}
void operator delete(void* p, size_t, align_val_t) noexcept {
  counting_new::release(p);
}
void operator delete[](void* p, size_t, align_val_t) noexcept {
  counting_new::release(p);
}
void operator delete(void* p, const nothrow_t&) noexcept {
  counting_new::release(p);
}
void operator delete[](void* p, const nothrow_t&) noexcept {
  counting_new::release(p);
}
void operator delete(void* p, align_val_t, const nothrow_t&) noexcept {
  counting_new::release(p);
}
void operator delete[](void* p, align_val_t, const nothrow_t&) noexcept {
  counting_new::release(p);
}
