// SPDX-License-Identifier: MIT
// Class indices as their sources have them: in integers of any type.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace twinpath::inline v0 {

namespace detail {
// Throws std::invalid_argument. Out of line, to keep the check in the header small.
[[noreturn]] void fail_class_type(bool negative, std::uint64_t magnitude, std::size_t row);

/// Integers that can be numbers of classes: not bool, which is a label of its own, nor characters, where '7'
/// is 55. int8_t and uint8_t are numbers.
template <class I>
concept class_integer =
    std::integral<I> && !std::same_as<I, bool> && !std::same_as<I, char> && !std::same_as<I, wchar_t> &&
    !std::same_as<I, char8_t> && !std::same_as<I, char16_t> && !std::same_as<I, char32_t>;
}  // namespace detail

/// One class index a row, from any contiguous range of integers, such as `std::vector<std::int64_t>`,
/// `std::span<const std::uint8_t>` or an array of `std::size_t`.
///
/// Integers of 32 bits with a sign are referred to and must outlive the object; others, and temporaries that
/// own their elements, are copied, which costs one allocation. `bool` and characters do not compile.
///
/// Thread safety: as for a standard container.
class class_indices {
 public:
  /// No class.
  class_indices() noexcept = default;

  /// The classes of a range.
  /// Throws std::invalid_argument if one is not a number of `std::int32_t`, and std::bad_alloc.
  template <std::ranges::contiguous_range Range>
  requires(std::ranges::sized_range<Range>&& detail::class_integer<std::ranges::range_value_t<Range>> &&
           !std::same_as<std::remove_cvref_t<Range>, class_indices>)
      // NOLINTNEXTLINE(bugprone-forwarding-reference-overload): excluded by the constraint
      class_indices(Range&& range) {
    const auto* const data = std::ranges::data(range);
    const auto size = static_cast<std::size_t>(std::ranges::size(range));
    if constexpr (std::same_as<std::ranges::range_value_t<Range>, std::int32_t> &&
                  std::ranges::borrowed_range<Range>) {
      borrowed_ = {data, size};
    } else {
      converted_.reserve(size);
      for (std::size_t i = 0; i < size; ++i) {
        const auto c = data[i];
        if (!std::in_range<std::int32_t>(c)) [[unlikely]] {
          const bool negative = std::cmp_less(c, 0);
          const auto bits = static_cast<std::uint64_t>(c);
          detail::fail_class_type(negative, negative ? 0 - bits : bits, i);
        }
        converted_.push_back(static_cast<std::int32_t>(c));
      }
    }
  }

  /// The classes in 32 bits; valid as long as this object and what it refers to.
  [[nodiscard]] std::span<const std::int32_t> values() const noexcept {
    return converted_.empty() ? borrowed_ : std::span<const std::int32_t>(converted_);
  }

 private:
  std::span<const std::int32_t> borrowed_;
  std::vector<std::int32_t> converted_;
};

}  // namespace twinpath::inline v0
