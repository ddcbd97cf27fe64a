# The same bits everywhere: golden hashes, callers with other compiler options, and another architecture.

set(golden_sources golden/golden.cpp golden/operations.cpp)
twinpath_test_program(golden ${golden_sources})
twinpath_test_on_tiers(golden)

# twinpath_golden_caller(name options...): the same sources with other options, linked to the same archive.
function(twinpath_golden_caller name)
  twinpath_test_program(golden-${name} ${golden_sources})
  target_compile_options(twinpath-test-golden-${name} PRIVATE ${ARGN})
  twinpath_test_on_tiers(golden-${name})
endfunction()

twinpath_golden_caller(unoptimised -O0)
twinpath_golden_caller(fast-math -O3 -ffast-math)
# With this option GCC links code that makes the program flush subnormal numbers to zero.
target_link_options(twinpath-test-golden-fast-math PRIVATE -ffast-math)
# The compiler contracts a*b + c if the instruction set of the caller has a fused multiply-add.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  include(CheckCXXSourceRuns)
  check_cxx_source_runs([[
    int main() {
      __builtin_cpu_init();
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2") ? 0 : 1;
    }]] TWINPATH_RUNS_X86_64_V3)
  if(TWINPATH_RUNS_X86_64_V3)
    twinpath_golden_caller(contracted -O3 -ffp-contract=fast -march=x86-64-v3)
  else()
    message(STATUS "tests golden-contracted.* are left out, because this processor has no x86-64-v3")
  endif()
else()
  twinpath_golden_caller(contracted -O3 -ffp-contract=fast)
endif()

# In other rounding modes the contract's functions are right only if the compiler does not assume a mode.
twinpath_test_program(environment edges/floating_point_environment.cpp golden/operations.cpp)
target_compile_options(twinpath-test-environment PRIVATE -frounding-math)
twinpath_test_on_tiers(environment)

include(golden/aarch64.cmake)
