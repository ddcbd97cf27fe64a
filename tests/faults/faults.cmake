# Failing allocations, and files that cannot be written. A program of its own, because it replaces operator new.
# Allocations of TBB for its tasks do not fail here.
twinpath_test_program(faults
  faults/networks.cpp
  faults/operations.cpp
  faults/traces.cpp
  runtime/counting_new.cpp
)
if(TWINPATH_BUILD_IO)
  target_sources(twinpath-test-faults PRIVATE faults/files.cpp)
  target_link_libraries(twinpath-test-faults PRIVATE twinpath::io)
endif()
add_test(NAME faults COMMAND twinpath-test-faults)
# A thread that waits for ever would block all other tests.
set_tests_properties(faults PROPERTIES TIMEOUT 600)

if(TWINPATH_BUILD_BENCHMARKS)
  add_test(NAME faults.programs
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/programs.sh $<TARGET_FILE:twinpath-digits> $<TARGET_FILE:twinpath-profile>)
endif()
