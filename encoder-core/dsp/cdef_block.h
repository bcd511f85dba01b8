// The constrained directional enhancement filter of one block (section 7.15). Kernels read 16-bit samples
// from a tile that the caller has copied out of the picture, with a border in which unavailable samples are
// marked.
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"

namespace tessera {

/// Stands for a sample with CdefAvailable 0. As a signed value no sample is less, as an unsigned one none is
/// more, and it is so far from every sample that constrain( ) gives 0 at any strength and damping.
inline constexpr int16_t kCdefUnavailable = -16384;
/// Samples around a block that its filter looks at.
inline constexpr int kCdefBorder = 2;
/// Elements between rows of a tile.
inline constexpr ptrdiff_t kCdefTileStride = 80;

struct CdefDirection {
  int dir;  ///< yDir, 0 .. 7
  int var;
};
/// spec 7.15.2: CDEF direction process of 8x8 luma samples in a tile.
using CdefDirectionFn = CdefDirection (*)(const int16_t* src, int bit_depth);

/// spec 7.15.3: CDEF filter process. Strengths at the scale of the samples; `damping` as the process takes
/// it. One strength at least is not zero.
template <Pixel P>
using CdefFilterFn = void (*)(P* dst, ptrdiff_t dst_stride, const int16_t* src, int pri_str, int sec_str,
                              int dir, int damping, int bit_depth);

template <Pixel P>
struct CdefTable {
  CdefDirectionFn direction;
  Table2<CdefFilterFn<P>, 2, 2> filter;  ///< [ subsampling_x ][ subsampling_y ]: blocks of 8 >> subsampling
};

template <Pixel P>
void bind_cdef_scalar(CdefTable<P>& table);

extern template void bind_cdef_scalar(CdefTable<uint8_t>&);
extern template void bind_cdef_scalar(CdefTable<uint16_t>&);

}  // namespace tessera
