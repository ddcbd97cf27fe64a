#!/usr/bin/env bash
# usage: run.sh FUZZER FOLDER OPTION... SEEDS...
#
# Runs all inputs of the folders SEEDS, then the fuzzer with the options and a new random seed. FOLDER keeps
# inputs that reached new code, for the next run, and inputs that found an error; the script prints the names of
# the latter.
set -euo pipefail

fuzzer=$1 folder=$2
shift 2
options=(-timeout=60 -rss_limit_mb=1024 -malloc_limit_mb=32 -print_final_stats=1
  -artifact_prefix="$folder/found-")
seeds=()
for argument in "$@"; do
  if [[ $argument == -* ]]; then options+=("$argument"); else seeds+=("$argument"); fi
done
mkdir -p "$folder/corpus"
# Files of the readers under test go to memory, not to a disk.
if [[ -d /dev/shm && -w /dev/shm ]]; then export TMPDIR=/dev/shm; fi
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
# A larger quarantine of freed memory would spend most of the time on clearing pages.
export ASAN_OPTIONS=quarantine_size_mb=16 UBSAN_OPTIONS=print_stacktrace=1

run() {  # run NAME ARGUMENT...
  local log=$folder/$1.log
  shift
  "$fuzzer" "${options[@]}" "$@" >"$log" 2>&1 && return
  {
    tail -n 200 "$log"
    echo "the whole log: $log"
    echo "inputs that found an error, the last one first:"
    ls -t "$folder"/found-* || true
  } | fold -w 100
  exit 1
}

run seeds -runs=0 "${seeds[@]}"
seed=$((RANDOM * 32768 + RANDOM + 1))
echo "seed $seed"
run fuzzing -seed="$seed" "$folder/corpus" "${seeds[@]}"
sed -n 's/^stat::\([a-z_]*\): */\1 /p' "$folder/fuzzing.log"
