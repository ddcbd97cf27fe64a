# Fuzzers by libFuzzer, which is a part of Clang. In a build that is instrumented for it they are programs; any other
# build has tests that configure and build such a build in a folder of its own, and run its programs.

# Suites that are also built by Clang and run: <suite> of twinpath-test-<suite>.
set(clang_suites golden)

# Both files define twinpath_fuzzer(name
#   OPTIONS <of libFuzzer, in a test>... SOURCES <file>... [LIBRARIES <target>...] [SEEDS <folder>...]),
# with files and folders beside this one.
if(TWINPATH_SANITIZE MATCHES "fuzzer")
  include(fuzz/programs.cmake)
elseif(TWINPATH_SANITIZE)
  return()  # other builds with sanitizers have no fuzzers
else()
  include(fuzz/tests.cmake)
  if(NOT TWINPATH_CLANG_HAS_LIBFUZZER)
    return()
  endif()
endif()

set(dictionaries ${CMAKE_CURRENT_LIST_DIR}/dictionaries)
# All bytes of an input choose the call, so short inputs teach libFuzzer nothing.
set(whole -max_len=128 -len_control=0)
twinpath_fuzzer(product OPTIONS -max_total_time=30 ${whole} SOURCES product.cpp)
twinpath_fuzzer(step OPTIONS -max_total_time=30 ${whole} SOURCES step.cpp)
# They compute by the contract, which must be fast here. Guard pages surround the operands under test.
set_source_files_properties(fuzz/product.cpp fuzz/step.cpp PROPERTIES
  COMPILE_OPTIONS "-O2;-fno-sanitize=all;-ffp-contract=off")

twinpath_fuzzer(csv
  OPTIONS -max_total_time=15 -max_len=512 -dict=${dictionaries}/csv.txt
  SOURCES csv.cpp ../../benchmarks/digits/dataset.cpp)
twinpath_fuzzer(idx
  OPTIONS -max_total_time=15 -max_len=1024 -dict=${dictionaries}/idx.txt
  SOURCES idx.cpp ../../benchmarks/common/idx.cpp ../../benchmarks/common/gz_input.cpp
  LIBRARIES ZLIB::ZLIB)
if(TWINPATH_BUILD_IO)
  twinpath_fuzzer(npy
    OPTIONS -max_total_time=15 -max_len=1024 -dict=${dictionaries}/npz.txt
    SOURCES npy.cpp
    LIBRARIES twinpath::io)
  twinpath_fuzzer(npz
    OPTIONS -max_total_time=30 -max_len=4096 -dict=${dictionaries}/npz.txt
    SOURCES npz.cpp zip_repair.cpp
    LIBRARIES twinpath::io ZLIB::ZLIB
    SEEDS ../io/data)
endif()
