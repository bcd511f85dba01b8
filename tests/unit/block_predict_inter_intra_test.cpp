// Inter prediction blended with intra prediction, against the text of sections 7.11.3.11, 7.11.3.13 and 7.11.3.14.
#include "block/predict_inter_intra.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/int_math.h"
#include "block/wedge_masks.h"
#include "spec/block_geometry.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

/// spec 7.11.3.13: Mask[ i ][ j ] for a region of w x h.
int spec_mask(InterIntraMode interintra_mode, int w, int h, int i, int j) {
  const int sizeScale = 128 / std::max(h, w);
  if (interintra_mode == II_V_PRED) return Ii_Weights_1d[i * sizeScale];
  if (interintra_mode == II_H_PRED) return Ii_Weights_1d[j * sizeScale];
  if (interintra_mode == II_SMOOTH_PRED) return Ii_Weights_1d[std::min(i, j) * sizeScale];
  return 32;
}

/// spec 7.11.3.14: the weight of CurrFrame at a sample of the plane.
int spec_weight(const BlockInfo& info, int subX, int subY, int y, int x) {
  const int w = block_width(info.size) >> subX, h = block_height(info.size) >> subY;
  if (info.compound_type == COMPOUND_INTRA) return spec_mask(info.interintra_mode, w, h, y, x);
  const auto mask = [&](int row, int col) {
    return static_cast<int>(wedge_mask(info.size, 0, info.wedge_index)[row * block_width(info.size) + col]);
  };
  if (!subX && !subY) return mask(y, x);
  if (subX && !subY) return round2(mask(y, 2 * x) + mask(y, 2 * x + 1), 1);
  return round2(mask(2 * y, 2 * x) + mask(2 * y, 2 * x + 1) + mask(2 * y + 1, 2 * x) + mask(2 * y + 1, 2 * x + 1), 2);
}

template <Pixel P>
void check_blend(const BlockInfo& info, int sub, int bit_depth, std::mt19937& rng) {
  CompoundBlendTable<P> table;
  bind_compound_blend_scalar(table);
  const int w = block_width(info.size) >> sub, h = block_height(info.size) >> sub, stride = w + 5;
  std::vector<P> intra(static_cast<size_t>(stride * h)), inter(static_cast<size_t>(w * h));
  for (P& p : intra) p = static_cast<P>(rng() & ((1u << bit_depth) - 1));
  for (P& p : inter) p = static_cast<P>(rng() & ((1u << bit_depth) - 1));
  std::vector<P> got = intra;
  blend_inter_intra(table, info, sub, sub, got.data(), stride, inter.data());
  for (int y = 0; y < h; y++)
    for (int x = 0; x < stride; x++) {
      const size_t at = static_cast<size_t>(y * stride + x);
      const int m = x < w ? spec_weight(info, sub, sub, y, x) : 64;
      const int other = x < w ? inter[static_cast<size_t>(y * w + x)] : 0;
      ASSERT_EQ(got[at], round2(m * intra[at] + (64 - m) * other, 6)) << x << "," << y;
    }
}

TEST(PredictInterIntra, BlendsAsTheSpecificationDoes) {
  std::mt19937 rng(1);
  for (int size = BLOCK_8X8; size <= BLOCK_32X32; size++)
    for (int sub : {0, 1})
      for (int mode = II_DC_PRED; mode < INTERINTRA_MODES; mode++)
        for (int wedge = -1; wedge < WEDGE_TYPES; wedge += mode == II_DC_PRED ? 1 : 6) {
          SCOPED_TRACE(testing::Message() << "size " << size << " sub " << sub << " mode " << mode << " wedge " << wedge);
          BlockInfo info;
          info.size = static_cast<BlockSize>(size);
          info.ref_frame = {LAST_FRAME, INTRA_FRAME};
          info.interintra_mode = static_cast<InterIntraMode>(mode);
          info.compound_type = wedge < 0 ? COMPOUND_INTRA : COMPOUND_WEDGE;
          info.wedge_index = static_cast<uint8_t>(std::max(wedge, 0));
          check_blend<uint8_t>(info, sub, 8, rng);
          check_blend<uint16_t>(info, sub, 10, rng);
        }
}

TEST(PredictInterIntra, ModesAreThoseOfSection51133) {
  constexpr PredictionMode kWant[] = {DC_PRED, V_PRED, H_PRED, SMOOTH_PRED};
  for (int mode = II_DC_PRED; mode < INTERINTRA_MODES; mode++) EXPECT_EQ(intra_part(static_cast<InterIntraMode>(mode)), kWant[mode]);
}

}  // namespace
}  // namespace tessera
