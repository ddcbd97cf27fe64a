// SPDX-License-Identifier: MIT
/// \namespace twinpath
/// The public interface. `twinpath.hpp` includes all of it except io/mlp.hpp, which requires twinpath::io.
#pragma once

#include <twinpath/activation.hpp>
#include <twinpath/adam.hpp>
#include <twinpath/batches.hpp>
#include <twinpath/check_gradients.hpp>
#include <twinpath/class_indices.hpp>
#include <twinpath/contract.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/elementwise.hpp>
#include <twinpath/gemm.hpp>
#include <twinpath/isa.hpp>
#include <twinpath/learning_rate.hpp>
#include <twinpath/loss.hpp>
#include <twinpath/matrix.hpp>
#include <twinpath/mean_squared_error.hpp>
#include <twinpath/metrics.hpp>
#include <twinpath/mlp.hpp>
#include <twinpath/optimizer.hpp>
#include <twinpath/predictor.hpp>
#include <twinpath/reductions.hpp>
#include <twinpath/sgd.hpp>
#include <twinpath/sigmoid_cross_entropy.hpp>
#include <twinpath/softmax.hpp>
#include <twinpath/trace.hpp>
#include <twinpath/version.hpp>
