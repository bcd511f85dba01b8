#include "block/wedge_masks.h"

#include <gtest/gtest.h>

#include "spec/filter_tables.h"

namespace tessera {
namespace {

template <class Fn>
void for_each_wedge(Fn&& fn) {
  for (int size = 0; size < BLOCK_SIZES; size++)
    for (int index = 0; index < WEDGE_TYPES && Wedge_Bits[size] > 0; index++) fn(static_cast<BlockSize>(size), index);
}

TEST(WedgeMasks, TheSignsComplementEachOther) {
  for_each_wedge([](BlockSize size, int index) {
    const uint8_t *const a = wedge_mask(size, 0, index), *const b = wedge_mask(size, 1, index);
    for (int i = 0; i < block_width(size) * block_height(size); i++) ASSERT_EQ(a[i] + b[i], 64) << int(size) << " " << index << " at " << i;
  });
}

/// Sign 0 gives the first prediction more than half of the upper and left edge, sign 1 the second.
TEST(WedgeMasks, TheSignNamesWhoHasTheEdges) {
  for_each_wedge([](BlockSize size, int index) {
    const int w = block_width(size), h = block_height(size);
    for (int sign = 0; sign < 2; sign++) {
      const uint8_t* const mask = wedge_mask(size, sign, index);
      int sum = 0;
      for (int i = 0; i < w; i++) sum += mask[i];
      for (int i = 1; i < h; i++) sum += mask[i * w];
      const int mean = (sum + (w + h - 1) / 2) / (w + h - 1);
      if (sign == 0) EXPECT_GE(mean, 32) << int(size) << " " << index;
      else EXPECT_LE(mean, 32) << int(size) << " " << index;
    }
  });
}

/// Where the codebook has two directions that mirror each other in the diagonal, so do the masks.
TEST(WedgeMasks, DirectionsMirrorInTheDiagonal) {
  constexpr int kPairs[][2] = {{0, 1}, {4, 6}, {5, 7}};  // of squares: 27 and 63 degrees, horizontal and vertical, before and after the middle
  for (BlockSize size : {BLOCK_8X8, BLOCK_16X16, BLOCK_32X32})
    for (const auto& pair : kPairs) {
      const int w = block_width(size);
      const uint8_t *const a = wedge_mask(size, 0, pair[0]), *const b = wedge_mask(size, 0, pair[1]);
      for (int y = 0; y < w; y++)
        for (int x = 0; x < w; x++) ASSERT_EQ(a[y * w + x], b[x * w + y]) << int(size) << " at " << x << " " << y;
    }
}

/// A quarter down an 8x8 the weights fall as the table of the vertical master does.
TEST(WedgeMasks, ALineLiesWhereTheCodebookPutsIt) {
  const uint8_t* const mask = wedge_mask(BLOCK_8X8, 1, 4);  // horizontal, at a quarter of the height
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 8; x++) ASSERT_EQ(mask[y * 8 + x], Wedge_Master_Vertical[30 + y]) << x << " " << y;
}

TEST(WedgeMasks, NarrowBlocksLookUpTheirOwnShape) {
  // The fifth wedge is horizontal in blocks that are taller than wide, vertical in those that are wider than tall.
  const uint8_t* const tall = wedge_mask(BLOCK_8X32, 0, 4);
  for (int y = 0; y < 32; y++) ASSERT_EQ(tall[y * 8], tall[y * 8 + 7]);
  const uint8_t* const wide = wedge_mask(BLOCK_32X8, 0, 4);
  for (int x = 0; x < 32; x++) ASSERT_EQ(wide[x], wide[7 * 32 + x]);
}

}  // namespace
}  // namespace tessera
