# Files: what is read, written and refused.

twinpath_test_program(io
  io/damaged.cpp
  io/mlp_arrays.cpp
  io/mlp_continued.cpp
  io/mlp_refused.cpp
  io/npy.cpp
  io/npz.cpp
  io/replacement_file.cpp
)
target_compile_definitions(twinpath-test-io PRIVATE TWINPATH_IO_DATA_DIR="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(twinpath-test-io PRIVATE twinpath::io)
add_test(NAME io COMMAND twinpath-test-io)

find_program(TWINPATH_PYTHON NAMES python3 python DOC "The Python that has NumPy")
mark_as_advanced(TWINPATH_PYTHON)
if(TWINPATH_PYTHON)
  add_executable(twinpath-io-sample io/sample.cpp)
  twinpath_strict(twinpath-io-sample)
  target_include_directories(twinpath-io-sample PRIVATE ${PROJECT_SOURCE_DIR}/lib)
  target_link_libraries(twinpath-io-sample PRIVATE twinpath::io)
  add_test(NAME io.numpy
    COMMAND ${TWINPATH_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/numpy_reads.py $<TARGET_FILE:twinpath-io-sample>)
  set_tests_properties(io.numpy PROPERTIES SKIP_RETURN_CODE 77)
endif()
