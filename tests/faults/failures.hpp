// SPDX-License-Identifier: MIT
// Repeats work, each time with another allocation that fails.
#pragma once

#include <cstddef>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include <twinpath/twinpath.hpp>

#include "runtime/counting_new.hpp"
#include "support/catch.hpp"
#include "support/threads.hpp"

namespace tests {

namespace tp = twinpath;

/// The state after a failure, in terms of exception safety.
enum class guarantee {
  strong,  ///< the state before the call
  basic,   ///< a state that can be used again
};

/// The bytes of numbers, for comparisons.
template <class T>
void append_bytes(std::string& all, std::span<const T> x) {
  if (!x.empty()) all.append(reinterpret_cast<const char*>(x.data()), x.size_bytes());
}
template <class T>
std::string bytes_of(const tp::matrix<T>& x) {
  std::string all;
  append_bytes<T>(all, x.elements());
  return all;
}

/// Runs body on a new thread with `threads` threads of TBB: memory that earlier work has allocated for its
/// thread would hide allocations of later work.
template <class Body>
void on_new_thread(std::size_t threads, const Body& body) {
  std::exception_ptr thrown;
  std::thread([&] {
    try {
      on_threads(threads, body);
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (thrown) std::rethrow_exception(thrown);
}

/// Calls work(make()) and lets the first allocation fail, then the second one, … until there is none left to
/// fail: at first that one alone, then all later ones too. Requires that after each failure bytes(state) is
/// unchanged, that another work(state) gives the same bytes as without failures, and that nothing leaks.
/// Returns the number of failures.
template <class Make, class Work, class Bytes>
std::size_t fail_each_allocation(std::size_t threads, const Make& make, const Work& work, const Bytes& bytes,
                                 guarantee left = guarantee::strong) {
  std::string before, after, wrong;
  const auto attempt = [&](std::size_t n, bool for_good) {
    bool failed = false;
    on_new_thread(threads, [&] {
      auto state = make();
      bool thrown = false;
      {
        const counting_new::failing_at failing(n, for_good);
        try {
          work(state);
        } catch (const std::bad_alloc&) {
          thrown = true;
        }
        failed = failing.has_failed();
      }
      if (thrown && !failed) wrong = "bad_alloc although no allocation failed";
      if (thrown && left == guarantee::strong && bytes(state) != before)
        wrong = "a failure has changed the state";
      if (thrown) work(state);
      if (wrong.empty() && bytes(state) != after) wrong = "after the failure, work gives another state";
    });
    return failed;
  };
  on_new_thread(threads, [&] {
    auto state = make();
    before = bytes(state);
    work(state);
    after = bytes(state);
  });
  std::size_t failures = 0;
  for (const bool for_good : {false, true}) {
    for (std::size_t n = 0;; ++n) {
      const auto held = [] { return counting_new::allocations() - counting_new::deallocations(); };
      bool failed = false, leaked = true;
      // Now and then TBB allocates memory that it keeps. A leak of the library repeats every time.
      for (int again = 0; leaked && again < 3; ++again) {
        const std::size_t before_attempt = held();
        failed = attempt(n, for_good);
        leaked = held() != before_attempt;
      }
      INFO("allocation " << n << (for_good ? " and all later ones fail" : " fails"));
      REQUIRE(wrong == "");
      REQUIRE(!leaked);
      if (!failed) break;
      ++failures;
    }
  }
  return failures;
}

}  // namespace tests
