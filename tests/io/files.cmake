# Files: what is read, written and refused.

twinpath_test_program(io
  io/damaged.cpp
  io/mlp_arrays.cpp
  io/mlp_continued.cpp
  io/mlp_refused.cpp
  io/npy.cpp
  io/npz.cpp
  io/replacement_file.cpp
  io/saved_networks.cpp
)
target_compile_definitions(twinpath-test-io PRIVATE TWINPATH_IO_DATA_DIR="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(twinpath-test-io PRIVATE twinpath::io)
add_test(NAME io COMMAND twinpath-test-io "~[saved]")
# A step from a saved network has other bits on the tier without FMA.
twinpath_test_on_tiers(io "[saved]")

# Writes the networks of a release that tests keep in io/data.
add_executable(twinpath-io-save-networks io/save_networks.cpp)
twinpath_strict(twinpath-io-save-networks)
target_include_directories(twinpath-io-save-networks PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(twinpath-io-save-networks PRIVATE twinpath::io)

find_program(TWINPATH_PYTHON NAMES python3 python DOC "The Python that has NumPy")
mark_as_advanced(TWINPATH_PYTHON)
if(TWINPATH_PYTHON)
  add_executable(twinpath-io-sample io/sample.cpp)
  add_executable(twinpath-io-copy-network io/copy_network.cpp)
  foreach(program IN ITEMS twinpath-io-sample twinpath-io-copy-network)
    twinpath_strict(${program})
    target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR}/lib)
    target_link_libraries(${program} PRIVATE twinpath::io)
  endforeach()
  add_test(NAME io.numpy
    COMMAND ${TWINPATH_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/numpy_reads.py $<TARGET_FILE:twinpath-io-sample>)
  add_test(NAME io.numpy_networks
    COMMAND ${TWINPATH_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/numpy_networks.py
      $<TARGET_FILE:twinpath-io-copy-network>)
  set_tests_properties(io.numpy io.numpy_networks PROPERTIES SKIP_RETURN_CODE 77)
endif()
