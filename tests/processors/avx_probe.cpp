// SPDX-License-Identifier: MIT
// Executes one instruction of AVX, whatever the processor says of itself.
int main() {
  __asm__ volatile("vxorps %%ymm0, %%ymm0, %%ymm0\n\tvzeroupper" ::: "xmm0");
}
