# Emulated processors: each gets the best tier that it can run, with the bits of that tier.

find_program(TWINPATH_QEMU qemu-x86_64)
mark_as_advanced(TWINPATH_QEMU)
if(NOT "baseline" IN_LIST TWINPATH_TIERS)
  message(STATUS "tests processor.*: left out, they need x86-64")
  return()
elseif(NOT TWINPATH_QEMU)
  message(STATUS "tests processor.*: left out, qemu-x86_64 is not found")
  return()
elseif(TWINPATH_SANITIZE)
  message(STATUS "tests processor.*: left out, sanitizers do not run in the emulator")
  return()
endif()

# twinpath_processor_test(name cpu tier suite [filter...]): test cases of twinpath-test-<suite> on that processor.
# tests/support/main.cpp fails the run if another tier is active.
function(twinpath_processor_test name cpu tier suite)
  add_test(NAME processor.${name}.${suite}
    COMMAND ${TWINPATH_QEMU} -cpu ${cpu} $<TARGET_FILE:twinpath-test-${suite}> ${ARGN})
  set_tests_properties(processor.${name}.${suite} PROPERTIES ENVIRONMENT TWINPATH_TEST_TIER=${tier})
endfunction()

add_executable(twinpath-avx-probe processors/avx_probe.cpp)
twinpath_strict(twinpath-avx-probe)
add_test(NAME processor.avx_is_refused
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/avx_is_refused.sh ${TWINPATH_QEMU} $<TARGET_FILE:twinpath-avx-probe>)

# The choice of the tier alone. Each of the last four lacks one requirement of tier avx2: without XSAVE no system saves
# YMM registers, and the bit of AVX2 is in a leaf above level 6.
foreach(cpu IN ITEMS Nehalem SandyBridge Haswell,-avx2 Haswell,-fma Haswell,-xsave Haswell,level=6)
  twinpath_processor_test(${cpu} ${cpu} baseline runtime [isa])
endforeach()

# The most telling tests for their time: the emulator takes fifty times as long.
set(contract
  "activate: every length*" "activations and their derivatives are PyTorch's*" "elementwise: every width*"
  "every micro-kernel*" "fma of a product*" "gemm: tiny*" "losses of every width*" "losses are PyTorch's*"
  "optimisers are PyTorch's*" "packing*" "softmax of large scores*" "sums of every width*"
  "updates of every length*")
set(gradients
  "*the example's intermediates*" "a step is gradients and an update*" "gradients of every activation and loss*"
  "training lowers the loss*")
list(JOIN contract "," contract)
list(JOIN gradients "," gradients)

function(twinpath_processor_runs cpu tier)
  twinpath_processor_test(${cpu} ${cpu} ${tier} runtime)
  twinpath_processor_test(${cpu} ${cpu} ${tier} contract ${contract})
  twinpath_processor_test(${cpu} ${cpu} ${tier} gradients ${gradients})
  if(TWINPATH_BUILD_IO)
    twinpath_processor_test(${cpu} ${cpu} ${tier} io [npy],[npz],[mlp])
  endif()
endfunction()
twinpath_processor_runs(Opteron_G1 baseline)  # the first of x86-64: SSE2, and no leaf 7
twinpath_processor_runs(Haswell avx2)
