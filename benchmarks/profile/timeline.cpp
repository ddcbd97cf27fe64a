// SPDX-License-Identifier: MIT
#include "timeline.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include "common/markup.hpp"
#include "common/numbers.hpp"
#include "common/table.hpp"
#include "terminal.hpp"

namespace profile {
namespace {

using bench::escaped;
using bench::fixed;

constexpr const char* style = R"(<style>
svg { --page: #ffffff; --ink: #1c2430; --soft: #566273; --lane: #eef1f5; --grid: #d4dae2;
      --forward: #b3bcc8; --on-forward: #1c2430; --loss: #7b8796;
      --parameter: #f0a03c; --parameter-2: #c9741a; --on-parameter: #2b1700;
      --backprop: #2f6fd0; --on-backprop: #ffffff; }
@media (prefers-color-scheme: dark) {
  svg { --page: #12161d; --ink: #e6eaf0; --soft: #a3afbf; --lane: #252e3a; --grid: #37414f;
        --forward: #566375; --on-forward: #f2f5f9; --loss: #8e9bac;
        --parameter: #f0a03c; --parameter-2: #c97b28; --on-parameter: #2b1700;
        --backprop: #5b9bf5; --on-backprop: #06152b; }
}
text { font: 12px system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.ink { fill: var(--ink); } .soft { fill: var(--soft); } .title { font-weight: 600; font-size: 14px; }
.small { font-size: 11px; } .page { fill: var(--page); } .lane { fill: var(--lane); }
.grid { stroke: var(--grid); } .mark { stroke: var(--ink); stroke-dasharray: 3 2; }
.forward { fill: var(--forward); } .loss { fill: var(--loss); } .backprop { fill: var(--backprop); }
.parameter { fill: var(--parameter); } .parameter-2 { fill: var(--parameter-2); } .other { fill: var(--soft); }
.on-forward { fill: var(--on-forward); } .on-parameter { fill: var(--on-parameter); }
.on-backprop { fill: var(--on-backprop); }
</style>
)";

// About the mean width of the letters and digits in these names.
constexpr double letter_width = 6.9;
constexpr double least_piece = 3;  // pixels; smaller pieces of one operation are drawn as one

double text_width(std::string_view text, double letter = letter_width) {
  return letter * static_cast<double>(bench::width_of(text));
}

class drawing {
 public:
  drawing(const numbers& n, const picture& how)
      : n_(n),
        width_(how.width),
        narrow_(how.width < 600),
        left_(narrow_ ? 20 : 66),
        right_(width_ - (narrow_ ? 4 : 14)) {
    for (const schedule_numbers& s : n.schedules)
      longest_us_ = std::max(longest_us_, s.typical.time_ns / 1000);
  }

  std::string finish(bool alone) {
    legend();
    for (const schedule_numbers& s : n_.schedules) schedule(s);
    axis();
    const std::string size = fixed(width_, 0) + " " + fixed(y_, 0);
    std::string all = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + "\" width=\"" +
                      fixed(width_, 0) + "\" height=\"" + fixed(y_, 0) + "\" role=\"img\">\n<title>" +
                      escaped("One step of training " + name(n_.layers) + " with a batch of " +
                              std::to_string(n_.batch) + " under each schedule") +
                      "</title>\n";
    if (alone) all += std::string(style) + "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n";
    return all + behind_.str() + out_.str() + "</svg>\n";
  }

 private:
  [[nodiscard]] double x_of(double ns) const { return left_ + (right_ - left_) * ns / 1000 / longest_us_; }

  void text(double x, double y, std::string_view what, const char* classes, const char* anchor = "start") {
    out_ << "<text class=\"" << classes << "\" x=\"" << fixed(x, 1) << "\" y=\"" << fixed(y, 1) << '"';
    if (std::string_view(anchor) != "start") out_ << " text-anchor=\"" << anchor << '"';
    out_ << '>' << escaped(what) << "</text>\n";
  }

  void rectangle(double x, double y, double w, double h, const std::string& classes,
                 const std::string& hint = {}, double radius = 0) {
    out_ << "<rect class=\"" << classes << "\" x=\"" << fixed(x, 2) << "\" y=\"" << fixed(y, 1)
         << "\" width=\"" << fixed(w, 2) << "\" height=\"" << fixed(h, 1) << '"';
    if (radius > 0) out_ << " rx=\"" << fixed(radius, 0) << '"';
    if (hint.empty()) {
      out_ << "/>\n";
    } else {
      out_ << "><title>" << escaped(hint) << "</title></rect>\n";
    }
  }

  void legend() {
    if (!narrow_) {
      text(left_, 22,
           "One step of " + name(n_.layers) + ", batch " + std::to_string(n_.batch) + ", " + n_.element,
           "ink title");
      text(left_, 40,
           counted(static_cast<std::size_t>(n_.threads), "thread") + ", " + n_.tier + " tier, " + n_.cpu +
               "; the most typical of " + std::to_string(n_.steps) + " steps",
           "soft small");
      y_ = 54;
    }
    double x = narrow_ ? 4 : left_;
    const auto entry = [&](const char* fill, const std::string& what) {
      const double w = 18 + text_width(what, 6.4) + 16;
      if (x + w > width_) {
        x = narrow_ ? 4 : left_;
        y_ += 18;
      }
      rectangle(x, y_ + 2, 12, 12, fill, {}, 2);
      text(x + 18, y_ + 12, what, "ink");
      x += w;
    };
    entry("forward", "forward Z");
    entry("loss", "loss: dZ = A − Y");
    entry("parameter", "parameter path: dW");
    entry("parameter-2", narrow_ ? "db, update" : "its db and update");
    entry("backprop", "backprop path: dZ");
    entry("lane", "idle");
    y_ += 30;
    grid_top_ = y_ - 6;
  }

  static std::string fill_of(const piece& p) {
    if (p.operation == "loss") return "loss";
    if (p.path == path::parameter && p.operation != "dW") return "parameter-2";
    return name(p.path);
  }

  /// Consecutive pieces of one operation in a lane.
  void run_of_pieces(const std::vector<const piece*>& run, double y, double height) {
    const piece& first = *run.front();
    const std::string hint = first.name + ": " +
                             time_text(static_cast<double>(run.back()->end_ns - first.begin_ns) / 1000) +
                             (run.size() > 1 ? ", " + std::to_string(run.size()) + " pieces" : "");
    const double x0 = x_of(static_cast<double>(first.begin_ns));
    const double x1 = x_of(static_cast<double>(run.back()->end_ns));
    if (x1 - x0 < least_piece * static_cast<double>(run.size())) {
      rectangle(x0, y, std::max(0.6, x1 - x0), height, fill_of(first), hint);
    } else {
      for (const piece* p : run) {
        const double begin = x_of(static_cast<double>(p->begin_ns));
        const double end = x_of(static_cast<double>(p->end_ns));
        // A thin gap between neighbours.
        rectangle(begin, y, std::max(0.6, end - begin - 0.7), height, fill_of(first), hint);
      }
    }
    if (x1 - x0 > text_width(first.name) + 6 && height >= 14) {
      const std::string on = first.path == path::parameter  ? "on-parameter"
                             : first.path == path::backprop ? "on-backprop"
                                                            : "on-forward";
      text((x0 + x1) / 2, y + height / 2 + 4, first.name, on.c_str(), "middle");
    }
  }

  void lane(const traced_step& step, std::size_t thread, double y, double height) {
    std::vector<const piece*> run;
    const auto draw = [&] {
      if (!run.empty()) run_of_pieces(run, y, height);
      run.clear();
    };
    for (const piece& p : step.pieces) {
      if (p.thread != thread) continue;
      if (!run.empty() && run.back()->name != p.name) draw();
      run.push_back(&p);
    }
    draw();
  }

  struct mark {
    double ns;
    std::string what;
  };

  /// The times at which dZ of the last layer is complete, so that the paths fork, and at which both paths of
  /// a layer have ended. Empty if each task forks for its own rows.
  static std::vector<mark> marks_of(const traced_step& step, std::size_t layers) {
    std::int64_t first_back = INT64_MAX, last_back = 0, fork = 0;
    for (const piece& p : step.pieces) {
      if (p.path != path::parameter && p.path != path::backprop) continue;
      first_back = std::min(first_back, p.begin_ns);
      last_back = std::max(last_back, p.end_ns);
    }
    for (const piece& p : step.pieces) {
      if (p.operation != "loss" || p.begin_ns >= last_back) continue;
      if (p.end_ns > first_back) return {};
      fork = std::max(fork, p.end_ns);
    }
    if (fork == 0 || layers < 2) return {};
    std::vector<mark> marks{{static_cast<double>(fork), "dZ" + std::to_string(layers) + ": fork"}};
    for (std::size_t l = layers; l > 1; --l) {
      std::int64_t join = 0;
      for (const piece& p : step.pieces) {
        const bool own = (p.operation == "dW" || p.operation == "db") && p.layer == l;
        if (own || (p.operation == "dZ" && p.layer + 1 == l)) join = std::max(join, p.end_ns);
      }
      if (join == 0) return {};
      marks.push_back({static_cast<double>(join), l > 2 ? "join, fork" : "join"});
    }
    return marks;
  }

  void draw_marks(const std::vector<mark>& marks, double y, double bottom) {
    double free_from = left_;
    for (std::size_t i = 0; i < marks.size(); ++i) {
      const mark& m = marks[i];
      const double x = x_of(m.ns);
      out_ << "<line class=\"mark\" x1=\"" << fixed(x, 1) << "\" x2=\"" << fixed(x, 1) << "\" y1=\""
           << fixed(y + 4, 1) << "\" y2=\"" << fixed(bottom, 1) << "\"/>\n<path class=\"ink\" d=\"M"
           << fixed(x, 1) << ' ' << fixed(y - 1, 1) << "l4 5l-4 5l-4 -5z\"><title>"
           << escaped(m.what + " at " + time_text(m.ns / 1000)) << "</title></path>\n";
      const double w = text_width(m.what, 6);
      const double right_end = i + 1 < marks.size() ? x_of(marks[i + 1].ns) - 7 : right_;
      if (x + 7 + w < right_end) {
        text(x + 7, y + 8, m.what, "ink small");
        free_from = x + 7 + w + 6;
      } else {
        if (x - 7 - w > free_from) text(x - 7, y + 8, m.what, "ink small", "end");
        free_from = x + 7;
      }
    }
  }

  void schedule(const schedule_numbers& s) {
    const std::size_t lanes = s.idle.size();
    const double height = lanes <= 4 ? 30 : lanes <= 16 ? 18 : 8;
    const double gap = lanes <= 16 ? 3 : 1;
    const double end = x_of(s.typical.time_ns);
    std::string about = time_text(s.typical.time_ns / 1000);
    if (s.gain != 0 && s.name != "sequential") {
      about += narrow_ ? "; median " : "; in the median ";
      about += s.gain >= 1 ? percent(1 - 1 / s.gain) + " less" : percent(1 / s.gain - 1) + " more";
      if (!narrow_) about += " than sequential";
    }
    out_ << "<text class=\"ink\" x=\"" << fixed(narrow_ ? 4 : left_, 1) << "\" y=\"" << fixed(y_ + 12, 1)
         << "\"><tspan class=\"title\">" << escaped(s.name) << "</tspan><tspan dx=\"10\">" << escaped(about)
         << "</tspan></text>\n";
    if (!narrow_) text(right_, y_ + 12, s.form, "soft small", "end");
    const std::vector<mark> marks = marks_of(s.typical, n_.layers.size() - 1);
    const double strip = y_ + 22;
    const double top = marks.empty() ? y_ + 20 : strip + 13;
    for (std::size_t t = 0; t < lanes; ++t) {
      const double y = top + static_cast<double>(t) * (height + gap);
      if (height >= 14) {
        const std::string label = std::to_string(t + 1);
        text(left_ - 8, y + height / 2 + 4, narrow_ ? label : "thread " + label, "soft small", "end");
      }
      rectangle(left_, y, end - left_, height, "lane");
      lane(s.typical, t, y, height);
    }
    const double bottom = top + static_cast<double>(lanes) * (height + gap) - gap;
    draw_marks(marks, strip, bottom);
    y_ = bottom + 20;
  }

  void axis() {
    const double wanted = longest_us_ / (narrow_ ? 3 : 8);
    double step = std::pow(10, std::floor(std::log10(wanted)));
    for (const double factor : {5.0, 2.0}) {
      if (step * factor <= wanted) {
        step *= factor;
        break;
      }
    }
    const bool in_ms = longest_us_ >= 10000;
    for (int i = 0; static_cast<double>(i) * step <= longest_us_; ++i) {
      const double x = x_of(static_cast<double>(i) * step * 1000);
      const double value = static_cast<double>(i) * step / (in_ms ? 1000 : 1);
      std::ostringstream label;
      label << value;
      if (i == 0) label << (in_ms ? " ms" : " µs");
      behind_ << "<line class=\"grid\" x1=\"" << fixed(x, 1) << "\" x2=\"" << fixed(x, 1) << "\" y1=\""
              << fixed(grid_top_, 1) << "\" y2=\"" << fixed(y_ - 8, 1) << "\"/>\n";
      text(x, y_ + 6, label.str(), "soft small", i == 0 ? "start" : x > right_ - 12 ? "end" : "middle");
    }
    y_ += 14;
  }

  const numbers& n_;
  double width_;
  bool narrow_;
  double left_, right_;
  double longest_us_ = 0;
  double y_ = 2;
  double grid_top_ = 0;
  std::ostringstream behind_, out_;
};

}  // namespace

std::string timeline(const numbers& n, const picture& how) {
  return drawing(n, how).finish(how.alone);
}

}  // namespace profile
