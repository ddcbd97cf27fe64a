#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: preloaded.sh LIBRARY "SYMBOL..." COMMAND...: runs COMMAND with LIBRARY preloaded. Fails when COMMAND fails,
# when it does not use one of the symbols, or when a symbol is bound to another library.
set -euo pipefail

library=$1 symbols=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

env LD_PRELOAD="$library" LD_DEBUG=bindings LD_DEBUG_OUTPUT="$folder/bindings" "$@"

for symbol in $symbols; do
  # binding file <user> [0] to <provider> [0]: normal symbol `<name>' [<version>]
  bindings=$(grep -hE "symbol \`$symbol'" "$folder"/bindings.*) || {
    echo "$symbol was not used" >&2
    exit 1
  }
  if others=$(grep -vF " to $library [0]: " <<<"$bindings"); then
    printf '%s\n' "$symbol comes from elsewhere:" "$others" >&2
    exit 1
  fi
  echo "$symbol: $(wc -l <<<"$bindings") bound to $(basename "$library")"
done
