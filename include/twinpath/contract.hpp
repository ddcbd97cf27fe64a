// SPDX-License-Identifier: MIT
/// \namespace twinpath::contract
/// The arithmetic contract: the bits of every result of this library.
///
/// The bits of a result are a function of the inputs and the shape alone. They do not depend on the number of
/// threads, the schedule, the run, the alignment or stride of a view, the code path, or the instruction set,
/// as long as that has a fused multiply-add. The functions in this folder are that contract, as plain loops;
/// tests compare the library's fast code with them bit by bit. They are slow: use them for reading and for
/// tests.
///
///  1. A product cuts k into slices of at least 4096 and each slice into blocks of at most 320 (float) or
///     256 (double); all cuts are balanced in units of 16 and depend on k alone. Within a block, an element
///     is one chain of fused multiply-adds from 0, k ascending. Blocks are added in order to their slice,
///     slices in order to the sum.
///  2. With t that sum: C = alpha * t, or fma(alpha, t, beta * C) if beta is not 0. A bias is added to t.
///  3. A column sum is one ascending chain of additions within each 32 rows; these are added in order.
///  4. A row sum has 64 (float) or 32 (double) lanes; lane l adds the elements l, l + lanes, … in ascending
///     order; then the upper half of the lanes is added to the lower half until one lane remains.
///  5. exp, log, tanh, erf and sigmoid are those of contract/elementary.hpp.
///  6. Payload and sign of a NaN are excluded: the contract says only which elements are NaN.
///  7. All this holds in the default floating-point environment. In another one the operations are the same,
///     rounded or flushed to zero as the environment of the calling thread says; the other threads adopt that
///     environment, and it is not changed. Flushing to zero has an effect only if subnormal numbers occur. A
///     program that GCC links with -ffast-math or -Ofast flushes to zero from its start.
///
/// The `baseline` tier of x86-64 has no fused multiply-add. It follows the same contract with `unfused`
/// arithmetic, so its bits differ from the other tiers': the one exception.
///
/// Every multiply-add is written as a function call, because compilers may contract `a * b + c`.
///
/// The compiler flags of a caller do not change the results of the library. The functions of this header,
/// however, are compiled with the caller's flags. They follow the contract at every level of optimisation and
/// contraction, with -frounding-math in every rounding mode, but not with -ffast-math or parts of it.
#pragma once

#include <twinpath/contract/activations.hpp>
#include <twinpath/contract/arithmetic.hpp>
#include <twinpath/contract/elementary.hpp>
#include <twinpath/contract/layers.hpp>
#include <twinpath/contract/losses.hpp>
#include <twinpath/contract/norm.hpp>
#include <twinpath/contract/optimizers.hpp>
#include <twinpath/contract/products.hpp>
#include <twinpath/contract/sums.hpp>
