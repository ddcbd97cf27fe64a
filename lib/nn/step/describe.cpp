// SPDX-License-Identifier: MIT
// A plan in words and formulas.
#include <algorithm>

#include "nn/step/program.hpp"
#include "runtime/checks.hpp"

namespace twinpath::inline v0::detail {
namespace {

/// A form in words, and its name.
struct form_text {
  const char* words;
  const char* name;
};

form_text text_of(step_form form) {
  switch (form) {
    case step_form::operations:
      return {"operation by operation", "operations"};
    case step_form::row_blocks:
      return {"blocks of rows, then all dW", "blocks of rows"};
    case step_form::unit_blocks:
      return {"blocks of units, layer by layer", "blocks of units"};
    case step_form::fused_backward:
      return {"fused backward: blocks of rows through both paths", "fused backward"};
  }
  return {"", ""};
}

std::string threads_of(const step_plan& p) {
  return std::to_string(p.program.workers) + (p.program.workers == 1 ? " thread" : " threads");
}

const char* text_of(product_path path) {
  switch (path) {
    case product_path::direct:
      return "direct";
    case product_path::transposed:
      return "transposed";
    case product_path::blocked:
      return "blocked";
  }
  return "";
}

std::string numbered(const char* name, unsigned number) {
  return name + (number == 0 ? std::string() : std::to_string(number));
}

std::string size_of(const matrix_place& x) {
  return std::to_string(x.rows) + "x" + std::to_string(x.cols);
}

/// The inputs of layer l = 1 …: X, or the activations of the layer below.
std::string input_of(unsigned l) {
  return l == 1 ? std::string("X") : numbered("A", l - 1);
}

/// The formula of the notes on backpropagation. Layers are counted from 1.
std::string formula_of(const product_operation& x) {
  const std::string operation = x.label.operation;
  const unsigned l = x.label.layer;
  if (operation == "Z") return input_of(l) + "·" + numbered("W", l) + " + " + numbered("b", l);
  if (operation == "dW") return input_of(l) + "ᵀ·" + numbered("dZ", l);
  const std::string product = numbered("dZ", l + 1) + "·" + numbered("W", l + 1) + "ᵀ";
  const bool linear = x.op == epilogue_op::store && x.follow == step_follow::nothing;
  return linear ? product : "(" + product + ") ⊙ f'(" + numbered("Z", l) + ")";
}

const char* follow_of(const product_operation& x) {
  if (x.op == epilogue_op::bias_relu) return ", ReLU in the store";
  if (x.descends) return ", W -= rate·dW in the store";
  if (x.op == epilogue_op::blend) return ", added to the earlier sum";
  switch (x.follow) {
    case step_follow::activate:
      return ", then the activation";
    case step_follow::update:
      return ", then the update of W";
    default:
      return "";
  }
}

std::string line_of(const product_operation& x) {
  const product_shape s = shape_of<float>(x);  // of which only the dimensions are shown
  std::string text = numbered(x.label.operation, x.label.layer) + " = " + formula_of(x) + follow_of(x) +
                     "   " + std::to_string(s.m) + "x" + std::to_string(s.n) + ", k " + std::to_string(s.k) +
                     ", " + text_of(x.route.path);
  if (x.route.workers() > 1) text += ", " + std::to_string(x.route.workers()) + " tasks";
  return text;
}
std::string line_of(const loss_operation& x) {
  return "loss and dZ of the output   " + size_of(x.Z) + (x.shared ? ", shared by threads" : "");
}
std::string line_of(const chains_operation& x) {
  return numbered("db", x.layer + 1) + ": chains of the column sums of " + numbered("dZ", x.layer + 1) +
         "   " + size_of(x.dZ);
}
std::string line_of(const fold_operation& x) {
  return numbered("db", x.layer + 1) + " = sum of " + std::to_string(x.count) + " chains";
}
std::string line_of(const bias_operation& x) {
  return numbered("db", x.layer + 1) + " = column sums of " + numbered("dZ", x.layer + 1) + "   " +
         size_of(x.dZ) + (x.shared ? ", shared by threads" : "");
}
std::string line_of(const update_operation& x) {
  if (x.use == gradient_use::overwrite) return numbered("dW", x.layer + 1) + " is stored to the gradients";
  if (x.use == gradient_use::accumulate) return numbered("dW", x.layer + 1) + " is added to the gradients";
  return "update of " + numbered("W", x.layer + 1) + " from the dW that was kept";
}

std::string title_of(const step_program& program, std::size_t phase) {
  const std::size_t parts = program.phases[phase].parts();
  if (program.order == phase_order::by_slice && phase < program.block_kinds.size()) {
    const step_program::block_kind& kind = program.block_kinds[phase];
    return "for each block of " + std::to_string(kind.rows) + " rows" +
           (kind.first ? " that begins a slice" : " that continues a slice");
  }
  std::string text = "phase " + std::to_string(phase + 1) + " of " + std::to_string(program.phases.size());
  if (parts > 1) text += program.order == phase_order::in_turn ? ", a fork" : ", parts at the same time";
  return text;
}

}  // namespace

std::string summary_of(const step_plan& p, const std::string& reason, std::size_t element_bytes) {
  return text_of(p.form).words + std::string(" (") + reason + "), " + threads_of(p) + ", " +
         std::to_string(p.program.elements * element_bytes) + " bytes of working memory";
}

std::string trial_of(const step_plan& p, double ns) {
  const auto forks = [&](const program_phase& phase) {
    return p.program.order == phase_order::in_turn && phase.parts() > 1;
  };
  const bool forked = std::ranges::any_of(p.program.phases, forks);
  return text_of(p.form).name + std::string(forked ? ", forked" : "") + ", " + threads_of(p) + ": " +
         number_text(ns / 1000, 3) + " µs";
}

std::string listing_of(const step_program& program) {
  std::string text;
  for (std::size_t i = 0; i < program.phases.size(); ++i) {
    const program_phase& phase = program.phases[i];
    text += title_of(program, i) + "\n";
    for (std::size_t part = phase.begin; part < phase.end; ++part) {
      if (phase.parts() > 1) text += "  part " + std::to_string(part - phase.begin + 1) + "\n";
      for (std::size_t x = program.parts[part].begin; x < program.parts[part].end; ++x) {
        text += phase.parts() > 1 ? "    " : "  ";
        text += std::visit([](const auto& o) { return line_of(o); }, program.operations[x]) + "\n";
      }
    }
    for (const unsigned l : phase.complete)
      text += "  gradients of layer " + std::to_string(l + 1) + " are complete\n";
  }
  return text;
}

}  // namespace twinpath::inline v0::detail
