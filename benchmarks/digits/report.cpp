// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <variant>

#include "choices.hpp"

namespace digits {
namespace {

constexpr std::size_t line_width = 100;
// Smaller differences are noise of the machine.
constexpr double least_difference = 0.02;

void print_wrapped(std::string_view text) {
  while (text.size() > line_width) {
    const std::size_t end = std::min(text.rfind(' ', line_width), text.size() - 1);
    std::printf("%.*s\n", static_cast<int>(end), text.data());
    text.remove_prefix(end + 1);
  }
  std::printf("%.*s\n", static_cast<int>(text.size()), text.data());
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * share);
  return text;
}

std::string counted(std::size_t n, const char* what) {
  return std::to_string(n) + ' ' + what + (n == 1 ? "" : "s");
}

std::string outcome(const schedule_comparison& schedules) {
  const double gain = schedules.gain;
  if (gain > 1 + least_difference && schedules.gain_low > 1) {
    return "a concurrent step takes " + percent(1 - 1 / gain) + " less time than a sequential one";
  }
  if (gain < 1 - least_difference && schedules.gain_high < 1) {
    return "a concurrent step takes " + percent(1 / gain - 1) + " more time than a sequential one";
  }
  return "a concurrent step takes as long as a sequential one, within the noise of this run";
}

/// Why a form is the best one, for forms that `mlp::describe` names.
std::string reason_of(const std::string& form) {
  const bool on_one_thread = form.find(", 1 thread,") != form.npos;
  if (form.starts_with("fused"))
    return "rows pass both paths while they are in a near cache, and no dZ is written to memory";
  if (on_one_thread) return "a step is too short for what handing work to a second thread costs";
  if (form.starts_with("blocks of units"))
    return "the weights of a unit stay in the caches of one core, and the cores exchange little else than "
           "activations";
  if (form.starts_with("blocks of rows"))
    return "a thread takes its rows through all layers, so the threads meet twice in a step and not after "
           "each operation";
  return "each operation has enough work to be shared";
}

/// Names the fastest way, and why it is.
std::string verdict(const schedule_comparison& schedules) {
  const auto by_time = [](const measured_schedule& x) { return x.step_us; };
  const measured_schedule& best = *std::ranges::min_element(schedules.all, {}, by_time);
  const measured_schedule& chosen = *std::ranges::find(schedules.all, "automatic", &measured_schedule::name);
  const std::string form = schedules.automatic.substr(0, schedules.automatic.find(" ("));
  if (chosen.step_us <= (1 + least_difference) * best.step_us)
    return "the automatic schedule keeps the fastest way, " + form + ": " + reason_of(schedules.automatic);
  const std::string why = best.name == "one thread"   ? reason_of(", 1 thread,")
                          : best.name == "row-blocks" ? reason_of("blocks of rows")
                          : best.name == "concurrent" ? "the two paths take as long and fill both cores"
                                                      : reason_of("");
  return "the fastest way is " + best.name + ": " + why + "; the automatic schedule, at " + form + ", is " +
         percent(chosen.step_us / best.step_us - 1) + " behind it in this run";
}

}  // namespace

void print_header(const options& o, const run_facts& facts) {
  const std::string train = o.idx.empty() ? o.train.filename().string() : o.idx.string() + " train";
  const std::string test = o.idx.empty() ? o.test.filename().string() : "t10k";
  std::printf("data       %s: %s, %s: %s, %zu inputs, %zu classes\n", train.c_str(),
              counted(facts.train_rows, "row").c_str(), test.c_str(), counted(facts.test_rows, "row").c_str(),
              facts.layers.front(), facts.layers.back());
  std::printf("network    %s, %zu parameters, float, %s\n", name(facts.layers).c_str(), facts.parameters,
              std::string(name(facts.activation)).c_str());
  if (!o.load.empty()) {
    std::printf("loaded     %s after %" PRIu64 " updates, continues with epoch %zu\n",
                o.load.string().c_str(), facts.updates, facts.first_epoch + 1);
  }
  const double rate = std::visit([](const auto& rule) { return rule.learning_rate; }, o.rule);
  std::printf("training   %s, batch %zu, rate %g, %s, seed %" PRIu64 ", %s schedule\n", o.optimizer.c_str(),
              facts.batch, rate, counted(o.epochs, "epoch").c_str(), o.seed, name(o.schedule).c_str());
  std::printf("machine    %s tier, %s\n\n", facts.tier.c_str(),
              counted(static_cast<std::size_t>(facts.threads), "thread").c_str());
  std::fflush(stdout);
}

