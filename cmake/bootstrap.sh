#!/usr/bin/env bash
# Installs missing packages, configures, builds in Release, and runs a command.
set -euo pipefail

# The current folder does not change, because file names among the arguments are relative to it.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release

usage() {
  cat <<'END'
usage: cmake/bootstrap.sh COMMAND [ARGUMENT...]

  build       build everything
  test        build everything and run the tests. --everything first installs what the optional
              tests need: Clang, emulators, valgrind, the tests of other libraries. Other arguments
              are passed to ctest
  digits      build and run the digits program; arguments are passed to it (try: digits --help)
  benchmarks  build and run all benchmarks of twinpath and of the other installed libraries, and
              make a page of the results (10 minutes; --quick: 1 minute). --peers first installs
              the other libraries. Other arguments are passed to benchmarks/all.sh (try: --help)
  help        print this text

Missing packages are installed (Debian, Ubuntu) or named. The build is in build/release.
END
}

say() { fold -s -w 100 <<<"twinpath: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

# --- missing packages -----------------------------------------------------------------------------------

have() { command -v "$1" >/dev/null; }

missing_tools() {  # found as commands, because they need not come from packages
  have "${CXX:-g++}" || echo g++
  have cmake || echo cmake
  have ninja || have make || echo ninja-build
  have pkg-config || echo pkg-config
  have nm || echo binutils
}

missing_packages() {  # missing_packages PACKAGE..., each with :ARCHITECTURE if it is not for this machine
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
# For optional tests: fuzzers and another compiler, another architecture and older processors, the tests of the
# reference BLAS and of NumPy, memory errors.
test_tools=(clang libclang-rt-dev g++-aarch64-linux-gnu qemu-user libblas-dev libblas-test liblapack3 python3-numpy
  python3-pytest python3-hypothesis valgrind)
# Installed separately and last, because a package server may not have the architecture.
emulated_libraries=(libtbb-dev:arm64)

# Installs optional packages. It is not an error if they cannot be installed.
install_more() {  # install_more CONSEQUENCE-WITHOUT-THEM PACKAGE...
  local without=$1 packages
  shift
  if ! have dpkg-query || ! have apt-get; then
    say "no apt, so optional packages are not installed; $without"
    return
  fi
  mapfile -t packages < <(missing_packages "$@")
  ((${#packages[@]} == 0)) || install_with_apt "${packages[@]}" ||
    say "could not install (this needs root or sudo): ${packages[*]}; $without"
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
      say "could not install (this needs root or sudo): ${packages[*]}"
    fi
  else
    say "CMake fetches the libraries that are not installed (oneTBB, xsimd, libzip, Catch2, Google Benchmark, CLI11, nlohmann-json), except zlib"
  fi

  mapfile -t packages < <(missing_tools)
  if ((${#packages[@]} != 0)); then
    say "needed: a C++20 compiler (GCC 12, Clang 14), CMake 3.25, Ninja or make, pkg-config, binutils"
    fail "please install: ${packages[*]}"
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
  # The cache of a tree that was moved or copied cannot be used.
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

# The tiers of this processor, so that the tests fail if one of them is skipped.
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
      install_more "tests that need them are skipped" "${test_tools[@]}"
      install_more "tests that need them are skipped" "${emulated_libraries[@]}"
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
        --peers) install_more "the peers that are found are measured" "${peers[@]}" ;;
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
    say "unknown command \"$command\""
    usage >&2
    exit 2
    ;;
esac
