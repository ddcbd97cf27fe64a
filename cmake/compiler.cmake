# Requirements on the compiler, and warnings.

if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12) OR
   (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14))
  message(FATAL_ERROR "twinpath needs GCC 12 or Clang 14 or newer; "
    "this is ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
endif()

if(TWINPATH_SANITIZE)
  add_compile_options(-fsanitize=${TWINPATH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TWINPATH_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # With sanitizer checks, GCC 12 reports the states of its own std::regex as uninitialised.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()

# Standard C++20 with warnings.
function(twinpath_strict target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow -pedantic)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    COMPILE_WARNING_AS_ERROR ${TWINPATH_WARNINGS_AS_ERRORS})
endfunction()
