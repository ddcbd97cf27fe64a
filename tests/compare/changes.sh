#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: changes.sh COMPARE: the report on two runs whose speeds are known.
set -euo pipefail

compare=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "$*" >&2
  exit 1
}

# Speeds in per cent of the speed before, one a round, unsorted.
slower=(84 80 88 82 86 81 87 83 85)
somewhat_slower=(98 96 101 98 97 98 99 98 99)
the_same=(95 105 100 99 101 98 102 97 103)
faster=(114 110 118 112 116 111 117 113 115)

write_run() {  # write_run FILE ROUND TIME...: of four rows
  printf '{"context": {"date": "2026-11-24", "cpu": "example", "kernels": "avx2", "library": "twinpath", "tier": "avx2",
    "version": "0", "threads": "1", "round": "%s", "peak_f32": "100"}, "benchmarks": [
    {"name": "tiny/f32/NN/8x8x8/real_time", "real_time": %s, "time_unit": "ns"},
    {"name": "tiny/f32/TN/8x8x8/real_time", "real_time": %s, "time_unit": "ns"},
    {"name": "small/f32/NN/64x64x64/real_time", "real_time": %s, "time_unit": "ns"},
    {"name": "small/f32/NT/64x64x64/real_time", "real_time": %s, "time_unit": "ns"}]}' "${@:2}" >"$1"
}

# The machine slows down from round to round, so the two compare only within a round.
write_rounds() {  # write_rounds FOLDER COUNT
  local folder=$1 r
  mkdir -p "$folder/before"
  for ((r = 1; r <= $2; ++r)); do
    write_run "$folder/twinpath-t1-r$r.json" "$r" $((1000 * r)){,,,}
    write_run "$folder/before/twinpath-t1-r$r.json" "$r" \
      $((10 * r * slower[r - 1])) $((10 * r * somewhat_slower[r - 1])) $((10 * r * the_same[r - 1])) \
      $((10 * r * faster[r - 1]))
  done
}

show() { "$compare" "$folder/$1" --before "$folder/$1/before" "${@:2}" | tr -s ' |' ' '; }
shows() {  # shows TEXT: the output contains it
  grep -qF -- "$1" <<<"$output" || fail "\"$1\" is missing in"$'\n'"$output"
}

write_rounds "$folder/nine" 9
output=$(show nine)
shows 'NN/8x8x8 4.30 µs 5.00 µs << 0.840 0.810..0.870 0.800..0.880'
shows 'TN/8x8x8 4.85 µs 5.00 µs < 0.980 0.970..0.990 0.960..1.010'
shows 'NN/64x64x64 5.05 µs 5.00 µs 1.000 0.970..1.030 0.950..1.050'
shows 'NT/64x64x64 5.80 µs 5.00 µs > 1.140 1.110..1.170 1.100..1.180'
shows 'tiny/f32 2 0.907 2 0 0.840 NN/8x8x8'
shows 'small/f32 2 1.068 0 1 1.000 NN/64x64x64'

# Five rounds give no 95 % interval without their smallest and largest value.
write_rounds "$folder/five" 5
output=$(show five)
shows 'NN/8x8x8 2.64 µs 3.00 µs << 0.840 0.800..0.880 0.800..0.880'

show nine --check >/dev/null && fail "--check does not find the row that is slower in every round"
rm -r "$folder/five"/*
slower=("${somewhat_slower[@]}")
write_rounds "$folder/five" 5
show five --check >/dev/null || fail "--check refuses a row that is not much slower in every round"
"$compare" "$folder/five" --check >/dev/null 2>&1 && fail "--check without --before is accepted"

width=$("$compare" "$folder/nine" --before "$folder/nine/before" | LC_ALL=C.UTF-8 wc -L)
((width > 50 && width <= 100)) || fail "the tables take $width columns"
