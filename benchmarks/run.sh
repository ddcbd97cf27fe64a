#!/usr/bin/env bash
# Measures a suite for twinpath and the other libraries that were built, one process each, and compares them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  cat <<'END'
usage: benchmarks/run.sh gemm|step|predict [OPTION...]

  gemm    matrix products
  step    training steps
  predict predictions, from one row to many

  --threads LIST      1, 2 or "1 2" (default: 1)
  --filter REGEX      only rows whose name matches, such as layer/f32/TN or 128:784
  --libraries LIST    of twinpath,openblas,openblas-pip,blis,eigen,onemkl,onemkl-strict;
                      gemm: onednn-sgemm,onednn-matmul;
                      step: onednn-ip,torch-autograd,torch-tensors,torch-pip,jax;
                      predict: onednn-ip,torch-tensors
                      (default: those that were built)
  --rounds N          rounds; each library runs once in a round (default: 3)
  --min-time SECONDS  minimum time of a repetition (default: 0.007 for gemm, 0.1 for the others)
  --repetitions N     repetitions of a row in each round (default: 3)
  --quick             two rounds with little time for each row: rough results
  --before DIR        another build folder, such as that of an earlier commit: its twinpath and this
                      one run in turns and are compared (cmake/race.sh builds both)
  --check             with --before: exit status 1 if a row became slower by more than 3 % in
                      every round
  --isa TIER          cap the instruction set of twinpath, such as avx2, but not of the others
  --any-kernel        also compare with a library that does not use AVX-512 on a machine that has
                      it
  --build DIR         the build folder (default: build/release)
  --out DIR           folder for the results (default: a new one in the build folder)
  --summary           print only the table of the families
  --quiet             no progress; --quiet --quiet: no tables either
For step and predict:
  --layers WIDTHS     this network instead of the usual ones, such as 30-100-3; repeatable
  --batch LIST        rows of its batch, such as 50 or 50,1000
  --random SEED:COUNT random networks, log-uniform: 4 ... 1024 inputs, 1 to 3 hidden layers of
                      8 ... 1024, 2 ... 64 classes, batches of 4 ... 8192 rows
For gemm alone:
  --type LIST         f32, f64 or f32,f64 (default: f32)
  --family LIST       of tiny,small,layer,square,long,thin (default: all)
  --shape SHAPE       this product instead of the families: layout:MxNxK, such as NT:315x17x4, or a
                      file with one a line; repeatable
  --random SEED:COUNT random products, each dimension log-uniform in 1 ... 2048, at most 4 GFLOP;
                      SEED in decimal, or hexadecimal after 0x
  --memory WHERE      where operands begin: vector (as in a std::vector, the default), aligned (at
                      cache lines), offset:N (N bytes behind them)
  --accuracy          print errors against long double and the time with subnormal inputs, instead
                      of measuring

Build first, with the other libraries:
  cmake --preset release -DTWINPATH_BUILD_PEERS=ON && cmake --build build/release
`./cmake/bootstrap.sh benchmarks` does that, runs all suites and makes a page of their results.
Run it on an idle machine. On a busy one, `twinpath-compare --cpu-time DIR` shows the rows of one
thread by the time for which the thread ran.
END
}

# The description of a library may be longer than a line.
say() { fold -s -w 100 <<<"${suite:-benchmarks}: $*" >&2; }
progress() { ((quiet > 0)) || say "$*"; }
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }
fail() {
  say "$*"
  exit 1
}

# --- options --------------------------------------------------------------------------------------------

