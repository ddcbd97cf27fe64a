#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: networks.sh STEP PREDICT TWO_PATHS COMPARE: the benchmarks of networks measure those that the user names, and
# refuse others.
set -euo pipefail

step=$1 predict=$2 two_paths=$3 compare=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "$*" >&2
  exit 1
}
rows() {  # rows PROGRAM OPTION...: the names
  "$1" --any-kernel --benchmark_list_tests "${@:2}" | sed 's,/min_time.*,,'
}
equal() { [[ $2 == "$3" ]] || fail "$1: \"$2\", expected \"$3\""; }
refused() {  # refused MESSAGE OPTION...
  local output program
  for program in "$step" "$predict" "$two_paths"; do
    if output=$("$program" "${@:2}" 2>&1); then fail "not refused: $program ${*:2}"; fi
    [[ $output == *"$1"* ]] || fail "expected \"$1\", got: $output"
  done
}

chosen=(--layers 30-100-3 --layers 4-2 --batch "5,50")
expected="X/f32/5:30-100-3 X/f32/50:30-100-3 X/f32/5:4-2 X/f32/50:4-2"
equal "steps" "$(rows "$step" "${chosen[@]}" | xargs)" "${expected//X/step}"
equal "predictions" "$(rows "$predict" "${chosen[@]}" | xargs)" "${expected//X/predict}"
# The networks of a seed never change, since results name the seed alone.
equal "a seed" "$(rows "$step" --random 1:3 | xargs)" \
  "step/f32/199:586-417-17 step/f32/4:143-12-8 step/f32/222:63-37-12-521-29"
equal "the same networks" "$(rows "$predict" --random 0x7:9)" "$(rows "$step" --random 7:9 | sed 's,step,predict,')"

"$two_paths" --quick --quiet --layers 30-20-3 --batch 7 >"$folder/layers"
grep -qE '^30x20 +7 ' "$folder/layers" || fail "no layer of 30 inputs"
grep -qE '^20x3 +7 ' "$folder/layers" || fail "no layer of 20 inputs"
equal layers "$(grep -cE '^[0-9]+x[0-9]+ ' "$folder/layers")" 2

for suite in step predict; do
  mkdir "$folder/$suite"
  "${!suite}" --any-kernel --min-time 1e-6 --repetitions 1 "${chosen[@]}" \
    --benchmark_out="$folder/$suite/twinpath.json" >/dev/null 2>&1 || fail "$suite fails"
  grep -q '"error_occurred": true' "$folder/$suite/twinpath.json" && fail "$suite computes wrong results"
  equal "rows of $suite" "$("$compare" "$folder/$suite" | grep -cE '^(5|50):(30-100-3|4-2) ')" 4
done

refused '"x", expected a number of rows from 1 on' --layers 3-2 --batch x
refused '"0", expected a number of rows from 1 on' --layers 3-2 --batch 0
refused '"30", expected two or more widths above 0, such as 64-128-10' --layers 30 --batch 5
refused '"3-0-2", expected two or more widths' --layers 3-0-2 --batch 5
refused '--layers requires --batch' --layers 3-2
refused '--batch requires --layers' --batch 2
refused '"1:x", expected SEED:COUNT' --random 1:x
