// Inter prediction of a rectangle of one plane from unscaled references (sections 7.11.3.1 to 7.11.3.4).
#pragma once

#include "base/array.h"
#include "dsp/subpel.h"
#include "frame/block_info.h"

namespace tessera {

/// What to predict: the rectangle of a plane, in its samples.
struct InterRect {
  int x, y, w, h;  ///< w, h: 2 to 128, powers of two
  int sub_x, sub_y, bit_depth;
};

/// Where from. `ref` is the plane of a reference whose margin (and padding inside the view) replicates its
/// edges.
template <Pixel P>
struct InterSource {
  PlaneView<const P> ref;
  Mv mv;
  Array<InterpFilter, 2> interp_filter;  ///< [ 0 ] vertical, [ 1 ] horizontal
};

/// Memory of one thread for inter prediction.
template <Pixel P>
struct InterScratch {
  static constexpr int kEdgeStride = kMaxPredictSize + 32;
  alignas(64) Array<P, kEdgeStride*(kMaxPredictSize + kSubpelBefore + kSubpelAfter + 1)> edge;
  alignas(64) Table2<int16_t, 2, kMaxPredictSize * kMaxPredictSize> pred;
  alignas(64) Array<P, 64 * 32> overlap;  ///< of one neighbour, or of an inter-intra block
};

/// Samples of a reference, in its memory or in scratch memory.
template <Pixel P>
struct RefSamples {
  const P* at;
  ptrdiff_t stride;
};

/// w x h samples (up to 135 x 135) from (x, y), which may lie anywhere: outside the plane its nearest sample
/// counts.
template <Pixel P>
RefSamples<P> reference_samples(PlaneView<const P> ref, int x, int y, int w, int h, InterScratch<P>& scratch);

/// spec 7.11.3.4: a prediction from one reference into `dst`, whose (0, 0) is the rectangle's.
template <Pixel P>
void predict_inter_rect(const SubpelTable<P>& table, const InterRect& rect, const InterSource<P>& source,
                        InterScratch<P>& scratch, P* dst, ptrdiff_t dst_stride);

/// spec 7.11.3.4: one prediction of a compound into `pred` (rows of w), as dsp/compound_blend.h takes it.
template <Pixel P>
void prepare_inter_rect(const SubpelTable<P>& table, const InterRect& rect, const InterSource<P>& source,
                        InterScratch<P>& scratch, int16_t* pred);

/// spec 7.11.3.15: FwdWeight (of 16) from the distances in display order to RefFrame[ 0 ] and [ 1 ], each 0
/// .. 31.
int distance_fwd_weight(int dist0, int dist1);

extern template RefSamples<uint8_t> reference_samples(PlaneView<const uint8_t>, int, int, int, int,
                                                      InterScratch<uint8_t>&);
extern template RefSamples<uint16_t> reference_samples(PlaneView<const uint16_t>, int, int, int, int,
                                                       InterScratch<uint16_t>&);
extern template void predict_inter_rect(const SubpelTable<uint8_t>&, const InterRect&,
                                        const InterSource<uint8_t>&, InterScratch<uint8_t>&, uint8_t*,
                                        ptrdiff_t);
extern template void predict_inter_rect(const SubpelTable<uint16_t>&, const InterRect&,
                                        const InterSource<uint16_t>&, InterScratch<uint16_t>&, uint16_t*,
                                        ptrdiff_t);
extern template void prepare_inter_rect(const SubpelTable<uint8_t>&, const InterRect&,
                                        const InterSource<uint8_t>&, InterScratch<uint8_t>&, int16_t*);
extern template void prepare_inter_rect(const SubpelTable<uint16_t>&, const InterRect&,
                                        const InterSource<uint16_t>&, InterScratch<uint16_t>&, int16_t*);

}  // namespace tessera
