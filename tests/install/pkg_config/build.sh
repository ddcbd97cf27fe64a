#!/usr/bin/env bash
# usage: build.sh PREFIX MODULE SOURCE COMPILER [FLAG...]: builds the consumer in the current folder and runs it.
set -euo pipefail

prefix=$1 module=$2 source=$3
shift 3
libdirs=$(find "$prefix" -name twinpath.pc -printf '%h\n')
export PKG_CONFIG_PATH="$libdirs${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
export LD_LIBRARY_PATH="${libdirs%/pkgconfig}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

read -ra flags <<<"$(pkg-config --cflags --libs "$module")"
"$@" -std=c++20 "$source" "${flags[@]}" -o "consumer-$module"
"./consumer-$module"
