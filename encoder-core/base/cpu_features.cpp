#include "base/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tessera {
namespace {

#if defined(__x86_64__)
struct Leaf {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

Leaf cpuid(unsigned leaf, unsigned sub_leaf = 0) {
  Leaf r;
  __get_cpuid_count(leaf, sub_leaf, &r.eax, &r.ebx, &r.ecx, &r.edx);
  return r;
}

/// XCR0: the register states that the operating system saves.
uint64_t saved_states() {
  unsigned lo, hi;
  asm volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
  return lo | uint64_t{hi} << 32;
}

uint32_t detect() {
  constexpr uint64_t kYmmState = 0x6, kZmmState = 0xe6;
  constexpr unsigned kAvx512Ebx = bit_AVX512F | bit_AVX512DQ | bit_AVX512CD | bit_AVX512BW | bit_AVX512VL | bit_AVX512IFMA;
  constexpr unsigned kAvx512Ecx = bit_AVX512VBMI | bit_AVX512VBMI2 | bit_AVX512VNNI | bit_AVX512BITALG | bit_AVX512VPOPCNTDQ;
  const Leaf basic = cpuid(1), extended = cpuid(7), amd = cpuid(0x80000001);
  uint32_t flags = 0;
  if (basic.ecx & bit_SSSE3) flags |= kCpuSsse3;
  if (basic.ecx & bit_SSE4_1) flags |= kCpuSse41;
  const bool bmi = (extended.ebx & bit_BMI) && (extended.ebx & bit_BMI2) && (basic.ecx & bit_POPCNT);
  if (bmi && (amd.ecx & bit_LZCNT)) flags |= kCpuBmi2;
  const uint64_t states = basic.ecx & bit_OSXSAVE ? saved_states() : 0;
  if ((states & kYmmState) == kYmmState && (extended.ebx & bit_AVX2)) flags |= kCpuAvx2;
  const bool avx512 = (extended.ebx & kAvx512Ebx) == kAvx512Ebx && (extended.ecx & kAvx512Ecx) == kAvx512Ecx;
  if ((states & kZmmState) == kZmmState && avx512) flags |= kCpuAvx512;
  return flags;
}
#else
uint32_t detect() { return 0; }
#endif

}  // namespace

uint32_t cpu_flags() {
  static const uint32_t flags = detect();
  return flags;
}

}  // namespace tessera
