# Installs headers, archives, the CMake package, pkg-config files and the licence.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS twinpath EXPORT twinpathTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
set(left_out "")
if(NOT TWINPATH_BUILD_IO)
  set(left_out PATTERN include/twinpath/io EXCLUDE)
endif()
install(DIRECTORY include/twinpath DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.hpp" ${left_out})
if(TWINPATH_BUILD_BLAS)
  install(FILES include/twinpath/blas.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/twinpath)
endif()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/twinpath)
write_basic_package_version_file(twinpathConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(EXPORT twinpathTargets NAMESPACE twinpath:: DESTINATION ${package_dir})
if(TWINPATH_BUILD_IO)
  # In an export of its own, so that libzip is searched only if the component io is requested.
  install(TARGETS twinpath-io EXPORT twinpathIoTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT twinpathIoTargets NAMESPACE twinpath:: DESTINATION ${package_dir})
  install(FILES cmake/Findlibzip.cmake DESTINATION ${package_dir})
endif()
if(TWINPATH_BUILD_BLAS)
  install(TARGETS twinpath-blas EXPORT twinpathBlasTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT twinpathBlasTargets NAMESPACE twinpath:: DESTINATION ${package_dir})
  # Not in the CMake package, because programs do not link it.
  install(TARGETS twinpath-blas-preload LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(FILES cmake/twinpathConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/twinpathConfigVersion.cmake
  DESTINATION ${package_dir})

# Paths in the pkg-config files are relative to the files, so that an installed tree can be moved, unless the library
# folder is absolute.
set(pc_prefix ${CMAKE_INSTALL_PREFIX})
set(pc_libdir ${CMAKE_INSTALL_LIBDIR})
set(pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
if(NOT IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  # The relative path does not depend on the prefix.
  cmake_path(RELATIVE_PATH pc_prefix BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  set(pc_prefix "\${pcfiledir}/${pc_prefix}")
  set(pc_libdir "\${prefix}/${pc_libdir}")
endif()
if(NOT IS_ABSOLUTE ${CMAKE_INSTALL_INCLUDEDIR})
  set(pc_includedir "\${prefix}/${pc_includedir}")
endif()
set(pc_names twinpath)
if(TWINPATH_BUILD_IO)
  list(APPEND pc_names twinpath-io)
endif()
if(TWINPATH_BUILD_BLAS)
  list(APPEND pc_names twinpath-blas)
endif()
foreach(name IN LISTS pc_names)
  configure_file(cmake/${name}.pc.in ${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
