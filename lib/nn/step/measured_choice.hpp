// SPDX-License-Identifier: MIT
// Chooses by time among candidates that give the same bits.
#pragma once

#include <array>
#include <cstddef>

namespace twinpath::inline v0::detail {

/// Finds the fastest of a few ways to compute the same, from the times of the calls that compute it anyway.
/// It reads no clock and knows nothing of what is computed: it is told how long a call took, and answers
/// which candidate computes the next one.
///
/// In a look, candidates take turns of a few calls, and those far behind drop out. Then the fastest computes
/// all calls, and some of them are timed. Another look follows when these have become much slower, and at
/// growing distances, because a candidate may have become faster meanwhile: a core is idle again. Looks cost
/// at most 2 % of the calls: each ends at the latest when it has lost `most_lost` calls of the fastest
/// candidate.
class measured_choice {
 public:
  static constexpr std::size_t most_candidates = 16;

  /// Nanoseconds and calls, whichever end first, before the first look: threads start and clocks settle.
  static constexpr double warm_up_ns = 10e6;
  static constexpr std::size_t warm_up_calls = 300;

  /// `candidates` is at most `most_candidates`. The first one computes the calls of the warm-up.
  explicit measured_choice(std::size_t candidates, double warm_up = warm_up_ns) noexcept
      : count_(candidates), looks_(candidates > 1), warm_up_left_(warm_up) {}

  /// The candidate that computes the next call.
  [[nodiscard]] std::size_t next() const noexcept { return looks_ ? in_turn_ : kept_; }
  /// Whether the next call is to be timed. A call that is not is reported by `passed`.
  [[nodiscard]] bool times_next() const noexcept { return looks_ || until_timed_ == 1; }
  /// The call of `next` took this many nanoseconds.
  void took(double ns) noexcept;
  /// It was not timed.
  void passed() noexcept {
    if (count_ == 1) return;
    ++calls_;
    --until_timed_;
  }

  /// Whether candidates take turns at present, or will after the warm-up.
  [[nodiscard]] bool looks() const noexcept { return looks_; }
  /// The number of looks that have ended.
  [[nodiscard]] std::size_t finished_looks() const noexcept { return finished_; }
  /// The candidate that was the fastest in the last look; before the first one ends, the first candidate.
  [[nodiscard]] std::size_t kept() const noexcept { return kept_; }
  /// Nanoseconds of a call in the latest look that the candidate took part in, 0 before the first.
  [[nodiscard]] double time_of(std::size_t i) const noexcept { return candidates_[i].ns; }

 private:
  /// A turn's first call is not counted: it finds the caches as another candidate left them.
  static constexpr std::size_t turn_calls = 4;
  /// Factors of the fastest time above which a candidate drops out, after each round of turns but the last.
  static constexpr std::array<double, 3> drops_out = {1.5, 1.2, 1.08};
  static constexpr std::size_t rounds = drops_out.size() + 1;
  /// A turn ends early if its calls take longer than the fastest times this: after two calls, and after
  /// three.
  static constexpr double hopeless = 3;
  static constexpr double slow = 1.4;
  /// Calls of the fastest candidate that a look may lose. 20 are 2 % of the calls between two looks, and the
  /// last turn may lose 6 more. A single call that took far longer than its turn is no loss of the look:
  /// something else had the core.
  static constexpr double most_lost = 10;
  static constexpr std::size_t least_distance = 1000;
  static constexpr std::size_t growth = 2;
  /// The candidate that is in use stays unless another one is faster by this factor: times are noisy.
  static constexpr double hysteresis = 0.98;
  /// Timed calls in a row that take longer or shorter by this factor ask for another look.
  static constexpr double other_time = 1.3;
  static constexpr std::size_t other_calls = 16;
  /// Reading the clock takes about 50 ns for a call: a thousandth of this time.
  static constexpr double always_timed_ns = 50000;
  static constexpr std::size_t most_untimed = 128;

  struct candidate {
    double ns = 0;
    std::array<double, rounds> turns{};  ///< times of the turns in this look, ascending
    std::size_t taken = 0;               ///< of these
    bool is_out = false;
  };

  void begin_look() noexcept;
  void end_look() noexcept;
  void end_turn() noexcept;
  void end_round() noexcept;
  void watch(double ns) noexcept;
  [[nodiscard]] bool turn_is_over() const noexcept;
  /// The shortest time of a candidate in this look, 0 if none has one.
  [[nodiscard]] double shortest() const noexcept;
  /// Passes the turn to the next candidate that is not out. Returns whether there is one in this round.
  bool pass_turn() noexcept;

  std::array<candidate, most_candidates> candidates_{};
  std::size_t count_;
  std::size_t kept_ = 0;
  std::size_t calls_ = 0;
  std::size_t finished_ = 0;
  // A look.
  bool looks_;  ///< also during the warm-up
  double warm_up_left_;
  std::size_t round_ = 0;
  std::size_t in_turn_ = 0;
  std::size_t visited_ = 0;  ///< candidates after the kept one that have been asked in this round
  std::size_t resume_ = 0;   ///< the candidate that follows the kept one: where the last look was cut short
  std::array<double, turn_calls> turn_{};
  std::size_t turn_size_ = 0;
  double look_ns_ = 0;
  double look_calls_ = 0;
  // Between looks.
  std::size_t until_timed_ = 0;
  std::size_t others_in_row_ = 0;
  std::size_t earliest_look_ = 0;
  std::size_t next_look_ = 0;
};

}  // namespace twinpath::inline v0::detail
