// Intra prediction without a direction: DC, V, H, Paeth and smooth (sections 7.11.2.2, 7.11.2.5, 7.11.2.6).
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"

namespace tessera {

/// Predicts w x h samples (4 to 64 each). above[ -1 ] is the top-left sample, above[ 0 .. w - 1 ] the row
/// above, left[ 0 .. h - 1 ] the column to the left, downwards. Neither overlaps dst.
template <Pixel P>
using IntraFn = void (*)(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h,
                         int bit_depth);

template <Pixel P>
struct IntraBasicTable {
  Table2<IntraFn<P>, 2, 2> dc;  ///< [ have_above ][ have_left ]
  IntraFn<P> v, h, paeth, smooth, smooth_v, smooth_h;
};

template <Pixel P>
void bind_intra_basic_scalar(IntraBasicTable<P>& table);

extern template void bind_intra_basic_scalar(IntraBasicTable<uint8_t>&);
extern template void bind_intra_basic_scalar(IntraBasicTable<uint16_t>&);

}  // namespace tessera
