# cmake -D SOURCE=<folder> -D OUTPUT=<file> -P commit.cmake
#
# Writes a source file with the commit of the folder, "unknown" outside a checkout. It runs in every build, because a
# commit does not trigger a new configuration. An unchanged file is not written again.
set(commit "")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} rev-parse --show-toplevel WORKING_DIRECTORY ${SOURCE}
    OUTPUT_VARIABLE top OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  file(REAL_PATH "${SOURCE}" source)
  # Sources that were unpacked inside another checkout have no commit of their own.
  if(top STREQUAL source)
    execute_process(COMMAND ${GIT} describe --always --dirty WORKING_DIRECTORY ${SOURCE}
      OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
endif()
if(commit STREQUAL "")
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[
#include "common/commit.hpp"

const char* bench::commit() {
  return "@commit@";
}
]] @ONLY)
