#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: files.sh DIGITS: the digits program resumes from a file as if it had never stopped.
set -euo pipefail

digits=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
file=$folder/network.npz

fail() {
  echo "$*" >&2
  exit 1
}
run() { "$digits" --quiet --threads 2 "$@"; }
weights() { run "$@" | sed -n 's/^final weights *\([0-9a-f]*\),.*/\1/p'; }
refused() {  # refused MESSAGE ARGUMENT...
  local message=$1 output
  shift
  if output=$(run "$@" 2>&1); then fail "not refused: $*"; fi
  [[ $output == *"$message"* ]] || fail "expected \"$message\" from $*, got: $output"
  [[ $output != *"final weights"* ]] || fail "refused after training: $*"
}

for optimizer in sgd nesterov adamw; do
  network=(--optimizer "$optimizer" --batch 100)
  layers=(--layers 64-16-10 --activation tanh)
  whole=$(weights "${network[@]}" "${layers[@]}" --epochs 5)
  weights "${network[@]}" "${layers[@]}" --epochs 3 --save "$file" >/dev/null
  continued=$(weights "${network[@]}" --epochs 2 --load "$file" --save "$file")
  [[ -n $whole && $continued == "$whole" ]] || fail "$optimizer: $continued after 3 and 2 epochs, $whole after 5"
done

# The file is now of 5 epochs of 39 steps.
output=$(run --load "$file" --optimizer adamw --batch 100 --epochs 1)
[[ $output == *"after 195 updates, continues with epoch 6"* ]] || fail "the epochs do not continue: $output"
before=$(cksum <"$file")
refused "it has layers 64-16-10, --layers says 64-128-10" --load "$file" --layers 64-128-10
refused "its activation is tanh, --activation says relu" --load "$file" --activation relu
refused "$folder/none.npz: No such file" --load "$folder/none.npz"
refused "$folder/none/x.npz: cannot create a temporary file in its folder" --save "$folder/none/x.npz"
refused "Is a directory" --save "$folder"
[[ $(cksum <"$file") == "$before" ]] || fail "the file has changed"
[[ $(ls -A "$folder") == network.npz ]] || fail "left behind: $(ls -A "$folder")"
