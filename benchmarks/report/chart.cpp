// SPDX-License-Identifier: MIT
#include "chart.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <initializer_list>

#include "common/numbers.hpp"
#include "html.hpp"

namespace report {
namespace {

// In units of about a pixel at the intended width of the chart: on a phone, or three in a row.
constexpr double width = 400, height = 270;
constexpr double left = 46, right = 10, top = 12, bottom = 42;

std::string number(double value) {
  std::string text = bench::fixed(value, 1);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

// Without an exponent and without trailing zeros.
std::string plain(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

double share(const axis& a, double value) {
  if (!a.logarithmic) return (value - a.least) / (a.most - a.least);
  return std::log(value / a.least) / std::log(a.most / a.least);
}

double across(const axis& a, double value) {
  return left + (width - left - right) * share(a, value);
}
double up(const axis& a, double value) {
  return height - bottom - (height - top - bottom) * share(a, value);
}

std::string text_at(double x, double y, const char* look, const std::string& text) {
  return "<text class=\"" + std::string(look) + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\">" +
         escaped(text) + "</text>";
}

std::string line_between(double x0, double y0, double x1, double y1, const char* look) {
  return "<path class=\"" + std::string(look) + "\" d=\"M" + number(x0) + ' ' + number(y0) + 'L' +
         number(x1) + ' ' + number(y1) + "\"/>";
}

std::string frame(const chart& c) {
  std::string text;
  for (const auto& [value, label] : c.y.ticks) {
    const double y = up(c.y, value);
    text += line_between(left, y, width - right, y, "rule") + text_at(left - 6, y + 4, "end", label) + '\n';
  }
  for (const auto& [value, label] : c.x.ticks) {
    const double x = across(c.x, value);
    text += line_between(x, height - bottom, x, height - bottom + 4, "tick") +
            text_at(x, height - bottom + 17, "middle", label) + '\n';
  }
  text += line_between(left, height - bottom, width - right, height - bottom, "tick");
  text += text_at((left + width - right) / 2, height - 6, "middle title", c.x.title);
  return text + "<text class=\"middle title\" transform=\"translate(11 " +
         number((top + height - bottom) / 2) + ")rotate(-90)\">" + escaped(c.y.title) + "</text>\n";
}

// Horizontal ones have their name at the left, where rising lines leave room; others along their slope.
std::string guide_text(const chart& c, const guide& g) {
  const double x0 = across(c.x, g.x0), y0 = up(c.y, g.y0), x1 = across(c.x, g.x1), y1 = up(c.y, g.y1);
  std::string text = line_between(x0, y0, x1, y1, "guide");
  const double degrees = std::atan2(y1 - y0, x1 - x0) * 180 / std::acos(-1.0);
  return text + "<text class=\"guide-name\" transform=\"translate(" + number(x0 + 5) + ' ' + number(y0 - 5) +
         ")rotate(" + number(degrees) + ")\">" + escaped(g.label) + "</text>\n";
}

std::string series_text(const chart& c, const series& s) {
  std::string text = "<g class=\"s " + s.look + "\">\n";
  if (s.line && s.points.size() > 1) {
    text += "<path class=\"line\" d=\"";
    char command = 'M';
    for (const point& p : s.points) {
      text += command + number(across(c.x, p.x)) + ' ' + number(up(c.y, p.y));
      command = 'L';
    }
    text += "\"/>\n";
  }
  for (const point& p : s.points) {
    text += "<g>" + marker(s.marker, across(c.x, p.x), up(c.y, p.y), 3) + "<title>" + escaped(p.tip) +
            "</title></g>\n";
  }
  return text + "</g>\n";
}

}  // namespace

std::string marker(int form, double x, double y, double size) {
  const auto path = [&](std::initializer_list<std::pair<double, double>> corners) {
    std::string d;
    for (const auto& [dx, dy] : corners)
      d += (d.empty() ? 'M' : 'L') + number(x + dx * size) + ' ' + number(y + dy * size);
    return "<path class=\"mark\" d=\"" + d + "Z\"/>";
  };
  switch (form) {
    case 1:
      return path({{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}});
    case 2:
      return path({{0, -1.2}, {1.1, 0.8}, {-1.1, 0.8}});
    case 3:
      return path({{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}});
    case 4:
      return path({{0, 1.2}, {1.1, -0.8}, {-1.1, -0.8}});
    case 5:
      return path({{-1.3, -0.4}, {1.3, -0.4}, {1.3, 0.4}, {-1.3, 0.4}});
    default:
      return "<circle class=\"mark\" cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"" + number(size) +
             "\"/>";
  }
}

axis linear_axis(std::string title, double most) {
  const double rough = std::max(most, 1e-9) / 4;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double step = power * (rough / power < 1.5   ? 1
                               : rough / power < 3.5 ? 2
                               : rough / power < 7.5 ? 5
                                                     : 10);
  axis a{std::move(title), false, 0, most, {}};
  for (double value = 0; value <= most * 1.0001; value += step) a.ticks.emplace_back(value, plain(value));
  return a;
}

axis log_axis(std::string title, double least, double most, double base) {
  axis a{std::move(title), true, least, most, {}};
  for (double value = std::pow(base, std::ceil(std::log(least) / std::log(base) - 1e-9));
       value <= most * 1.0001; value *= base) {
    a.ticks.emplace_back(value, plain(value));
  }
  return a;
}

std::string figure(const chart& c) {
  std::string text = "<figure><figcaption>" + escaped(c.title) + "</figcaption>\n<svg viewBox=\"0 0 " +
                     number(width) + ' ' + number(height) + "\" role=\"img\" aria-label=\"" +
                     escaped(c.title + ": " + c.y.title + " over " + c.x.title) + "\">\n" + frame(c);
  for (const guide& g : c.guides) text += guide_text(c, g);
  for (const series& s : c.lines) text += series_text(c, s);
  return text + "</svg></figure>\n";
}

}  // namespace report
