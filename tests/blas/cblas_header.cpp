// SPDX-License-Identifier: MIT
// Another CBLAS's header before twinpath's, and each twice.
#if __has_include(<cblas.h>)
#include <cblas.h>
#endif
#include <twinpath/blas.h>

static_assert(CblasRowMajor == 101 && CblasColMajor == 102);
static_assert(CblasNoTrans == 111 && CblasTrans == 112 && CblasConjTrans == 113);
