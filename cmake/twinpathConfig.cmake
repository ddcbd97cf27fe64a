# The hint finds a TBB that was installed together with twinpath.
if(NOT TARGET TBB::tbb)
  include(CMakeFindDependencyMacro)
  find_dependency(TBB 2021.5 CONFIG COMPONENTS tbb HINTS "${CMAKE_CURRENT_LIST_DIR}/../TBB")
endif()
include("${CMAKE_CURRENT_LIST_DIR}/twinpathTargets.cmake")
