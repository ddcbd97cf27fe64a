#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: stops.sh ILLEGAL_CALL: the library's own handlers say what is wrong and end the program.
set -euo pipefail

program=$1

stops() {  # stops WAY TEXT
  local output code=0
  output=$("$program" "$1" 2>&1) || code=$?
  if [[ $code != 1 || $output != "$2" ]]; then
    printf '%s\n' "$1: exit code $code, expected 1" "$output" "expected: $2" >&2
    exit 1
  fi
}
stops fortran ' ** On entry to SGEMM  parameter number  8 had an illegal value'
stops columns ' ** On entry to cblas_sgemm: parameter number 9, lda, has the illegal value 2'
stops rows ' ** On entry to cblas_sgemm: parameter number 9, lda, has the illegal value 2'
