# SPDX-License-Identifier: MIT
# usage: awk -f exceptions.awk EXCEPTIONS FINDINGS: prints the findings that no exception matches.

function refuse(text) {
  print FILENAME ":" FNR ": " text > "/dev/stderr"
  refused = 1
  exit 2
}

FILENAME != "-" {
  if (/^ *(#|$)/) next
  if (NF < 5 || $4 != "#") refuse("expected RULE OBJECT SYMBOL # REASON")
  rule[++count] = $1
  object[count] = "^(" $2 ")$"
  symbol[count] = "^(" $3 ")$"
  next
}
NF != 0 {
  for (i = 1; i <= count; ++i)
    if ($1 == rule[i] && $2 ~ object[i] && $3 ~ symbol[i]) next
  print
}
