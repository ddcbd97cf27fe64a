// SPDX-License-Identifier: MIT
// Networks in files. Link twinpath::io.
#pragma once

#include <filesystem>

#include <twinpath/mlp.hpp>

namespace twinpath::inline v0 {

/// Writes a network with all that training needs to go on: `load` it, and the next steps have the bits that
/// they would have had without the file.
///
/// The file is NumPy's .npz; `numpy.load(file)["W1"]` is the first matrix of weights. Its arrays:
///
///   W1, b1, W2, b2, …          weights(l), widths[l-1] x widths[l], and bias(l), widths[l], in the type T
///   W1.m, b1.m, …              moments(l, 1), of the same shapes, where there are such
///   W1.v, b1.v, …              moments(l, 2)
///   updates                    progress().updates, int64, of no dimension like all that follow
///   beta1_power, beta2_power   float64
///   activation, loss, reduction   of options(), text: the names of the enumerators
///
/// The seed, the schedule and gradients are not in the file. Numbers that are not finite are written like any
/// other. The file takes the place of an older one when it is complete and durable, not before.
///
/// Throws std::invalid_argument when there were 2^63 updates or more, and std::runtime_error with the file's
/// name when it cannot be written; the older file is then what it was, as it is after std::bad_alloc.
/// Thread safety: the network must not change meanwhile. Of two that write the same file the last one wins.
template <class T>
void save(const mlp<T>& net, const std::filesystem::path& file);

/// A network from a file that `save` wrote, or NumPy: `numpy.savez("x.npz", W1=…, b1=…, W2=…, b2=…)` is
/// enough, and compressed files are read too.
///
/// Numbers are float32 or float64, each array as it likes and in any order of elements, and are rounded once
/// to T; those of the same type keep their bits. Options that the file does not have are taken from
/// `otherwise`. Moments come with updates and the powers of the betas, or not at all.
/// An array of any other name is an error, because it may be one of these, misspelt.
///
/// Throws std::runtime_error with the file's name and what is wrong: the file cannot be read, is damaged or
/// foreign, an array is missing, or has another type or shape than the others ask for, a finite number is
/// beyond T, the updates are negative, or a power is not from 0 to 1; and std::invalid_argument when an
/// option that `otherwise` gives is no enumerator. Thread safety: any number of threads may read at once.
template <class T>
[[nodiscard]] mlp<T> load_mlp(const std::filesystem::path& file, mlp_options otherwise = {});

/// The same into a network of the same widths: parameters, moments and progress are replaced, options and
/// gradients stay.
///
/// Throws as `load_mlp`, and when the widths are others, or the file has an activation, loss or reduction
/// that is not the network's; the network is then what it was, as it is after std::bad_alloc.
/// Thread safety: as for a step of this network.
template <class T>
void load(const std::filesystem::path& file, mlp<T>& net);

extern template void save(const mlp<float>&, const std::filesystem::path&);
extern template void save(const mlp<double>&, const std::filesystem::path&);
extern template mlp<float> load_mlp(const std::filesystem::path&, mlp_options);
extern template mlp<double> load_mlp(const std::filesystem::path&, mlp_options);
extern template void load(const std::filesystem::path&, mlp<float>&);
extern template void load(const std::filesystem::path&, mlp<double>&);

}  // namespace twinpath::inline v0
