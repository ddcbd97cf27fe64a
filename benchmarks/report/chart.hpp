// SPDX-License-Identifier: MIT
// A chart of lines or points, as SVG in HTML. The style of the page has the colours.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace report {

struct point {
  double x, y;
  std::string tip;  ///< shown when the pointer rests on it
};

struct series {
  std::string look;  ///< class of its colour
  int marker = 0;    ///< its shape, so that series differ not only in colour
  bool line = true;  ///< through its points
  std::vector<point> points;
};

/// A line that is not a measurement, such as the peak.
struct guide {
  double x0, y0, x1, y1;
  std::string label;
};

struct axis {
  std::string title;
  bool logarithmic = false;
  double least = 0, most = 1;
  std::vector<std::pair<double, std::string>> ticks;
};

struct chart {
  std::string title;
  axis x, y;
  std::vector<guide> guides;
  std::vector<series> lines;
};

/// From 0 to at least `most`, with round ticks.
[[nodiscard]] axis linear_axis(std::string title, double most);
/// From `least` to `most`, with a tick at each power of `base` in between.
[[nodiscard]] axis log_axis(std::string title, double least, double most, double base);

/// A figure with the title above the chart.
[[nodiscard]] std::string figure(const chart& c);

inline constexpr int marker_forms = 6;
/// The marker alone, for a legend.
[[nodiscard]] std::string marker(int form, double x, double y, double size);

}  // namespace report
