#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: check.sh NM OBJDUMP EXCEPTIONS ARCHIVE... [-- OBJECT...]
#
# Checks each object in the archives against the rules below, except for what the file EXCEPTIONS lists, and that
# each named OBJECT is in one of the archives.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nm=$1 objdump=$2 exceptions=$3
shift 3

declare -A rules=(
  [instructions]="an object runs on every processor of its tier, and on every x86-64 processor if it has none"
  [weak]="objects of a tier define no weak or unique symbol: the linker may take it for the whole program"
  [names]="global symbols are in namespace twinpath; weak ones may be the standard library's and TBB's"
  [calls]="functions of C and the standard streams that are called are listed: nothing prints, ends or changes the process"
  [initialisers]="nothing runs before main or after it"
  [relocations]="code is independent of its position"
  [stack]="no object asks for an executable stack"
)

archives=()
while (($# != 0)) && [[ $1 != -- ]]; do
  archives+=("$1")
  shift
done
(($# == 0)) || shift

findings=$(
  for archive in "${archives[@]}"; do
    "$nm" --print-file-name --format=posix "$archive" | awk -f "$here/symbols.awk"
    "$objdump" --section-headers --reloc --wide "$archive" | awk -f "$here/sections.awk"
    # On other architectures the tiers need no check of instructions.
    if [[ $("$objdump" --file-headers "$archive") == *x86-64* ]]; then
      "$objdump" --disassemble --wide --insn-width=16 "$archive" | awk -f "$here/instructions.awk"
    fi
  done
)
left=$(awk -f "$here/exceptions.awk" "$exceptions" - <<<"$findings")

failed=0
while read -r rule object what; do
  [[ -n $rule ]] || continue
  echo "$rule: $object: $what"
  failed=1
done < <(sort -u <<<"$left" | c++filt)
for rule in $(cut -d ' ' -f 1 <<<"$left" | sort -u); do echo "$rule means: ${rules[$rule]}"; done

members=$(for archive in "${archives[@]}"; do "$nm" --print-file-name --format=posix "$archive"; done |
  sed 's/^[^[]*\[\([^]]*\)\].*/\1/' | sort -u)
for object in "$@"; do
  grep -qxF "$object" <<<"$members" || { echo "$object: not in the archive, or without symbols"; failed=1; }
done
((failed == 0)) || exit 1
echo "$(wc -l <<<"$members") objects follow the rules: ${!rules[*]}"
