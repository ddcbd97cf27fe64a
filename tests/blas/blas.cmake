# The matrix product under its BLAS names: its bits, its errors, and other projects' tests of a BLAS.

if(NOT TWINPATH_BUILD_BLAS)
  return()
endif()

twinpath_test_program(blas
  blas/cblas_header.cpp
  blas/gemm.cpp
  blas/illegal_arguments.cpp
  blas/nothing_to_multiply.cpp
)
target_link_libraries(twinpath-test-blas PRIVATE twinpath::blas)
twinpath_test_on_tiers(blas)

add_executable(twinpath-blas-illegal-call blas/illegal_call.cpp)
twinpath_strict(twinpath-blas-illegal-call)
target_link_libraries(twinpath-blas-illegal-call PRIVATE twinpath::blas)
add_test(NAME blas.stops
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/stops.sh $<TARGET_FILE:twinpath-blas-illegal-call>)
add_test(NAME blas.exports
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/exports.sh ${CMAKE_NM} $<TARGET_FILE:twinpath-blas-preload>)

if(TWINPATH_SANITIZE)
  message(STATUS "blas.netlib and blas.numpy*: left out, their programs do not load a sanitizer")
  return()
endif()

find_path(TWINPATH_BLAS_TESTERS_DIR xblat3s PATHS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/blas
  DOC "Where xblat3s and the other testers of the reference BLAS are")
mark_as_advanced(TWINPATH_BLAS_TESTERS_DIR)
if(TWINPATH_BLAS_TESTERS_DIR)
  add_test(NAME blas.netlib
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/netlib.sh $<TARGET_FILE:twinpath-blas-preload> ${TWINPATH_BLAS_TESTERS_DIR})
else()
  message(STATUS "blas.netlib: left out, there is no xblat3s (Debian: libblas-test)")
endif()

# NumPy from another source than the system brings its own BLAS under other names.
find_program(TWINPATH_SYSTEM_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH
  DOC "The Python whose NumPy uses the BLAS of the system")
mark_as_advanced(TWINPATH_SYSTEM_PYTHON)
set(symbols "")
if(TWINPATH_SYSTEM_PYTHON)
  execute_process(
    COMMAND ${TWINPATH_SYSTEM_PYTHON} -c "import numpy.core._multiarray_umath as m; print(m.__file__, end='')"
    OUTPUT_VARIABLE extension ERROR_QUIET)
  execute_process(COMMAND ${CMAKE_NM} -D "${extension}" OUTPUT_VARIABLE symbols ERROR_QUIET)
endif()
if(NOT symbols MATCHES " U cblas_sgemm\n")
  message(STATUS "blas.numpy*: left out, no NumPy uses the system's BLAS (Debian: python3-numpy)")
  return()
endif()

function(twinpath_numpy_test name symbols)
  add_test(NAME blas.${name}
    COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/preloaded.sh $<TARGET_FILE:twinpath-blas-preload> ${symbols}
      ${TWINPATH_SYSTEM_PYTHON} ${ARGN})
endfunction()

twinpath_numpy_test(numpy_products "cblas_sgemm cblas_dgemm" ${CMAKE_CURRENT_LIST_DIR}/numpy_products.py)

# Factorisations by the reference's LAPACK, which multiplies through the Fortran names.
set(lapack_dir /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/lapack)
if(EXISTS ${lapack_dir}/liblapack.so.3)
  twinpath_numpy_test(numpy_factorisations "sgemm_ dgemm_" ${CMAKE_CURRENT_LIST_DIR}/numpy_factorisations.py)
  set_tests_properties(blas.numpy_factorisations PROPERTIES ENVIRONMENT LD_LIBRARY_PATH=${lapack_dir})
else()
  message(STATUS "blas.numpy_factorisations, _linalg: left out, there is no reference LAPACK (Debian: liblapack3)")
endif()

# NumPy's own tests.
execute_process(COMMAND ${TWINPATH_SYSTEM_PYTHON} -c "import hypothesis, pytest"
  RESULT_VARIABLE missing OUTPUT_QUIET ERROR_QUIET)
if(missing)
  message(STATUS "blas.numpy, _linalg: left out, there is no pytest (Debian: python3-pytest, python3-hypothesis)")
  return()
endif()
set(pytest -m pytest -q -p no:cacheprovider --pyargs)
# Tests of huge vectors take gigabytes and compute no matrix product.
twinpath_numpy_test(numpy "cblas_sgemm cblas_dgemm" ${pytest}
  numpy.core.tests.test_multiarray numpy.core.tests.test_numeric numpy.core.tests.test_einsum
  -k "(Dot or Matmul or Inner or Tensordot or Einsum) and not huge")
if(TEST blas.numpy_factorisations)
  twinpath_numpy_test(numpy_linalg "sgemm_ dgemm_" ${pytest} numpy.linalg)
  set_tests_properties(blas.numpy_linalg PROPERTIES ENVIRONMENT LD_LIBRARY_PATH=${lapack_dir})
endif()
