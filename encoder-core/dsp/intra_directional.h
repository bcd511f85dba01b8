// Directional intra prediction (section 7.11.2.4) and the preparation of its edges (7.11.2.7 to 7.11.2.12).
#pragma once

#include "dsp/pixel.h"
#include "spec/enums.h"

namespace tessera {

/// Samples readable before index 0 and from index 0 on of an edge that directional kernels take: AboveRow or
/// LeftCol with room for upsampling and for whole vectors.
inline constexpr int kEdgeBefore = 16;
inline constexpr int kEdgeAfter = 2 * 64 + 32;

constexpr bool is_directional_mode(PredictionMode mode) {
  return mode >= V_PRED && mode <= D67_PRED;
}
constexpr bool is_smooth_mode(PredictionMode mode) {
  return mode >= SMOOTH_PRED && mode <= SMOOTH_H_PRED;
}

/// spec 7.11.2.9: intra edge filter strength selection process. `delta` in degrees; 0 .. 3.
int intra_edge_filter_strength(int w, int h, bool filter_type, int delta);
/// spec 7.11.2.10: intra edge upsample selection process.
bool intra_edge_upsample(int w, int h, bool filter_type, int delta);
/// spec 7.11.2.7: filter corner process.
constexpr int filter_corner(int left0, int corner, int above0) {
  return (left0 * 5 + corner * 6 + above0 * 5 + 8) >> 4;
}

/// The geometry of a prediction: steps along the edges for one row (dx) and one column (dy) in 1/64 sample.
struct DirectionalStep {
  int angle;   ///< pAngle: 1 .. 89 uses the row above, 91 .. 179 both, 181 .. 269 the left column; never 90,
               ///< 180
  int dx, dy;  ///< 0 where the specification leaves them undefined
  bool upsample_above, upsample_left;
};

/// spec 7.11.2.12: filters edge[ 0 .. size - 2 ] in place with strength 1 .. 3; edge[ -1 ] is its first
/// sample and stays. size <= 129.
template <Pixel P>
using FilterEdgeFn = void (*)(P* edge, int size, int strength);
/// spec 7.11.2.11: doubles edge[ -1 .. count - 1 ] to edge[ -2 .. 2 * count - 2 ] in place. count <= 16.
template <Pixel P>
using UpsampleEdgeFn = void (*)(P* edge, int count, int bit_depth);
/// Steps 7 to 9 of 7.11.2.4 from prepared edges.
template <Pixel P>
using DirectionalFn = void (*)(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h,
                               const DirectionalStep& step);

template <Pixel P>
struct IntraDirectionalTable {
  FilterEdgeFn<P> filter_edge;
  UpsampleEdgeFn<P> upsample_edge;
  DirectionalFn<P> zone1, zone2, zone3;  ///< angles below 90, between, above 180
};

template <Pixel P>
void bind_intra_directional_scalar(IntraDirectionalTable<P>& table);

extern template void bind_intra_directional_scalar(IntraDirectionalTable<uint8_t>&);
extern template void bind_intra_directional_scalar(IntraDirectionalTable<uint16_t>&);

}  // namespace tessera
