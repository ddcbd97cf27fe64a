#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: exports.sh NM LIBRARY: the library for LD_PRELOAD exports BLAS's names and no others.
set -euo pipefail

nm=$1 library=$2
expected='cblas_dgemm cblas_sgemm cblas_xerbla dgemm_ sgemm_ xerbla_'
names=$("$nm" -D --defined-only --format=posix "$library" | cut -d ' ' -f 1 | LC_ALL=C sort | paste -s -d ' ')
if [[ $names != "$expected" ]]; then
  echo "exported: $names" >&2
  echo "expected: $expected" >&2
  exit 1
fi
