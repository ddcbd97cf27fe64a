#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# links.sh ROOT PAGE...: the relative links of the pages exist, and so do the files and folders that they name in `code`:
# from the page's folder, the root, or lib.
set -euo pipefail
cd "$1"
shift

exists() { [[ -e $1/$2 || -e $2 || -e lib/$2 || -e tests/$2 ]]; }
failed=0
complain() {
  echo "$*"
  failed=1
}

for page in "$@"; do
  folder=$(dirname "$page")
  # Blocks of code are not prose; anchors are the business of the site that shows them.
  prose=$(awk '/^```/ { inside = !inside; next } !inside' "$page")
  while read -r target; do
    [[ $target =~ ^(https?:|#|$) || -e $folder/${target%%#*} ]] || complain "$page: the link to $target leads nowhere"
  done < <(grep -oP '\]\(\K[^)]+' <<<"$prose" || true)
  # A path has a slash, and nothing that is not part of one; build/ is made later.
  while read -r path; do
    [[ $path == build/* ]] || exists "$folder" "$path" || complain "$page: there is no $path"
  done < <(grep -oP '`\K(\./)?\.?[A-Za-z0-9_-]+(/[A-Za-z0-9_.-]+)+/?(?=`)' <<<"$prose" || true)
done
exit $failed
