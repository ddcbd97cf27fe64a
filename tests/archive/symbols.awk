# SPDX-License-Identifier: MIT
# nm --print-file-name --format=posix: the symbols that the objects define, and those that they need.
# Prints the rule, the object and the mangled symbol.

# The outermost namespace or class: of _ZNK8twinpath2v05trace4stopEv it is "8twinpath…".
function scope(symbol) {
  sub(/^_Z/, "", symbol)
  sub(/^(TV|TI|TS|TT|TW|TH|GV|GR)/, "", symbol)  # vtables, type information, wrappers and guards of variables
  sub(/^T[hv][n0-9_]*_/, "", symbol)              # thunks
  sub(/^Z+/, "", symbol)                         # local to a function
  sub(/^N[rVK]*[RO]?/, "", symbol)
  return symbol
}

{
  object = $1
  sub(/^[^[]*\[/, "", object)
  sub(/\]:$/, "", object)
  symbol = $2
  type = $3
  of = symbol ~ /^_Z/ ? scope(symbol) : ""
  of_twinpath = of ~ /^8twinpath/
  # Inline functions and templates of other libraries are weak, and any program may define them too.
  of_others = of ~ /^(S[tabsiod]|9__gnu_cxx|3tbb|17twinpath_nlohmann)/
  # Symbols that the compiler and the linker generate for C++.
  language = of ~ /^10__cxxabiv1/ ||
    symbol ~ /^(__cxa_.*|__gxx_personality_v0|_Unwind_Resume|__dso_handle|DW\.ref\..*)$/ ||
    symbol ~ /^(__clang_call_terminate|__tls_get_addr|_GLOBAL_OFFSET_TABLE_)$/
}

type ~ /^[WVu]$/ && object ~ /^(avx512|avx2|baseline|neon)_/ { print "weak", object, symbol }
type ~ /^[ABCDGRSTi]$/ && !of_twinpath { print "names", object, symbol }
type ~ /^[WVu]$/ && !(of_twinpath || of_others || language) { print "names", object, symbol }
type ~ /^[Uwv]$/ {
  if (symbol == "__cxa_atexit") print "initialisers", object, symbol, "registers a destructor that runs after main"
  allocation = symbol ~ /^_Z(n[aw]|d[al])/
  stream = of ~ /^St(3cin|4cout|4cerr|4clog|4wcin|5wcout|5wcerr|5wclog)$/ || of ~ /^St8ios_base4Init/
  ends = of ~ /^St(9terminate|10unexpected)v/
  if (!(of_twinpath || of_others || language || allocation) || stream || ends) print "calls", object, symbol
}
