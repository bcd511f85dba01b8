#include <algorithm>
#include <cstring>

#include "asm/x86/bind.h"
#include "base/cpu_features.h"

namespace tessera {
namespace {

/// The halves of both filters' taps, as the kernels of asm/x86/subpel*.asm take them.
template <Pixel P>
struct SubpelTaps;
template <>
struct SubpelTaps<uint8_t> {
  int8_t row[8], column[8];
  int16_t column_words[8];
};
template <>
struct SubpelTaps<uint16_t> {
  int16_t row[8], column[8];
};

template <class T>
constexpr auto kHalfTaps = [] {
  Table3<T, 6, 16, 8> t = {};
  for (int f = 0; f < 6; f++)
    for (int p = 0; p < 16; p++)
      for (int k = 0; k < 8; k++) t[f][p][k] = static_cast<T>(Subpel_Filters[f][p][k] / 2);
  return t;
}();

SubpelTaps<uint8_t> make_taps(uint8_t, const int8_t* row8, const int8_t* column8, const int16_t*, const int16_t* column16) {
  SubpelTaps<uint8_t> taps;
  std::memcpy(taps.row, row8, sizeof taps.row);
  std::memcpy(taps.column, column8, sizeof taps.column);
  std::memcpy(taps.column_words, column16, sizeof taps.column_words);
  return taps;
}
SubpelTaps<uint16_t> make_taps(uint16_t, const int8_t*, const int8_t*, const int16_t* row16, const int16_t* column16) {
  SubpelTaps<uint16_t> taps;
  std::memcpy(taps.row, row16, sizeof taps.row);
  std::memcpy(taps.column, column16, sizeof taps.column);
  return taps;
}

/// A strip of columns; strides are bytes.
template <Pixel P, class Out>
using StripFn = void(Out* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int h, const SubpelTaps<P>* taps);
template <Pixel P>
using StripCopyFn = void(int16_t* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int h);

}  // namespace
}  // namespace tessera

#define TESSERA_SUBPEL(level, bits, out, axes, w, taps) tessera_subpel##bits##_##out##_##axes##_w##w##_t##taps##_##level
#define TESSERA_STRIP(level, bits, P, out, Out, axes, w, taps) tessera::StripFn<P, Out> TESSERA_SUBPEL(level, bits, out, axes, w, taps);
#define TESSERA_DECLARE_NARROW(level, bits, P, out, Out)  \
  TESSERA_STRIP(level, bits, P, out, Out, h, 4, 4)        \
  TESSERA_STRIP(level, bits, P, out, Out, h, 8, 6)        \
  TESSERA_STRIP(level, bits, P, out, Out, h, 8, 8)        \
  TESSERA_STRIP(level, bits, P, out, Out, v, 4, 6)        \
  TESSERA_STRIP(level, bits, P, out, Out, v, 4, 8)        \
  TESSERA_STRIP(level, bits, P, out, Out, v, 8, 6)        \
  TESSERA_STRIP(level, bits, P, out, Out, v, 8, 8)        \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 4, 6)       \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 4, 8)       \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 8, 6)       \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 8, 8)
#define TESSERA_DECLARE(level, bits, P, out, Out)         \
  TESSERA_DECLARE_NARROW(level, bits, P, out, Out)        \
  TESSERA_STRIP(level, bits, P, out, Out, h, 16, 6)       \
  TESSERA_STRIP(level, bits, P, out, Out, h, 16, 8)       \
  TESSERA_STRIP(level, bits, P, out, Out, v, 16, 6)       \
  TESSERA_STRIP(level, bits, P, out, Out, v, 16, 8)       \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 16, 6)
#define TESSERA_DECLARE_AVX512_16(level, bits, P, out, Out) \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 8, 6)         \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 8, 8)         \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 16, 6)        \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 16, 8)
#define TESSERA_DECLARE_AVX512(level, bits, P, out, Out)  \
  TESSERA_DECLARE_AVX512_16(level, bits, P, out, Out)     \
  TESSERA_STRIP(level, bits, P, out, Out, h, 16, 6)       \
  TESSERA_STRIP(level, bits, P, out, Out, h, 16, 8)       \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 4, 6)       \
  TESSERA_STRIP(level, bits, P, out, Out, hv, 4, 8)
