# SPDX-License-Identifier: MIT
# objdump --section-headers --reloc: what the objects ask of the linker and the loader.
# Prints rule, object and a symbol or section.

function end_of_object() {
  if (object != "" && !stack) print "stack", object, ".note.GNU-stack", "is missing"
}

/file format/ {
  end_of_object()
  object = $0
  sub(/: *file format.*/, "", object)
  stack = 0
  in_section = ""
  next
}
/^RELOCATION RECORDS FOR/ {
  in_section = $4
  gsub(/^\[|\]:$/, "", in_section)
  next
}
in_section == "" && $1 ~ /^[0-9]+$/ { section = $2 }
in_section == "" && section == ".note.GNU-stack" && /CONTENTS|READONLY/ {
  stack = 1
  if (/CODE/) print "stack", object, section, "is executable"
}
in_section ~ /^\.(preinit_array|init_array|fini_array|ctors|dtors)/ && $2 ~ /^R_/ {
  print "initialisers", object, $3, "is called by " in_section
}
# Addresses that are not relative to the code's own.
in_section ~ /^\.text/ && $2 ~ /^R_(X86_64_(8|16|32|32S|64)|AARCH64_ABS[0-9]+)$/ {
  print "relocations", object, $3, $2 " in " in_section
}
END { end_of_object() }
