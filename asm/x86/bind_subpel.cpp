#include <algorithm>
#include <cstring>

#include "asm/x86/bind.h"
#include "base/cpu_features.h"

namespace tessera {
namespace {

/// The halves of both filters' taps, as asm/x86/subpel_avx2.asm takes them.
struct SubpelTaps {
  int8_t row[8], column[8];
  int16_t column16[8];
};

}  // namespace
}  // namespace tessera

#define TESSERA_SUBPEL_KERNEL(out, T, axes, w, taps)                                            \
  void tessera_subpel8_##out##_##axes##_w##w##_t##taps##_avx2(T*, ptrdiff_t, const uint8_t*, ptrdiff_t, int, \
                                                              const tessera::SubpelTaps*);
#define TESSERA_SUBPEL_KERNELS(X, out, T) \
  X(out, T, h, 4, 4)                      \
  X(out, T, h, 8, 6)                      \
  X(out, T, h, 8, 8)                      \
  X(out, T, h, 16, 6)                     \
  X(out, T, h, 16, 8)                     \
  X(out, T, v, 4, 6)                      \
  X(out, T, v, 4, 8)                      \
  X(out, T, v, 8, 6)                      \
  X(out, T, v, 8, 8)                      \
  X(out, T, v, 16, 6)                     \
  X(out, T, v, 16, 8)                     \
  X(out, T, hv, 4, 6)                     \
  X(out, T, hv, 4, 8)                     \
  X(out, T, hv, 8, 6)                     \
  X(out, T, hv, 8, 8)                     \
  X(out, T, hv, 16, 6)

#pragma GCC visibility push(hidden)
extern "C" {
TESSERA_SUBPEL_KERNELS(TESSERA_SUBPEL_KERNEL, put, uint8_t)
TESSERA_SUBPEL_KERNELS(TESSERA_SUBPEL_KERNEL, prep, int16_t)
}
#pragma GCC visibility pop

