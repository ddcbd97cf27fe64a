# Data that threads share, the threaded part of the suite for the thread sanitizer, and memcheck.

twinpath_test_program(races sanitizers/races.cpp)
add_test(NAME races COMMAND twinpath-test-races)

if(TWINPATH_SANITIZED_TIER)
  # Tests of label `threads` run on the tier that the sanitizer instruments; target twinpath-threads builds them.
  add_custom_target(twinpath-threads)
  function(twinpath_test_threads suite)
    list(JOIN ARGN "," tests)
    add_test(NAME threads.${suite} COMMAND twinpath-test-${suite} ${tests})
    set_tests_properties(threads.${suite} PROPERTIES
      LABELS threads
      ENVIRONMENT "TWINPATH_ISA=${TWINPATH_SANITIZED_TIER};TWINPATH_TEST_TIER=${TWINPATH_SANITIZED_TIER}")
    add_dependencies(twinpath-threads twinpath-test-${suite})
  endfunction()
  twinpath_test_threads(races)
  twinpath_test_threads(contract "*over threads*" "gemm: every path*" "gemm: an arena*")
  twinpath_test_threads(gradients "[step]" "[training]" "[clip]")
  twinpath_test_threads(runtime "[trace]" "[scratch]")
endif()

# valgrind 3.19 does not support AVX-512.
find_program(TWINPATH_VALGRIND valgrind)
mark_as_advanced(TWINPATH_VALGRIND)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT TWINPATH_SANITIZE AND TWINPATH_BUILD_BENCHMARKS)
  if(TWINPATH_VALGRIND)
    add_test(NAME valgrind
      COMMAND ${CMAKE_CURRENT_LIST_DIR}/valgrind.sh ${TWINPATH_VALGRIND} $<TARGET_FILE:twinpath-digits>
        ${PROJECT_SOURCE_DIR}/benchmarks/data/optdigits $<TARGET_FILE:twinpath-test-runtime>
        $<TARGET_FILE:twinpath-test-edges> $<$<BOOL:${TWINPATH_BUILD_IO}>:$<TARGET_FILE:twinpath-test-io>>)
    if("avx2" IN_LIST TWINPATH_TIERS)
      set_tests_properties(valgrind PROPERTIES ENVIRONMENT TWINPATH_ISA=avx2)
    endif()
  else()
    message(STATUS "valgrind is not found: its test is left out")
  endif()
endif()
