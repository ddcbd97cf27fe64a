// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <string_view>

#include "common/numbers.hpp"
#include "html.hpp"
#include "looks.hpp"
#include "sections.hpp"

namespace report {
namespace {

std::vector<std::string> parts(const std::string& name) {
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    result.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return result;
}

std::string size_text(std::size_t n) {
  constexpr std::size_t million = std::size_t{1} << 20;
  return n < million ? std::to_string(n) + " elements" : std::to_string(n / million) + " × 2²⁰ elements";
}

/// The cards for one number of elements: one for each function, then one for all activations and one for all
/// updates.
struct cards {
  std::map<std::string, std::vector<bar>> functions;
  std::vector<bar> activations, updates;

  void add(const std::vector<std::string>& name, double seconds, double n) {
    const double speed = n / seconds * 1e-9;
    const std::string label = bench::three_digits(speed) + " G/s";
    if (name[0] == "activation" || name[0] == "update") {
      const bool bound = name[1] == "copy" || name[1].starts_with("additions_for_");
      constexpr std::string_view additions = "additions_for_";
      const std::string shown =
          name[1].starts_with(additions) ? name[1].substr(additions.size()) + ", bytes" : name[1];
      (name[0] == "update" ? updates : activations).push_back({shown, bound ? "c9" : "c0", speed, label});
    } else {
      functions[name[0] + ' ' + name[1]].push_back({name[3], look_of_library(name[3]).name, speed, label});
    }
  }

  [[nodiscard]] std::string text() {
    std::string result;
    const auto by_name = [](const bar& a, const bar& b) { return a.name < b.name; };
    std::sort(activations.begin(), activations.end(), by_name);
    std::sort(updates.begin(), updates.end(), by_name);
    for (auto& [function, bars] : functions) {
      std::stable_partition(bars.begin(), bars.end(), [](const bar& b) { return b.name == "twinpath"; });
      result += bar_card(function, "", bars);
    }
    if (!activations.empty())
      result += bar_card("activations f32", "copy: the same bytes without arithmetic", activations);
    if (!updates.empty())
      result += bar_card("updates f32", "bytes: the same bytes without arithmetic", updates);
    return grid(result);
  }
};

}  // namespace

std::string elementary(const results& all) {
  if (!all.elementary) return "";
  std::map<std::size_t, cards> by_size;
  for (const auto& [name, seconds] : all.elementary->seconds) {
    const std::vector<std::string> p = parts(name);
    if (p.size() < 4) continue;
    const auto layer_row = p[0] == "activation" || p[0] == "update";
    const std::size_t n = std::stoul(p[layer_row ? 3 : 2]);
    by_size[n].add(p, seconds, static_cast<double>(n));
  }
  std::string text;
  for (auto& [n, of_size] : by_size) text += "<h3>" + size_text(n) + "</h3>\n" + of_size.text();
  return section(
      "elementary", "Functions, activations and updates",
      "One thread, 10⁹ elements a second, longer is faster. Short arrays stay in a near cache, long ones "
      "come from memory.",
      text);
}

}  // namespace report
