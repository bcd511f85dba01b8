// Inter prediction blended with intra prediction of the same block (sections 5.11.33, 7.11.3.13 and 7.11.3.14).
#pragma once

#include "dsp/compound_blend.h"
#include "frame/block_info.h"

namespace tessera {

/// spec 5.11.33: what an inter-intra block predicts with beside its vector.
PredictionMode intra_part(InterIntraMode mode);

/// spec 7.11.3.13: what intra prediction weighs, of 64, in a block of one plane; rows of its width. Sides of 4 to 32.
const uint8_t* inter_intra_mask(BlockSize plane_size, InterIntraMode mode);

/// spec 7.11.3.14: the mask blend process of one plane of an inter-intra block, whose intra prediction stands in `dst`; `inter` has
/// rows of the plane block's width.
template <Pixel P>
void blend_inter_intra(const CompoundBlendTable<P>& table, const BlockInfo& info, int sub_x, int sub_y, P* dst, ptrdiff_t dst_stride,
                       const P* inter);

extern template void blend_inter_intra(const CompoundBlendTable<uint8_t>&, const BlockInfo&, int, int, uint8_t*, ptrdiff_t, const uint8_t*);
extern template void blend_inter_intra(const CompoundBlendTable<uint16_t>&, const BlockInfo&, int, int, uint16_t*, ptrdiff_t,
                                       const uint16_t*);

}  // namespace tessera
