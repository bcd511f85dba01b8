#include "asm/x86/bind.h"

#include "base/cpu_features.h"

// Every block size, in the order of BlockSize.
#define TESSERA_BLOCK_SIZES(X)                                                                              \
  X(4, 4) X(4, 8) X(8, 4) X(8, 8) X(8, 16) X(16, 8) X(16, 16) X(16, 32) X(32, 16) X(32, 32) X(32, 64)       \
  X(64, 32) X(64, 64) X(64, 128) X(128, 64) X(128, 128) X(4, 16) X(16, 4) X(8, 32) X(32, 8) X(16, 64)       \
  X(64, 16)

// Those that have kernels for AVX-512; the others keep AVX2's.
#define TESSERA_SATD_SIZES_AVX512(X)                                                                          \
  X(8, 8) X(8, 16) X(16, 8) X(16, 16) X(16, 32) X(32, 16) X(32, 32) X(32, 64) X(64, 32) X(64, 64) X(64, 128)  \
  X(128, 64) X(128, 128) X(8, 32) X(32, 8) X(16, 64) X(64, 16)
#define TESSERA_SSE_SIZES_AVX512(X) TESSERA_SATD_SIZES_AVX512(X) X(8, 4) X(16, 4)
#define TESSERA_SAD_SIZES_AVX512(X)                                                                           \
  TESSERA_SAD_X4_SIZES_AVX512(X) X(64, 16) X(64, 32) X(64, 64) X(64, 128)
#define TESSERA_SAD_X4_SIZES_AVX512(X) X(8, 4) X(8, 8) X(8, 16) X(8, 32) X(128, 64) X(128, 128)

#define TESSERA_DECLARE(P, bits, w, h, level)                                                               \
  uint32_t tessera_sad##bits##_##w##x##h##_##level(const P*, ptrdiff_t, const P*, ptrdiff_t);               \
  void tessera_sad##bits##_x4_##w##x##h##_##level(const P*, ptrdiff_t, const P* const[4], ptrdiff_t,        \
                                                  uint32_t[4]);                                             \
  uint32_t tessera_satd##bits##_##w##x##h##_##level(const P*, ptrdiff_t, const P*, ptrdiff_t);              \
  uint64_t tessera_sse##bits##_##w##x##h##_##level(const P*, ptrdiff_t, const P*, ptrdiff_t);
#define TESSERA_DECLARE_8(w, h) TESSERA_DECLARE(uint8_t, 8, w, h, sse4) TESSERA_DECLARE(uint8_t, 8, w, h, avx2)
#define TESSERA_DECLARE_16(w, h) TESSERA_DECLARE(uint16_t, 16, w, h, sse4) TESSERA_DECLARE(uint16_t, 16, w, h, avx2)
#define TESSERA_DECLARE_AVX512(w, h) TESSERA_DECLARE(uint8_t, 8, w, h, avx512) TESSERA_DECLARE(uint16_t, 16, w, h, avx512)

#pragma GCC visibility push(hidden)
extern "C" {
TESSERA_BLOCK_SIZES(TESSERA_DECLARE_8)
TESSERA_BLOCK_SIZES(TESSERA_DECLARE_16)
TESSERA_BLOCK_SIZES(TESSERA_DECLARE_AVX512)
uint64_t tessera_sad8_row_sse4(const uint8_t*, ptrdiff_t, const uint8_t*, ptrdiff_t, const uint16_t[]);
uint64_t tessera_sad8_row_avx2(const uint8_t*, ptrdiff_t, const uint8_t*, ptrdiff_t, const uint16_t[]);
void tessera_residual8_sse4(const uint8_t*, ptrdiff_t, const uint8_t*, ptrdiff_t, int16_t*, ptrdiff_t, int, int);
void tessera_residual8_avx2(const uint8_t*, ptrdiff_t, const uint8_t*, ptrdiff_t, int16_t*, ptrdiff_t, int, int);
void tessera_residual16_sse4(const uint16_t*, ptrdiff_t, const uint16_t*, ptrdiff_t, int16_t*, ptrdiff_t, int, int);
}
#pragma GCC visibility pop

