#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: rules_can_fail.sh CXX NM OBJDUMP AR
#
# Each source in violations/<rule>/ breaks that rule and no other; those in violations/none/ break none.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cxx=$1 nm=$2 objdump=$3 ar=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
archive=$folder/archive.a exceptions=$folder/exceptions

fail() {
  echo "$*" >&2
  exit 1
}

check() {  # check [-- OBJECT...]
  "$here/check.sh" "$nm" "$objdump" "$exceptions" "$archive" "$@" 2>&1
}

# Objects are named as CMake names them.
compile() {  # compile SOURCE
  local object=${1##*/} flags
  read -ra flags < <(sed -n 's|^// flags: ||p' "$1"; echo)
  "$cxx" -O2 -fPIC -std=c++20 "${flags[@]}" -c "$1" -o "$folder/$object.o"
}

only_x86='/(instructions|relocations)/|/avx'
expected=$folder/expected
: >"$expected"
for source in "$here"/violations/*/*.{cpp,s}; do
  [[ ${source#"$here"} =~ $only_x86 && $("$cxx" -dumpmachine) != x86_64* ]] && continue
  compile "$source"
  rule=${source%/*}
  rule=${rule##*/}
  [[ $rule == none ]] || echo "$rule: ${source##*/}.o" >>"$expected"
done
"$ar" qc "$archive" "$folder"/*.o
sort -o "$expected" "$expected"

: >"$exceptions"
output=$(check) && fail "nothing was found"
grep -v ' means: ' <<<"$output" | cut -d : -f 1,2 | sort -u >"$folder/found"
diff "$expected" "$folder/found" || fail "< planted but not found, > found but not planted:"$'\n'"$output"
while IFS=': ' read -r rule _; do
  grep -q "^$rule means: ." <<<"$output" || fail "$rule is not stated: $output"
done <"$expected"

# Every exception counts for one rule and one object.
sed -n '2,$s/\(.*\): \(.*\)/\1 \2 .* # planted/p' "$expected" >"$exceptions"
output=$(check) && fail "an exception covers more than its object"
found=$(grep -v ' means: ' <<<"$output" | cut -d : -f 1,2 | sort -u)
[[ $found == "$(head -n 1 "$expected")" ]] || fail "one violation is not excepted, but this was found: $output"
sed 's/\(.*\): \(.*\)/\1 \2 .* # planted/' "$expected" >"$exceptions"
output=$(check -- plain.cpp.o) || fail "all violations are excepted, but $output"
output=$(check -- avx2_float.cpp.o) && fail "a missing object is not reported: $output"
echo "names function.cpp.o .*" >>"$exceptions"
output=$(check) && fail "an exception without a reason is accepted: $output"
echo "$(wc -l <"$expected") violations, each found by its rule"