#define TESSERA_STRIP_COPY(level, bits, P, w) tessera::StripCopyFn<P> tessera_subpel##bits##_prep_copy_w##w##_##level;

#pragma GCC visibility push(hidden)
extern "C" {
TESSERA_DECLARE_NARROW(sse4, 8, uint8_t, put, uint8_t)
TESSERA_DECLARE_NARROW(sse4, 8, uint8_t, prep, int16_t)
TESSERA_STRIP_COPY(sse4, 8, uint8_t, 4)
TESSERA_STRIP_COPY(sse4, 8, uint8_t, 8)
TESSERA_DECLARE_NARROW(sse4, 16, uint16_t, put, uint16_t)
TESSERA_DECLARE_NARROW(sse4, 16, uint16_t, prep, int16_t)
TESSERA_STRIP_COPY(sse4, 16, uint16_t, 4)
TESSERA_STRIP_COPY(sse4, 16, uint16_t, 8)
TESSERA_DECLARE(avx2, 8, uint8_t, put, uint8_t)
TESSERA_DECLARE(avx2, 8, uint8_t, prep, int16_t)
TESSERA_DECLARE(avx2, 16, uint16_t, put, uint16_t)
TESSERA_DECLARE(avx2, 16, uint16_t, prep, int16_t)
TESSERA_STRIP(avx2, 16, uint16_t, put, uint16_t, hv, 16, 8)
TESSERA_STRIP(avx2, 16, uint16_t, prep, int16_t, hv, 16, 8)
TESSERA_STRIP_COPY(avx2, 8, uint8_t, 4)
TESSERA_STRIP_COPY(avx2, 8, uint8_t, 8)
TESSERA_STRIP_COPY(avx2, 8, uint8_t, 16)
TESSERA_STRIP_COPY(avx2, 16, uint16_t, 4)
TESSERA_STRIP_COPY(avx2, 16, uint16_t, 8)
TESSERA_STRIP_COPY(avx2, 16, uint16_t, 16)
TESSERA_DECLARE_AVX512(avx512, 8, uint8_t, put, uint8_t)
TESSERA_DECLARE_AVX512(avx512, 8, uint8_t, prep, int16_t)
TESSERA_DECLARE_AVX512_16(avx512, 16, uint16_t, put, uint16_t)
TESSERA_DECLARE_AVX512_16(avx512, 16, uint16_t, prep, int16_t)
}
#pragma GCC visibility pop

