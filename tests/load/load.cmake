# The same bits under load. TWINPATH_LOAD_REPETITIONS=10000 in the environment makes the run long.
twinpath_test_program(load load/under_load.cpp)
add_test(NAME load COMMAND twinpath-test-load)
