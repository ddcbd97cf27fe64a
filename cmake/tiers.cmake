# The instruction-set tiers of the architecture, best first, and the compiler flags of each.
#
# TWINPATH_TIERS          their names, as TWINPATH_ISA spells them
# TWINPATH_FLAGS_<tier>   flags of a source file of that tier
# TWINPATH_SANITIZED_TIER the tier that is built with the thread sanitizer, if that is requested

if(CMAKE_SIZEOF_VOID_P EQUAL 8 AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(TWINPATH_TIERS avx512 avx2 baseline)
elseif(CMAKE_SIZEOF_VOID_P EQUAL 8 AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  set(TWINPATH_TIERS neon)
else()
  message(FATAL_ERROR "twinpath supports x86-64 and AArch64; this is ${CMAKE_SYSTEM_PROCESSOR}")
endif()

# -O3 in every build type: without it register tiles spill, and inline functions compiled for one tier remain as weak
# symbols, which the linker may use for all tiers.
# No sanitizers: a file with their checks takes minutes to compile, and the memory accesses of kernels are tested with
# unmapped pages.
set(common -O3 -ffp-contract=off -fno-math-errno -fno-exceptions -fno-rtti -fno-sanitize=all)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With -g, tracking the variables of register tiles takes GCC minutes.
  list(APPEND common $<$<CONFIG:Debug,RelWithDebInfo>:-fno-var-tracking>)
endif()

set(TWINPATH_FLAGS_baseline ${common} -msse2)
set(TWINPATH_FLAGS_avx2 ${common} -mavx2 -mfma)
set(TWINPATH_FLAGS_avx512 ${common}
  -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512cd -mavx2 -mfma
  -mprefer-vector-width=512)  # by default the compiler stays at 256 bits
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports the undefined operands of its own AVX-512 intrinsics as uninitialised variables.
  list(APPEND TWINPATH_FLAGS_avx512 -Wno-uninitialized -Wno-maybe-uninitialized)
  # Let row addresses be formed by addressing modes (base + index * scale). Strength reduction would make a chain of
  # pointer increments, which GCC spills to vector registers, stalling the multiply-adds.
  list(APPEND TWINPATH_FLAGS_avx512 -fno-tree-slsr)
  # With generic tuning, or that of a later processor, GCC also spills addresses to vector or mask registers.
  list(APPEND TWINPATH_FLAGS_avx512 -mtune=haswell)
endif()
set(TWINPATH_FLAGS_neon ${common})
unset(common)

# Threads share most data through kernels, so the thread sanitizer needs one tier: the lowest, whose files are the
# smallest.
set(TWINPATH_SANITIZED_TIER "")
if(TWINPATH_SANITIZE STREQUAL "thread")
  list(GET TWINPATH_TIERS -1 TWINPATH_SANITIZED_TIER)
  list(APPEND TWINPATH_FLAGS_${TWINPATH_SANITIZED_TIER} -fsanitize=thread)
endif()

# Adds kernels/tiers/<tier>_<type>.cpp to a target of the calling folder; for avx512 also <tier>_half_<type>.cpp, the
# kernels with vectors of half the width.
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