namespace tessera {

/// One kernel of every size, by the names that a table lists.
#define TESSERA_SAD_8_SSE4(w, h) tessera_sad8_##w##x##h##_sse4,
#define TESSERA_SAD_8_AVX2(w, h) tessera_sad8_##w##x##h##_avx2,
#define TESSERA_SAD_16_SSE4(w, h) tessera_sad16_##w##x##h##_sse4,
#define TESSERA_SAD_16_AVX2(w, h) tessera_sad16_##w##x##h##_avx2,
#define TESSERA_SAD_X4_8_SSE4(w, h) tessera_sad8_x4_##w##x##h##_sse4,
#define TESSERA_SAD_X4_8_AVX2(w, h) tessera_sad8_x4_##w##x##h##_avx2,
#define TESSERA_SAD_X4_16_SSE4(w, h) tessera_sad16_x4_##w##x##h##_sse4,
#define TESSERA_SAD_X4_16_AVX2(w, h) tessera_sad16_x4_##w##x##h##_avx2,
#define TESSERA_SATD_8_SSE4(w, h) tessera_satd8_##w##x##h##_sse4,
#define TESSERA_SATD_8_AVX2(w, h) tessera_satd8_##w##x##h##_avx2,
#define TESSERA_SATD_16_SSE4(w, h) tessera_satd16_##w##x##h##_sse4,
#define TESSERA_SATD_16_AVX2(w, h) tessera_satd16_##w##x##h##_avx2,
#define TESSERA_SSE_8_SSE4(w, h) tessera_sse8_##w##x##h##_sse4,
#define TESSERA_SSE_8_AVX2(w, h) tessera_sse8_##w##x##h##_avx2,
#define TESSERA_SSE_16_SSE4(w, h) tessera_sse16_##w##x##h##_sse4,
#define TESSERA_SSE_16_AVX2(w, h) tessera_sse16_##w##x##h##_avx2,

#define TESSERA_BIND(bits_level)                                      \
  table.sad = {TESSERA_BLOCK_SIZES(TESSERA_SAD_##bits_level)};        \
  table.sad_x4 = {TESSERA_BLOCK_SIZES(TESSERA_SAD_X4_##bits_level)};  \
  table.satd = {TESSERA_BLOCK_SIZES(TESSERA_SATD_##bits_level)};      \
  table.sse = {TESSERA_BLOCK_SIZES(TESSERA_SSE_##bits_level)};

#define TESSERA_PUT_SAD_AVX512(w, h) table.sad[BLOCK_##w##X##h] = tessera_sad8_##w##x##h##_avx512;
#define TESSERA_PUT_SAD_X4_AVX512(w, h) table.sad_x4[BLOCK_##w##X##h] = tessera_sad8_x4_##w##x##h##_avx512;
#define TESSERA_PUT_SATD_8_AVX512(w, h) table.satd[BLOCK_##w##X##h] = tessera_satd8_##w##x##h##_avx512;
#define TESSERA_PUT_SATD_16_AVX512(w, h) table.satd[BLOCK_##w##X##h] = tessera_satd16_##w##x##h##_avx512;
#define TESSERA_PUT_SSE_AVX512(w, h) table.sse[BLOCK_##w##X##h] = tessera_sse8_##w##x##h##_avx512;

template <>
void bind_distortion_x86(uint32_t cpu_flags, DistortionTable<uint8_t>& table) {
  if (cpu_has(cpu_flags, kCpuSse4Level)) {
    TESSERA_BIND(8_SSE4)
    table.sad_row = tessera_sad8_row_sse4;
    table.residual = tessera_residual8_sse4;
  }
  if (cpu_has(cpu_flags, kCpuAvx2Level)) {
    TESSERA_BIND(8_AVX2)
    table.sad_row = tessera_sad8_row_avx2;
    table.residual = tessera_residual8_avx2;
  }
  if (cpu_has(cpu_flags, kCpuAvx512Level)) {
    TESSERA_SAD_SIZES_AVX512(TESSERA_PUT_SAD_AVX512)
    TESSERA_SAD_X4_SIZES_AVX512(TESSERA_PUT_SAD_X4_AVX512)
    TESSERA_SATD_SIZES_AVX512(TESSERA_PUT_SATD_8_AVX512)
    TESSERA_SSE_SIZES_AVX512(TESSERA_PUT_SSE_AVX512)
  }
}

template <>
void bind_distortion_x86(uint32_t cpu_flags, DistortionTable<uint16_t>& table) {
  if (cpu_has(cpu_flags, kCpuAvx2Level)) {
    TESSERA_BIND(16_AVX2)  // the residual stays as compiled for AVX2
  } else if (cpu_has(cpu_flags, kCpuSse4Level)) {
    TESSERA_BIND(16_SSE4)
    table.residual = tessera_residual16_sse4;
  }
  if (cpu_has(cpu_flags, kCpuAvx512Level)) {
    TESSERA_SATD_SIZES_AVX512(TESSERA_PUT_SATD_16_AVX512)
  }
}

}  // namespace tessera
