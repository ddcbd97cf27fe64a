#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: page.sh REPORT COMPARE DATA: the page of a small set of results is complete and needs no other file.
set -euo pipefail

report=$1 compare=$2 data=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
page=$folder/page.html

fail() {
  echo "$*" >&2
  exit 1
}
has() { grep -qF -- "$1" "$page" || fail "the page has no $1"; }
lacks() { if grep -qE -- "$1" "$page"; then fail "the page has $1"; fi; }
count() { grep -oE -- "$1" "$page" | wc -l; }
equal() { (($2 == $3)) || fail "$1: $2, expected $3"; }

[[ $("$report" "$data" --out "$page") == "$page" ]] || fail "the path of the page is not printed"
[[ -z $("$report" "$data" --out "$page" --quiet) ]] || fail "--quiet prints something"

for id in overview products roofline scaling two-paths step predict elementary tables; do
  has "id=\"$id\""
  equal "sections $id" "$(count "id=\"$id\"")" 1
done
lacks 'Not measured'
for text in 'Example &lt;processor&gt; &amp; more' 'v0.1.0-3-gabcdef0' '2026-11-24' 'OpenBLAS' '0.3.21' \
  'L2 cache' 'FMA peak' 'Left out: Example 1.0' 'prefers-color-scheme: dark' \
  '784 to 128, NN: forward' '784 to 128, TN: dW' '784 to 128, NT: dA' 'squares, NN' 'squares, TN' 'squares, NT'; do
  has "$text"
done
lacks '<script|https?://|<link|src=|@import|url\('
# For two thread counts: squares and two layers in three layouts, and rooflines; and the gain of the second thread.
equal charts "$(count '<figure>')" 21
equal "peaks in charts" "$(count 'guide-name[^>]*>FMA peak')" 20
equal "roofs of memory" "$(count 'guide-name[^>]*>memory')" 2
equal "cells of the map" "$(count '<td class="(side|after)"')" 4
equal "cards of networks" "$(count '<h4>[0-9-]+, batch')" 8
lacks '(nan|inf)["%, ]'
for tag in section figure svg table tr td div p details span g; do
  equal "open <$tag>" "$(count "<${tag}[ >]")" "$(count "</${tag}>")"
done

refused() {  # refused MESSAGE FOLDER
  local output
  if output=$("$report" "$2" --out "$page" 2>&1); then fail "not refused: $2"; fi
  [[ $output == *"$1"* ]] || fail "expected \"$1\", got: $output"
}
mkdir "$folder/empty" "$folder/twice" "$folder/damaged"
refused "no results" "$folder/empty"
cp -r "$data/step" "$folder/twice/a"
cp -r "$data/step" "$folder/twice/b"
refused "two results of step" "$folder/twice"
echo '{"context": {}' >"$folder/damaged/a.json"
refused "damaged/a.json" "$folder/damaged"
# The page shows the results that there are.
"$report" "$folder/twice/a" --out "$page" --quiet
has 'Not measured: Products, Roofline, Two paths, Functions'

for suite in gemm step predict; do
  for option in '' --all-peers; do
    width=$("$compare" ${option:+"$option"} "$data/$suite" | LC_ALL=C.UTF-8 wc -L)
    ((width > 50 && width <= 100)) || fail "the tables of $suite $option take $width columns"
  done
done
