// SPDX-License-Identifier: MIT
// A multilayer perceptron: dense layers with an activation between them, a loss at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <twinpath/activation.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>
#include <twinpath/optimizer.hpp>

namespace twinpath::inline v0 {

/// Options of `mlp`.
struct mlp_options {
  /// Seed of the initial weights; the same seed gives the same bits on every machine.
  std::uint64_t seed = 1;
  /// After every layer but the last.
  twinpath::activation activation = twinpath::activation::relu;
  /// After the last layer. With the loss comes what `predict` makes of the scores.
  twinpath::loss loss = twinpath::loss::softmax_cross_entropy;
  /// How the loss of the rows becomes one loss.
  twinpath::reduction reduction = twinpath::reduction::mean;
  /// How the two backward paths of each layer are run; no influence on the bits.
  twinpath::schedule schedule = twinpath::schedule::automatic;
};

/// What `compute_gradients` does with the gradients of the parameters.
enum class gradient_mode {
  overwrite,   ///< they replace the earlier ones
  accumulate,  ///< they are added to the earlier ones: a batch in parts, with `reduction::sum`
  ignore,      ///< they are not computed: the loss alone, and dX where it is asked for
};

/// How much `mlp::describe` says.
enum class description {
  summary,  ///< a line: the form of the step, why, threads, working memory
  program,  ///< the summary, then every operation in its phase and part
};

/// A network of dense layers, an activation after every one but the last.
///
/// Layer l = 1 … layers() maps widths[l-1] to widths[l]. Weights start He-uniform, that is uniform in
/// ±sqrt(6 / inputs) (He et al., 2015), biases start at 0. Targets are a matrix Y of m x widths.back():
/// one-hot or soft classes, labels or values, as the loss wants them. Softmax cross-entropy takes class
/// indices too, with the bits of the one-hot Y.
///
/// Thread safety: one thread may call a given network at a time; different networks are independent. Work is
/// parallel in the caller's TBB arena where that pays.
/// Without memory: std::bad_alloc is thrown before anything is computed, and the network is what it was. Only
/// TBB, when it finds none for a task of work that is under way, can leave a step half done.
/// Steady state: a step like one of the last 16 different ones (batch size, threads, what becomes of the
/// gradients) allocates nothing.
template <class T>
class mlp {
 public:
  /// A network with these widths, inputs first and outputs last.
  /// Throws std::invalid_argument when there are fewer than two widths, one of them is 0, a layer exceeds the
  /// address space, or an option is no enumerator.
  explicit mlp(std::vector<std::size_t> widths, mlp_options options = {});
  ~mlp();
  /// What was moved from can be assigned to or destroyed, no more.
  mlp(mlp&&) noexcept;
  /// The same by assignment.
  mlp& operator=(mlp&&) noexcept;
  /// Copies parameters, moments, gradients and options; the copy continues with the same bits as the
  /// original.
  mlp(const mlp&);
  /// The same by assignment.
  mlp& operator=(const mlp&);

  /// One step of training: forward, loss, both backward paths, update. Returns the loss before the update.
  ///
  /// The update is part of the products that compute dW, so gradients and activations are not kept; see
  /// `compute_gradients` for those. What the optimiser remembers belongs to the network; another number of
  /// moments than in the step before begins anew, from zeros.
  /// Shapes: X is m x widths.front(). Bits: a function of parameters, moments, X, Y, rule and options alone.
  /// X and Y must not be memory of this network. Throws std::invalid_argument, with the network unchanged,
  /// when a shape does not fit, an option is impossible, or class indices meet another loss than softmax
  /// cross-entropy.
  T train_step(matrix_view<const T> X, matrix_view<const T> Y, const optimizer& rule);
  /// The same with class indices, one a row.
  T train_step(matrix_view<const T> X, std::span<const std::int32_t> classes, const optimizer& rule);

  /// The step without its update: fills every layer's activations and, as `mode` says, gradients. Returns the
  /// loss. With `apply` after it the parameters have the bits of `train_step`. dX, m x widths.front(), is
  /// filled with the gradient of the loss by X where it is given; it must share no element with X or Y.
  T compute_gradients(matrix_view<const T> X, matrix_view<const T> Y,
                      gradient_mode mode = gradient_mode::overwrite, matrix_view<T> dX = {});
  /// The same with class indices, one a row.
  T compute_gradients(matrix_view<const T> X, std::span<const std::int32_t> classes,
                      gradient_mode mode = gradient_mode::overwrite, matrix_view<T> dX = {});
  /// Scales the gradients of all layers by largest / norm when their Euclidean norm is above `largest`
  /// (Pascanu et al., 2013). Returns the norm before that. Gradients without a finite norm are left as they
  /// are. Bits: `contract::squares` of each layer, added in order, and `contract::clip_factor`. Throws
  /// std::invalid_argument when there are no gradients or `largest` is negative or NaN.
  T clip_gradients(double largest);
  /// The update alone, from the gradients as they are.
  /// Throws std::invalid_argument when there are none, or an option is impossible.
  void apply(const optimizer& rule);

