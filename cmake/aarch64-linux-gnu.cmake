# Toolchain: Debian's cross-compiler for 64-bit ARM; its programs run in QEMU.
#
#   cmake -S . -B build/aarch64 --toolchain cmake/aarch64-linux-gnu.cmake
#
# Debian, Ubuntu: dpkg --add-architecture arm64; g++-aarch64-linux-gnu, qemu-user, libtbb-dev:arm64.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