namespace tessera {
namespace {

constexpr auto kHalfTaps = [] {
  Table3<int8_t, 6, 16, 8> t = {};
  for (int f = 0; f < 6; f++)
    for (int p = 0; p < 16; p++)
      for (int k = 0; k < 8; k++) t[f][p][k] = static_cast<int8_t>(Subpel_Filters[f][p][k] / 2);
  return t;
}();

/// Kernels of one strip width; `v` and `hv` by whether a filter has eight taps.
template <class T>
struct StripKernels {
  using Fn = void (*)(T* dst, ptrdiff_t dst_stride_bytes, const uint8_t* src, ptrdiff_t src_stride, int h,
                      const SubpelTaps* taps);
  Fn h[2], v[2], hv[2];
};

#define TESSERA_FN(out, axes, w, taps) tessera_subpel8_##out##_##axes##_w##w##_t##taps##_avx2
#define TESSERA_STRIPS(out, w, h6, h8, hv8_w)                         \
  {{TESSERA_FN(out, h, w, h6), TESSERA_FN(out, h, w, h8)},            \
   {TESSERA_FN(out, v, w, 6), TESSERA_FN(out, v, w, 8)},              \
   {TESSERA_FN(out, hv, w, 6), TESSERA_FN(out, hv, hv8_w, 8)}}
constexpr StripKernels<uint8_t> kPut[3] = {TESSERA_STRIPS(put, 4, 4, 4, 4), TESSERA_STRIPS(put, 8, 6, 8, 8),
                                           TESSERA_STRIPS(put, 16, 6, 8, 8)};
constexpr StripKernels<int16_t> kPrep[3] = {TESSERA_STRIPS(prep, 4, 4, 4, 4), TESSERA_STRIPS(prep, 8, 6, 8, 8),
                                            TESSERA_STRIPS(prep, 16, 6, 8, 8)};

/// Two-column blocks, odd heights and eight taps over four columns are left to the scalar kernels.
bool fits(int w, int h, int filter_x) { return w >= 4 && h % 2 == 0 && (w > 4 || filter_x >= BILINEAR); }

template <class T>
void filter_block(const StripKernels<T> (&kernels)[3], T* dst, ptrdiff_t dst_stride, const uint8_t* src, ptrdiff_t src_stride,
                  int w, int h, int frac_x, int frac_y, int filter_x, int filter_y) {
  SubpelTaps taps;
  std::memcpy(taps.row, kHalfTaps[filter_x][frac_x].data(), 8);
  std::memcpy(taps.column, kHalfTaps[filter_y][frac_y].data(), 8);
  for (int k = 0; k < 8; k++) taps.column16[k] = taps.column[k];
  const StripKernels<T>& strips = kernels[w == 4 ? 0 : w == 8 ? 1 : 2];
  const bool sharp_x = filter_x == EIGHTTAP_SHARP, sharp_y = filter_y == EIGHTTAP_SHARP, sharp = sharp_x || sharp_y;
  const auto kernel = frac_x && frac_y ? strips.hv[sharp] : frac_x ? strips.h[sharp_x] : strips.v[sharp_y];
  const int strip = std::min(w, frac_x && frac_y && sharp ? 8 : 16);  // registers do not suffice for 16 columns of eight taps
  for (int x = 0; x < w; x += strip)
    kernel(dst + x, dst_stride * static_cast<ptrdiff_t>(sizeof(T)), src + x, src_stride, h, &taps);
}

template <int W>
void copy_rows(uint8_t* dst, ptrdiff_t dst_stride, const uint8_t* src, ptrdiff_t src_stride, int h) {
  for (int y = 0; y < h; y++, dst += dst_stride, src += src_stride) std::memcpy(dst, src, W);
}

/// spec 7.11.3.4: block inter prediction process, single prediction.
void subpel_put8_avx2(uint8_t* dst, ptrdiff_t dst_stride, const uint8_t* src, ptrdiff_t src_stride, int w, int h, int frac_x,
                      int frac_y, int filter_x, int filter_y, int bit_depth) {
  if ((frac_x || frac_y) && fits(w, h, filter_x))
    return filter_block(kPut, dst, dst_stride, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y);
  if (!frac_x && !frac_y) {
    switch (w) {
      case 4: return copy_rows<4>(dst, dst_stride, src, src_stride, h);
      case 8: return copy_rows<8>(dst, dst_stride, src, src_stride, h);
      case 16: return copy_rows<16>(dst, dst_stride, src, src_stride, h);
      case 32: return copy_rows<32>(dst, dst_stride, src, src_stride, h);
      case 64: return copy_rows<64>(dst, dst_stride, src, src_stride, h);
      case 128: return copy_rows<128>(dst, dst_stride, src, src_stride, h);
    }
  }
  SubpelTable<uint8_t> scalar;
  bind_subpel_scalar(scalar);
  scalar.put(dst, dst_stride, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y, bit_depth);
}

/// spec 7.11.3.4: block inter prediction process, one of two predictions.
void subpel_prep8_avx2(int16_t* tmp, const uint8_t* src, ptrdiff_t src_stride, int w, int h, int frac_x, int frac_y,
                       int filter_x, int filter_y, int bit_depth) {
  if ((frac_x || frac_y) && fits(w, h, filter_x))
    return filter_block(kPrep, tmp, w, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y);
  SubpelTable<uint8_t> scalar;
  bind_subpel_scalar(scalar);
  scalar.prep(tmp, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y, bit_depth);
}

}  // namespace

template <>
void bind_subpel_x86(uint32_t cpu_flags, SubpelTable<uint8_t>& table) {
  if (!cpu_has(cpu_flags, kCpuAvx2Level)) return;
  table.put = subpel_put8_avx2;
  table.prep = subpel_prep8_avx2;
}

template <>
void bind_subpel_x86(uint32_t, SubpelTable<uint16_t>&) {}

}  // namespace tessera
