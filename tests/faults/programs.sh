#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: programs.sh DIGITS PROFILE: programs that cannot write a file end with an error that names the file and
# the reason, before they start to work if it is known then.
set -euo pipefail

digits=$1
profile=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$work/folder
mkdir "$folder"

fail() {
  echo "$*" >&2
  exit 1
}

digits=("$digits" --quiet --threads 1 --epochs 1 --layers 64-8-10)
profile=("$profile" --quiet --threads 1 --layers 8-6-4 --batch 12 --steps 2 --warmup 0)

refused() {  # refused REASON FILE COMMAND...: the command fails at once and leaves no file behind
  local reason=$1 file=$2 output error before
  shift 2
  before=$(ls -A "$folder")
  if output=$("$@" "$file" 2>"$work/error"); then fail "not refused: $* $file"; fi
  error=$(<"$work/error")
  [[ -z $output ]] || fail "refused after work has begun: $* $file: $output"
  [[ $error == "error: $file: "*"$reason" ]] || fail "expected \"$reason\" from $* $file, got: $error"
  [[ $(ls -A "$folder") == "$before" ]] || fail "left behind: $(ls -A "$folder")"
}

touch "$folder/file"
for option in --trace --json --html --svg; do
  command=("${profile[@]}" "$option")
  refused "cannot be written: No such file or directory" "$folder/none/x" "${command[@]}"
  refused "cannot be written: Is a directory" "$folder" "${command[@]}"
  refused "cannot be written: Not a directory" "$folder/file/x" "${command[@]}"
done
refused "cannot be written: No such file or directory" "$folder/none/x" "${digits[@]}" --trace
refused "cannot be written: Is a directory" "$folder" "${digits[@]}" --trace
# The first file that cannot be written ends the program, whatever its other arguments.
refused "cannot be written: Is a directory" "$folder" "${digits[@]}" --train /none --trace
if [[ $("${digits[@]}" --save "$work/x.npz" 2>&1) != *"need a build with TWINPATH_BUILD_IO"* ]]; then
  refused "cannot create a temporary file in its folder: No such file or directory" "$folder/none/x.npz" "${digits[@]}" --save
  refused "Is a directory" "$folder" "${digits[@]}" --save
  refused "not a regular file" /dev/null "${digits[@]}" --save
fi

# A full disk shows only when the file is written.
full() {  # full COMMAND...
  local error
  if error=$("$@" /dev/full 2>&1 >"$work/output"); then fail "not refused: $* /dev/full"; fi
  [[ $error == "error: "*"/dev/full: "*"No space left on device" ]] || fail "from $* /dev/full: $error"
}
if [[ -c /dev/full ]]; then
  for option in --trace --json --html --svg; do full "${profile[@]}" "$option"; done
  full "${digits[@]}" --trace
fi