void print_epoch_titles() {
  std::printf("epoch        loss   test accuracy            time\n");
}

void print_epoch(std::size_t epoch, double loss, double accuracy, double milliseconds) {
  std::printf("%5zu %11.5f %13.2f %% %12.2f ms\n", epoch, loss, 100 * accuracy, milliseconds);
  std::fflush(stdout);
}

void print_results(const run_facts& facts, const final_results& results) {
  std::printf("time per step    %.1f µs, the median of %s\n", results.step_us,
              counted(results.steps, "step").c_str());
  std::printf("test accuracy    %.2f %%, %.0f of %zu\n", 100 * results.accuracy,
              std::round(results.accuracy * static_cast<double>(facts.test_rows)), facts.test_rows);
  std::printf("tier             %s\n", facts.tier.c_str());
  std::printf("threads          %d\n", facts.threads);
  std::printf("final weights    %016" PRIx64 ", 64-bit FNV-1a over the parameters of all layers\n\n",
              results.fingerprint);
  std::fflush(stdout);
}

void print_saved_file(const std::filesystem::path& file) {
  std::printf("saved      %s\n\n", file.string().c_str());
  std::fflush(stdout);
}

void print_comparison(std::size_t steps, const schedule_comparison& schedules, const fork_profile& fork) {
  std::printf(
      "The last epoch repeated from the weights before it, %s, %zu times under each schedule in turn:\n",
      counted(steps, "step").c_str(), schedules.repetitions);
  for (const measured_schedule& x : schedules.all)
    std::printf("  %-12s  %9.1f µs per step, median\n", x.name.c_str(), x.step_us);
  std::printf("  gain of the fork %6.2f times, quartiles %.2f to %.2f\n", schedules.gain, schedules.gain_low,
              schedules.gain_high);
  print_wrapped("  automatic: " + schedules.automatic);
  std::printf("  weights after each: %s\n",
              schedules.same_bits && fork.same_bits ? "the same bits" : "DIFFERENT BITS");
  if (fork.backprop_path.empty()) {
    std::printf("  no fork: a network of one layer has only %s, and no backprop path\n",
                fork.parameter_path.c_str());
  } else {
    std::printf("Traced %zu times under the concurrent schedule; the run with the median overlap:\n",
                fork.runs);
    std::printf("  %-4s busy     %9.2f µs per step\n", fork.parameter_path.c_str(), fork.parameter_us);
    std::printf("  %-4s busy     %9.2f µs per step\n", fork.backprop_path.c_str(), fork.backprop_us);
    std::printf("  overlap       %9.1f %% of the shorter one, %.1f to %.1f %% in all runs\n",
                100 * fork.overlap, 100 * fork.overlap_low, 100 * fork.overlap_high);
  }
  if (const std::size_t dropped = fork.trace->dropped(); dropped != 0) {
    std::printf("  %s did not fit into the trace and %s missing from it\n", counted(dropped, "span").c_str(),
                dropped == 1 ? "is" : "are");
  }
  std::printf("\n");
}

void print_trace_file(const std::filesystem::path& file) {
  std::printf("trace      %s; open it at https://ui.perfetto.dev\n\n", file.string().c_str());
}

void print_conclusion(const run_facts& facts, const schedule_comparison& schedules,
                      const fork_profile& fork) {
  if (fork.backprop_path.empty()) {
    print_wrapped(
        "In words: a network of one layer has no backprop path, so both schedules do the same work.");
    return;
  }
  std::string text = "In words: at this size and with " +
                     counted(static_cast<std::size_t>(facts.threads), "thread") + " " + outcome(schedules);
  if (facts.threads == 1) {
    text += "; one thread cannot run the two paths at the same time.";
  } else {
    text += "; " + fork.parameter_path + " and " + fork.backprop_path + " ran at the same time for " +
            percent(fork.overlap) + " of the shorter one.";
  }
  print_wrapped(text + " Here " + verdict(schedules) + ".");
}

}  // namespace digits
