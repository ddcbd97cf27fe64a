// SPDX-License-Identifier: MIT
// AVX-512 VBMI, which the choice of tier avx512 does not require.
#include <immintrin.h>

namespace twinpath {

__attribute__((target("avx512vbmi"))) void permute(const __m512i* x, __m512i* places) {
  *places = _mm512_permutexvar_epi8(*places, *x);
}

}  // namespace twinpath
