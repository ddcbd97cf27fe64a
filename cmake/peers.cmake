# The libraries with which the benchmarks compare twinpath. All are optional.
#
# OpenBLAS, BLIS and oneMKL export the same symbols, so each is given by its file: -lblas may be any of them. If one is
# in an unusual place, set its two variables.
#
# twinpath_peer_<name>   an interface target for each library found: openblas openblas-pip blis eigen onednn onemkl
#                        onemkl-strict torch
# TWINPATH_PEERS         their names

# twinpath_find_peer(<name> HEADER <file> NAMES <library>... SUFFIXES <folder>... [HINTS <prefix>...])
function(twinpath_find_peer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" HEADER "NAMES;SUFFIXES;HINTS")
  string(TOUPPER ${name} upper)
  find_library(TWINPATH_${upper}_LIBRARY NAMES ${arg_NAMES} HINTS ${arg_HINTS}
    PATH_SUFFIXES ${arg_SUFFIXES} lib DOC "The library of ${name}")
  find_path(TWINPATH_${upper}_INCLUDE_DIR NAMES ${arg_HEADER} HINTS ${arg_HINTS}
    PATH_SUFFIXES ${arg_SUFFIXES} include DOC "Where ${arg_HEADER} of ${name} is")
  mark_as_advanced(TWINPATH_${upper}_LIBRARY TWINPATH_${upper}_INCLUDE_DIR)
  if(TWINPATH_${upper}_LIBRARY AND TWINPATH_${upper}_INCLUDE_DIR)
    add_library(twinpath_peer_${name} INTERFACE)
    target_link_libraries(twinpath_peer_${name} INTERFACE ${TWINPATH_${upper}_LIBRARY})
    target_include_directories(twinpath_peer_${name} SYSTEM INTERFACE ${TWINPATH_${upper}_INCLUDE_DIR})
  endif()
endfunction()

twinpath_find_peer(openblas HEADER openblas_config.h
  NAMES libopenblas.so.0 openblas SUFFIXES openblas-pthread openblas-openmp openblas)
twinpath_find_peer(blis HEADER blis.h NAMES libblis.so.4 blis SUFFIXES blis-openmp blis-pthread blis)

# Packages of pip: `pip install mkl mkl-include` installs libraries below the prefix of that Python,
# `pip install scipy-openblas32` in its own folder.
find_program(TWINPATH_PYTHON NAMES python3 python DOC "The Python whose packages are searched for oneMKL and OpenBLAS")
mark_as_advanced(TWINPATH_PYTHON)
set(prefixes ${MKL_ROOT} $ENV{MKLROOT})
set(openblas_of_pip "")
if(TWINPATH_PYTHON)
  execute_process(COMMAND ${TWINPATH_PYTHON} -c
    "import site, sys, sysconfig; print(sys.prefix, sysconfig.get_path('data'), site.USER_BASE, sep=';', end='')"
    OUTPUT_VARIABLE python_prefixes ERROR_QUIET)
  list(APPEND prefixes ${python_prefixes})
  execute_process(COMMAND ${TWINPATH_PYTHON} -c
    "import scipy_openblas32, os; print(os.path.dirname(scipy_openblas32.__file__), end='')"
    OUTPUT_VARIABLE openblas_of_pip ERROR_QUIET)
endif()
twinpath_find_peer(onemkl HEADER mkl.h
  NAMES mkl_rt libmkl_rt.so.3 libmkl_rt.so.2 libmkl_rt.so.1 SUFFIXES lib/intel64 include/mkl HINTS ${prefixes})
if(TARGET twinpath_peer_onemkl)
  # The same library with the same bits for every number of threads.
  add_library(twinpath_peer_onemkl-strict ALIAS twinpath_peer_onemkl)
endif()
if(openblas_of_pip)
  twinpath_find_peer(openblas-pip HEADER openblas_config.h NAMES scipy_openblas SUFFIXES lib HINTS ${openblas_of_pip})
endif()
if(TARGET twinpath_peer_openblas-pip)
  # All its names have a prefix.
  foreach(name IN ITEMS cblas_sgemm cblas_dgemm openblas_set_num_threads openblas_get_config openblas_get_corename)
    target_compile_definitions(twinpath_peer_openblas-pip INTERFACE ${name}=scipy_${name})
  endforeach()
endif()
unset(openblas_of_pip)
unset(prefixes)
unset(python_prefixes)

find_package(OpenMP COMPONENTS CXX)
find_package(Eigen3 3.3 CONFIG QUIET)
if(TARGET Eigen3::Eigen AND TARGET OpenMP::OpenMP_CXX)
  add_library(twinpath_peer_eigen INTERFACE)
  target_link_libraries(twinpath_peer_eigen INTERFACE Eigen3::Eigen OpenMP::OpenMP_CXX)
  # Optimised for this processor in every build type.
  target_compile_options(twinpath_peer_eigen INTERFACE -O3 -march=native -ffp-contract=fast)
  target_compile_definitions(twinpath_peer_eigen INTERFACE NDEBUG)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 warns about its own AVX-512 intrinsics.
    target_compile_options(twinpath_peer_eigen INTERFACE -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
endif()
if(TARGET OpenMP::OpenMP_CXX)
  # Its package configuration is not used, because it stops CMake if the headers of OpenCL are missing.
  twinpath_find_peer(onednn HEADER dnnl.hpp NAMES dnnl)
  if(TARGET twinpath_peer_onednn)
    target_link_libraries(twinpath_peer_onednn INTERFACE OpenMP::OpenMP_CXX)
  endif()
endif()

find_package(Torch CONFIG QUIET)
if(TORCH_FOUND)
  add_library(twinpath_peer_torch INTERFACE)
  target_link_libraries(twinpath_peer_torch INTERFACE ${TORCH_LIBRARIES})
endif()

# Libraries for Python: TWINPATH_PYTHON_PEERS has the names of those that are installed.
set(TWINPATH_PYTHON_PEERS "")
foreach(package IN ITEMS jax torch)
  set(status 1)
  if(TWINPATH_PYTHON)
    execute_process(COMMAND ${TWINPATH_PYTHON} -c
      "import numpy, ${package}"
      RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
  endif()
  if(status EQUAL 0)
    list(APPEND TWINPATH_PYTHON_PEERS ${package})
  else()
    list(APPEND missing_peers "${package} of Python")
  endif()
endforeach()
unset(status)

set(TWINPATH_PEERS "")
foreach(peer IN ITEMS openblas openblas-pip blis eigen onednn onemkl onemkl-strict torch)
  if(TARGET twinpath_peer_${peer})
    list(APPEND TWINPATH_PEERS ${peer})
  else()
    list(APPEND missing_peers ${peer})
  endif()
endforeach()
message(STATUS "Peers for the benchmarks: ${TWINPATH_PEERS}; of Python: ${TWINPATH_PYTHON_PEERS}; not found and left out: ${missing_peers}")
unset(missing_peers)
