# The tier neon, built by a cross-compiler and run in an emulator: the golden hashes are those of the other tiers
# with a fused multiply-add, and the kernels follow the contract.

# The contract tests of the kernels of a tier, with every tail. The drivers above the kernels are the same code on
# every tier and are tested on others.
twinpath_test_program(kernels
  contract/activations.cpp
  contract/elementwise.cpp
  contract/fma.cpp
  contract/micro_kernels.cpp
  contract/packing.cpp
  contract/softmax.cpp
)
set_target_properties(twinpath-test-kernels PROPERTIES EXCLUDE_FROM_ALL ON)

if(CMAKE_CROSSCOMPILING OR NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  return()
endif()
# Under sanitizers or without optimisation these runs would say nothing new, and take minutes.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" OR TWINPATH_SANITIZE)
  return()
endif()

include(dependencies.cmake)
set(toolchain ${PROJECT_SOURCE_DIR}/cmake/aarch64-linux-gnu.cmake)
find_program(TWINPATH_AARCH64_COMPILER aarch64-linux-gnu-g++ DOC "The cross-compiler for AArch64")
find_program(TWINPATH_AARCH64_EMULATOR qemu-aarch64 DOC "The emulator of AArch64")
find_path(TWINPATH_AARCH64_TBB TBBConfig.cmake PATHS /usr/lib/aarch64-linux-gnu/cmake/TBB NO_DEFAULT_PATH
  DOC "Where the CMake package of oneTBB for AArch64 is")
mark_as_advanced(TWINPATH_AARCH64_COMPILER TWINPATH_AARCH64_EMULATOR TWINPATH_AARCH64_TBB)
set(missing "")
foreach(tool IN ITEMS COMPILER EMULATOR TBB)
  if(NOT TWINPATH_AARCH64_${tool})
    list(APPEND missing ${tool})
  endif()
endforeach()
if(missing)
  string(REPLACE "COMPILER" "aarch64-linux-gnu-g++" missing "${missing}")
  string(REPLACE "EMULATOR" "qemu-aarch64" missing "${missing}")
  string(REPLACE "TBB" "oneTBB for AArch64" missing "${missing}")
  list(JOIN missing ", " missing)
  message(STATUS "tests aarch64.* are left out, because these are not found: ${missing}")
  return()
endif()

set(build ${CMAKE_CURRENT_BINARY_DIR}/aarch64)
twinpath_found_dependencies(options xsimd nlohmann_json Catch2)
add_test(NAME aarch64.configure
  COMMAND ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR} -B ${build} -G ${CMAKE_GENERATOR}
    --toolchain ${toolchain} --log-level=NOTICE -DCMAKE_BUILD_TYPE=Release ${options}
    -DTBB_DIR=${TWINPATH_AARCH64_TBB} -DTWINPATH_WARNINGS_AS_ERRORS=${TWINPATH_WARNINGS_AS_ERRORS}
    -DTWINPATH_BUILD_BENCHMARKS=OFF -DTWINPATH_BUILD_DOCS=OFF -DTWINPATH_BUILD_IO=OFF
    -DTWINPATH_INSTALL=OFF)
add_test(NAME aarch64.build
  COMMAND ${CMAKE_COMMAND} --build ${build} --parallel 2
    --target twinpath-test-golden twinpath-test-kernels)
set_tests_properties(aarch64.configure PROPERTIES FIXTURES_SETUP twinpath-aarch64-configured)
set_tests_properties(aarch64.build PROPERTIES
  FIXTURES_REQUIRED twinpath-aarch64-configured
  FIXTURES_SETUP twinpath-aarch64-built
  PROCESSORS 2)

# twinpath_aarch64_test(suite arguments...): a run of a test program in the emulator.
function(twinpath_aarch64_test suite)
  add_test(NAME aarch64.${suite}
    COMMAND ${TWINPATH_AARCH64_EMULATOR} ${build}/tests/twinpath-test-${suite} ${ARGN})
  set_tests_properties(aarch64.${suite} PROPERTIES
    ENVIRONMENT "TWINPATH_ISA=neon;TWINPATH_TEST_TIER=neon;TWINPATH_REQUIRE_TIERS=neon"
    FIXTURES_REQUIRED twinpath-aarch64-built)
endfunction()

twinpath_aarch64_test(golden)
twinpath_aarch64_test(kernels)
