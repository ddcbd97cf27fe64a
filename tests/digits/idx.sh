#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: idx.sh DIGITS PROFILE: the digits program and the profiler take their data from a folder of files in
# MNIST's format.
set -euo pipefail

digits=$1 profile=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "$*" >&2
  exit 1
}
run() { "$digits" --threads 2 --epochs 200 --batch 2 --quiet "$@" 2>&1; }
refused() {  # refused MESSAGE ARGUMENT...
  local message=$1 output
  shift
  if output=$(run "$@"); then fail "not refused: $*"; fi
  [[ $output == *"$message"* ]] || fail "expected \"$message\" from $*, got: $output"
}

# Four images of 2 x 2 pixels, of which one row is lit. The class is the index of that row.
for part in train t10k; do
  printf '\0\0\10\3\0\0\0\4\0\0\0\2\0\0\0\2\377\377\0\0\0\0\377\377\310\360\1\2\3\1\346\322' >"$folder/$part-images-idx3-ubyte"
  printf '\0\0\10\1\0\0\0\4\0\1\0\1' >"$folder/$part-labels-idx1-ubyte"
done
gzip "$folder/train-images-idx3-ubyte"

output=$(run --idx "$folder" --layers 4-8-2) || fail "$output"
[[ $output == *"4 inputs, 2 classes"*"100.00 %, 4 of 4"* ]] || fail "not learnt: $output"

output=$("$profile" --idx "$folder" --layers 4-3-2 --batch 4 --steps 2 2>&1) || fail "$output"
[[ $output == *"data: ${folder##*/}"* ]] || fail "the profiler has read other data: $output"
if output=$("$profile" --idx "$folder" --batch 4 2>&1); then fail "not refused by the profiler"; fi
[[ $output == *"images of 2 x 2 pixels need 4 inputs"* ]] || fail "the profiler says: $output"

refused "$folder/train-images-idx3-ubyte.gz: images of 2 x 2 pixels need 4 inputs, the network has 784" \
  --idx "$folder"
refused "$folder/train-labels-idx1-ubyte: label 2 is 1, expected 0 to 0" --idx "$folder" --layers 4-1
refused "$folder/none: No such file" --idx "$folder/none"
refused "--train excludes --idx" --idx "$folder" --train x.csv
refused "--test excludes --idx" --idx "$folder" --test x.csv
refused "the name of a folder" --idx ""

printf x >>"$folder/t10k-labels-idx1-ubyte"
refused "$folder/t10k-labels-idx1-ubyte: longer than the 4 labels that its header says" \
  --idx "$folder" --layers 4-8-2
