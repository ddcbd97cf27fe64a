#!/usr/bin/env bash
# The whole set-up: installs what is missing, configures, builds in Release, and does what it was asked for.
set -euo pipefail

# The current folder stays the caller's, because file names among the arguments are relative to it.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release

usage() {
  cat <<'END'
usage: cmake/bootstrap.sh COMMAND [ARGUMENT...]

  build       build everything
  test        build everything and run the tests; with --everything what more of them need is
              installed first: Clang, emulators, valgrind, the tests of other libraries; other
              arguments go to ctest
  digits      build and run the digits program; arguments go to it (try: digits --help)
  benchmarks  build and run all benchmarks, beside the other libraries that are installed, and make
              a page of the results (10 minutes; --quick: 1 minute); with --peers the other
              libraries are installed first; other arguments go to benchmarks/all.sh (try: --help)
  help        print this text

What is missing is installed first (Debian, Ubuntu) or named. The build is in build/release.
END
}

say() { fold -s -w 100 <<<"twinpath: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

# --- what is missing ------------------------------------------------------------------------------------

have() { command -v "$1" >/dev/null; }

missing_tools() {  # by command, because they may come from anywhere
  have "${CXX:-g++}" || echo g++
  have cmake || echo cmake
  have ninja || have make || echo ninja-build
  have pkg-config || echo pkg-config
  have nm || echo binutils
}

missing_packages() {  # missing_packages PACKAGE..., each with :ARCHITECTURE where it is not this machine's
  local package architecture
  for package in "$@"; do
    architecture=$(dpkg --print-architecture)
    [[ $package != *:* ]] || architecture=${package#*:}
    dpkg-query -W -f '${Architecture} ${db:Status-Status}\n' "$package" 2>/dev/null |
      grep -xE "($architecture|all) installed" >/dev/null || echo "$package"
  done
}

libraries=(libtbb-dev libxsimd-dev libzip-dev zlib1g-dev catch2 libbenchmark-dev libcli11-dev nlohmann-json3-dev)
peers=(libopenblas-dev libblis-dev libeigen3-dev libdnnl-dev libtorch-dev libsleef-dev)
# For tests that are left out without them: fuzzers and another compiler, another architecture and older
# processors, the testers of the reference BLAS and NumPy's, memory errors.
test_tools=(clang libclang-rt-dev g++-aarch64-linux-gnu qemu-user libblas-dev libblas-test liblapack3 python3-numpy
  python3-pytest python3-hypothesis valgrind)
# By themselves and last, because a server may not have the architecture.
emulated_libraries=(libtbb-dev:arm64)

# Where these cannot be installed, there is less to do and no error.
install_more() {  # install_more WHAT-IS-DONE-WITHOUT PACKAGE...
  local without=$1 packages
  shift
  if ! have dpkg-query || ! have apt-get; then
    say "without apt nothing more is installed here; $without"
    return
  fi
  mapfile -t packages < <(missing_packages "$@")
  ((${#packages[@]} == 0)) || install_with_apt "${packages[@]}" ||
    say "could not install, as root or with sudo: ${packages[*]}; $without"
}

install_with_apt() {
  local as_root=() log
  if [[ $(id -u) != 0 ]]; then
    have sudo || return 1
    as_root=(sudo)
  fi
  if [[ " $* " == *:arm64\ * ]]; then "${as_root[@]}" dpkg --add-architecture arm64; fi
  say "installing $*"
  log=$(mktemp)
  if "${as_root[@]}" apt-get -qq update >"$log" 2>&1 &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" >>"$log" 2>&1 </dev/null; then
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
}

install_missing() {
  local packages=() version
  if have dpkg-query && have apt-get; then
    mapfile -t packages < <(missing_tools; missing_packages "${libraries[@]}")
    if ((${#packages[@]} != 0)) && ! install_with_apt "${packages[@]}"; then
      say "could not install, as root or with sudo: ${packages[*]}"
    fi
  else
    say "libraries that are not installed are fetched, except for zlib: oneTBB, xsimd, libzip, Catch2, Google Benchmark, CLI11, nlohmann-json"
  fi

  mapfile -t packages < <(missing_tools)
  if ((${#packages[@]} != 0)); then
    say "needed: a C++20 compiler (GCC 12, Clang 14), CMake 3.25, Ninja or make, pkg-config, binutils"
    fail "please install what is missing: ${packages[*]}"
  fi
  read -r _ _ version < <(cmake --version)
  if [[ $(printf '%s\n' 3.25 "$version" | sort -V | head -n 1) != 3.25 ]]; then
    fail "CMake 3.25 or newer is needed; this is $version"
  fi
}

# --- build ----------------------------------------------------------------------------------------------

configure() {  # configure [OPTION...]
  local options=(-DTWINPATH_WARNINGS_AS_ERRORS=OFF "$@") cache=$build/CMakeCache.txt
  [[ ${CI:-} == true ]] && options+=(-DTWINPATH_WARNINGS_AS_ERRORS=ON)
  # The settings of a tree that was moved or copied are of no use here.
  if ! grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
    options+=(--fresh)
    if [[ -z ${CMAKE_GENERATOR:-} ]] && have ninja; then options+=(-G Ninja); fi
  fi
  say "configuring in build/release"
  (cd "$root" && cmake --preset release --log-level=NOTICE "${options[@]}") >/dev/null
}

build() {  # build [TARGET [OPTION...]]
  install_missing
  configure "${@:2}"
  say "building ${1:-everything}"
  cmake --build "$build" --parallel "$(nproc)" ${1:+--target "$1"} >&2
}

# The tiers of this processor, so that none is skipped by mistake.
processor_tiers() {
  local flags flag tiers=baseline
  if [[ $(uname -m) == aarch64 ]]; then
    echo neon
    return
  fi
  flags=" $(grep -m1 '^flags' /proc/cpuinfo) "
  for flag in avx2 fma; do
    [[ $flags == *" $flag "* ]] || { echo "$tiers"; return; }
  done
  tiers+=,avx2
  for flag in avx512f avx512bw avx512dq avx512vl avx512cd; do
    [[ $flags == *" $flag "* ]] || { echo "$tiers"; return; }
  done
  echo "$tiers,avx512"
}

# --- commands -------------------------------------------------------------------------------------------

command=${1:-}
(($# == 0)) || shift
case $command in
  build)
    build
    ;;
  test)
    everything=0 arguments=()
    for argument in "$@"; do
      case $argument in
        --everything) everything=1 ;;
        *) arguments+=("$argument") ;;
      esac
    done
    if ((everything)); then
      install_missing
      install_more "tests that need them are left out" "${test_tools[@]}"
      install_more "tests that need them are left out" "${emulated_libraries[@]}"
    fi
    build
    if [[ ${CI:-} == true ]]; then
      TWINPATH_REQUIRE_TIERS=$(processor_tiers)
      export TWINPATH_REQUIRE_TIERS
      say "tiers that must be tested here: $TWINPATH_REQUIRE_TIERS"
    fi
    say "testing"
    exec ctest --test-dir "$build" --output-on-failure --no-tests=error -j2 "${arguments[@]}"
    ;;
  digits)
    build twinpath-digits
    say "running twinpath-digits"
    exec "$build/benchmarks/twinpath-digits" "$@"
    ;;
  benchmarks)
    arguments=()
    for argument in "$@"; do
      case $argument in
        --peers) install_more "those that are found are measured" "${peers[@]}" ;;
        --help | -h) exec "$root/benchmarks/all.sh" --help ;;
        *) arguments+=("$argument") ;;
      esac
    done
    build twinpath-benchmarks -DTWINPATH_BUILD_PEERS=ON
    exec "$root/benchmarks/all.sh" --build "$build" "${arguments[@]}"
    ;;
  help | --help | -h)
    usage
    ;;
  "")
    usage >&2
    exit 2
    ;;
  *)
    say "no command is called \"$command\""
    usage >&2
    exit 2
    ;;
esac
