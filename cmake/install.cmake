# Headers, archive, CMake package, pkg-config file, licence.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS twinpath EXPORT twinpathTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/twinpath DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/twinpath)
write_basic_package_version_file(twinpathConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT twinpathTargets NAMESPACE twinpath:: DESTINATION ${package_dir})
install(FILES cmake/twinpathConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/twinpathConfigVersion.cmake
  DESTINATION ${package_dir})

# Paths in the pkg-config file follow the file, so that an installed tree can be moved; only an absolute
# library folder ties it to its place.
set(pc_prefix ${CMAKE_INSTALL_PREFIX})
set(pc_libdir ${CMAKE_INSTALL_LIBDIR})
set(pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
if(NOT IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  # Any prefix serves for counting the folders between the two.
  cmake_path(RELATIVE_PATH pc_prefix BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  set(pc_prefix "\${pcfiledir}/${pc_prefix}")
  set(pc_libdir "\${prefix}/${pc_libdir}")
endif()
if(NOT IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
  set(pc_includedir "\${prefix}/${pc_includedir}")
endif()
configure_file(cmake/twinpath.pc.in twinpath.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/twinpath.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
