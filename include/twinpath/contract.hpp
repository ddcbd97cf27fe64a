// SPDX-License-Identifier: MIT
/// \namespace twinpath::contract
/// The arithmetic contract: what every result of this library is, bit by bit.
///
/// The bits of a result are a function of the inputs and the shape alone. They do not depend on the number of
/// threads, the schedule, the run, the alignment or stride of a view, the path taken inside, or the
/// instruction set, as long as that has a fused multiply-add. The functions below are that contract, as plain
/// loops: the library's fast code is tested to give the same bits. They are slow and meant for reading and
/// for tests.
///
///  1. A product cuts k into slices of at least 4096 and each slice into blocks of at most 320 (float) or
///     256 (double); all cuts are balanced in units of 16 and depend on k alone. Within a block an element is
///     one chain of fused multiply-adds from 0, k ascending. Blocks are added in order to a slice, slices in
///     order to the whole.
///  2. With t that sum: C = alpha * t, or fma(alpha, t, beta * C) where beta is not 0. A bias is added to t.
///  3. A column sum is one ascending chain of additions within each 32 rows; these are added in order.
///  4. A row sum has 64 (float) or 32 (double) lanes; lane l adds the elements l, l + lanes, … in ascending
///     order; then the upper half of the lanes is added to the lower half until one is left.
///  5. exp, log, tanh, erf and sigmoid are those of contract/elementary.hpp.
///  6. Not a NaN's payload or sign: only where a NaN stands is promised.
///  7. The above is in the default floating-point environment. In another one the operations are the same and
///     are rounded, or flushed to zero, as the calling thread's environment says, which the other threads
///     take over; it is left as it was. Flushing changes nothing where no subnormal number occurs. GCC makes
///     a program flush from its start when it links it with -ffast-math or -Ofast.
///
/// The `baseline` tier of x86-64 has no fused multiply-add. There the same holds with `unfused` arithmetic:
/// the one exception, with bits of its own.
///
/// Every multiply-add is written as a call, because compilers may contract `a * b + c` on their own.
///
/// How a caller is compiled does not change what the library returns. The functions of this header are
/// compiled with the caller's flags: their bits are the contract's at any level of optimisation and of
/// contraction, in another rounding mode with -frounding-math, and never with -ffast-math or parts of it.
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