threads_list=1 types='' families='' chosen=() filter='' libraries='' rounds='' quick='' isa='' any_kernel=() out='' accuracy=''
before='' check=() suite='' min_time='' repetitions='' summary=() quiet=0
build=$root/build/release
while (($# != 0)); do
  case $1 in
    gemm | step | predict) suite=$1 ;;
    --quick) quick=1 ;;
    --accuracy) accuracy=1 ;;
    --quiet) quiet=$((quiet + 1)) ;;
    --summary) summary=(--families) ;;
    --check) check=(--check) ;;
    --any-kernel) any_kernel=(--any-kernel) ;;
    --help | -h)
      usage
      exit
      ;;
    --threads | --type | --family | --shape | --random | --memory | --layers | --batch | --filter | --libraries | \
      --rounds | --min-time | --repetitions | --isa | --before | --build | --out)
      (($# >= 2)) || fail "$1 needs a value"
      case $1 in
        --threads) threads_list=${2//,/ } ;;
        --type) types=$2 ;;
        --family) families=$2 ;;
        --shape | --random | --memory | --layers | --batch) chosen+=("$1" "$2") ;;
        --filter) filter=$2 ;;
        --libraries) libraries=${2//,/ } ;;
        --rounds) rounds=$2 ;;
        --min-time) min_time=$2 ;;
        --repetitions) repetitions=$2 ;;
        --isa) isa=$2 ;;
        --before) before=$2 ;;
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

[[ -n $suite ]] || fail "no suite given: gemm, step or predict (see --help)"
[[ $suite == gemm || -z $types$families$accuracy ]] || fail "--type, --family and --accuracy are options of gemm"
programs=$build/benchmarks
[[ -x $programs/twinpath-$suite-twinpath ]] || fail "nothing is built in $build (see --help)"
out=${out:-$build/$suite-results/$(date +%Y%m%d-%H%M%S)}
mkdir -p "$out"
compgen -G "$out/*.json" >/dev/null && fail "$out already has results"

measure=("${chosen[@]}")
[[ -z $types ]] || measure+=(--type "$types")
[[ -z $families ]] || measure+=(--family "$families")
[[ -z $filter ]] || measure+=(--filter "$filter")
if [[ -n $quick ]]; then
  rounds=${rounds:-2}
  repetitions=${repetitions:-1}
  if [[ $suite == gemm ]]; then min_time=${min_time:-0.004}; else min_time=${min_time:-0.02}; fi
fi
rounds=${rounds:-3}
[[ -z $min_time ]] || measure+=(--min-time "$min_time")
[[ -z $repetitions ]] || measure+=(--repetitions "$repetitions")

# "before" is treated as a library whose results go to their own folder.
if [[ -n $before ]]; then
  [[ -z $libraries ]] || fail "--before compares twinpath with itself and excludes --libraries"
  [[ -x $before/benchmarks/twinpath-$suite-twinpath ]] || fail "nothing is built in $before"
  libraries='before twinpath'
  mkdir -p "$out/before"
  compgen -G "$out/before/*.json" >/dev/null && fail "$out/before already has results"
