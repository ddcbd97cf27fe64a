# What threads share, and the threaded part of the suite for the thread sanitizer.

twinpath_test_program(races sanitizers/races.cpp)
add_test(NAME races COMMAND twinpath-test-races)

if(TWINPATH_SANITIZED_TIER)
  # Tests of this label are what is run, on the tier that the sanitizer sees; target twinpath-threads builds them.
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
