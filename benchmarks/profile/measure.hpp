// SPDX-License-Identifier: MIT
// Steps of training under each schedule, timed and traced.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <twinpath/dense.hpp>
#include <twinpath/trace.hpp>

#include "data.hpp"
#include "digits/training.hpp"
#include "options.hpp"
#include "spans.hpp"

namespace profile {

struct traced_step {
  double time_ns = 0;
  std::vector<piece> pieces;  ///< ascending by start
};

struct schedule_run {
  twinpath::schedule how{};
  std::string form;  ///< how the library computes a step, from `describe`
  /// Microseconds of each step without the trace, in all rounds.
  std::vector<std::vector<double>> round_us;
  std::vector<traced_step> traced;
  std::size_t dropped = 0;
  std::unique_ptr<twinpath::trace> trace;  ///< the trace of the last round
};

struct runs {
  std::vector<schedule_run> schedules;
  bool same_bits = true;  ///< all networks ended with the same bits
};

/// The steps of one schedule that `measure` reports to the observer.
[[nodiscard]] std::size_t steps_of_schedule(const options& o);

/// Every schedule has its own network. All begin with the same weights and take the same steps, in rounds: a
/// few steps of one schedule, then of the next.
template <class T>
[[nodiscard]] runs measure(const options& o, const examples<T>& data, const digits::step_observer& observe);

}  // namespace profile