  /// Predictions for each row of X, m x widths.back(): softmax(Z), sigmoid(Z) or Z, as the loss has it. Row i
  /// has the same bits alone and in any batch.
  [[nodiscard]] matrix<T> predict(matrix_view<const T> X) const;
  /// The same into memory of the caller; P must share no element with X.
  void predict(matrix_view<const T> X, matrix_view<T> P) const;

  /// Number of layers: widths().size() - 1.
  [[nodiscard]] std::size_t layers() const noexcept;
  /// Of the input, of every layer in between, of the output.
  [[nodiscard]] const std::vector<std::size_t>& widths() const noexcept;
  /// The options in use.
  [[nodiscard]] const mlp_options& options() const noexcept;
  /// Chooses another schedule for later steps; no influence on the bits. The next step may allocate once.
  /// Throws std::invalid_argument when it is no enumerator.
  void set_schedule(twinpath::schedule how);

  /// Weights of layer l = 1 … layers(): widths[l-1] x widths[l]. Throws std::invalid_argument for another l.
  [[nodiscard]] matrix_view<T> weights(std::size_t layer);
  /// The same of a const network.
  [[nodiscard]] matrix_view<const T> weights(std::size_t layer) const;
  /// Bias of layer l: widths[l] elements.
  [[nodiscard]] std::span<T> bias(std::size_t layer);
  /// The same of a const network.
  [[nodiscard]] std::span<const T> bias(std::size_t layer) const;
  /// All parameters of layer l in one contiguous span: the weights row by row, then the bias.
  [[nodiscard]] std::span<T> parameters(std::size_t layer);
  /// The same of a const network.
  [[nodiscard]] std::span<const T> parameters(std::size_t layer) const;

  /// What the optimiser remembers of each parameter, laid out as `parameters(layer)`: `which` is 1 for the
  /// velocity or Adam's m, 2 for Adam's v. Empty where it remembers nothing.
  [[nodiscard]] std::span<T> moments(std::size_t layer, std::size_t which);
  /// The same of a const network.
  [[nodiscard]] std::span<const T> moments(std::size_t layer, std::size_t which) const;
  /// Updates since the moments began.
  [[nodiscard]] const optimizer_progress& progress() const noexcept;
  /// Takes up training again: sets the progress and makes `count` moments (0 to 2) of zeros, to be filled
  /// through `moments`. Throws std::invalid_argument for another count, or powers of betas that are not from
  /// 0 to 1.
  void restore(const optimizer_progress& progress, std::size_t count);

  /// Gradients of the weights by the last `compute_gradients`, of the shape of the weights; empty before
  /// that.
  [[nodiscard]] matrix_view<const T> weight_gradients(std::size_t layer) const;
  /// Gradients of the bias, likewise.
  [[nodiscard]] std::span<const T> bias_gradients(std::size_t layer) const;
  /// All gradients of layer l in one contiguous span, laid out as `parameters(layer)`.
  [[nodiscard]] std::span<T> gradients(std::size_t layer);
  /// The same of a const network.
  [[nodiscard]] std::span<const T> gradients(std::size_t layer) const;

  /// Activations of layer l in the last step: m x widths[l]; for the last layer the scores Z.
  /// Empty unless that step was `compute_gradients`.
  [[nodiscard]] matrix_view<const T> activations(std::size_t layer) const;

  /// Bytes of memory that training with batches of so many rows takes in this network, on the threads of the
  /// caller's arena: parameters, moments, and everything between the first layer and the update.
  /// `compute_gradients` takes the gradients on top of that. Throws std::invalid_argument when so many rows
  /// exceed the address space.
  [[nodiscard]] std::size_t memory(std::size_t rows, const optimizer& rule = sgd{}) const;
  /// How a step of training with batches of so many rows is computed here, and why. Throws as `memory`.
  [[nodiscard]] std::string describe(std::size_t rows) const;
  /// The same, with the program of the step on request: its phases, the parts of each phase, and the operations
  /// of each part with their shapes and the path of each product.
  [[nodiscard]] std::string describe(std::size_t rows, description how) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

extern template class mlp<float>;
extern template class mlp<double>;

}  // namespace twinpath::inline v0
