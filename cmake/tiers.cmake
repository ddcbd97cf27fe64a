# The instruction-set tiers of the architecture, best first, and the flags of each.
#
# TWINPATH_TIERS          their names, as TWINPATH_ISA spells them
# TWINPATH_FLAGS_<tier>   flags of a source file of that tier

if(CMAKE_SIZEOF_VOID_P EQUAL 8 AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(TWINPATH_TIERS avx512 avx2 baseline)
elseif(CMAKE_SIZEOF_VOID_P EQUAL 8 AND CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  set(TWINPATH_TIERS neon)
else()
  message(FATAL_ERROR "twinpath has kernels for 64-bit x86 and ARM; this is ${CMAKE_SYSTEM_PROCESSOR}")
endif()

# -O3 in every build type: without it kernels of one register tile spill, and inline functions that were
# compiled for one tier stay behind as weak symbols that the linker may pick for all.
# Sanitizers stay out: their checks between the instructions of a register tile take minutes to compile, and what
# kernels read and write is tested against unmapped pages.
set(common -O3 -ffp-contract=off -fno-math-errno -fno-exceptions -fno-rtti -fno-sanitize=all)
if(TWINPATH_SANITIZE MATCHES "address|undefined")
  # A file would take minutes to compile; reads and writes past the end are found by tests with guard pages.
  list(APPEND common -fno-sanitize=address,undefined)
endif()

set(TWINPATH_FLAGS_baseline ${common} -msse2)
set(TWINPATH_FLAGS_avx2 ${common} -mavx2 -mfma)
set(TWINPATH_FLAGS_avx512 ${common}
  -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512cd -mavx2 -mfma
  -mprefer-vector-width=512)  # by default the compiler stays at 256 bits
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 takes the undefined operand of its own AVX-512 intrinsics for a variable that was forgotten.
  list(APPEND TWINPATH_FLAGS_avx512 -Wno-uninitialized -Wno-maybe-uninitialized)
endif()
set(TWINPATH_FLAGS_neon ${common})
unset(common)

# Adds linalg/tiers/<tier>_<type>.cpp to a target of the calling folder.
function(twinpath_add_tiers target)
  foreach(tier IN LISTS TWINPATH_TIERS)
    foreach(type IN ITEMS float double)
      set(source linalg/tiers/${tier}_${type}.cpp)
      target_sources(${target} PRIVATE ${source})
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${TWINPATH_FLAGS_${tier}}")
    endforeach()
  endforeach()
endfunction()
