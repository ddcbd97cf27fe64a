# Files: what is read, written and refused.

twinpath_test_program(io
  io/npy.cpp
)
target_compile_definitions(twinpath-test-io PRIVATE TWINPATH_IO_DATA_DIR="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(twinpath-test-io PRIVATE twinpath::io)
add_test(NAME io COMMAND twinpath-test-io)
