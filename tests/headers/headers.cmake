# Each public header compiles on its own and when included twice, with this project's warnings as errors, by every
# compiler that is found and for the next standard. Headers include only each other and the standard library.

file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR}/include CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/include/twinpath/*.hpp)
set(sources)
set(all_headers "")
foreach(header IN LISTS headers)
  cmake_path(REPLACE_EXTENSION header LAST_ONLY cpp OUTPUT_VARIABLE source)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${source})
  file(CONFIGURE OUTPUT ${source} CONTENT "#include <${header}>\n#include <${header}>\n")
  list(APPEND sources ${source})
  string(APPEND all_headers "#include <${header}>\n")
endforeach()
set(all_headers_source ${CMAKE_CURRENT_BINARY_DIR}/headers/all.cpp)
file(CONFIGURE OUTPUT ${all_headers_source} CONTENT "${all_headers}")

add_library(twinpath-test-headers OBJECT ${sources})
twinpath_strict(twinpath-test-headers)
target_link_libraries(twinpath-test-headers PRIVATE twinpath::twinpath)

# twinpath_syntax_test(name compiler standard sources...)
function(twinpath_syntax_test name compiler standard)
  add_test(NAME headers.${name}
    COMMAND ${compiler} -std=${standard} -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror -fsyntax-only
      -I ${PROJECT_SOURCE_DIR}/include ${ARGN})
endfunction()

set(names gcc clang)
set(ids GNU Clang)
find_program(TWINPATH_GCC g++)
find_program(TWINPATH_CLANG NAMES clang++ clang++-14)
mark_as_advanced(TWINPATH_GCC TWINPATH_CLANG)
foreach(name id IN ZIP_LISTS names ids)
  string(TOUPPER TWINPATH_${name} compiler)
  if(NOT ${compiler})
    message(STATUS "tests headers.${name}.*: left out, the compiler is not found")
    continue()
  endif()
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL id)
    twinpath_syntax_test(${name}.c++20 ${${compiler}} c++20 ${sources})
  endif()
  twinpath_syntax_test(${name}.c++2b ${${compiler}} c++2b ${all_headers_source})
endforeach()
