// SPDX-License-Identifier: MIT
// The main function of every test program.
//
// TWINPATH_TEST_TIER names the tier of the run: on another tier the run fails. A machine that lacks the tier
// skips the run (exit code 77), or fails it if TWINPATH_REQUIRE_TIERS, a list with commas, contains the
// tier.
#define CATCH_CONFIG_RUNNER
#include "support/catch.hpp"

#include <twinpath/isa.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "support/route_check.hpp"

namespace {

constexpr int failed = 1;
constexpr int skipped = 77;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<twinpath::isa> tier_named(std::string_view name) {
  for (const auto tier :
       {twinpath::isa::baseline, twinpath::isa::neon, twinpath::isa::avx2, twinpath::isa::avx512}) {
    if (twinpath::name(tier) == name) return tier;
  }
  return std::nullopt;
}

bool names(std::string_view list, twinpath::isa tier) {
  bool found = false;
  while (!list.empty()) {
    const std::string_view word = list.substr(0, list.find(','));
    list.remove_prefix(word.size() < list.size() ? word.size() + 1 : word.size());
    if (word.empty()) continue;
    const auto named = tier_named(word);
    if (!named) throw std::invalid_argument("TWINPATH_REQUIRE_TIERS: no tier is called " + std::string(word));
    found = found || *named == tier;
  }
  return found;
}

/// Empty if the tests may run, otherwise the exit code.
std::optional<int> check_tier() {
  const std::string wanted = variable("TWINPATH_TEST_TIER");
  if (wanted.empty()) return std::nullopt;
  const auto tier = tier_named(wanted);
  if (!tier) throw std::invalid_argument("TWINPATH_TEST_TIER: no tier is called " + wanted);
  const bool required = names(variable("TWINPATH_REQUIRE_TIERS"), *tier);

  const twinpath::isa active = twinpath::active_isa();
  if (active == *tier) return std::nullopt;
  if (variable("TWINPATH_ISA") != wanted || active > *tier) {
    std::cerr << "tier " << wanted << ": TWINPATH_ISA is \"" << variable("TWINPATH_ISA")
              << "\" and the active tier is " << twinpath::name(active) << '\n';
    return failed;
  }
  if (required) {
    std::cerr << "tier " << wanted << ": required by TWINPATH_REQUIRE_TIERS, but the active tier is "
              << twinpath::name(active) << '\n';
    return failed;
  }
  std::cout << "tier " << wanted << ": not on this machine, skipped\n";
  return skipped;
}

#if CATCH_VERSION_MAJOR < 3
// Catch2 3 fails by itself when no test case ran.
int test_cases = 0;
struct counter : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;
  void testCaseStarting(const Catch::TestCaseInfo&) override { ++test_cases; }
};
CATCH_REGISTER_LISTENER(counter)

bool only_lists(const Catch::ConfigData& options) {
  return options.showHelp || options.libIdentify || options.listTests || options.listTags ||
         options.listReporters || options.listTestNamesOnly;
}
#endif

}  // namespace

int main(int argc, char* argv[]) {
  try {
    if (const auto code = check_tier()) return *code;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return failed;
  }
  tests::check_all_routes();
  Catch::Session session;
  if (const int code = session.applyCommandLine(argc, argv); code != 0) return code;
  const int code = session.run();
#if CATCH_VERSION_MAJOR < 3
  if (code == 0 && test_cases == 0 && !only_lists(session.configData())) {
    std::cerr << "no test case ran\n";
    return failed;
  }
#endif
  return code;
}
