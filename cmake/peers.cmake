# The libraries with which the benchmarks compare twinpath. All are optional.
#
# OpenBLAS, BLIS and oneMKL export the same symbols, so each is given by its file: -lblas may be any of them. If one is
# in an unusual place, set its two variables.
#
# twinpath_peer_<name>   an interface target for each library found: openblas blis eigen onednn onemkl torch
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

# `pip install mkl mkl-include` installs it below the prefix of that Python.
find_program(TWINPATH_PYTHON NAMES python3 python DOC "The Python whose packages are searched for oneMKL")
mark_as_advanced(TWINPATH_PYTHON)
set(prefixes ${MKL_ROOT} $ENV{MKLROOT})
if(TWINPATH_PYTHON)
  execute_process(COMMAND ${TWINPATH_PYTHON} -c "import site, sys; print(sys.prefix, site.USER_BASE, sep=';', end='')"
    OUTPUT_VARIABLE python_prefixes ERROR_QUIET)
  list(APPEND prefixes ${python_prefixes})
endif()
twinpath_find_peer(onemkl HEADER mkl.h
  NAMES mkl_rt libmkl_rt.so.3 libmkl_rt.so.2 libmkl_rt.so.1 SUFFIXES lib/intel64 include/mkl HINTS ${prefixes})
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

set(TWINPATH_PEERS "")
foreach(peer IN ITEMS openblas blis eigen onednn onemkl torch)
  if(TARGET twinpath_peer_${peer})
    list(APPEND TWINPATH_PEERS ${peer})
  endif()
endforeach()
message(STATUS "Peers for the benchmarks: ${TWINPATH_PEERS}")
