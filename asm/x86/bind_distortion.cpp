#include "asm/x86/bind.h"

#include "base/cpu_features.h"

// Every block size, in the order of BlockSize.
#define TESSERA_BLOCK_SIZES(X)                                                                              \
  X(4, 4) X(4, 8) X(8, 4) X(8, 8) X(8, 16) X(16, 8) X(16, 16) X(16, 32) X(32, 16) X(32, 32) X(32, 64)       \
  X(64, 32) X(64, 64) X(64, 128) X(128, 64) X(128, 128) X(4, 16) X(16, 4) X(8, 32) X(32, 8) X(16, 64)       \
  X(64, 16)

#define TESSERA_DECLARE_SATD(P, bits, w, h, level) \
  uint32_t tessera_satd##bits##_##w##x##h##_##level(const P*, ptrdiff_t, const P*, ptrdiff_t);
#define TESSERA_DECLARE(P, bits, w, h, level)                                                               \
  TESSERA_DECLARE_SATD(P, bits, w, h, level)                                                                \
  uint32_t tessera_sad##bits##_##w##x##h##_##level(const P*, ptrdiff_t, const P*, ptrdiff_t);               \
  void tessera_sad##bits##_x4_##w##x##h##_##level(const P*, ptrdiff_t, const P* const[4], ptrdiff_t,        \
                                                  uint32_t[4]);                                             \
  uint64_t tessera_sse##bits##_##w##x##h##_##level(const P*, ptrdiff_t, const P*, ptrdiff_t);
#define TESSERA_DECLARE_8(w, h) TESSERA_DECLARE(uint8_t, 8, w, h, sse4) TESSERA_DECLARE(uint8_t, 8, w, h, avx2)
#define TESSERA_DECLARE_16(w, h) TESSERA_DECLARE_SATD(uint16_t, 16, w, h, sse4) TESSERA_DECLARE(uint16_t, 16, w, h, avx2)

#pragma GCC visibility push(hidden)
extern "C" {
TESSERA_BLOCK_SIZES(TESSERA_DECLARE_8)
TESSERA_BLOCK_SIZES(TESSERA_DECLARE_16)
void tessera_residual8_sse4(const uint8_t*, ptrdiff_t, const uint8_t*, ptrdiff_t, int16_t*, ptrdiff_t, int, int);
void tessera_residual8_avx2(const uint8_t*, ptrdiff_t, const uint8_t*, ptrdiff_t, int16_t*, ptrdiff_t, int, int);
}
#pragma GCC visibility pop

namespace tessera {

template <>
void bind_distortion_x86(uint32_t cpu_flags, DistortionTable<uint8_t>& table) {
#define TESSERA_SAD_SSE4(w, h) tessera_sad8_##w##x##h##_sse4,
#define TESSERA_SAD_X4_SSE4(w, h) tessera_sad8_x4_##w##x##h##_sse4,
#define TESSERA_SATD_SSE4(w, h) tessera_satd8_##w##x##h##_sse4,
#define TESSERA_SSE_SSE4(w, h) tessera_sse8_##w##x##h##_sse4,
  if (cpu_has(cpu_flags, kCpuSse4Level)) {
    table.sad = {TESSERA_BLOCK_SIZES(TESSERA_SAD_SSE4)};
    table.sad_x4 = {TESSERA_BLOCK_SIZES(TESSERA_SAD_X4_SSE4)};
    table.satd = {TESSERA_BLOCK_SIZES(TESSERA_SATD_SSE4)};
    table.sse = {TESSERA_BLOCK_SIZES(TESSERA_SSE_SSE4)};
    table.residual = tessera_residual8_sse4;
  }
#define TESSERA_SAD(w, h) tessera_sad8_##w##x##h##_avx2,
#define TESSERA_SAD_X4(w, h) tessera_sad8_x4_##w##x##h##_avx2,
#define TESSERA_SATD(w, h) tessera_satd8_##w##x##h##_avx2,
#define TESSERA_SSE(w, h) tessera_sse8_##w##x##h##_avx2,
  if (cpu_has(cpu_flags, kCpuAvx2Level)) {
    table.sad = {TESSERA_BLOCK_SIZES(TESSERA_SAD)};
    table.sad_x4 = {TESSERA_BLOCK_SIZES(TESSERA_SAD_X4)};
    table.satd = {TESSERA_BLOCK_SIZES(TESSERA_SATD)};
    table.sse = {TESSERA_BLOCK_SIZES(TESSERA_SSE)};
    table.residual = tessera_residual8_avx2;
  }
}

template <>
void bind_distortion_x86(uint32_t cpu_flags, DistortionTable<uint16_t>& table) {
#define TESSERA_SATD_16_SSE4(w, h) tessera_satd16_##w##x##h##_sse4,
  if (cpu_has(cpu_flags, kCpuSse4Level)) table.satd = {TESSERA_BLOCK_SIZES(TESSERA_SATD_16_SSE4)};
  if (!cpu_has(cpu_flags, kCpuAvx2Level)) return;
#define TESSERA_SAD_16(w, h) tessera_sad16_##w##x##h##_avx2,
#define TESSERA_SAD_X4_16(w, h) tessera_sad16_x4_##w##x##h##_avx2,
#define TESSERA_SATD_16(w, h) tessera_satd16_##w##x##h##_avx2,
#define TESSERA_SSE_16(w, h) tessera_sse16_##w##x##h##_avx2,
  table.sad = {TESSERA_BLOCK_SIZES(TESSERA_SAD_16)};
  table.sad_x4 = {TESSERA_BLOCK_SIZES(TESSERA_SAD_X4_16)};
  table.satd = {TESSERA_BLOCK_SIZES(TESSERA_SATD_16)};
  table.sse = {TESSERA_BLOCK_SIZES(TESSERA_SSE_16)};
}

}  // namespace tessera
