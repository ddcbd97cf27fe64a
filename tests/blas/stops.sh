#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: stops.sh ILLEGAL_CALL: the library's own handlers report the illegal argument and end the program. So
# does an overlap, for which BLAS has no argument number.
set -euo pipefail
ulimit -c 0

program=$1

stops() {  # stops WAY CODE TEXT
  local output code=0
  output=$("$program" "$1" 2>&1) || code=$?
  if [[ $code != "$2" || $output != *"$3" ]]; then
    printf '%s\n' "$1: exit code $code, expected $2" "$output" "expected: $3" >&2
    exit 1
  fi
}
stops fortran 1 ' ** On entry to SGEMM  parameter number  8 had an illegal value'
stops columns 1 ' ** On entry to cblas_sgemm: parameter number 9, lda, has the illegal value 2'
stops rows 1 ' ** On entry to cblas_sgemm: parameter number 9, lda, has the illegal value 2'
# Column-major: A is the right operand.
stops overlap 134 'gemm: C overlaps B'
