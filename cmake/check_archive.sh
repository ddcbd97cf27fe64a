#!/usr/bin/env bash
# usage: check_archive.sh NM ARCHIVE OBJECT...
#
# Fails when one of the objects in the archive defines a weak or unique symbol. These objects are compiled for
# one instruction set each, and the linker may take such a symbol from any of them for the whole program.
set -euo pipefail

nm=$1 archive=$2
shift 2

for object in "$@"; do
  "$nm" -A -C --defined-only "$archive" | awk -F: -v object="$object" '
    $2 == object {
      found = 1
      line = substr($0, length($1 $2) + 3)
      sub(/^[0-9a-fA-F]* */, "", line)
      if (line ~ /^[WVuwv] /) { print object ": " line; bad = 1 }
    }
    END {
      if (!found) print object ": not in the archive, or without symbols"
      exit bad || !found
    }' || failed=1
done
if [[ ${failed:-0} != 0 ]]; then
  echo "these symbols must not be weak, or must not be there" >&2
  exit 1
fi
echo "no weak symbol in: $*"
