// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <limits>
#include <string_view>
#include <variant>

#include "choices.hpp"
#include "common/command_line.hpp"

namespace digits {
namespace {

constexpr int most_threads = 1024;

using bench::parse_number;

template <class T, std::size_t n>
T parse_choice(const std::string& option, const std::string& text, const choice<T> (&choices)[n]) {
  for (const choice<T>& c : choices) {
    if (text == c.name) return c.value;
  }
  bench::refuse(option, text, names(choices));
}

}  // namespace

parsed_options parse_command_line(int argc, char** argv) {
  std::string layers, batch = "64", optimizer = "sgd", rate, epochs = "40", seed = "1";
  std::string activation = "relu", schedule = "automatic", threads, load, save, trace, idx;
  std::string train = TWINPATH_DATA_DIR "/optdigits/optdigits.tra";
  std::string test = TWINPATH_DATA_DIR "/optdigits/optdigits.tes";
  bool quiet = false;

  CLI::App app(
      "Trains a network on handwritten digits, then compares the schedules of a step, and one thread, on\n"
      "the last epoch.\n"
      "Data: CSV, one example a line, inputs 0 to 16 (they are divided by 16), the class 0, 1, ... last;\n"
      "or files in MNIST's format, pixels 0 to 255 (they are divided by 255).");
  const auto add = [&app](const char* option, std::string& value, const char* help, const char* type) {
    return app.add_option(option, value, help)->type_name(type);
  };
  add("--layers", layers,
      "Widths, inputs first and classes last (default: 64-128-10, with\n--idx 784-128-10)", "N-N-...");
  add("--batch", batch, "Examples in a step", "N")->capture_default_str();
  add("--optimizer", optimizer, ("Rule of the update: " + names(optimizer_choices)).c_str(), "NAME")
      ->capture_default_str();
  add("--rate", rate, "Learning rate (default: 0.1, for adam and adamw 0.001)", "X");
  add("--activation", activation, ("After every layer but the last:\n" + names(activation_choices)).c_str(),
      "NAME")
      ->capture_default_str();
  add("--epochs", epochs, "Passes over the training data", "N")->capture_default_str();
  add("--seed", seed, "Seed of the initial weights and of the order of the examples", "N")
      ->capture_default_str();
  add("--schedule", schedule, ("While training: " + names(schedule_choices)).c_str(), "NAME")
      ->capture_default_str();
  add("--threads", threads, "Threads to use (default: all)", "N");
  add("--load", load,
      "Continue with the network in this file: its layers, its activation and\n"
      "its number of updates. With the same seed, batch and optimizer the\n"
      "result is bit-identical to uninterrupted training",
      "FILE");
  add("--save", save, "Write the trained network to this file (.npz, which NumPy reads too)", "FILE");
  add("--trace", trace, "Write the trace of the last epoch to this file, as Chrome JSON", "FILE");
  CLI::Option* const train_option = add("--train", train, "Training data (default: optdigits.tra)", "FILE");
  CLI::Option* const test_option = add("--test", test, "Test data (default: optdigits.tes)", "FILE");
  add("--idx", idx,
      "Data in MNIST's format from this folder: train-images-idx3-ubyte,\n"
      "train-labels-idx1-ubyte, t10k-images-idx3-ubyte,\n"
      "t10k-labels-idx1-ubyte, plain or compressed (.gz)",
      "DIR")
      ->excludes(train_option, test_option);
  app.add_flag("--quiet", quiet, "Do not print a line for each epoch");
  app.failure_message(bench::failure_text);

  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  constexpr std::uint64_t largest_seed = std::numeric_limits<std::uint64_t>::max();
  constexpr double largest_rate = std::numeric_limits<float>::max();
  options o;
  try {
    app.parse(argc, argv);
    const bool loads = app.count("--load") != 0;
    if (app.count("--layers") != 0) {
      o.layers = bench::parse_layers("--layers", layers);
    } else if (!loads) {
      o.layers = {app.count("--idx") != 0 ? std::size_t{784} : std::size_t{64}, 128, 10};
    }
    o.batch = parse_number<std::size_t>("--batch", batch, 1, most, "a whole number from 1 up");
    o.rule = parse_choice("--optimizer", optimizer, optimizer_choices);
    if (app.count("--rate") != 0) {
      const double x = parse_number<double>("--rate", rate, 0, largest_rate, "a number from 0 up");
      std::visit([x](auto& rule) { rule.learning_rate = x; }, o.rule);
    }
    const twinpath::activation f = parse_choice("--activation", activation, activation_choices);
    if (!loads || app.count("--activation") != 0) o.activation = f;
    o.epochs = parse_number<std::size_t>("--epochs", epochs, 1, most, "a whole number from 1 up");
    o.seed =
        parse_number<std::uint64_t>("--seed", seed, 0, largest_seed, "a whole number from 0 to 2^64 - 1");
    o.schedule = parse_choice("--schedule", schedule, schedule_choices);
    if (app.count("--threads") != 0) {
      o.threads = parse_number("--threads", threads, 1, most_threads, "1 to " + std::to_string(most_threads));
    }
    for (const char* const option : {"--load", "--save", "--trace", "--idx"}) {
      if (app.count(option) != 0 && app[option]->as<std::string>().empty())
        bench::refuse(option, "",
                      option == std::string_view("--idx") ? "the name of a folder" : "the name of a file");
    }
  } catch (const CLI::ParseError& e) {
    return {std::nullopt, app.exit(e)};
  }
  o.optimizer = optimizer;
  o.load = load;
  o.save = save;
  o.trace = trace;
  o.idx = idx;
  o.train = train;
  o.test = test;
  o.quiet = quiet;
  return {o, 0};
}

std::string name(const std::vector<std::size_t>& layers) {
  std::string text;
  for (const std::size_t width : layers) text += (text.empty() ? "" : "-") + std::to_string(width);
  return text;
}

}  // namespace digits
