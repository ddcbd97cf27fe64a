# Finds libzip by its header and its library, as libzip::zip.
#
# Its own CMake package is not used: that of Debian and Ubuntu names programs of other packages, and stops CMake if they
# are not installed.

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(PC_libzip QUIET libzip)
endif()

find_path(libzip_INCLUDE_DIR NAMES zip.h HINTS ${PC_libzip_INCLUDE_DIRS} ${libzip_HINTS} PATH_SUFFIXES include)
find_library(libzip_LIBRARY NAMES zip HINTS ${PC_libzip_LIBRARY_DIRS} ${libzip_HINTS} PATH_SUFFIXES lib)
mark_as_advanced(libzip_INCLUDE_DIR libzip_LIBRARY)

unset(libzip_VERSION)
# Another library also has a zip.h.
find_file(libzip_CONFIG_HEADER NAMES zipconf.h NO_CACHE NO_DEFAULT_PATH
  HINTS ${libzip_INCLUDE_DIR} ${PC_libzip_INCLUDE_DIRS} ${PC_libzip_LIBDIR}/libzip/include)
if(libzip_CONFIG_HEADER)
  file(STRINGS ${libzip_CONFIG_HEADER} libzip_VERSION REGEX "define LIBZIP_VERSION \"")
  string(REGEX MATCH "[0-9]+(\\.[0-9]+)+" libzip_VERSION "${libzip_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(libzip
  REQUIRED_VARS libzip_LIBRARY libzip_INCLUDE_DIR libzip_VERSION
  VERSION_VAR libzip_VERSION)

if(libzip_FOUND AND NOT TARGET libzip::zip)
  add_library(libzip::zip UNKNOWN IMPORTED)
  cmake_path(GET libzip_CONFIG_HEADER PARENT_PATH config_dir)
  set(include_dirs ${libzip_INCLUDE_DIR} ${config_dir})
  list(REMOVE_DUPLICATES include_dirs)
  set_target_properties(libzip::zip PROPERTIES
    IMPORTED_LOCATION ${libzip_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES "${include_dirs}")
  unset(config_dir)
  unset(include_dirs)
endif()
