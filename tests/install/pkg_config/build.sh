#!/usr/bin/env bash
# usage: build.sh PREFIX COMPILER [FLAG...]: builds the consumer in the current folder and runs it.
set -euo pipefail

prefix=$1
shift
libdirs=$(find "$prefix" -name twinpath.pc -printf '%h\n')
export PKG_CONFIG_PATH="$libdirs${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
export LD_LIBRARY_PATH="${libdirs%/pkgconfig}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

read -ra flags <<<"$(pkg-config --cflags --libs twinpath)"
"$@" -std=c++20 "$(dirname "${BASH_SOURCE[0]}")/../main.cpp" "${flags[@]}" -o consumer
./consumer
