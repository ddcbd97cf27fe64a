// SPDX-License-Identifier: MIT
#include "spans.hpp"

#include <algorithm>

namespace profile {
namespace {

/// An update ends the parameter path, both in the store of dW and as an operation of its own.
path path_of(twinpath::span_path p) {
  switch (p) {
    case twinpath::span_path::forward:
      return path::forward;
    case twinpath::span_path::parameter:
    case twinpath::span_path::update:
      return path::parameter;
    case twinpath::span_path::backprop:
      return path::backprop;
    case twinpath::span_path::none:
      break;
  }
  return path::other;
}

}  // namespace

const char* name(path p) {
  switch (p) {
    case path::forward:
      return "forward";
    case path::parameter:
      return "parameter";
    case path::backprop:
      return "backprop";
    case path::other:
      break;
  }
  return "other";
}

piece to_piece(const twinpath::span_record& span, std::int64_t step_begin_ns) {
  piece p;
  p.name = span.name;
  p.operation = span.operation;
  p.layer = span.layer;
  p.path = path_of(span.path);
  p.thread = span.thread;
  p.begin_ns = span.begin_ns - step_begin_ns;
  p.end_ns = span.end_ns - step_begin_ns;
  p.flops = span.flops;
  return p;
}

std::vector<interval> united(std::vector<interval> all) {
  std::ranges::sort(all, {}, &interval::begin);
  std::vector<interval> disjoint;
  for (const interval& i : all) {
    if (i.end <= i.begin) continue;
    if (!disjoint.empty() && i.begin <= disjoint.back().end) {
      disjoint.back().end = std::max(disjoint.back().end, i.end);
    } else {
      disjoint.push_back(i);
    }
  }
  return disjoint;
}

double length(const std::vector<interval>& disjoint) {
  std::int64_t sum = 0;
  for (const interval& i : disjoint) sum += i.end - i.begin;
  return static_cast<double>(sum);
}

double length_of_both(const std::vector<interval>& a, const std::vector<interval>& b) {
  std::int64_t sum = 0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    sum += std::max<std::int64_t>(0, std::min(x->end, y->end) - std::max(x->begin, y->begin));
    ++(x->end < y->end ? x : y);
  }
  return static_cast<double>(sum);
}

}  // namespace profile
