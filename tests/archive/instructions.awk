# SPDX-License-Identifier: MIT
# objdump --disassemble --wide --insn-width=16: instructions that a processor of the object's tier may lack.
# Prints rule, object, function and the first such instruction of the function.

BEGIN {
  FS = "\t"
  segment = "^((26|2e|36|3e|64|65|67) )*"                # prefixes that may stand before VEX and EVEX
  legacy = "^((26|2e|36|3e|64|65|66|67|f0|f2|f3) )*(4[0-9a-f] )?"  # and before all others, with REX
  vex = segment "c[45] "
  evex = segment "62 "
  sse4 = legacy "0f 3[8a] "                              # the opcode maps of SSSE3 and SSE4

  # In the maps of SSE2. tzcnt is left out: older processors execute it as bsf, and compilers rely on that.
  after_sse2 = "^(v?addsubp[sd]|h(add|sub)p[sd]|lddqu|mov(d|sh|sl)dup|monitor|mwait|fisttp.*|popcnt|lzcnt|" \
               "cmpxchg16b|crc32|movbe|xsave.*|rdrand|rdseed|ad[co]x)$"
  # Extensions beside AVX2 and FMA, whatever the encoding.
  after_avx2 = "^(andn|bextr|bls(i|r|msk)|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx|lzcnt|movbe|ad[co]x|" \
               "rdrand|rdseed|vcvtph2ps|vcvtps2ph|vaes.*|vpclmul.*|vgf2p8.*|sha.*)$"
  # Masks may be VEX-encoded.
  opmask = "^k(add|and|andn|mov|not|or|ortest|shiftl|shiftr|test|unpck|xnor|xor)[bwdq]*$"
  # Extensions beside AVX-512 F, BW, DQ, VL and CD.
  after_avx512 = "^(vp(dpbusd|dpwssd|madd52|perm[it]2b|multishift|shld|shrd|popcnt|shufbit).*|vpermb|" \
                 "vp(compress|expand)[bw]|vcvtne.*|vdpbf16ps|vp2intersect.*|v4fm.*|v.*[ps]h)$"
}

/file format/ { object = $0; sub(/: *file format.*/, "", object); next }
/^[0-9a-f]+ <.*>:$/ { name = $0; sub(/^[^<]*</, "", name); sub(/>:$/, "", name); next }

NF >= 3 {
  mnemonic = $3
  # Prefixes and hints of a branch are printed as words.
  while (mnemonic ~ /^(rep[nez]*|lock|notrack|bnd|data16|cs|ds|es|fs|gs|ss|addr32|rex[.WRXB]*) /) sub(/^[^ ]* +/, "", mnemonic)
  sub(/ .*/, "", mnemonic)
  if (object ~ /^avx512_/) {
    wrong = mnemonic ~ after_avx2 || mnemonic ~ after_avx512
  } else if (object ~ /^avx2_/) {
    wrong = $2 ~ evex || mnemonic ~ opmask || mnemonic ~ after_avx2
  } else {
    wrong = $2 ~ vex || $2 ~ evex || $2 ~ sse4 || mnemonic ~ after_sse2
  }
  if (wrong && !seen[object, name]++) print "instructions", object, name, $3
}
