// SPDX-License-Identifier: MIT
// Saving and loading networks. Link twinpath::io.
#pragma once

#include <filesystem>

#include <twinpath/mlp.hpp>

namespace twinpath::inline v0 {

/// Saves a network with its optimiser state. Training resumed from the file is bit-identical to training that
/// was never interrupted.
///
/// The file is NumPy's .npz: `numpy.load(file)["W1"]` is the weights of layer 1. Its arrays:
///
///     W1, b1, W2, b2, …            weights(l), widths[l-1] x widths[l], and bias(l), widths[l], of type T
///     W1.m, b1.m, …                moments(l, 1), of the same shapes, if the optimiser has them
///     W1.v, b1.v, …                moments(l, 2), likewise
///     updates                      progress().updates, an int64 scalar
///     beta1_power, beta2_power     float64 scalars
///     activation, loss, reduction  of options(), as text: the names of the enumerators
///
/// Seed, schedule and gradients are not saved. Infinities and NaN are saved like any number. An existing file
/// is replaced only when the new one is complete and on disk. Later versions load the file with the same
/// bits.
///
/// Throws std::invalid_argument after 2^63 or more updates, and std::runtime_error with the name of the file
/// if it cannot be written. After an exception, also std::bad_alloc, an existing file is unchanged.
/// Thread safety: the network must not change during the call. If two threads save to one file, the last
/// wins.
template <class T>
void save(const mlp<T>& net, const std::filesystem::path& file);

/// Loads a network from a file that `save` wrote, or NumPy:
/// `numpy.savez("x.npz", W1=…, b1=…, W2=…, b2=…)` is sufficient. Compressed files can be read too.
///
/// Each array may be float32 or float64, in C or Fortran order; values are rounded once to T. Options that
/// are not in the file are taken from `otherwise`. Moments require `updates` and the powers of the betas. An
/// array with an unknown name is an error, because it may be a misspelt name or an option of a later version.
///
/// Throws std::runtime_error with the name of the file and the reason: the file cannot be read or is damaged;
/// an array is missing, unknown, or of the wrong type or shape; an option has an unknown value; a finite
/// number is out of range for T; `updates` is negative; a power is outside [0, 1].
/// Throws std::invalid_argument if an option of `otherwise` is not an enumerator, and std::bad_alloc.
/// Thread safe.
template <class T>
[[nodiscard]] mlp<T> load_mlp(const std::filesystem::path& file, mlp_options otherwise = {});

/// Loads a file into a network of the same widths: replaces parameters, moments and progress, and keeps
/// options and gradients.
///
/// Throws as `load_mlp`, and std::runtime_error if the widths, activation, loss or reduction differ from the
/// network's. Strong exception guarantee.
/// Thread safety: no other thread may use the network during the call.
template <class T>
void load(const std::filesystem::path& file, mlp<T>& net);

extern template void save(const mlp<float>&, const std::filesystem::path&);
extern template void save(const mlp<double>&, const std::filesystem::path&);
extern template mlp<float> load_mlp(const std::filesystem::path&, mlp_options);
extern template mlp<double> load_mlp(const std::filesystem::path&, mlp_options);
extern template void load(const std::filesystem::path&, mlp<float>&);
extern template void load(const std::filesystem::path&, mlp<double>&);

}  // namespace twinpath::inline v0
