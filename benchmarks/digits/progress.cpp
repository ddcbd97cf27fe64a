// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#if defined(_WIN32)
#include <io.h>
#else
#include <unistd.h>
#endif

namespace digits {
namespace {

constexpr std::chrono::milliseconds period{200};

bool stdout_is_terminal() {
#if defined(_WIN32)
  return _isatty(_fileno(stdout)) != 0;
#else
  return isatty(STDOUT_FILENO) != 0;
#endif
}

}  // namespace

progress_line::progress_line(bool wanted)
    : on_terminal_(wanted && stdout_is_terminal()), next_(clock::now() + period) {}

step_observer progress_line::observe(std::string work, std::size_t steps) {
  if (!on_terminal_) return {};
  return [this, work = std::move(work), steps](std::size_t done, clock::time_point now) {
    if (now >= next_) show(work + ": step " + std::to_string(done) + " of " + std::to_string(steps), now);
  };
}

void progress_line::show(const std::string& text, clock::time_point now) {
  std::printf("\r%-*s", static_cast<int>(shown_), text.c_str());
  std::fflush(stdout);
  shown_ = std::max(shown_, text.size());
  next_ = now + period;
}

void progress_line::clear() {
  if (shown_ != 0) std::printf("\r%*s\r", static_cast<int>(shown_), "");
  shown_ = 0;
  next_ = clock::now() + period;
}

}  // namespace digits
