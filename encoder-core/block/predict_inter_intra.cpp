#include "block/predict_inter_intra.h"

#include <algorithm>

#include "base/array.h"
#include "block/wedge_masks.h"
#include "spec/block_geometry.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

constexpr int kLargestArea = 32 * 32;

struct InterIntraMasks {
  /// [ size ][ interintra_mode ][ sample ]
  Array<Table2<uint8_t, INTERINTRA_MODES, kLargestArea>, BLOCK_32X32 + 1> mask = {};

  InterIntraMasks() {
    for (int size = BLOCK_4X4; size <= BLOCK_32X32; size++) fill(static_cast<BlockSize>(size));
  }

  void fill(BlockSize size) {
    const int w = block_width(size), h = block_height(size), scale = kWeights / std::max(w, h);
    for (int i = 0; i < h; i++)
      for (int j = 0; j < w; j++) {
        const int at = i * w + j;
        mask[size][II_DC_PRED][at] = 32;
        mask[size][II_V_PRED][at] = Ii_Weights_1d[i * scale];
        mask[size][II_H_PRED][at] = Ii_Weights_1d[j * scale];
        mask[size][II_SMOOTH_PRED][at] = Ii_Weights_1d[std::min(i, j) * scale];
      }
  }

  static constexpr int kWeights = 128;
};

}  // namespace

PredictionMode intra_part(InterIntraMode mode) {
  constexpr Array<PredictionMode, INTERINTRA_MODES> kModes = {DC_PRED, V_PRED, H_PRED, SMOOTH_PRED};
  return kModes[mode];
}

const uint8_t* inter_intra_mask(BlockSize plane_size, InterIntraMode mode) {
  static const InterIntraMasks masks;
  return masks.mask[plane_size][mode].data();
}

template <Pixel P>
void blend_inter_intra(const CompoundBlendTable<P>& table, const BlockInfo& info, int sub_x, int sub_y, P* dst, ptrdiff_t dst_stride,
                       const P* inter) {
  const int w = block_width(info.size) >> sub_x, h = block_height(info.size) >> sub_y;
  if (info.compound_type == COMPOUND_WEDGE)
    return table.blend_mask[mask_subsampling(sub_x, sub_y)](dst, dst_stride, inter, w, w, h, wedge_mask(info.size, 0, info.wedge_index),
                                                            block_width(info.size));
  const uint8_t* const mask = inter_intra_mask(get_plane_residual_size(info.size, sub_x, sub_y), info.interintra_mode);
  table.blend_mask[kMask444](dst, dst_stride, inter, w, w, h, mask, w);
}

template void blend_inter_intra(const CompoundBlendTable<uint8_t>&, const BlockInfo&, int, int, uint8_t*, ptrdiff_t, const uint8_t*);
template void blend_inter_intra(const CompoundBlendTable<uint16_t>&, const BlockInfo&, int, int, uint16_t*, ptrdiff_t, const uint16_t*);

}  // namespace tessera
