# The dependencies of twinpath: the package of the system if there is one, a pinned source otherwise.
# TWINPATH_XSIMD_INCLUDE_DIR and TWINPATH_JSON_INCLUDE_DIR are the folders of the headers for building the archive.

include(FetchContent)

# A function, so that settings for fetched projects do not affect the including project.
function(twinpath_dependencies)
  # Fetched projects take the options that are set here, even if they were written for an old CMake.
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)

  # GLOBAL, because targets that link twinpath also link TBB::tbb.
  set(packaged_tbb FIND_PACKAGE_ARGS 2021.5 CONFIG COMPONENTS tbb GLOBAL)
  if(TWINPATH_SANITIZE MATCHES "thread")
    # The sanitizer sees no synchronisation in a library without instrumentation: it would report each stolen task
    # as a race. A suppression of these would hide races of twinpath too, because every task has frames of TBB below
    # it. So TBB is built with the sanitizer. FETCHCONTENT_SOURCE_DIR_TBB names existing sources, such as those of
    # Debian's package (apt-get source onetbb).
    unset(packaged_tbb)
    set(TBBMALLOC_BUILD OFF)
  endif()
  FetchContent_Declare(TBB SYSTEM
    GIT_REPOSITORY https://github.com/uxlfoundation/oneTBB.git
    GIT_TAG v2022.1.0
    GIT_SHALLOW ON
    ${packaged_tbb})
  set(BUILD_SHARED_LIBS ON)  # its authors advise against a static TBB
  set(TBB_TEST OFF)
  set(TBB_STRICT OFF)
  set(TBB_DISABLE_HWLOC_AUTOMATIC_SEARCH ON)
  set(TBB_INSTALL ${TWINPATH_INSTALL})
  set(TBBMALLOC_PROXY_BUILD OFF)
  if(NOT TARGET TBB::tbb)
    FetchContent_MakeAvailable(TBB)
  endif()

  # Only the headers are used. The folder that does not exist keeps out the targets and install rules of its source.
  # A packaged target is not linked, because it may require other libraries.
  FetchContent_Declare(xsimd SYSTEM
    GIT_REPOSITORY https://github.com/xtensor-stack/xsimd.git
    GIT_TAG 13.2.0
    GIT_SHALLOW ON
    SOURCE_SUBDIR headers-only
    FIND_PACKAGE_ARGS CONFIG)
  if(NOT TARGET xsimd)
    FetchContent_MakeAvailable(xsimd)
  endif()
  set(include_dir ${xsimd_SOURCE_DIR}/include)
  if(TARGET xsimd)
    get_target_property(include_dir xsimd INTERFACE_INCLUDE_DIRECTORIES)
  endif()
  set(TWINPATH_XSIMD_INCLUDE_DIR ${include_dir} PARENT_SCOPE)

  FetchContent_Declare(nlohmann_json SYSTEM
    GIT_REPOSITORY https://github.com/nlohmann/json.git
    GIT_TAG v3.11.3
    GIT_SHALLOW ON
    FIND_PACKAGE_ARGS 3.10 CONFIG)
  set(JSON_BuildTests OFF)
  if(NOT TARGET nlohmann_json::nlohmann_json)
    FetchContent_MakeAvailable(nlohmann_json)
  endif()
  get_target_property(include_dir nlohmann_json::nlohmann_json INTERFACE_INCLUDE_DIRECTORIES)
  set(TWINPATH_JSON_INCLUDE_DIR ${include_dir} PARENT_SCOPE)

  if(TWINPATH_BUILD_IO)
    # GLOBAL, because targets that link twinpath::io also link libzip::zip.
    list(APPEND CMAKE_MODULE_PATH ${PROJECT_SOURCE_DIR}/cmake)
    FetchContent_Declare(libzip SYSTEM
      GIT_REPOSITORY https://github.com/nih-at/libzip.git
      GIT_TAG v1.11.4
      GIT_SHALLOW ON
      FIND_PACKAGE_ARGS 1.7 MODULE GLOBAL)
    set(BUILD_SHARED_LIBS ON)
    # The files use no compression but deflate.
    foreach(unused IN ITEMS COMMONCRYPTO GNUTLS MBEDTLS OPENSSL WINDOWS_CRYPTO BZIP2 LZMA ZSTD)
      set(ENABLE_${unused} OFF)
    endforeach()
    foreach(unused IN ITEMS TOOLS REGRESS OSSFUZZ EXAMPLES DOC)
      set(BUILD_${unused} OFF)
    endforeach()
    set(LIBZIP_DO_INSTALL ${TWINPATH_INSTALL})
    if(NOT TARGET libzip::zip)
      FetchContent_MakeAvailable(libzip)
    endif()
  endif()

  if(TWINPATH_BUILD_TESTS)
    FetchContent_Declare(Catch2 SYSTEM
      GIT_REPOSITORY https://github.com/catchorg/Catch2.git
      GIT_TAG v3.7.1
      GIT_SHALLOW ON
      FIND_PACKAGE_ARGS CONFIG)
    set(BUILD_SHARED_LIBS OFF)
    FetchContent_MakeAvailable(Catch2)
  endif()

  if(TWINPATH_BUILD_BENCHMARKS)
    find_package(ZLIB REQUIRED GLOBAL)
  elseif(TWINPATH_BUILD_TESTS)
    find_package(ZLIB QUIET GLOBAL)
  endif()

  if(TWINPATH_BUILD_BENCHMARKS)
    FetchContent_Declare(CLI11 SYSTEM
      GIT_REPOSITORY https://github.com/CLIUtils/CLI11.git
      GIT_TAG v2.4.1
      GIT_SHALLOW ON
      FIND_PACKAGE_ARGS 2.1 CONFIG)
    FetchContent_Declare(benchmark SYSTEM
      GIT_REPOSITORY https://github.com/google/benchmark.git
      GIT_TAG v1.9.1
      GIT_SHALLOW ON
      FIND_PACKAGE_ARGS 1.7 CONFIG)
    set(BUILD_SHARED_LIBS OFF)
    set(BENCHMARK_ENABLE_TESTING OFF)
    set(BENCHMARK_ENABLE_WERROR OFF)
    set(BENCHMARK_ENABLE_INSTALL OFF)
    set(BENCHMARK_INSTALL_DOCS OFF)
    FetchContent_MakeAvailable(CLI11 benchmark)
  endif()
endfunction()

twinpath_dependencies()
