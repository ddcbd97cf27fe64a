# In the instrumented build: the fuzzers as programs, and the target twinpath-clang, which builds all of it.

add_custom_target(twinpath-clang)
foreach(suite IN LISTS clang_suites)
  add_dependencies(twinpath-clang twinpath-test-${suite})
endforeach()

function(twinpath_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "OPTIONS;SOURCES;LIBRARIES;SEEDS")
  set(program twinpath-fuzz-${name})
  list(TRANSFORM arg_SOURCES PREPEND fuzz/)
  add_executable(${program} ${arg_SOURCES})
  twinpath_strict(${program})
  target_include_directories(${program} PRIVATE
    ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/lib ${PROJECT_SOURCE_DIR}/benchmarks)
  target_include_directories(${program} SYSTEM PRIVATE ${TWINPATH_XSIMD_INCLUDE_DIR})
  target_link_libraries(${program} PRIVATE twinpath::twinpath ${arg_LIBRARIES})
  target_link_options(${program} PRIVATE -fsanitize=fuzzer)
  add_dependencies(twinpath-clang ${program})
endfunction()
