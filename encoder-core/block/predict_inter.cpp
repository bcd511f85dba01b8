#include "block/predict_inter.h"

#include <algorithm>

#include "spec/filter_tables.h"

namespace tessera {
namespace {

/// Copies w x h samples from (x, y) into `dst`; outside the view and its margin the nearest sample counts.
template <Pixel P>
void copy_clamped(PlaneView<const P> ref, int x, int y, int w, int h, P* dst, ptrdiff_t dst_stride) {
  const int min_x = -ref.margin_x(), max_x = ref.width() + ref.margin_x() - 1;
  const int min_y = -ref.margin_y(), max_y = ref.height() + ref.margin_y() - 1;
  const int before = std::clamp(min_x - x, 0, w), after = std::clamp(x + w - 1 - max_x, 0, w);
  const int inside = std::max(0, w - before - after);
  for (int r = 0; r < h; r++, dst += dst_stride) {
    const int row = std::clamp(y + r, min_y, max_y);
    std::fill_n(dst, before, ref.at(min_x, row));
    if (inside) std::copy_n(ref.ptr(x + before, row, inside, 1), inside, dst + before);
    std::fill_n(dst + before + inside, w - before - inside, ref.at(max_x, row));
  }
}

}  // namespace

template <Pixel P>
RefSamples<P> reference_samples(PlaneView<const P> ref, int x, int y, int w, int h,
                                InterScratch<P>& scratch) {
  const bool inside = x >= -ref.margin_x() && x + w <= ref.width() + ref.margin_x() && y >= -ref.margin_y() &&
                      y + h <= ref.height() + ref.margin_y();
  if (inside) return {ref.ptr(x, y, w, h), ref.stride()};
  copy_clamped(ref, x, y, w, h, scratch.edge.data(), InterScratch<P>::kEdgeStride);
  return {scratch.edge.data(), InterScratch<P>::kEdgeStride};
}

namespace {

/// The reference block: its integer position in memory with the kernels' surroundings readable, and the
/// fraction.
template <Pixel P>
struct RefBlock {
  const P* src;
  ptrdiff_t stride;
  int frac_x, frac_y;
};

/// spec 7.11.3.3: motion vector scaling process, for a reference of the frame's size: there the position is
/// exact in 1/16 sample. Clamping to lastX, lastY (7.11.3.4) is what the replicated margin and copy_clamped
/// do.
template <Pixel P>
RefBlock<P> locate(const InterRect& rect, const InterSource<P>& source, InterScratch<P>& scratch) {
  const int pos_x = (rect.x << 4) + ((2 * source.mv.col) >> rect.sub_x);
  const int pos_y = (rect.y << 4) + ((2 * source.mv.row) >> rect.sub_y);
  constexpr int kAround = kSubpelBefore + kSubpelAfter;
  const RefSamples<P> samples =
      reference_samples(source.ref, (pos_x >> 4) - kSubpelBefore, (pos_y >> 4) - kSubpelBefore,
                        rect.w + kAround, rect.h + kAround, scratch);
  return {samples.at + kSubpelBefore * samples.stride + kSubpelBefore, samples.stride, pos_x & 15,
          pos_y & 15};
}

}  // namespace

template <Pixel P>
void predict_inter_rect(const SubpelTable<P>& table, const InterRect& rect, const InterSource<P>& source,
                        InterScratch<P>& scratch, P* dst, ptrdiff_t dst_stride) {
  const RefBlock<P> block = locate(rect, source, scratch);
  table.put(dst, dst_stride, block.src, block.stride, rect.w, rect.h, block.frac_x, block.frac_y,
            subpel_filter_index(source.interp_filter[1], rect.w),
            subpel_filter_index(source.interp_filter[0], rect.h), rect.bit_depth);
}

template <Pixel P>
void prepare_inter_rect(const SubpelTable<P>& table, const InterRect& rect, const InterSource<P>& source,
                        InterScratch<P>& scratch, int16_t* pred) {
  const RefBlock<P> block = locate(rect, source, scratch);
  table.prep(pred, block.src, block.stride, rect.w, rect.h, block.frac_x, block.frac_y,
             subpel_filter_index(source.interp_filter[1], rect.w),
             subpel_filter_index(source.interp_filter[0], rect.h), rect.bit_depth);
}

int distance_fwd_weight(int dist0, int dist1) {
  const int d0 = dist1, d1 = dist0;
  const int order = d0 <= d1;
  int i = 3;
  if (d0 && d1) {
    for (i = 0; i < 3; i++) {
      const int c0 = d0 * Quant_Dist_Weight[i][order], c1 = d1 * Quant_Dist_Weight[i][1 - order];
      if (order ? c0 > c1 : c0 < c1) break;
    }
  }
  return Quant_Dist_Lookup[i][order];
}

template RefSamples<uint8_t> reference_samples(PlaneView<const uint8_t>, int, int, int, int,
                                               InterScratch<uint8_t>&);
template RefSamples<uint16_t> reference_samples(PlaneView<const uint16_t>, int, int, int, int,
                                                InterScratch<uint16_t>&);
template void predict_inter_rect(const SubpelTable<uint8_t>&, const InterRect&, const InterSource<uint8_t>&,
                                 InterScratch<uint8_t>&, uint8_t*, ptrdiff_t);
template void predict_inter_rect(const SubpelTable<uint16_t>&, const InterRect&, const InterSource<uint16_t>&,
                                 InterScratch<uint16_t>&, uint16_t*, ptrdiff_t);
template void prepare_inter_rect(const SubpelTable<uint8_t>&, const InterRect&, const InterSource<uint8_t>&,
                                 InterScratch<uint8_t>&, int16_t*);
template void prepare_inter_rect(const SubpelTable<uint16_t>&, const InterRect&, const InterSource<uint16_t>&,
                                 InterScratch<uint16_t>&, int16_t*);

}  // namespace tessera
