// SPDX-License-Identifier: MIT
#include <twinpath/isa.hpp>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iterator>
#include <stdexcept>
#include <string>

#include "runtime/active_isa.hpp"
#include "runtime/cpu_features.hpp"
#include "support/catch.hpp"

namespace tp = twinpath;
using tp::isa;
using tp::detail::choose_isa;

TEST_CASE("tiers have the names that TWINPATH_ISA takes", "[runtime][isa]") {
  CHECK(tp::name(isa::baseline) == "baseline");
  CHECK(tp::name(isa::neon) == "neon");
  CHECK(tp::name(isa::avx2) == "avx2");
  CHECK(tp::name(isa::avx512) == "avx512");
}

TEST_CASE("an absent cap gives the best tier", "[runtime][isa]") {
  for (const isa best : tp::detail::architecture_tiers) {
    CHECK(choose_isa(nullptr, best) == best);
    CHECK(choose_isa("", best) == best);
  }
}

TEST_CASE("the lower one of the cap and the best tier is chosen", "[runtime][isa]") {
  for (const isa cap : tp::detail::architecture_tiers) {
    for (const isa best : tp::detail::architecture_tiers) {
      INFO("cap " << tp::name(cap) << ", best " << tp::name(best));
      CHECK(choose_isa(std::string(tp::name(cap)).c_str(), best) == std::min(cap, best));
    }
  }
}

#if defined(__x86_64__)
TEST_CASE("an unknown cap is an error that lists the tiers", "[runtime][isa]") {
  const auto text = [](const std::string& cap) {
    return "TWINPATH_ISA is \"" + cap + "\": the tiers of this architecture are baseline, avx2, avx512";
  };
  CHECK_THROWS_AS(choose_isa("sse9", isa::avx2), std::invalid_argument);
  CHECK_THROWS_WITH(choose_isa("sse9", isa::avx2), text("sse9"));
  CHECK_THROWS_WITH(choose_isa("AVX2", isa::avx2), text("AVX2"));
  CHECK_THROWS_WITH(choose_isa("avx", isa::avx512), text("avx"));
  CHECK_THROWS_WITH(choose_isa("avx2 ", isa::avx512), text("avx2 "));
  CHECK_THROWS_WITH(choose_isa("neon", isa::avx512), text("neon"));  // a tier, but of another architecture
}
#else
TEST_CASE("an unknown cap is an error", "[runtime][isa]") {
  CHECK_THROWS_AS(choose_isa("sse9", isa::neon), std::invalid_argument);
  CHECK_THROWS_AS(choose_isa("avx2", isa::neon), std::invalid_argument);
}
#endif

TEST_CASE("a wrong cap is an error at every call until it is right, then the choice is kept",
          "[runtime][isa]") {
  const isa lowest = tp::detail::architecture_tiers[0];
  const isa highest = *std::prev(std::end(tp::detail::architecture_tiers));
  std::atomic<int> slot{tp::detail::no_isa};
  CHECK_THROWS_AS(tp::detail::settle_isa(slot, "sse9", highest), std::invalid_argument);
  CHECK_THROWS_AS(tp::detail::settle_isa(slot, "sse9", highest), std::invalid_argument);
  CHECK(slot == tp::detail::no_isa);
  CHECK(tp::detail::settle_isa(slot, std::string(tp::name(lowest)).c_str(), highest) == lowest);
  CHECK(slot == static_cast<int>(lowest));
  CHECK(tp::detail::settle_isa(slot, nullptr, highest) == lowest);  // a second thread that came later
  CHECK(slot == static_cast<int>(lowest));
}

TEST_CASE("the active tier is the best one under the cap of this process", "[runtime][isa]") {
  const isa expected = choose_isa(std::getenv("TWINPATH_ISA"), tp::detail::best_isa());
  CHECK(tp::active_isa() == expected);
  CHECK(tp::active_isa() == expected);
  CHECK(tp::detail::tier_in_use() == expected);
  CHECK(tp::detail::settled_isa == static_cast<int>(expected));
}
