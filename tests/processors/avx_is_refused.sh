#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: avx_is_refused.sh QEMU PROGRAM
#
# On a processor without AVX the emulator refuses AVX instructions, so a program that runs there executes none.
set -euo pipefail

qemu=$1 program=$2
illegal_instruction=132

ulimit -c 0
for cpu in Opteron_G1 Nehalem; do
  status=0
  "$qemu" -cpu "$cpu" "$program" 2>/dev/null || status=$?
  ((status == illegal_instruction)) || { echo "$cpu runs AVX: exit status $status"; exit 1; }
done
"$qemu" -cpu Haswell "$program"
echo "AVX is an illegal instruction where the processor has none"
