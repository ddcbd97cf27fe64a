# The instruction-set tiers of the architecture, best first, and the flags of each.
#
# TWINPATH_TIERS          their names, as TWINPATH_ISA spells them
# TWINPATH_FLAGS_<tier>   flags of a source file of that tier
# TWINPATH_SANITIZED_TIER the one tier that the thread sanitizer sees, if it is asked for

if(CMAKE_SIZEOF_VOID_P EQUAL 8 AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(TWINPATH_TIERS avx512 avx2 baseline)
elseif(CMAKE_SIZEOF_VOID_P EQUAL 8 AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  set(TWINPATH_TIERS neon)
else()
  message(FATAL_ERROR "twinpath has kernels for 64-bit x86 and ARM; this is ${CMAKE_SYSTEM_PROCESSOR}")
endif()

# -O3 in every build type: without it kernels of one register tile spill, and inline functions that were
# compiled for one tier stay behind as weak symbols that the linker may pick for all.
# Sanitizers stay out: a file with their checks takes minutes to compile, and what kernels read and write is tested
# against unmapped pages.
set(common -O3 -ffp-contract=off -fno-math-errno -fno-exceptions -fno-rtti -fno-sanitize=all)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With -g, following every variable through the register tiles takes GCC minutes.
  list(APPEND common $<$<CONFIG:Debug,RelWithDebInfo>:-fno-var-tracking>)
endif()

set(TWINPATH_FLAGS_baseline ${common} -msse2)
set(TWINPATH_FLAGS_avx2 ${common} -mavx2 -mfma)
set(TWINPATH_FLAGS_avx512 ${common}
  -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512cd -mavx2 -mfma
  -mprefer-vector-width=512)  # by default the compiler stays at 256 bits
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 takes the undefined operand of its own AVX-512 intrinsics for a variable that was forgotten.
  list(APPEND TWINPATH_FLAGS_avx512 -Wno-uninitialized -Wno-maybe-uninitialized)
  # Rows are addressed by what an instruction adds up, not by registers of their own, each made from the one before:
  # those end up in vector registers, which the multiply-adds wait for.
  list(APPEND TWINPATH_FLAGS_avx512 -fno-tree-slsr)
  # And with its generic tuning, or that of a later processor, GCC would put addresses there, or into mask registers,
  # where it runs out of others.
  list(APPEND TWINPATH_FLAGS_avx512 -mtune=haswell)
endif()
set(TWINPATH_FLAGS_neon ${common})
unset(common)

# But most of what threads share is read and written by kernels alone: of their one text, the thread sanitizer sees
# the lowest tier, whose files are the smallest.
set(TWINPATH_SANITIZED_TIER "")
if(TWINPATH_SANITIZE STREQUAL "thread")
  list(GET TWINPATH_TIERS -1 TWINPATH_SANITIZED_TIER)
  list(APPEND TWINPATH_FLAGS_${TWINPATH_SANITIZED_TIER} -fsanitize=thread)
endif()

# Adds kernels/tiers/<tier>_<type>.cpp to a target of the calling folder, and <tier>_half_<type>.cpp for vectors of half
# the width.
function(twinpath_add_tiers target)
  foreach(tier IN LISTS TWINPATH_TIERS)
    set(sources kernels/tiers/${tier}_float.cpp kernels/tiers/${tier}_double.cpp)
    if(tier STREQUAL avx512)
      list(APPEND sources kernels/tiers/${tier}_half_float.cpp kernels/tiers/${tier}_half_double.cpp)
    endif()
    target_sources(${target} PRIVATE ${sources})
    set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS "${TWINPATH_FLAGS_${tier}}")
  endforeach()
endfunction()
