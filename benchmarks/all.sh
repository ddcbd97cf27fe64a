#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measures all suites and makes a page of the results.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  cat <<'END'
usage: benchmarks/all.sh [OPTION...]

  --quick        rough results: fewer rows, one round, and little time for each
  --threads LIST 1, 2 or "1 2" (default: "1 2" if there are two processors)
  --build DIR    the build folder (default: build/release)
  --out DIR      folder for the results and the page (default: a new one in the build folder)
  --quiet        print only the path of the page

With all peers and two threads it takes up to 10 minutes, with --quick less than one. Run it on an
idle machine.
END
}

say() { ((quiet)) || fold -s -w 100 <<<"benchmarks: $*" >&2; }
fail() {
  echo "benchmarks: $*" >&2
  exit 1
}
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

quick=0 quiet=0 threads=1 build=$root/build/release out=''
(($(nproc) < 2)) || threads='1 2'
while (($# != 0)); do
  case $1 in
    --quick) quick=1 ;;
    --quiet) quiet=1 ;;
    --help | -h)
      usage
      exit
      ;;
    --threads | --build | --out)
      (($# >= 2)) || fail "$1 needs a value"
      case $1 in
        --threads) threads=${2//,/ } ;;
        --build) build=$2 ;;
        --out) out=$2 ;;
      esac
      shift
      ;;
    *)
      usage >&2
      fail "unknown option \"$1\""
      ;;
  esac
  shift
done
programs=$build/benchmarks
[[ -x $programs/twinpath-report ]] || fail "nothing is built in $build (see benchmarks/run.sh --help)"
out=${out:-$build/benchmark-results/$(date +%Y%m%d-%H%M%S)}
[[ -z $(find "$out" -name '*.json' -print -quit 2>/dev/null) ]] || fail "$out already has results"
mkdir -p "$out"

# --- parts ----------------------------------------------------------------------------------------------

read -ra counts <<<"$threads"
shared=(--build "$build" --threads "$threads" --summary)
if ((quick || quiet)); then shared+=(--quiet); fi
if ((quiet)); then shared+=(--quiet); fi

suite() {  # suite NAME ARGUMENT...
  "$root/benchmarks/run.sh" "$1" "${shared[@]}" --out "$out/$1" "${@:2}" >&2
}
gemm() {
  if ((quick)); then
    suite gemm --quick --rounds 1 --filter '/(2|4|8|16|32|64|128|256|512|1024)x\1x\1$|^layer/.*/(8x128x784|64x128x784|256x128x784|784x128x8|784x128x64|784x128x256|8x784x128|64x784x128|256x784x128)$'
  else
    suite gemm --rounds 2 --repetitions 2 --min-time 0.005
  fi
}
step() {
  if ((quick)); then
    suite step --quick --rounds 1 --filter '/(10:3-|32:|64:|128:|8192:)'
  else
    suite step --rounds 2 --repetitions 1
  fi
}
predict() {
  if ((quick)); then suite predict --quick --rounds 1; else suite predict --rounds 2 --repetitions 1; fi
}
two_paths() {
  local options=(--threads "${counts[-1]}" --json "$out/two_paths.json" --quiet)
  if ((quick)); then options+=(--quick); fi
  "$programs/twinpath-two-paths" "${options[@]}" >"$out/two_paths.txt"
}
elementary() {
  local options=(--benchmark_min_time=0.1)
  if ((quick)); then options=(--benchmark_min_time=0.01 --benchmark_filter=/4096); fi
  "$programs/twinpath-elementary" "${options[@]}" --benchmark_out="$out/elementary.part" \
    --benchmark_out_format=json >/dev/null 2>"$out/elementary.log" ||
    fail "elementary failed: $(tail -n 3 "$out/elementary.log")"
  mv "$out/elementary.part" "$out/elementary.json"
  rm "$out/elementary.log"
}

# Estimated seconds of a part. The estimate of the total is corrected after each part.
expected() {  # expected PART
  local processes=0 library
  for library in "$programs/twinpath-$1-"*; do [[ ! -x $library ]] || processes=$((processes + ${#counts[@]})); done
  case $1 in
    gemm) echo $((processes * (quick ? 1 : 9))) ;;
    step) echo $((processes * (quick ? 1 : 4))) ;;
    predict) echo $((processes * (quick ? 1 : 2))) ;;
    two_paths) echo $((quick ? 4 : 45)) ;;
    elementary) echo $((quick ? 3 : 40)) ;;
  esac
}

titles=([0]="matrix products" "training steps" predictions "the two paths of a layer"
  "functions, activations and updates")
parts=(gemm step predict two_paths elementary)
# The two paths need two threads.
if ((counts[-1] < 2)); then
  parts=(gemm step predict elementary)
  titles=([0]="matrix products" "training steps" predictions "functions, activations and updates")
fi

# --- measure --------------------------------------------------------------------------------------------

total=0
for part in "${parts[@]}"; do total=$((total + $(expected "$part"))); done
say "results go to $out"
begin=$SECONDS passed=0
for ((i = 0; i < ${#parts[@]}; ++i)); do
  part=${parts[i]} elapsed=$((SECONDS - begin))
  # Scaled by the ratio of measured to estimated time so far.
  all=$((passed > 0 ? elapsed * total / passed : total))
  say "part $((i + 1)) of ${#parts[@]}, ${titles[i]}: $(clock $elapsed) so far, $(clock $all) expected"
  "$part"
  passed=$((passed + $(expected "$part")))
done
"$programs/twinpath-report" "$out" --out "$out/report.html" --quiet
say "measured in $(clock $((SECONDS - begin)))"
echo "$out/report.html"
