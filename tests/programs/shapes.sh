#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: shapes.sh GEMM COMPARE: the benchmark of products measures the shapes that the user names, and refuses others.
set -euo pipefail

gemm=$1 compare=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "$*" >&2
  exit 1
}
rows() {  # rows OPTION...: the names
  "$gemm" --any-kernel --min-time 1e-6 --repetitions 1 --benchmark_list_tests "$@" | sed 's,/min_time.*,,'
}
equal() { [[ $2 == "$3" ]] || fail "$1: \"$2\", expected \"$3\""; }
refused() {  # refused MESSAGE OPTION...
  local output
  if output=$("$gemm" "${@:2}" 2>&1); then fail "not refused: ${*:2}"; fi
  [[ $output == *"$1"* ]] || fail "expected \"$1\", got: $output"
}

equal "two shapes" "$(rows --shape NT:315x17x4 --shape TN:1x2x3 | xargs)" "shape/f32/NT/315x17x4 shape/f32/TN/1x2x3"
printf '# of a file\nNN:2x3x4\n\nTN:5x6x7\n' >"$folder/shapes"
equal "a file" "$(rows --shape "$folder/shapes" --type f64 | xargs)" "shape/f64/NN/2x3x4 shape/f64/TN/5x6x7"
# The shapes of a seed never change, since results name the seed alone.
equal "a seed" "$(rows --random 1:3 | xargs)" "shape/f32/NT/950x38x498 shape/f32/NN/1x137x181 shape/f32/NN/23x55x45"
equal "a hexadecimal seed" "$(rows --random 0x1f:5)" "$(rows --random 31:5)"
equal "another seed" "$(rows --random 2:3 | grep -cxF -f <(rows --random 1:3))" 0
equal "different shapes" "$(rows --random 3:500 | sort -u | wc -l)" 500
rows --random 3:500 | sed 's,.*/,,' | while IFS=x read -r m n k; do
  ((m <= 2048 && n <= 2048 && k <= 2048 && 2 * m * n * k <= 4000000000)) || fail "${m}x${n}x$k is too large"
done

for memory in vector aligned offset:24; do
  "$gemm" --any-kernel --min-time 1e-6 --repetitions 1 --shape NT:31x17x4 --shape TN:200x200x7 --memory $memory \
    --benchmark_out="$folder/$memory.json" >/dev/null 2>&1 || fail "--memory $memory fails"
  grep -q '"error_occurred": true' "$folder/$memory.json" && fail "--memory $memory computes wrong results"
done
"$compare" "$folder" >"$folder/text"
grep -q '^NT/31x17x4 ' "$folder/text" || fail "twinpath-compare does not show the shape"

refused '"NT:3x4", expected layout:MxNxK such as NT:315x17x4' --shape NT:3x4
refused '"TT:3x4x5", expected' --shape TT:3x4x5
refused '"NN:3x4x0", expected' --shape NN:3x4x0
refused '"NN:3x4x5x6", expected' --shape NN:3x4x5x6
refused '"NN:3x4x-5", expected' --shape NN:3x4x-5
refused '"NN:99999x99999x1", expected' --shape NN:99999x99999x1
echo 'NN:3,4,5' >>"$folder/shapes"
refused 'shapes, line 5: "NN:3,4,5", expected a shape such as' --shape "$folder/shapes"
refused '"1", expected SEED:COUNT' --random 1
refused '"1:0", expected SEED:COUNT' --random 1:0
refused '"x:5", expected SEED:COUNT' --random x:5
refused '"offset:3", expected vector, aligned or offset:N' --memory offset:3
refused '"heap", expected vector, aligned or offset:N' --memory heap
refused 'excludes --shape and --random' --family tiny --random 1:1
