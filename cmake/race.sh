#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Builds an earlier commit beside the working tree and lets the benchmarks of both take turns.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
families=(tiny small layer square long thin step predict)

usage() {
  cat <<'END'
usage: cmake/race.sh COMMIT [OPTION...]

Is the working tree slower than COMMIT? Both are built in build/race, in Release, the benchmarks of
twinpath alone; a build that is there is used again. Then one process of each takes turns, in the
order A B B A, and each round gives every row a ratio of the two speeds. The tables show the median
of the rounds with its 95 % interval, the geometric mean of each family, and the rows that became
slower or faster by all of their interval. About 4 minutes for all families on one thread.

  --families LIST     of tiny,small,layer,square,long,thin (products),step,predict (default: all)
  --check             exit status 1 when a row has become slower in every round, by more than 3 %
  --out DIR           where results go (default: a new folder in build/race)

and, as in benchmarks/run.sh:
  --rounds N          rounds in which each has its turn (default: 7; fewer than 6 give no interval)
  --threads LIST      1, 2 or "1 2" (default: 1)
  --filter REGEX      only rows whose name matches, such as layer/f32/TN or 128:784
  --isa TIER          cap the instruction set, such as avx2
  --min-time SECONDS  least time of a repetition
  --repetitions N     repetitions of a row in each round
  --summary           only the tables of the families
  --quiet             no progress

Rows that both commits have are compared, each measured by the benchmark of its own commit. Nothing
else should run meanwhile; where something does, `twinpath-compare --cpu-time DIR --before
DIR/before` shows the times that the thread ran. `git worktree remove build/race/COMMIT/source` and
`rm -r build/race` take away what was built.
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
      [[ -z $commit ]] || fail "one commit, not \"$commit\" and \"$1\" (see --help)"
      commit=$1
      ;;
  esac
  shift
done
[[ -n $commit ]] || fail "which commit? (see --help)"
[[ $rounds =~ ^[1-9][0-9]*$ ]] || fail "--rounds $rounds is not a number of rounds"
for family in "${chosen[@]}"; do
  [[ " ${families[*]} " == *" $family "* ]] || fail "no family is called \"$family\" (see --help)"
done
base=$(git -C "$root" rev-parse --verify --quiet --short "$commit^{commit}") || fail "$commit is no commit"

# The families of products are one suite, the other two are suites.
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
  [[ -d $source/benchmarks/$suite ]] || fail "$base has no benchmark of $suite yet: choose other --families"
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