fi
((${#check[@]} == 0)) || [[ -n $before ]] || fail "--check requires --before"
if [[ -z $libraries ]]; then
  for library in twinpath openblas openblas-pip blis eigen onednn-sgemm onednn-matmul onednn-ip onemkl \
    onemkl-strict torch-autograd torch-tensors torch-pip jax; do
    [[ ! -x $programs/twinpath-$suite-$library ]] || libraries+=" $library"
  done
fi

# --- environment ----------------------------------------------------------------------------------------

# Versions of OpenBLAS and BLIS that are older than the processor fall back to kernels of an old one. Both read
# these variables when they are loaded.
old_kernels=''
if grep -m1 '^flags' /proc/cpuinfo | grep -qw avx512bw; then
  [[ -v OPENBLAS_CORETYPE ]] || old_kernels=1
  export OPENBLAS_CORETYPE=${OPENBLAS_CORETYPE:-SkylakeX} BLIS_ARCH_TYPE=${BLIS_ARCH_TYPE:-skx}
fi
export MKL_DYNAMIC=FALSE OMP_DYNAMIC=false
unset TWINPATH_ISA

program_of() {  # program_of LIBRARY
  if [[ $1 == before ]]; then
    echo "$before/benchmarks/twinpath-$suite-twinpath"
  else
    echo "$programs/twinpath-$suite-$1"
  fi
}

run_library() {  # run_library LIBRARY THREADS ARGUMENT...
  local library=$1 threads=$2
  local environment=(OPENBLAS_NUM_THREADS="$threads" BLIS_NUM_THREADS="$threads" OMP_NUM_THREADS="$threads"
    MKL_NUM_THREADS="$threads")
  shift 2
  # The newest OpenBLAS knows the processor.
  if [[ $library == openblas-pip && -n $old_kernels ]]; then environment=(-u OPENBLAS_CORETYPE "${environment[@]}"); fi
  # The loops around the products use GCC's OpenMP. oneMKL can share its threads. OpenBLAS, also inside
  # libtorch, has its own, so that waiting OpenMP threads must not occupy a core.
  if [[ $suite == step && $library == onemkl* ]]; then environment+=(MKL_THREADING_LAYER=GNU); fi
  if [[ $suite == step && $library =~ ^(openblas|torch) ]]; then environment+=(OMP_WAIT_POLICY=passive); fi
  if [[ $library =~ ^(twinpath|before)$ && -n $isa ]]; then environment+=(TWINPATH_ISA="$isa"); fi
  env "${environment[@]}" "$(program_of "$library")" --threads "$threads" "${any_kernel[@]}" "$@"
}

# --- which libraries ------------------------------------------------------------------------------------

accepted=()
for library in $libraries; do
  [[ -x $(program_of "$library") ]] || fail "$library was not built"
  status=0
  text=$(run_library "$library" 1 --describe 2>&1) || status=$?
  case $status in
    0)
      progress "$text"
      accepted+=("$library")
      ;;
    3)  # the library does not use its best kernels
      say "NOT COMPARED: $text"
      echo "$text" >>"$out/left_out.txt"
      ;;
    *) fail "$library: $text" ;;
  esac
done
((${#accepted[@]} != 0)) || fail "nothing to measure"

if [[ -n $accuracy ]]; then
  for library in "${accepted[@]}"; do run_library "$library" 1 --accuracy; done
  exit
fi

# --- measure --------------------------------------------------------------------------------------------

progress "results go to $out"
begin=$SECONDS
read -ra counts <<<"$threads_list"
turns=$((${#counts[@]} * rounds * ${#accepted[@]})) done=0
for threads in $threads_list; do
  for ((round = 1; round <= rounds; ++round)); do
    for ((i = 0; i < ${#accepted[@]}; ++i)); do
      # A different library begins each round, so that no library always follows the same one.
      library=${accepted[(i + round - 1) % ${#accepted[@]}]}
      file=$out/$library-t$threads-r$round
      if [[ $library == before ]]; then file=$out/before/twinpath-t$threads-r$round; fi
      extra=()
      # One process measures the bandwidth of the machine.
      if [[ $suite == gemm && $library == twinpath ]] && ((round == 1)); then extra=(--bandwidth); fi
      status=0
      run_library "$library" "$threads" --round "$round" "${measure[@]}" "${extra[@]}" \
        --benchmark_out="$file.part" --benchmark_out_format=json >/dev/null 2>"$file.log" || status=$?
      done=$((done + 1))
      if ((status == 4)); then  # no such rows: oneDNN has no products of double
        progress "$(tail -n 1 "$file.log")"
        rm "$file.log"
        continue
      fi
      ((status == 0)) || fail "$library failed: $(tail -n 3 "$file.log")"
      if grep -q '"error_occurred": true' "$file.part"; then fail "$library computes wrong results: $file.part"; fi
      mv "$file.part" "$file.json"
      rm "$file.log"
      elapsed=$((SECONDS - begin))
      progress "$done of $turns, $(clock $elapsed) of about $(clock $((elapsed * turns / done)))," \
        "threads $threads, round $round of $rounds: $library"
    done
  done
done

if [[ -n $before ]]; then summary+=("${check[@]}" --before "$out/before"); fi
if ((quiet > 1)); then
  ((${#check[@]} != 0)) || exit 0
  exec >/dev/null
fi
"$programs/twinpath-compare" "${summary[@]}" "$out"
