#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: check.sh LIB
#
# Checks the includes of the sources in the folder LIB: a file includes files of its own room and of the rooms below it.
set -euo pipefail
cd "$1"

# Each room, and the rooms directly below it.
rooms=(
  "runtime"
  "kernels/simd   runtime"
  "kernels        kernels/simd"
  "kernels/tiers  kernels"
  "gemm           kernels"
  "rowwise        kernels"
  "nn/optim       gemm rowwise"
  "nn/layer       nn/optim"
  "nn/data        nn/layer"
  "nn/step        nn/layer"
  "nn             nn/data nn/step"
  "io             nn"
  "blas"
)
declare -A allowed  # for each room the rooms that its files may include
for line in "${rooms[@]}"; do
  read -r room below <<<"$line"
  allowed[$room]=" $room "
  for lower in $below; do allowed[$room]+=${allowed[$lower]}; done
done

failed=0
while IFS=: read -r file line directive; do
  room=${file%/*}
  included=${directive#*[\"<]}
  included=${included%%[\">]*}
  [[ ! -f $room/$included ]] || included=$room/$included
  error=
  if [[ -z ${allowed[$room]:-} ]]; then
    error="$room is no room: add it to the order in tests/rooms/check.sh"
  elif [[ /$included/ == */../* ]]; then
    error="an include does not leave its folder by .."
  elif [[ $directive == *\<* ]]; then
    [[ ! -f $included ]] || error="files of lib are included by \"\", public headers and libraries by <>"
  elif [[ ! -f $included ]]; then
    error="lib has no such file"
  elif [[ ${allowed[$room]} != *" ${included%/*} "* ]]; then
    error="$room may include only files of$(tr -s ' ' '\n' <<<"${allowed[$room]}" | sort -u | tr '\n' ' ')"
  fi
  [[ -z $error ]] || { echo "lib/$file:$line: $included: $error"; failed=1; }
done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]pp' -- * | sort)
((failed == 0)) || exit 1
echo "each include stays within the order of ${#rooms[@]} rooms"
