// SPDX-License-Identifier: MIT
#include "json.hpp"

namespace profile {
namespace {

using json = nlohmann::ordered_json;

json to_json(const operation_numbers& o) {
  return {{"name", o.name},           {"operation", o.operation}, {"layer", o.layer},
          {"path", name(o.path)},     {"calls", o.calls},         {"pieces", o.pieces},
          {"median_us", o.median_us}, {"p95_us", o.p95_us},       {"threads", o.threads},
          {"gflops", o.gflops},       {"of_peak", o.of_peak},     {"of_step", o.of_step}};
}

json to_json(const traced_step& step) {
  json pieces = json::array();
  for (const piece& p : step.pieces) {
    pieces.push_back({{"name", p.name},
                      {"path", name(p.path)},
                      {"thread", p.thread},
                      {"begin_us", static_cast<double>(p.begin_ns) / 1000},
                      {"end_us", static_cast<double>(p.end_ns) / 1000}});
  }
  return {{"time_us", step.time_ns / 1000}, {"pieces", pieces}};
}

json to_json(const schedule_numbers& s) {
  json operations = json::array(), forks = json::array();
  for (const operation_numbers& o : s.operations) operations.push_back(to_json(o));
  for (const fork_numbers& f : s.forks) {
    forks.push_back(
        {{"layer", f.layer}, {"parameter", f.parameter}, {"backprop", f.backprop}, {"overlap", f.overlap}});
  }
  json all = {{"name", s.name},
              {"form", s.form_text},
              {"median_us", s.median_us},
              {"p95_us", s.p95_us},
              {"traced_us", s.traced_us},
              {"gflops", s.gflops},
              {"of_peak", s.of_peak},
              {"idle", s.idle},
              {"operations", operations},
              {"overlaps", forks},
              {"dropped_spans", s.dropped},
              {"typical_step", to_json(s.typical)}};
  if (s.gain != 0) {
    all["gain"] = s.gain;
    all["gain_low"] = s.gain_low;
    all["gain_high"] = s.gain_high;
  }
  return all;
}

}  // namespace

nlohmann::ordered_json to_json(const numbers& n) {
  json schedules = json::array();
  for (const schedule_numbers& s : n.schedules) schedules.push_back(to_json(s));
  return {{"cpu", n.cpu},
          {"version", n.version},
          {"tier", n.tier},
          {"threads", n.threads},
          {"element", n.element},
          {"peak_gflops", n.peak},
          {"layers", n.layers},
          {"batch", n.batch},
          {"data", n.data},
          {"steps", n.steps},
          {"warmup", n.warmup},
          {"rounds", n.rounds},
          {"same_bits", n.same_bits},
          {"conclusion", n.conclusion},
          {"schedules", schedules}};
}

}  // namespace profile
