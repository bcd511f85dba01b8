#include "asm/x86/bind.h"
#include "base/cpu_features.h"

#pragma GCC visibility push(hidden)
extern "C" {
void tessera_compound_average8_sse4(uint8_t*, ptrdiff_t, const int16_t*, const int16_t*, int, int);
void tessera_compound_average8_avx2(uint8_t*, ptrdiff_t, const int16_t*, const int16_t*, int, int);
void tessera_compound_average16_sse4(uint16_t*, ptrdiff_t stride_bytes, const int16_t*, const int16_t*, int, int, int);
void tessera_compound_average16_avx2(uint16_t*, ptrdiff_t stride_bytes, const int16_t*, const int16_t*, int, int, int);
void tessera_overlap8_rows_avx2(uint8_t*, ptrdiff_t, const uint8_t*, ptrdiff_t, int w, int h, const uint8_t*);
void tessera_overlap8_columns_avx2(uint8_t*, ptrdiff_t, const uint8_t*, ptrdiff_t, int w, int h, const uint8_t*);
void tessera_overlap16_rows_avx2(uint16_t*, ptrdiff_t stride_bytes, const uint16_t*, ptrdiff_t other_stride_bytes, int w, int h, const uint8_t*);
void tessera_overlap16_columns_avx2(uint16_t*, ptrdiff_t stride_bytes, const uint16_t*, ptrdiff_t other_stride_bytes, int w, int h, const uint8_t*);
}
#pragma GCC visibility pop

namespace tessera {
namespace {

template <Pixel P>
void average_scalar(P* dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1, int w, int h, int bit_depth) {
  CompoundBlendTable<P> scalar;
  bind_compound_blend_scalar(scalar);
  scalar.average(dst, dst_stride, pred0, pred1, w, h, bit_depth);
}

/// spec 7.11.3.1: COMPOUND_AVERAGE. The few blocks of a shape that the kernel does not know are left to the scalar one.
template <auto kKernel>
void compound_average8(uint8_t* dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1, int w, int h, int bit_depth) {
  if (w < 4 || (w < 16 && h % 2)) return average_scalar(dst, dst_stride, pred0, pred1, w, h, bit_depth);
  kKernel(dst, dst_stride, pred0, pred1, w, h);
}
template <auto kKernel>
void compound_average16(uint16_t* dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1, int w, int h, int bit_depth) {
  if (w < 4 || (w < 8 && h % 2) || (bit_depth != 10 && bit_depth != 12))
    return average_scalar(dst, dst_stride, pred0, pred1, w, h, bit_depth);
  kKernel(dst, 2 * dst_stride, pred0, pred1, w, h, bit_depth);
}

/// Two columns are left to the scalar kernels.
template <Pixel P>
CompoundBlendTable<P> scalar_blends() {
  CompoundBlendTable<P> scalar;
  bind_compound_blend_scalar(scalar);
  return scalar;
}

/// spec 7.11.3.10: overlap blending process, from above.
template <Pixel P>
void overlap_rows_avx2(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w, int h, const uint8_t* mask) {
  if (w < 4) return scalar_blends<P>().blend_rows(dst, dst_stride, other, other_stride, w, h, mask);
  if constexpr (sizeof(P) == 1) tessera_overlap8_rows_avx2(dst, dst_stride, other, other_stride, w, h, mask);
  else tessera_overlap16_rows_avx2(dst, 2 * dst_stride, other, 2 * other_stride, w, h, mask);
}
/// spec 7.11.3.10: overlap blending process, from the left; up to 32 columns.
template <Pixel P>
void overlap_columns_avx2(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w, int h, const uint8_t* mask) {
  if (w < 4) return scalar_blends<P>().blend_columns(dst, dst_stride, other, other_stride, w, h, mask);
  if constexpr (sizeof(P) == 1) tessera_overlap8_columns_avx2(dst, dst_stride, other, other_stride, w, h, mask);
  else tessera_overlap16_columns_avx2(dst, 2 * dst_stride, other, 2 * other_stride, w, h, mask);
}

}  // namespace

template <>
void bind_compound_x86(uint32_t cpu_flags, CompoundBlendTable<uint8_t>& table) {
  if (cpu_has(cpu_flags, kCpuSse4Level)) table.average = compound_average8<tessera_compound_average8_sse4>;
  if (!cpu_has(cpu_flags, kCpuAvx2Level)) return;
  table.average = compound_average8<tessera_compound_average8_avx2>;
  table.blend_rows = overlap_rows_avx2<uint8_t>;
  table.blend_columns = overlap_columns_avx2<uint8_t>;
}
template <>
void bind_compound_x86(uint32_t cpu_flags, CompoundBlendTable<uint16_t>& table) {
  if (cpu_has(cpu_flags, kCpuSse4Level)) table.average = compound_average16<tessera_compound_average16_sse4>;
  if (!cpu_has(cpu_flags, kCpuAvx2Level)) return;
  table.average = compound_average16<tessera_compound_average16_avx2>;
  table.blend_rows = overlap_rows_avx2<uint16_t>;
  table.blend_columns = overlap_columns_avx2<uint16_t>;
}

}  // namespace tessera
