# Rules for every object file of the archives, and a test that a violation is found.

# The scripts read the listings of GNU binutils; other tools print other ones.
find_program(TWINPATH_NM nm)
find_program(TWINPATH_OBJDUMP objdump)
mark_as_advanced(TWINPATH_NM TWINPATH_OBJDUMP)

# Unoptimised and sanitized objects have weak symbols of their own.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" OR TWINPATH_SANITIZE)
  message(STATUS "test archive: left out, it needs a Release build without sanitizers")
elseif(NOT TWINPATH_NM OR NOT TWINPATH_OBJDUMP)
  message(STATUS "test archive: left out, GNU nm and objdump are not found")
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
