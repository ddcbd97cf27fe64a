// SPDX-License-Identifier: MIT
#include "round_trip.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace bench {
namespace {

constexpr int tries = 9;
constexpr int trips = 2000;

// Yields at last, so that it ends even if both threads share one core.
void wait_for(const std::atomic<int>& ball, int value) {
  for (int turn = 1; ball.load(std::memory_order_acquire) != value; ++turn) {
    if (turn % 10000 == 0) std::this_thread::yield();
  }
}

}  // namespace

double core_round_trip_ns() {
  alignas(64) std::atomic<int> ball{0};
  const std::jthread other([&ball] {
    for (int trip = 0; trip < tries * trips; ++trip) {
      wait_for(ball, 2 * trip + 1);
      ball.store(2 * trip + 2, std::memory_order_release);
    }
  });
  std::array<double, tries> results{};
  int trip = 0;
  for (double& result : results) {
    const auto begin = std::chrono::steady_clock::now();
    for (const int end = trip + trips; trip < end; ++trip) {
      ball.store(2 * trip + 1, std::memory_order_release);
      wait_for(ball, 2 * trip + 2);
    }
    result =
        std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / trips;
  }
  std::nth_element(results.begin(), results.begin() + tries / 2, results.end());
  return results[tries / 2];
}

}  // namespace bench
