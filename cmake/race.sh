#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds an earlier commit beside the working tree and runs the benchmarks of both in turns.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
families=(tiny small layer square long thin step predict)

usage() {
  cat <<'END'
usage: cmake/race.sh COMMIT [OPTION...]

Compares the speed of the working tree with COMMIT. Builds the benchmarks of twinpath from both in
build/race (Release; existing builds are updated). Then processes of the two run in turns, in the
order A B B A, and each round gives a ratio of the two speeds for every row. The tables show the
median over the rounds with its 95 % interval, the geometric mean of each family, and the rows that
became slower or faster by their whole interval. About 4 minutes for all families on one thread.

  --families LIST     of tiny,small,layer,square,long,thin (products),step,predict (default: all)
  --check             exit status 1 if a row became slower by more than 3 % in every round
  --out DIR           folder for the results (default: a new one in build/race)

and, as in benchmarks/run.sh:
  --rounds N          rounds; each build runs once in a round (default: 7; 6 or more give an
                      interval)
  --threads LIST      1, 2 or "1 2" (default: 1)
  --filter REGEX      only rows whose name matches, such as layer/f32/TN or 128:784
  --isa TIER          cap the instruction set, such as avx2
  --min-time SECONDS  minimum time of a repetition
  --repetitions N     repetitions of a row in each round
  --summary           print only the tables of the families
  --quiet             no progress

Each row is measured by the benchmark of its own commit; rows that both commits have are compared.
Run it on an idle machine. On a busy one, `twinpath-compare --cpu-time DIR --before DIR/before`
shows the time for which the thread ran. `git worktree remove build/race/COMMIT/source` and
`rm -r build/race` remove the builds.
END
}

say() { ((quiet)) || fold -s -w 100 <<<"race: $*" >&2; }
fail() {
  echo "race: $*" >&2
  exit 1
}

# --- options --------------------------------------------------------------------------------------------

commit='' chosen=("${families[@]}") out='' rounds=7 quiet=0 options=()
while (($# != 0)); do
  case $1 in
    --help | -h)
      usage
      exit
      ;;
    --quiet)
      quiet=1
      options+=("$1")
      ;;
    --check | --summary) options+=("$1") ;;
    --families | --out | --rounds | --threads | --filter | --isa | --min-time | --repetitions)
      (($# >= 2)) || fail "$1 needs a value"
      case $1 in
        --families) IFS=' ,' read -ra chosen <<<"$2" ;;
        --out) out=$2 ;;
        --rounds) rounds=$2 ;;
        *) options+=("$1" "$2") ;;
      esac
      shift
      ;;
    -*) fail "unknown option \"$1\" (see --help)" ;;
    *)
      [[ -z $commit ]] || fail "more than one commit: \"$commit\" and \"$1\" (see --help)"
      commit=$1
      ;;
  esac
  shift
done
[[ -n $commit ]] || fail "no commit given (see --help)"
[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "--rounds $rounds is not a number of rounds"
for family in "${chosen[@]}"; do
  [[ " ${families[*]} " == *" $family "* ]] || fail "unknown family \"$family\" (see --help)"
done
base=$(git -C "$root" rev-parse --verify --quiet --short "$commit^{commit}") || fail "$commit is not a commit"

# The families of products belong to one suite; the other two are suites themselves.
products=$(printf '%s\n' "${chosen[@]}" | grep -vxE 'step|predict' | paste -sd , || true)
suites=()
[[ -z $products ]] || suites+=(gemm)
for suite in step predict; do
  [[ " ${chosen[*]} " != *" $suite "* ]] || suites+=("$suite")
done

# --- build ----------------------------------------------------------------------------------------------

races=$root/build/race
out=${out:-$races/results/$(date +%Y%m%d-%H%M%S)}
mkdir -p "$races"
log=$races/build.log

build() {  # build SOURCE FOLDER TARGET...
  local generator=()
  if [[ ! -f $2/CMakeCache.txt && -z ${CMAKE_GENERATOR:-} ]] && command -v ninja >/dev/null; then generator=(-G Ninja); fi
  {
    cmake -S "$1" -B "$2" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DTWINPATH_BUILD_TESTS=OFF \
      -DTWINPATH_BUILD_IO=OFF -DTWINPATH_BUILD_DOCS=OFF -DTWINPATH_BUILD_PEERS=OFF -DTWINPATH_INSTALL=OFF &&
      cmake --build "$2" --parallel "$(nproc)" --target "${@:3}"
  } >"$log" 2>&1 || fail "building $1 failed: $log"$'\n'"$(tail -n 5 "$log")"
}

source=$races/$base/source
if [[ ! -d $source ]]; then
  git -C "$root" worktree prune
  git -C "$root" worktree add --quiet --detach "$source" "$base"
fi
for suite in "${suites[@]}"; do
  [[ -d $source/benchmarks/$suite ]] || fail "$base has no benchmark of $suite: choose other --families"
done
programs=("${suites[@]/#/twinpath-}")
programs=("${programs[@]/%/-twinpath}")
say "building $base"
build "$source" "$races/$base/build" "${programs[@]}"
say "building the working tree, $(git -C "$root" describe --always --dirty)"
build "$root" "$races/working-tree" twinpath-compare "${programs[@]}"

# --- measure --------------------------------------------------------------------------------------------

status=0
for suite in "${suites[@]}"; do
  of_suite=()
  if [[ $suite == gemm ]]; then of_suite=(--family "$products"); fi
  "$root/benchmarks/run.sh" "$suite" "${of_suite[@]}" --rounds "$rounds" "${options[@]}" \
    --build "$races/working-tree" --before "$races/$base/build" --out "$out/$suite" || status=$?
done
exit "$status"