namespace tessera {
namespace {

/// Kernels of one strip width, by whether a filter has eight taps.
template <Pixel P, class Out>
struct StripKernels {
  StripFn<P, Out>*h[2], *v[2], *hv[2];
};

#define TESSERA_STRIPS(level, bits, out, w, h6, h8, hv8_w) TESSERA_STRIPS_MIXED(level, level, level, bits, out, w, h6, h8, hv8_w)
#define TESSERA_STRIPS_MIXED(h_level, v_level, hv_level, bits, out, w, h6, h8, hv8_w)                 \
  {{TESSERA_SUBPEL(h_level, bits, out, h, w, h6), TESSERA_SUBPEL(h_level, bits, out, h, w, h8)},      \
   {TESSERA_SUBPEL(v_level, bits, out, v, w, 6), TESSERA_SUBPEL(v_level, bits, out, v, w, 8)},        \
   {TESSERA_SUBPEL(hv_level, bits, out, hv, w, 6), TESSERA_SUBPEL(hv_level, bits, out, hv, hv8_w, 8)}}

/// Strips of 4, 8 and 16 columns, or of 4 and 8; `kWidest` is the width of the last, `kWideSharp` how many columns of eight taps on
/// both axes fit the registers.
template <Pixel P>
struct StripsAvx2;
template <>
struct StripsAvx2<uint8_t> {
  static constexpr int kWidest = 16, kWideSharp = 8;
  static constexpr StripKernels<uint8_t, uint8_t> kPut[3] = {
      TESSERA_STRIPS(avx2, 8, put, 4, 4, 4, 4), TESSERA_STRIPS(avx2, 8, put, 8, 6, 8, 8), TESSERA_STRIPS(avx2, 8, put, 16, 6, 8, 8)};
  static constexpr StripKernels<uint8_t, int16_t> kPrep[3] = {
      TESSERA_STRIPS(avx2, 8, prep, 4, 4, 4, 4), TESSERA_STRIPS(avx2, 8, prep, 8, 6, 8, 8), TESSERA_STRIPS(avx2, 8, prep, 16, 6, 8, 8)};
  static constexpr StripCopyFn<uint8_t>* kCopy[3] = {tessera_subpel8_prep_copy_w4_avx2, tessera_subpel8_prep_copy_w8_avx2,
                                                     tessera_subpel8_prep_copy_w16_avx2};
};
template <>
struct StripsAvx2<uint16_t> {
  static constexpr int kWidest = 16, kWideSharp = 16;
  static constexpr StripKernels<uint16_t, uint16_t> kPut[3] = {
      TESSERA_STRIPS(avx2, 16, put, 4, 4, 4, 4), TESSERA_STRIPS(avx2, 16, put, 8, 6, 8, 8), TESSERA_STRIPS(avx2, 16, put, 16, 6, 8, 16)};
  static constexpr StripKernels<uint16_t, int16_t> kPrep[3] = {
      TESSERA_STRIPS(avx2, 16, prep, 4, 4, 4, 4), TESSERA_STRIPS(avx2, 16, prep, 8, 6, 8, 8), TESSERA_STRIPS(avx2, 16, prep, 16, 6, 8, 16)};
  static constexpr StripCopyFn<uint16_t>* kCopy[3] = {tessera_subpel16_prep_copy_w4_avx2, tessera_subpel16_prep_copy_w8_avx2,
                                                      tessera_subpel16_prep_copy_w16_avx2};
};
/// Positions along one axis stay with AVX2, but for rows of strips of 16 samples of 8 bits.
template <Pixel P>
struct StripsAvx512;
template <>
struct StripsAvx512<uint8_t> {
  static constexpr int kWidest = 16, kWideSharp = 16;
  static constexpr StripKernels<uint8_t, uint8_t> kPut[3] = {TESSERA_STRIPS_MIXED(avx2, avx2, avx512, 8, put, 4, 4, 4, 4),
                                                             TESSERA_STRIPS_MIXED(avx2, avx2, avx512, 8, put, 8, 6, 8, 8),
                                                             TESSERA_STRIPS_MIXED(avx512, avx2, avx512, 8, put, 16, 6, 8, 16)};
  static constexpr StripKernels<uint8_t, int16_t> kPrep[3] = {TESSERA_STRIPS_MIXED(avx2, avx2, avx512, 8, prep, 4, 4, 4, 4),
                                                              TESSERA_STRIPS_MIXED(avx2, avx2, avx512, 8, prep, 8, 6, 8, 8),
                                                              TESSERA_STRIPS_MIXED(avx512, avx2, avx512, 8, prep, 16, 6, 8, 16)};
  static constexpr auto& kCopy = StripsAvx2<uint8_t>::kCopy;
};
template <>
struct StripsAvx512<uint16_t> {
  static constexpr int kWidest = 16, kWideSharp = 16;
  static constexpr StripKernels<uint16_t, uint16_t> kPut[3] = {TESSERA_STRIPS(avx2, 16, put, 4, 4, 4, 4),
                                                               TESSERA_STRIPS_MIXED(avx2, avx2, avx512, 16, put, 8, 6, 8, 8),
                                                               TESSERA_STRIPS_MIXED(avx2, avx2, avx512, 16, put, 16, 6, 8, 16)};
  static constexpr StripKernels<uint16_t, int16_t> kPrep[3] = {TESSERA_STRIPS(avx2, 16, prep, 4, 4, 4, 4),
                                                               TESSERA_STRIPS_MIXED(avx2, avx2, avx512, 16, prep, 8, 6, 8, 8),
                                                               TESSERA_STRIPS_MIXED(avx2, avx2, avx512, 16, prep, 16, 6, 8, 16)};
  static constexpr auto& kCopy = StripsAvx2<uint16_t>::kCopy;
};
template <Pixel P>
struct StripsSse4;
template <>
struct StripsSse4<uint8_t> {
  static constexpr int kWidest = 8, kWideSharp = 8;
  static constexpr StripKernels<uint8_t, uint8_t> kPut[2] = {TESSERA_STRIPS(sse4, 8, put, 4, 4, 4, 4),
                                                             TESSERA_STRIPS(sse4, 8, put, 8, 6, 8, 8)};
  static constexpr StripKernels<uint8_t, int16_t> kPrep[2] = {TESSERA_STRIPS(sse4, 8, prep, 4, 4, 4, 4),
                                                              TESSERA_STRIPS(sse4, 8, prep, 8, 6, 8, 8)};
  static constexpr StripCopyFn<uint8_t>* kCopy[2] = {tessera_subpel8_prep_copy_w4_sse4, tessera_subpel8_prep_copy_w8_sse4};
};
template <>
struct StripsSse4<uint16_t> {
  static constexpr int kWidest = 8, kWideSharp = 8;
  static constexpr StripKernels<uint16_t, uint16_t> kPut[2] = {TESSERA_STRIPS(sse4, 16, put, 4, 4, 4, 4),
                                                               TESSERA_STRIPS(sse4, 16, put, 8, 6, 8, 8)};
  static constexpr StripKernels<uint16_t, int16_t> kPrep[2] = {TESSERA_STRIPS(sse4, 16, prep, 4, 4, 4, 4),
                                                               TESSERA_STRIPS(sse4, 16, prep, 8, 6, 8, 8)};
  static constexpr StripCopyFn<uint16_t>* kCopy[2] = {tessera_subpel16_prep_copy_w4_sse4, tessera_subpel16_prep_copy_w8_sse4};
};

/// Two-column blocks, odd heights, more than four taps over four columns and depths of 12 bits are left to the scalar kernels.
template <Pixel P>
bool fits(int w, int h, int filter_x, int bit_depth) {
  return w >= 4 && h % 2 == 0 && (w > 4 || filter_x >= BILINEAR) && (sizeof(P) == 1 || bit_depth == 10);
}
template <class Strips>
constexpr int strip_index(int w) {
  return w == 4 ? 0 : w == 8 || Strips::kWidest == 8 ? 1 : 2;
}

/// The calls that are rarer or longer stand apart: what most of them go through then saves no registers.
template <Pixel P, class Out>
[[gnu::noinline]] void filter_strips(StripFn<P, Out>* kernel, Out* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h,
                                     int strip, const SubpelTaps<P>& taps) {
  for (int x = 0; x < w; x += strip) kernel(dst + x, dst_stride, src + x, src_stride, h, &taps);
}

template <class Strips, Pixel P, class Out>
[[gnu::always_inline]] inline void filter_block(const StripKernels<P, Out>* kernels, Out* dst, ptrdiff_t dst_stride, const P* src,
                                                ptrdiff_t src_stride, int w, int h, int frac_x, int frac_y, int filter_x,
                                                int filter_y) {
  const SubpelTaps<P> taps =
      make_taps(P{}, kHalfTaps<int8_t>[filter_x][frac_x].data(), kHalfTaps<int8_t>[filter_y][frac_y].data(),
                kHalfTaps<int16_t>[filter_x][frac_x].data(), kHalfTaps<int16_t>[filter_y][frac_y].data());
  const StripKernels<P, Out>& strips = kernels[strip_index<Strips>(w)];
  const bool sharp_x = filter_x == EIGHTTAP_SHARP, sharp_y = filter_y == EIGHTTAP_SHARP, sharp = sharp_x || sharp_y;
  const auto kernel = frac_x && frac_y ? strips.hv[sharp] : frac_x ? strips.h[sharp_x] : strips.v[sharp_y];
  const int strip = std::min(w, frac_x && frac_y && sharp ? Strips::kWideSharp : Strips::kWidest);
  dst_stride *= static_cast<ptrdiff_t>(sizeof(Out));
  src_stride *= static_cast<ptrdiff_t>(sizeof(P));
  if (w > strip) filter_strips<P, Out>(kernel, dst, dst_stride, src, src_stride, w, h, strip, taps);
  else kernel(dst, dst_stride, src, src_stride, h, &taps);
}

template <int W, Pixel P>
void copy_rows(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int h) {
  for (int y = 0; y < h; y++, dst += dst_stride, src += src_stride) std::memcpy(dst, src, W * sizeof(P));
}

template <Pixel P>
[[gnu::noinline]] void copy_block(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h) {
  switch (w) {
    case 2: return copy_rows<2>(dst, dst_stride, src, src_stride, h);
    case 4: return copy_rows<4>(dst, dst_stride, src, src_stride, h);
    case 8: return copy_rows<8>(dst, dst_stride, src, src_stride, h);
    case 16: return copy_rows<16>(dst, dst_stride, src, src_stride, h);
    case 32: return copy_rows<32>(dst, dst_stride, src, src_stride, h);
    case 64: return copy_rows<64>(dst, dst_stride, src, src_stride, h);
    default: return copy_rows<128>(dst, dst_stride, src, src_stride, h);
  }
}

template <Pixel P>
[[gnu::noinline]] void scalar_put(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h, int frac_x, int frac_y,
                                  int filter_x, int filter_y, int bit_depth) {
  SubpelTable<P> scalar;
  bind_subpel_scalar(scalar);
  scalar.put(dst, dst_stride, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y, bit_depth);
}
template <Pixel P>
[[gnu::noinline]] void scalar_prep(int16_t* tmp, const P* src, ptrdiff_t src_stride, int w, int h, int frac_x, int frac_y, int filter_x,
                                   int filter_y, int bit_depth) {
  SubpelTable<P> scalar;
  bind_subpel_scalar(scalar);
  scalar.prep(tmp, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y, bit_depth);
}

/// spec 7.11.3.4: block inter prediction process, single prediction.
template <class Strips, Pixel P>
void subpel_put(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h, int frac_x, int frac_y, int filter_x,
                int filter_y, int bit_depth) {
  if (!frac_x && !frac_y) return copy_block(dst, dst_stride, src, src_stride, w, h);
  if (fits<P>(w, h, filter_x, bit_depth))
    return filter_block<Strips>(Strips::kPut, dst, dst_stride, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y);
  scalar_put(dst, dst_stride, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y, bit_depth);
}

template <class Strips, Pixel P>
[[gnu::noinline]] void widen_block(int16_t* tmp, const P* src, ptrdiff_t src_stride, int w, int h) {
  for (int x = 0; x < w; x += Strips::kWidest)
    Strips::kCopy[strip_index<Strips>(w)](tmp + x, 2 * w, src + x, src_stride * static_cast<ptrdiff_t>(sizeof(P)), h);
}

/// spec 7.11.3.4: block inter prediction process, one of two predictions.
template <class Strips, Pixel P>
void subpel_prep(int16_t* tmp, const P* src, ptrdiff_t src_stride, int w, int h, int frac_x, int frac_y, int filter_x, int filter_y,
                 int bit_depth) {
  if (!frac_x && !frac_y && w >= 4 && (sizeof(P) == 1 || bit_depth == 10)) return widen_block<Strips>(tmp, src, src_stride, w, h);
  if (fits<P>(w, h, filter_x, bit_depth))
    return filter_block<Strips>(Strips::kPrep, tmp, w, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y);
  scalar_prep(tmp, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y, bit_depth);
}

template <Pixel P>
void bind(uint32_t cpu_flags, SubpelTable<P>& table) {
  if (cpu_has(cpu_flags, kCpuSse4Level)) table = {subpel_put<StripsSse4<P>, P>, subpel_prep<StripsSse4<P>, P>};
  if (cpu_has(cpu_flags, kCpuAvx2Level)) table = {subpel_put<StripsAvx2<P>, P>, subpel_prep<StripsAvx2<P>, P>};
  if (cpu_has(cpu_flags, kCpuAvx512Level)) table = {subpel_put<StripsAvx512<P>, P>, subpel_prep<StripsAvx512<P>, P>};
}

}  // namespace

template <>
void bind_subpel_x86(uint32_t cpu_flags, SubpelTable<uint8_t>& table) {
  bind(cpu_flags, table);
}
template <>
void bind_subpel_x86(uint32_t cpu_flags, SubpelTable<uint16_t>& table) {
  bind(cpu_flags, table);
}

}  // namespace tessera
