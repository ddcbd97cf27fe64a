# Projects that use twinpath in the three possible ways. ctest configures, builds and runs each.

include(dependencies.cmake)

set(scratch ${CMAKE_CURRENT_BINARY_DIR}/install)
set(prefix ${scratch}/prefix)
file(MAKE_DIRECTORY ${scratch}/pkg_config)

# The consumer's CMake finds these libraries where this build found them.
set(options
  -DCMAKE_BUILD_TYPE=$<CONFIG>
  -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
  -DCMAKE_CXX_FLAGS=${CMAKE_CXX_FLAGS})
twinpath_found_dependencies(dependencies TBB xsimd nlohmann_json)
set(source_options ${options} ${dependencies})
if(TBB_DIR AND NOT tbb_SOURCE_DIR)
  list(APPEND options -DTBB_DIR=${TBB_DIR})
endif()

add_test(NAME install.clean COMMAND ${CMAKE_COMMAND} -E rm -rf ${prefix})
add_test(NAME install.prefix
  COMMAND ${CMAKE_COMMAND} --install ${CMAKE_BINARY_DIR} --config $<CONFIG> --prefix ${prefix})
set_tests_properties(install.clean PROPERTIES FIXTURES_SETUP twinpath-clean-prefix)
set_tests_properties(install.prefix PROPERTIES
  FIXTURES_REQUIRED twinpath-clean-prefix
  FIXTURES_SETUP twinpath-prefix)

function(twinpath_consumer kind)
  add_test(NAME install.${kind}
    COMMAND ${CMAKE_CTEST_COMMAND}
      --build-and-test ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${kind} ${scratch}/${kind}
      --build-generator ${CMAKE_GENERATOR}
      --build-options ${ARGN}
      --test-command consumer)
  set_tests_properties(install.${kind} PROPERTIES ENVIRONMENT CMAKE_BUILD_PARALLEL_LEVEL=2)
endfunction()

twinpath_consumer(add_subdirectory ${source_options})
twinpath_consumer(find_package ${options} -DCMAKE_PREFIX_PATH=${prefix}
  -DCMAKE_DISABLE_FIND_PACKAGE_xsimd=ON -DCMAKE_DISABLE_FIND_PACKAGE_nlohmann_json=ON)
set_tests_properties(install.find_package PROPERTIES FIXTURES_REQUIRED twinpath-prefix)
if(TWINPATH_BUILD_IO)
  twinpath_consumer(find_package_io ${options} -DCMAKE_PREFIX_PATH=${prefix})
  set_tests_properties(install.find_package_io PROPERTIES FIXTURES_REQUIRED twinpath-prefix)
endif()
if(TWINPATH_BUILD_BLAS)
  twinpath_consumer(find_package_blas ${options} -DCMAKE_PREFIX_PATH=${prefix})
  set_tests_properties(install.find_package_blas PROPERTIES FIXTURES_REQUIRED twinpath-prefix)
endif()

find_program(TWINPATH_PKG_CONFIG pkg-config)
if(TWINPATH_PKG_CONFIG)
  separate_arguments(flags NATIVE_COMMAND "${CMAKE_CXX_FLAGS}")
  function(twinpath_pkg_config_consumer name module source)
    add_test(NAME install.${name}
      COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/pkg_config/build.sh
        ${prefix} ${module} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${source} ${CMAKE_CXX_COMPILER} ${flags}
      WORKING_DIRECTORY ${scratch}/pkg_config)
    set_tests_properties(install.${name} PROPERTIES FIXTURES_REQUIRED twinpath-prefix)
  endfunction()
  twinpath_pkg_config_consumer(pkg_config twinpath main.cpp)
  if(TWINPATH_BUILD_IO)
    twinpath_pkg_config_consumer(pkg_config_io twinpath-io find_package_io/main.cpp)
  endif()
  if(TWINPATH_BUILD_BLAS)
    twinpath_pkg_config_consumer(pkg_config_blas twinpath-blas find_package_blas/main.c)
  endif()
endif()
