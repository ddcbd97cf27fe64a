#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: help.sh PROGRAM...: --help of each PROGRAM names its options, in 100 columns.
set -euo pipefail
export LC_ALL=C.UTF-8

failed=0
for program in "$@"; do
  text=$("$program" --help) || { echo "$program --help fails" >&2; failed=1; }
  [[ $text == *--* ]] || { echo "$program --help names no option" >&2; failed=1; }
  while IFS= read -r line; do
    ((${#line} <= 100)) || { echo "$program --help, ${#line} columns: $line" >&2; failed=1; }
  done <<<"$text"
done
exit $failed
