#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: valgrind.sh VALGRIND DIGITS DATA RUNTIME EDGES [IO]: memcheck finds no error and no leak while a
# network trains, is saved and resumes from its file, and in test programs. DATA is the folder of the digits.
set -euo pipefail

valgrind=$1
digits=$2
data=$3
runtime=$4
edges=$5
io=${6:-}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

memcheck() {
  # valgrind runs one thread at a time; threads that spin for each other need --fair-sched. Tests that count
  # allocations keep their own operator new.
  "$valgrind" --quiet --error-exitcode=99 --fair-sched=yes --soname-synonyms=somalloc=nouserintercepts \
    --leak-check=full --show-leak-kinds=definite,possible --errors-for-leak-kinds=definite,possible \
    --suppressions="$(dirname "${BASH_SOURCE[0]}")/valgrind.supp" "$@"
}
train() {
  memcheck "$digits" --quiet --threads 2 --epochs 1 --train "$folder/train" --test "$folder/test" \
    --optimizer adamw "$@"
}

head -n 150 "$data/optdigits.tra" >"$folder/train"
head -n 50 "$data/optdigits.tes" >"$folder/test"
train --trace "$folder/trace.json"
if [[ -n $io ]]; then
  train --save "$folder/network.npz"
  train --load "$folder/network.npz" --schedule automatic
  memcheck "$io" "[mlp],[npz]"
fi
memcheck "$runtime"
# Without tests of the floating-point environment, because valgrind does not flush subnormals, and of impossible
# sizes, because its operator new ends the program instead of throwing.
memcheck "$edges" "[errors],[empty],[batches],[matrix]"
