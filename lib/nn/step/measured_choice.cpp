// SPDX-License-Identifier: MIT
#include "nn/step/measured_choice.hpp"

#include <algorithm>

namespace twinpath::inline v0::detail {

void measured_choice::took(double ns) noexcept {
  if (count_ == 1) return;
  ++calls_;
  if (!looks_) return watch(ns);
  if (warm_up_left_ > 0) {
    warm_up_left_ = calls_ < warm_up_calls ? warm_up_left_ - ns : 0;
    return;
  }
  turn_[turn_size_++] = ns;
  if (turn_is_over()) end_turn();
}

bool measured_choice::turn_is_over() const noexcept {
  if (turn_size_ == turn_calls) return true;
  const double best = shortest();
  if (best == 0 || turn_size_ < 2) return false;
  if (turn_size_ == 2) return std::min(turn_[0], turn_[1]) > hopeless * best;
  return *std::min_element(turn_.begin() + 1, turn_.begin() + static_cast<std::ptrdiff_t>(turn_size_)) >
         slow * best;
}

double measured_choice::shortest() const noexcept {
  double best = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    const candidate& x = candidates_[i];
    if (x.taken != 0 && (best == 0 || x.ns < best)) best = x.ns;
  }
  return best;
}

void measured_choice::end_turn() noexcept {
  // Medians, the lower one of an even number: a turn in which something else took the core changes nothing.
  const auto end = turn_.begin() + static_cast<std::ptrdiff_t>(turn_size_);
  std::sort(turn_.begin() + 1, end);
  candidate& x = candidates_[in_turn_];
  const double median = turn_[turn_size_ / 2];
  x.turns[x.taken++] = median;
  std::sort(x.turns.begin(), x.turns.begin() + static_cast<std::ptrdiff_t>(x.taken));
  x.ns = x.turns[(x.taken - 1) / 2];
  const double best = shortest();
  look_ns_ += std::min(turn_[0], (1 + hopeless) * best) + static_cast<double>(turn_size_ - 1) * median;
  look_calls_ += static_cast<double>(turn_size_);
  turn_size_ = 0;
  if (look_ns_ - look_calls_ * best > most_lost * best) {
    resume_ = in_turn_ + 1;
    return end_look();
  }
  if (!pass_turn()) end_round();
}

bool measured_choice::pass_turn() noexcept {
  while (visited_ < count_) {
    in_turn_ = (resume_ + visited_++) % count_;
    if (in_turn_ != kept_ && !candidates_[in_turn_].is_out) return true;
  }
  return false;
}

void measured_choice::end_round() noexcept {
  if (round_ + 1 == rounds) return end_look();
  const double most = drops_out[round_++] * shortest();
  std::size_t left = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    candidates_[i].is_out = candidates_[i].is_out || candidates_[i].ns > most;
    left += candidates_[i].is_out ? 0 : 1;
  }
  if (left == 1) return end_look();
  visited_ = 0;
  in_turn_ = kept_;
  if (candidates_[kept_].is_out) pass_turn();
}

void measured_choice::begin_look() noexcept {
  for (std::size_t i = 0; i < count_; ++i) {
    candidates_[i].taken = 0;
    candidates_[i].is_out = false;
  }
  looks_ = true;
  round_ = visited_ = turn_size_ = 0;
  look_ns_ = look_calls_ = 0;
  in_turn_ = kept_;
}

void measured_choice::end_look() noexcept {
  std::size_t best = kept_;
  for (std::size_t i = 0; i < count_; ++i) {
    const candidate& x = candidates_[i];
    if (x.taken != 0 && x.ns < candidates_[best].ns) best = i;
  }
  if (candidates_[best].ns < hysteresis * candidates_[kept_].ns) kept_ = best;
  looks_ = false;
  ++finished_;
  others_in_row_ = 0;
  until_timed_ = 1;
  earliest_look_ = calls_ + least_distance;
  next_look_ = std::max(earliest_look_, growth * calls_);
}

void measured_choice::watch(double ns) noexcept {
  const double kept_ns = candidates_[kept_].ns;
  const double distance =
      std::min(always_timed_ns / std::max(kept_ns, 1.0), static_cast<double>(most_untimed));
  until_timed_ = 1 + static_cast<std::size_t>(distance);
  const bool is_other = ns > other_time * kept_ns || ns * other_time < kept_ns;
  others_in_row_ = is_other ? others_in_row_ + 1 : 0;
  if (calls_ >= next_look_ || (others_in_row_ >= other_calls && calls_ >= earliest_look_)) begin_look();
}

}  // namespace twinpath::inline v0::detail
