// What the processor and the operating system offer to kernels.
#pragma once

#include <cstdint>

namespace tessera {

enum CpuFlag : uint32_t {
  kCpuSsse3 = 1u << 0,
  kCpuSse41 = 1u << 1,
  kCpuAvx2 = 1u << 2,
  kCpuBmi2 = 1u << 3,    ///< BMI1, BMI2, LZCNT and POPCNT
  kCpuAvx512 = 1u << 4,  ///< what Ice Lake has: F, BW, CD, DQ, VL, IFMA, VBMI, VBMI2, VNNI, BITALG and VPOPCNTDQ
};

/// What kernels named sse4, avx2 and avx512 may use. The first CPUs with AVX-512, which lower their clock for it, stay with avx2.
inline constexpr uint32_t kCpuSse4Level = kCpuSsse3 | kCpuSse41;
inline constexpr uint32_t kCpuAvx2Level = kCpuSse4Level | kCpuAvx2 | kCpuBmi2;
inline constexpr uint32_t kCpuAvx512Level = kCpuAvx2Level | kCpuAvx512;

constexpr bool cpu_has(uint32_t flags, uint32_t wanted) { return (flags & wanted) == wanted; }

/// CpuFlag bits of the machine that this runs on, found once.
uint32_t cpu_flags();

}  // namespace tessera
