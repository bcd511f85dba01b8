#include "asm/x86/bind.h"
#include "base/cpu_features.h"
#include "dsp/subpel.h"

namespace tessera {
namespace {

/// What the kernels of asm/x86/warp_*.asm work with. Places are in 1/65536 sample, with what rounds them to a filter and makes them positive.
struct WarpWork {
  int32_t row[8], column[8];  ///< places of the samples of either pass's first row
  int32_t beta, delta;        ///< from row to row
  int32_t round[2], shift[2];
  int32_t top, unused;
  const int16_t* filters;
  const int8_t* filters8;
};
static_assert(sizeof(WarpWork) == 112);

/// The taps' bytes in the order that the kernel multiplies them in.
const Table2<int8_t, 193, 8> kFilters8 = [] {
  Table2<int8_t, 193, 8> t = {};
  for (int f = 0; f < 193; f++)
    for (int k = 0; k < 8; k++) t[f][k] = static_cast<int8_t>(Warped_Filters[f][2 * k % 8 + k / 4]);
  return t;
}();

}  // namespace
}  // namespace tessera

#pragma GCC visibility push(hidden)
extern "C" {
#define TESSERA_DECLARE(P, bits, level)                                                                                      \
  void tessera_warp##bits##_put_##level(P*, ptrdiff_t stride_bytes, const P*, ptrdiff_t stride_bytes_src, const tessera::WarpWork*);
TESSERA_DECLARE(uint8_t, 8, sse4)
TESSERA_DECLARE(uint16_t, 16, sse4)
TESSERA_DECLARE(uint8_t, 8, avx2)
TESSERA_DECLARE(uint16_t, 16, avx2)
#undef TESSERA_DECLARE
}
#pragma GCC visibility pop

namespace tessera {
namespace {

/// spec 7.11.3.5: block warp process, single prediction.
template <Pixel P, auto kKernel>
void warp_put(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, WarpFraction fraction, const WarpShear& shear,
              int bit_depth) {
  const int round0 = inter_round0(bit_depth), round1 = 14 - round0;
  constexpr int kToFilter = (64 << 10) + (1 << 9);  // WARPEDPIXEL_PREC_SHIFTS, and rounding to 1/64 sample
  WarpWork work;
  for (int x = 0; x < 8; x++) {
    work.row[x] = fraction.x + shear.alpha * (x - 4) - shear.beta * 7 + kToFilter;
    work.column[x] = fraction.y + shear.gamma * (x - 4) - shear.delta * 4 + kToFilter;
  }
  work.beta = shear.beta;
  work.delta = shear.delta;
  work.round[0] = 1 << round0 >> 1;
  work.round[1] = 1 << round1 >> 1;
  work.shift[0] = round0;
  work.shift[1] = round1;
  work.top = (1 << bit_depth) - 1;
  work.filters = Warped_Filters[0].data();
  work.filters8 = kFilters8[0].data();
  constexpr ptrdiff_t kBytes = sizeof(P);
  kKernel(dst, kBytes * dst_stride, src, kBytes * src_stride, &work);
}

}  // namespace

template <>
void bind_warp_x86(uint32_t cpu_flags, WarpAffineTable<uint8_t>& table) {
  if (cpu_has(cpu_flags, kCpuSse4Level)) table.put = warp_put<uint8_t, tessera_warp8_put_sse4>;
  if (cpu_has(cpu_flags, kCpuAvx2Level)) table.put = warp_put<uint8_t, tessera_warp8_put_avx2>;
}
template <>
void bind_warp_x86(uint32_t cpu_flags, WarpAffineTable<uint16_t>& table) {
  if (cpu_has(cpu_flags, kCpuSse4Level)) table.put = warp_put<uint16_t, tessera_warp16_put_sse4>;
  if (cpu_has(cpu_flags, kCpuAvx2Level)) table.put = warp_put<uint16_t, tessera_warp16_put_avx2>;
}

}  // namespace tessera
