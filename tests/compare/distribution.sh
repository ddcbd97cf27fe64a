#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: distribution.sh COMPARE: the distribution of twinpath's speed over its peers', and the rows that are apart.
set -euo pipefail

compare=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "$*" >&2
  exit 1
}

# Eleven products of a user, and a dot product. A multiply-add takes 1 ns, so each chain allows 2 GFLOP/s.
shapes=(NN/{1..9}00x100x100 TN/64x64x64 NT/2x2x1890 NT/1x64x500)

write_run() {  # write_run FILE LIBRARY ROUND TIME...: of the rows, in ns
  local file=$1 library=$2 round=$3 i separator=''
  shift 3
  {
    printf '{"context": {"date": "2026-11-24", "cpu": "example", "kernels": "avx2", "library": "%s", "tier": "avx2",
      "version": "0", "threads": "1", "round": "%s", "peak_f32": "100", "multiply_add_ns": "1.0",
      "memory": "vector"}, "benchmarks": [' "$library" "$round"
    for ((i = 0; i < ${#shapes[@]}; ++i)); do
      printf '%s{"name": "shape/f32/%s/real_time", "real_time": %s, "time_unit": "ns"}' "$separator" "${shapes[i]}" "${@:i+1:1}"
      separator=,
    done
    echo ']}'
  } >"$file"
}

# The fastest of both rounds counts: 1000 each, except for the last two.
write_run "$folder/twinpath-t1-r1.json" twinpath 1 {1..10}000 1000 1000
write_run "$folder/twinpath-t1-r2.json" twinpath 2 1000{,,,,,,,,,} 1000 1000
# Ratios 0.50, 0.80, 0.90, 0.96 and 1.25, and twice 1.00; the two rows apart at a tenth.
write_run "$folder/blis-t1-r1.json" BLIS 1 500 800 900 960 1250 1000 1000 1000 1000 1000 100 100
write_run "$folder/eigen-t1-r1.json" Eigen 1 2000{,,,,,,,,,} 2000 2000

output=$("$compare" "$folder" | tr -s ' |' ' ')
shows() {  # shows TEXT: the output contains it
  grep -qF -- "$1" <<<"$output" || fail "\"$1\" is missing in"$'\n'"$output"
}
shows 'memory of the operands: vector'
shows 'f32 rows mean 10th percentile behind worst its row'
# (0.5 * 0.8 * 0.9 * 0.96 * 1.25) ^ (1/10)
shows 'best peer 10 0.919 0.50 3 (30 %) 0.50 shape/f32/NN/100x100x100'
shows 'BLIS 10 0.919 0.50 3 (30 %) 0.50 shape/f32/NN/100x100x100'
shows 'Eigen 10 2.000 2.00 0 (0 %) 2.00'
shows 'f32, all rows rows mean'
shows 'best peer 12 0.635 0.10 5 (42 %) 0.10'
# 64 elements by two blocks of k, and four elements by six blocks, each chain at 2 GFLOP/s.
shows 'apart: 1 dot products twinpath best peer ratio bound'
shows 'shape/f32/NT/1x64x500 64.0 640 0.10 256'
shows 'apart: 1 forbidden by chains twinpath best peer ratio bound'
shows 'shape/f32/NT/2x2x1890 15.1 151 0.10 48.0'
# Also in the table of rows, where the chains limit more than the peak of 100 GFLOP/s.
grep -qE '^NT/2x2x1890 .* 48\.0$' <<<"$output" || fail "no bound in the table of rows"
grep -qE '^NT/1x64x500 .* 256$' <<<"$output" && fail "a bound above the peak is shown"
shows 'without *: without dot products'
grep -q '~: rows below' <<<"$output" || fail "the mark ~ is not explained"

width=$("$compare" "$folder" | LC_ALL=C.UTF-8 wc -L)
((width > 50 && width <= 100)) || fail "the tables take $width columns"
