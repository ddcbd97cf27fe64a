#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: rules_can_fail.sh LIB
#
# In a copy of the folder LIB every planted violation is found, and nothing else.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
lib=$folder/lib
cp -r "$1" "$lib"
find "$lib" -type d -exec touch {}/planted.hpp \;

count=0
plant() {  # plant ROOM INCLUDE MESSAGE
  count=$((count + 1))
  mkdir -p "$lib/$1"
  printf '// planted\n#include %s\n' "$2" >"$lib/$1/planted$count.cpp"
  echo "lib/$1/planted$count.cpp:2: $3" >>"$folder/expected"
}

while read -r room other; do
  plant "$room" "\"$other/planted.hpp\"" "$room may include only files of"
done <<'END'
runtime kernels
kernels/simd kernels
kernels kernels/tiers
kernels gemm
kernels rowwise
kernels/tiers gemm
gemm rowwise
gemm kernels/tiers
rowwise gemm
rowwise nn/optim
nn/optim nn/layer
nn/optim nn/step
nn/layer nn/step
nn/data nn/step
nn/step nn/data
nn/step nn
nn io
nn blas
io blas
blas runtime
blas gemm
END
plant kernels '"gemm.hpp"' "lib has no such file"
plant nn '"nn/network_of_yesterday.hpp"' "lib has no such file"
plant gemm '"tests/support/bits.hpp"' "lib has no such file"
plant gemm '"twinpath/gemm.hpp"' "lib has no such file"
plant nn/step '"../layer/planted.hpp"' "an include does not leave its folder by .."
plant io '"../../benchmarks/common/numbers.hpp"' "an include does not leave its folder by .."
plant kernels '<gemm/planted.hpp>' "files of lib are included by \"\""
plant nn/attic '<vector>' "nn/attic is no room"

output=$("$here/check.sh" "$lib") && { echo "nothing was found" >&2; exit 1; }
sed -E 's/^(lib[^:]*:[0-9]+: )[^:]*: ([^:]*).*/\1\2/' <<<"$output" | sort >"$folder/found"
sort -o "$folder/expected" "$folder/expected"
diff <(cut -d : -f 1,2 "$folder/expected") <(cut -d : -f 1,2 "$folder/found") ||
  { echo "< not found, or > found beside what was planted:"$'\n'"$output" >&2; exit 1; }
while IFS= read -r expected; do
  grep -qF "$expected" "$folder/found" || { echo "another rule was expected: $expected" >&2; exit 1; }
done <"$folder/expected"
echo "$count violations, each found by its rule"
