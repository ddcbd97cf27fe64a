// SPDX-License-Identifier: MIT
// Executes one AVX instruction without a look at the features of the processor.
int main() {
  __asm__ volatile("vxorps %%ymm0, %%ymm0, %%ymm0\n\tvzeroupper" ::: "xmm0");
}
