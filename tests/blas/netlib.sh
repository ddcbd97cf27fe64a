#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: netlib.sh LIBRARY FOLDER: the unchanged testers of the reference BLAS in FOLDER run the products of LIBRARY.
# Their input files are edited: larger sizes, which span several tiles, and no other routines.
set -euo pipefail

library=$1 testers=$2
preloaded=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/preloaded.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# All other routines come from the reference BLAS.
export LD_LIBRARY_PATH=$testers${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

# The testers accept 9 sizes of at most 65.
sizes=(0 1 4 8 15 17 33 48 65)
count=${#sizes[@]}
# Sizes of m, n and k, transpositions of A and B, values of alpha and of beta.
calls=$((count ** 3 * 3 * 3 * 3 * 3))

fail() {
  cat "$folder/output" >&2
  echo "$*" >&2
  exit 1
}

input() {  # input FILE ROUTINE
  awk -v routine="$2" -v sizes="${sizes[*]}" -v count="$count" '
    / NUMBER OF VALUES OF N$/ { print count "  NUMBER OF VALUES OF N"; next }
    / VALUES OF N$/ { print sizes "  VALUES OF N"; changed++; next }
    / TO TEST ERROR EXITS\.$/ { changed += /^T/ }
    / T PUT F FOR NO TEST/ && $1 != routine { sub(/ T PUT/, " F PUT") }
    / T PUT F FOR NO TEST/ { changed++ }
    { print }
    END { exit changed != 3 }' "$testers/$1" || { echo "$testers/$1 is not as expected" >&2; exit 1; }
}

tests() {  # tests PROGRAM INPUT ROUTINE SYMBOL LINE...: each LINE must be in the output of the program
  local program=$1 symbol=$4 line
  input "$2" "$3" >input
  "$preloaded" "$library" "$symbol" "$testers/$program" <input >output 2>&1 || fail "$program fails"
  # Testers of the Fortran interface write a file.
  cat ./*.out >>output 2>/dev/null || true
  rm -f ./*.out
  if grep -qE 'FAIL|\*\*\*|ABANDON' output; then fail "$program finds errors"; fi
  shift 4
  for line in "$@"; do grep -F "$line" output || fail "$program does not say: $line"; done
}

for type in s d; do
  name=${type^^}GEMM
  tests "xblat3$type" "${type}blat3.in" "$name" "${type}gemm_" \
    "$name  PASSED THE TESTS OF ERROR-EXITS" "$name  PASSED THE COMPUTATIONAL TESTS ( $calls CALLS)"
  name=cblas_${type}gemm
  tests "x${type}cblat3" "${type}in3" "$name" "$name" "$name  PASSED THE TESTS OF ERROR-EXITS" \
    "$name  PASSED THE COLUMN-MAJOR COMPUTATIONAL TESTS ( $calls CALLS)" \
    "$name  PASSED THE ROW-MAJOR    COMPUTATIONAL TESTS ( $calls CALLS)"
done
