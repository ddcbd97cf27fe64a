# In any other build: tests that configure the instrumented build in a folder below, build it, and run its
# programs.

include(dependencies.cmake)

find_program(TWINPATH_CLANG NAMES clang++ clang++-14 DOC "The Clang that builds the fuzzers")
mark_as_advanced(TWINPATH_CLANG)
set(clang_folder ${CMAKE_CURRENT_BINARY_DIR}/clang)

if(TWINPATH_CLANG AND NOT TWINPATH_CLANG_HAS_LIBFUZZER)
  file(WRITE ${clang_folder}-probe/probe.cpp
    "extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n")
  execute_process(
    COMMAND ${TWINPATH_CLANG} -fsanitize=fuzzer,address probe.cpp -o probe
    WORKING_DIRECTORY ${clang_folder}-probe
    RESULT_VARIABLE failure OUTPUT_QUIET ERROR_QUIET)
  if(failure EQUAL 0)
    set(TWINPATH_CLANG_HAS_LIBFUZZER ON CACHE INTERNAL "Whether TWINPATH_CLANG can link a fuzzer")
  endif()
endif()
if(NOT TWINPATH_CLANG_HAS_LIBFUZZER)
  message(STATUS
    "Left out: the tests fuzz.* and clang.*, which need clang++ with libFuzzer (libclang-rt-14-dev)")
  return()
endif()

string(REPLACE " Multi-Config" "" generator ${CMAKE_GENERATOR})
twinpath_found_dependencies(dependencies TBB xsimd nlohmann_json libzip Catch2)
add_test(NAME clang.configure
  COMMAND ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR} -B ${clang_folder} -G ${generator} --log-level=NOTICE
    -DCMAKE_CXX_COMPILER=${TWINPATH_CLANG}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER}
    -DCMAKE_BUILD_TYPE=Debug
    "-DCMAKE_CXX_FLAGS_DEBUG=-gline-tables-only -O1 -D_GLIBCXX_ASSERTIONS"
    -DTWINPATH_SANITIZE=address,undefined,fuzzer-no-link
    -DTWINPATH_WARNINGS_AS_ERRORS=${TWINPATH_WARNINGS_AS_ERRORS}
    -DTWINPATH_BUILD_IO=${TWINPATH_BUILD_IO}
    -DTWINPATH_BUILD_BENCHMARKS=OFF -DTWINPATH_BUILD_DOCS=OFF -DTWINPATH_INSTALL=OFF
    ${dependencies})
add_test(NAME clang.build
  COMMAND ${CMAKE_COMMAND} --build ${clang_folder} --parallel 2 --target twinpath-clang)
set_tests_properties(clang.configure PROPERTIES FIXTURES_SETUP twinpath-clang-configured)
set_tests_properties(clang.build PROPERTIES
  FIXTURES_REQUIRED twinpath-clang-configured
  FIXTURES_SETUP twinpath-clang-built
  PROCESSORS 2)

foreach(suite IN LISTS clang_suites)
  foreach(tier IN LISTS TWINPATH_TIERS)
    add_test(NAME clang.${suite}.${tier} COMMAND ${clang_folder}/tests/twinpath-test-${suite})
    set_tests_properties(clang.${suite}.${tier} PROPERTIES
      ENVIRONMENT "TWINPATH_ISA=${tier};TWINPATH_TEST_TIER=${tier}"
      FIXTURES_REQUIRED twinpath-clang-built
      SKIP_RETURN_CODE 77)
  endforeach()
endforeach()

function(twinpath_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "OPTIONS;SOURCES;LIBRARIES;SEEDS")
  set(here ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
  list(TRANSFORM arg_SEEDS PREPEND ${here}/)
  add_test(NAME fuzz.${name}
    COMMAND ${here}/run.sh ${clang_folder}/tests/twinpath-fuzz-${name} ${clang_folder}/fuzz/${name}
      ${arg_OPTIONS} ${here}/corpus/${name} ${arg_SEEDS})
  set_tests_properties(fuzz.${name} PROPERTIES FIXTURES_REQUIRED twinpath-clang-built)
endfunction()
