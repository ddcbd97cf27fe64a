// SPDX-License-Identifier: MIT
#include "runtime/scratch.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <thread>
#include <vector>

#include "counting_new.hpp"
#include "support/catch.hpp"

using twinpath::detail::scratch_frame;
using twinpath::detail::scratch_of_this_thread;
using twinpath::detail::scratch_usage;

namespace {

// A new thread starts without scratch memory. Assertions stay on the calling thread, because Catch2's are not
// thread safe.
template <class F>
void in_new_thread(F f) {
  std::thread(f).join();
}

}  // namespace

TEST_CASE("scratch memory is aligned, disjoint and padded", "[runtime][scratch]") {
  const std::size_t sizes[] = {0, 1, 15, 16, 17, 63, 64, 65, 1000, 100'000};
  scratch_frame frame;
  std::vector<std::byte*> blocks;
  for (const std::size_t size : sizes) {
    auto* const block = frame.allocate<std::byte>(size);
    REQUIRE(block != nullptr);
    CHECK(reinterpret_cast<std::uintptr_t>(block) % 64 == 0);
    blocks.push_back(block);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    std::memset(blocks[i], static_cast<int>(i + 1), sizes[i] + scratch_frame::padding);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto expected = static_cast<std::byte>(i + 1);
    bool intact = true;
    for (std::size_t j = 0; j < sizes[i] + scratch_frame::padding; ++j) intact &= blocks[i][j] == expected;
    INFO("block of " << sizes[i]);
    CHECK(intact);
  }
}

TEST_CASE("scratch elements have their own size", "[runtime][scratch]") {
  scratch_frame frame;
  const auto* const a = frame.allocate<double>(8);
  const auto* const b = frame.allocate<double>(8);
  CHECK(reinterpret_cast<std::uintptr_t>(b) - reinterpret_cast<std::uintptr_t>(a) >= 8 * sizeof(double) + 64);
}

TEST_CASE("frames give back what they allocated and nothing else", "[runtime][scratch]") {
  const float *outer = nullptr, *inner = nullptr, *again = nullptr, *after = nullptr;
  bool kept = true;
  in_new_thread([&] {
    scratch_frame frame;
    auto* const values = frame.allocate<float>(100);
    for (int i = 0; i < 100; ++i) values[i] = static_cast<float>(i);
    outer = values;
    {
      scratch_frame nested;
      auto* const block = nested.allocate<float>(1'000'000);  // needs another chunk
      std::memset(block, 0, 4'000'000);
      inner = block;
    }
    {
      scratch_frame nested;
      again = nested.allocate<float>(1'000'000);
    }
    after = frame.allocate<float>(4);
    for (int i = 0; i < 100; ++i) kept &= values[i] == static_cast<float>(i);
  });
  CHECK(kept);
  CHECK(inner == again);
  CHECK(reinterpret_cast<std::uintptr_t>(after) ==
        reinterpret_cast<std::uintptr_t>(outer) + 512);  // 400 + 64
}

TEST_CASE("repeated work allocates once", "[runtime][scratch]") {
  scratch_usage during, after;
  std::size_t first = 0, later = 0;
  in_new_thread([&] {
    const auto work = [&] {
      scratch_frame frame;
      static_cast<void>(frame.allocate<float>(10'000));
      for (std::size_t i = 1; i < 20; ++i) {
        scratch_frame nested;
        static_cast<void>(nested.allocate<float>(i * 10'000));
        scratch_frame deepest;
        static_cast<void>(deepest.allocate<double>(i * 1'000));
      }
      static_cast<void>(frame.allocate<float>(300'000));
      during = scratch_of_this_thread();
    };
    const std::size_t before = counting_new::allocations();
    work();
    first = counting_new::allocations() - before;
    after = scratch_of_this_thread();
    for (int i = 0; i < 10; ++i) work();
    later = counting_new::allocations() - before - first;
  });
  CHECK(first > 2);
  CHECK(later == 0);
  CHECK(during.chunks == 1);
  CHECK(after.chunks == 1);
  CHECK(after.bytes >= 4 * 310'000);
  CHECK(after.bytes < 4 * 310'000 + 1000);  // the memory in use at once, not the sum of all chunks
}

TEST_CASE("one chunk may be too small for the peak too", "[runtime][scratch]") {
  std::size_t later = 0;
  in_new_thread([&] {
    const auto work = [] {
      scratch_frame frame;
      {
        scratch_frame nested;
        static_cast<void>(nested.allocate<char>(60'000));
        static_cast<void>(nested.allocate<char>(100'000));
      }
      static_cast<void>(frame.allocate<char>(120'000));  // more than either chunk, less than both
    };
    work();
    const std::size_t before = counting_new::allocations();
    work();
    later = counting_new::allocations() - before;
  });
  CHECK(later == 0);
}

TEST_CASE("a failed allocation changes nothing", "[runtime][scratch]") {
  bool threw = false, threw_for_size = false, threw_in_new_thread = false, kept = false;
  std::size_t later = 0;
  in_new_thread([&] {
    {
      const counting_new::failing no_memory;
      scratch_frame frame;
      try {
        static_cast<void>(frame.allocate<float>(10));
      } catch (const std::bad_alloc&) {
        threw_in_new_thread = true;
      }
    }
    {
      scratch_frame frame;
      auto* const block = frame.allocate<char>(60'000);
      std::memset(block, 7, 60'000);
      try {
        const counting_new::failing no_memory;
        static_cast<void>(frame.allocate<char>(100'000));
      } catch (const std::bad_alloc&) {
        threw = true;
      }
      try {
        static_cast<void>(frame.allocate<double>(std::numeric_limits<std::size_t>::max() / sizeof(double)));
      } catch (const std::bad_alloc&) {
        threw_for_size = true;
      }
      const auto* const next = frame.allocate<char>(1'000);
      kept = next == block + 60'096 && block[0] == 7 && block[59'999] == 7;
    }
    {
      // Merging fails at the end of this frame.
      const counting_new::failing* no_memory = nullptr;
      {
        scratch_frame frame;
        static_cast<void>(frame.allocate<char>(60'000));
        static_cast<void>(frame.allocate<char>(60'000));
        no_memory = new counting_new::failing;
      }
      delete no_memory;
    }
    for (int i = 0; i < 2; ++i) {
      const std::size_t before = counting_new::allocations();
      scratch_frame frame;
      std::memset(frame.allocate<char>(120'000), 1, 120'000);
      later = counting_new::allocations() - before;
    }
  });
  CHECK(threw_in_new_thread);
  CHECK(threw);
  CHECK(threw_for_size);
  CHECK(kept);
  CHECK(later == 0);
}

TEST_CASE("a thread frees its scratch memory when it ends", "[runtime][scratch]") {
  std::size_t made = 0, freed = 0, held = 0;
  in_new_thread([&] {
    in_new_thread([&] {  // the first thread may allocate for itself
      scratch_frame frame;
      static_cast<void>(frame.allocate<char>(1));
    });
    made = counting_new::allocations();
    freed = counting_new::deallocations();
    in_new_thread([&] {
      scratch_frame frame;
      static_cast<void>(frame.allocate<char>(60'000));
      static_cast<void>(frame.allocate<char>(1'000'000));
      held = scratch_of_this_thread().chunks;
    });
    made = counting_new::allocations() - made;
    freed = counting_new::deallocations() - freed;
  });
  CHECK(held == 2);
  CHECK(made >= 3);  // two chunks, their merger
  CHECK(made == freed);
}

TEST_CASE("threads have scratch memory of their own", "[runtime][scratch]") {
  scratch_frame frame;
  const auto* const mine = frame.allocate<float>(16);
  const float* theirs = nullptr;
  scratch_usage usage;
  in_new_thread([&] {
    scratch_frame other;
    theirs = other.allocate<float>(16);
    usage = scratch_of_this_thread();
  });
  CHECK(mine != theirs);
  CHECK(usage.chunks == 1);
}
