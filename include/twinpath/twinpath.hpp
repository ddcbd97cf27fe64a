// SPDX-License-Identifier: MIT
// The whole public interface.
#pragma once

#include <twinpath/batches.hpp>
#include <twinpath/contract.hpp>
#include <twinpath/dense.hpp>
#include <twinpath/elementwise.hpp>
#include <twinpath/gemm.hpp>
#include <twinpath/isa.hpp>
#include <twinpath/learning_rate.hpp>
#include <twinpath/matrix.hpp>
#include <twinpath/metrics.hpp>
#include <twinpath/mlp.hpp>
#include <twinpath/reductions.hpp>
#include <twinpath/sgd.hpp>
#include <twinpath/softmax.hpp>
#include <twinpath/trace.hpp>
#include <twinpath/version.hpp>
