// SPDX-License-Identifier: MIT
#include "spans.hpp"

#include <algorithm>
#include <charconv>

namespace profile {
namespace {

path path_of(const std::string& operation) {
  if (operation == "dW" || operation == "db" || operation == "update") return path::parameter;
  if (operation == "dZ") return path::backprop;
  if (operation == "Z" || operation == "A" || operation == "loss") return path::forward;
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
  p.operation = span.name.substr(0, span.name.find_last_not_of("0123456789") + 1);
  std::from_chars(span.name.data() + p.operation.size(), span.name.data() + span.name.size(), p.layer);
  p.path = path_of(p.operation);
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
