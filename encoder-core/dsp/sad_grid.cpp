#include "dsp/sad_grid.h"

#include <cstdlib>

#include "dsp/lanes.h"

namespace tessera {
namespace {

constexpr int kSide = 64, kPart = 8;

/// Eight parts side by side: a row of the grid.
template <Pixel P>
void grid_row(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, uint32_t* out) {
#if TESSERA_X86_LANES
  if constexpr (sizeof(P) == 1) {
#if defined(__AVX2__)
    using Register = __m256i;
    const auto sad = [](const uint8_t* a, const uint8_t* b) {
      return _mm256_sad_epu8(_mm256_loadu_si256((const __m256i*)a), _mm256_loadu_si256((const __m256i*)b));
    };
    const auto add = [](Register a, Register b) { return _mm256_add_epi64(a, b); };
#else
    using Register = __m128i;
    const auto sad = [](const uint8_t* a, const uint8_t* b) {
      return _mm_sad_epu8(_mm_loadu_si128((const __m128i*)a), _mm_loadu_si128((const __m128i*)b));
    };
    const auto add = [](Register a, Register b) { return _mm_add_epi64(a, b); };
#endif
    constexpr int kBytes = sizeof(Register), kCount = kSide / kBytes;
    Register sum[kCount] = {};
    for (int y = 0; y < kPart; y++)
      for (int i = 0; i < kCount; i++)
        sum[i] = add(sum[i], sad(src + y * src_stride + i * kBytes, ref + y * ref_stride + i * kBytes));
    uint64_t parts[kSide / kPart];
    std::memcpy(parts, sum, sizeof parts);
    for (int i = 0; i < kSide / kPart; i++) out[i] = static_cast<uint32_t>(parts[i]);
    return;
  }
#endif
  for (int part = 0; part < kSide / kPart; part++) {
    uint32_t sum = 0;
    for (int y = 0; y < kPart; y++)
      for (int x = 0; x < kPart; x++)
        sum += static_cast<uint32_t>(std::abs(src[y * src_stride + part * kPart + x] - ref[y * ref_stride + part * kPart + x]));
    out[part] = sum;
  }
}

template <Pixel P>
void sad_grid(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, uint32_t* out) {
  for (int row = 0; row < kSide / kPart; row++)
    grid_row(src + row * kPart * src_stride, src_stride, ref + row * kPart * ref_stride, ref_stride, out + row * (kSide / kPart));
}

}  // namespace

template <Pixel P>
void bind_sad_grid_scalar(SadGridFn<P>& fn) {
  fn = sad_grid<P>;
}

template void bind_sad_grid_scalar(SadGridFn<uint8_t>&);
template void bind_sad_grid_scalar(SadGridFn<uint16_t>&);

}  // namespace tessera
