# What must hold for every object of the archives, and that a violation would be found.

# GNU's, because the listings of others are not the same.
find_program(TWINPATH_NM nm)
find_program(TWINPATH_OBJDUMP objdump)
mark_as_advanced(TWINPATH_NM TWINPATH_OBJDUMP)

# Unoptimised and sanitized objects have weak symbols of their own.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" OR TWINPATH_SANITIZE)
  message(STATUS "test archive: left out, it is for Release without sanitizers")
elseif(NOT TWINPATH_NM OR NOT TWINPATH_OBJDUMP)
  message(STATUS "test archive: left out, nm and objdump of GNU binutils are not found")
else()
  set(archives $<TARGET_FILE:twinpath>)
  if(TWINPATH_BUILD_IO)
    list(APPEND archives $<TARGET_FILE:twinpath-io>)
  endif()
  set(objects ${TWINPATH_TIERS})
  list(TRANSFORM objects REPLACE "(.+)" "\\1_float.cpp.o;\\1_double.cpp.o")
  add_test(NAME archive
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/check.sh ${TWINPATH_NM} ${TWINPATH_OBJDUMP}
      ${CMAKE_CURRENT_LIST_DIR}/exceptions.txt ${archives} -- ${objects})
  add_test(NAME archive.rules_can_fail
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/rules_can_fail.sh
      ${CMAKE_CXX_COMPILER} ${TWINPATH_NM} ${TWINPATH_OBJDUMP} ${CMAKE_AR})
endif()
