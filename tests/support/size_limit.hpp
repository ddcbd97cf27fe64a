// SPDX-License-Identifier: MIT
// A disk that is full.
#pragma once

#include <signal.h>
#include <sys/resource.h>

/// While it lives, no file may grow beyond a size, as on a full disk.
class size_limit {
 public:
  explicit size_limit(rlim_t size) {
    old_handler_ = ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{size, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    ::signal(SIGXFSZ, old_handler_);
  }
  size_limit(const size_limit&) = delete;
  size_limit& operator=(const size_limit&) = delete;

 private:
  rlimit old_{};
  sighandler_t old_handler_ = nullptr;
};
