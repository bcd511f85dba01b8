// Prediction of a rectangle of one plane with an affine model (section 7.11.3.5).
#pragma once

#include "block/predict_inter.h"
#include "block/warp_model.h"
#include "dsp/warp_affine.h"

namespace tessera {

/// A model that setup_shear() has found valid, and the plane of the reference that it leads to.
template <Pixel P>
struct WarpSource {
  PlaneView<const P> ref;
  const WarpParams& params;
  const WarpShear& shear;
};

/// spec 7.11.3.5: a prediction of at least 8x8 samples into `dst`, whose (0, 0) is the rectangle's.
template <Pixel P>
void predict_warp_rect(const WarpAffineTable<P>& table, const InterRect& rect, const WarpSource<P>& source,
                       InterScratch<P>& scratch, P* dst, ptrdiff_t dst_stride);

/// spec 7.11.3.5: one prediction of a compound into `pred` (rows of w).
template <Pixel P>
void prepare_warp_rect(const WarpAffineTable<P>& table, const InterRect& rect, const WarpSource<P>& source,
                       InterScratch<P>& scratch, int16_t* pred);

extern template void predict_warp_rect(const WarpAffineTable<uint8_t>&, const InterRect&,
                                       const WarpSource<uint8_t>&, InterScratch<uint8_t>&, uint8_t*,
                                       ptrdiff_t);
extern template void predict_warp_rect(const WarpAffineTable<uint16_t>&, const InterRect&,
                                       const WarpSource<uint16_t>&, InterScratch<uint16_t>&, uint16_t*,
                                       ptrdiff_t);
extern template void prepare_warp_rect(const WarpAffineTable<uint8_t>&, const InterRect&,
                                       const WarpSource<uint8_t>&, InterScratch<uint8_t>&, int16_t*);
extern template void prepare_warp_rect(const WarpAffineTable<uint16_t>&, const InterRect&,
                                       const WarpSource<uint16_t>&, InterScratch<uint16_t>&, int16_t*);

}  // namespace tessera
