// SPDX-License-Identifier: MIT
// The bits of every operation have the hash in the table of golden hashes: on every tier and every platform,
// with every compiler and all compiler options of the caller.
#include <twinpath/isa.hpp>

#include <set>
#include <string>

#include "golden/hash.hpp"
#include "golden/hashes.hpp"
#include "golden/operations.hpp"
#include "support/catch.hpp"
#include "support/floating_point_environment.hpp"

namespace {

using namespace tests;

template <class T>
std::string golden(std::string_view operation) {
  constexpr std::size_t type = std::is_same_v<T, float> ? 0 : 1;
  for (const golden_hash& row : golden_hashes) {
    if (row.operation != operation) continue;
    return text_of((tp::active_isa() == tp::isa::baseline ? row.baseline : row.fused)[type]);
  }
  return "not in the table";
}

}  // namespace

TEMPLATE_TEST_CASE("every operation has its golden hash", "[golden]", float, double) {
  using T = TestType;
  for (const operation<T>& op : all_operations<T>()) {
    const std::string expected = golden<T>(op.name);
    const auto check = [&](const std::string& by, const std::function<results<T>()>& run) {
      const results<T> actual = run();
      INFO(op.name << ", " << by);
      CHECK(text_of(hash_of<T>(actual)) == expected);
    };
    // A program that is linked with -ffast-math flushes subnormal numbers to zero from its start.
    const environment set(op.subnormals ? default_environment : read_environment());
    for (const form<T>& f : op.by_library) check("by the library, " + f.name, f.run);
#if !defined(__FAST_MATH__)
    check("by the contract", op.by_contract);
#endif
  }
}

TEST_CASE("every golden hash belongs to one operation", "[golden]") {
  std::set<std::string_view> rows;
  for (const golden_hash& row : golden_hashes) rows.insert(row.operation);
  CHECK(rows.size() == std::size(golden_hashes));
  std::set<std::string> names;
  for (const operation<float>& op : all_operations<float>()) names.insert(op.name);
  for (const std::string_view row : rows) CHECK(names.count(std::string(row)) == 1);
  CHECK(names.size() == rows.size());
}

#if defined(__FAST_MATH__) && defined(__x86_64__) && !defined(__clang__)
TEST_CASE("a program that is linked with -ffast-math flushes subnormal numbers", "[golden]") {
  CHECK(read_environment() == (default_environment | flush_to_zero));
}
#endif
