// Copies inside a picture: what may be copied, against the specification's own rule, and where a picture repeats itself.
#include <gtest/gtest.h>

#include <random>

#include "motion/copy_map.h"

namespace tessera {
namespace {

/// spec 5.11.26: is_mv_valid( ) for use_intrabc, written out; blocks of at least 8x8, superblocks of 64x64.
bool is_mv_valid(const TileRect& tile, const CopyTarget& block, int delta_col, int delta_row) {
  if (std::abs(8 * delta_row) >= 1 << 14 || std::abs(8 * delta_col) >= 1 << 14) return false;
  const int mi_row = block.y / 4, mi_col = block.x / 4;
  const int top = mi_row * 4 + delta_row, left = mi_col * 4 + delta_col, bottom = top + block.h, right = left + block.w;
  if (top < tile.mi_row_start * 4 || left < tile.mi_col_start * 4 || bottom > tile.mi_row_end * 4 || right > tile.mi_col_end * 4) return false;
  const int active_row = mi_row * 4 / 64, active_col = mi_col * 4 >> 6;
  const int src_row = (bottom - 1) / 64, src_col = (right - 1) >> 6;
  const int in_row = ((tile.mi_col_end - tile.mi_col_start - 1) >> 4) + 1;
  const int active = active_row * in_row + active_col, src = src_row * in_row + src_col;
  if (src >= active - 4) return false;
  const int offset = 5 * (active_row - src_row);
  return !(src_row > active_row || src_col >= active_col - 4 + offset);
}

TEST(CopyReach, KeepsToTheSpecification) {
  std::mt19937 random(5);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  int allowed = 0;
  for (int i = 0; i < 400000; i++) {
    const TileRect tile = {.mi_row_start = 16 * below(3), .mi_row_end = 96 + 2 * below(20), .mi_col_start = 16 * below(3), .mi_col_end = 60 + 2 * below(300)};
    const int w = 8 << below(4), h = 8 << below(4);
    const int x = tile.mi_col_start * 4 + below((tile.mi_col_end - tile.mi_col_start) * 4 / w) * w;
    const int y = tile.mi_row_start * 4 + below((tile.mi_row_end - tile.mi_row_start) * 4 / h) * h;
    const CopyTarget block = {x, y, w, h};
    const int dx = below(1400) - 700, dy = below(500) - 450;
    if (!may_copy(tile, block, dx, dy)) continue;
    allowed++;
    ASSERT_TRUE(is_mv_valid(tile, block, dx, dy)) << x << "," << y << " " << w << "x" << h << " by " << dx << "," << dy;
  }
  EXPECT_GT(allowed, 20000);
}

TEST(CopyReach, AllowsWhatIsNextToForbidden) {
  const TileRect tile = {.mi_row_start = 0, .mi_row_end = 64, .mi_col_start = 0, .mi_col_end = 320};
  const CopyTarget block = {640, 64, 64, 64};
  EXPECT_TRUE(may_copy(tile, block, -320, 0));
  EXPECT_FALSE(may_copy(tile, block, -319, 0));
  EXPECT_TRUE(may_copy(tile, block, 0, -64));
  EXPECT_FALSE(may_copy(tile, block, 1, -64));
  EXPECT_FALSE(may_copy(tile, block, 0, -63));
  EXPECT_FALSE(may_copy(tile, block, 0, -65));
  EXPECT_TRUE(may_copy(tile, {640, 128, 64, 64}, 128, -128));
  // Four superblocks lie between the two also where the tile is that narrow.
  EXPECT_TRUE(may_copy({.mi_row_start = 0, .mi_row_end = 64, .mi_col_start = 0, .mi_col_end = 80}, {0, 64, 64, 64}, 0, -64));
  EXPECT_FALSE(may_copy({.mi_row_start = 0, .mi_row_end = 64, .mi_col_start = 0, .mi_col_end = 64}, {0, 64, 64, 64}, 0, -64));
}

template <class P>
class CopyMapTest : public testing::Test {};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(CopyMapTest, Pixels);

template <class P>
PictureFormat format_of(int width, int height) {
  return {.width = width, .height = height, .bit_depth = sizeof(P) == 1 ? 8 : 10, .monochrome = true};
}

template <class P>
Picture<P> noise_picture(const PictureFormat& format) {
  Picture<P> picture(format);
  std::mt19937 random(9);
  for (int y = 0; y < format.height; y++)
    for (int x = 0; x < format.width; x++) picture.plane(0).at(x, y) = static_cast<P>(random() >> (32 - format.bit_depth));
  return picture;
}

/// As the encoder passes it: the picture and no more.
template <class P>
PlaneView<const P> luma_of(Picture<P>& picture) {
  return picture.plane(0).block(0, 0, picture.format().width, picture.format().height);
}

TYPED_TEST(CopyMapTest, FindsRepeatsWhereverTheyLie) {
  using P = TypeParam;
  const PictureFormat format = format_of<P>(651, 230);
  const TileInfo tiles = uniform_tile_layout(format.mi_cols(), format.mi_rows(), false, 0, 0);
  Picture<P> picture = noise_picture<P>(format);
  PlaneView<P> luma = picture.plane(0);
  for (int y = 0; y < 40; y++)
    for (int x = 0; x < 88; x++) {
      luma.at(200 + x, 136 + y) = luma.at(33 + x, 21 + y);  // from two superblock rows above
      luma.at(536 + x, 72 + y) = luma.at(27 + x, 79 + y);   // from the left
    }
  CopyMap map;
  map.find(luma_of(picture), format, tiles);
  int found = 0;
  for (int y = 0; y + 8 <= format.height; y += 8)
    for (int x = 0; x + 8 <= format.width; x += 8)
      for (const Mv mv : map.vectors(x, y)) {
        found++;
        const bool first = x >= 200 && x < 288 && y >= 136 && y < 176, second = x >= 536 && x < 624 && y >= 72 && y < 112;
        ASSERT_TRUE(first || second) << x << "," << y;
        EXPECT_EQ(mv, first ? copy_vector(-167, -115) : copy_vector(-509, 7)) << x << "," << y;
      }
  EXPECT_EQ(found, 11 * 5 * 2);
  EXPECT_FALSE(map.pays());
}

TYPED_TEST(CopyMapTest, PaysWhereATileCoversThePicture) {
  using P = TypeParam;
  const PictureFormat format = format_of<P>(640, 360);
  Picture<P> picture = noise_picture<P>(format);
  PlaneView<P> luma = picture.plane(0);
  for (int y = 0; y < format.height; y++)
    for (int x = 0; x < format.width; x++) luma.at(x, y) = luma.at(x % 32, y % 64);
  CopyMap map;
  for (int columns = 0; columns <= 1; columns++) {
    const TileInfo tiles = uniform_tile_layout(format.mi_cols(), format.mi_rows(), false, columns, 0);
    map.find(luma_of(picture), format, tiles);
    EXPECT_TRUE(map.pays());
    for (int y = 0; y + 8 <= format.height; y += 8)
      for (int x = 0; x + 8 <= format.width; x += 8) {
        const TileRect tile = tile_rect(tiles, columns && x >= tiles.mi_col_starts[1] * 4);
        EXPECT_EQ(map.vectors(x, y).empty(), y < 64 && x - tile.mi_col_start * 4 < 320) << x << "," << y;
        for (const Mv mv : map.vectors(x, y)) {
          EXPECT_TRUE(may_copy(tile, {x, y, 8, 8}, mv.col / 8, mv.row / 8));
          EXPECT_EQ(mv.col / 8 & 31, 0);
          EXPECT_EQ(mv.row / 8 & 63, 0);
        }
      }
  }
}

TYPED_TEST(CopyMapTest, LeavesOutWhatIsFlatOrNeverTheSame) {
  using P = TypeParam;
  const PictureFormat format = format_of<P>(640, 360);
  const TileInfo tiles = uniform_tile_layout(format.mi_cols(), format.mi_rows(), false, 0, 0);
  Picture<P> picture = noise_picture<P>(format);
  CopyMap map;
  map.find(luma_of(picture), format, tiles);
  EXPECT_FALSE(map.pays());
  for (int y = 0; y < format.height; y++)
    for (int x = 0; x < format.width; x++) picture.plane(0).at(x, y) = static_cast<P>(100 + (y & 7));
  map.find(luma_of(picture), format, tiles);
  EXPECT_FALSE(map.pays());
  for (int x = 0; x + 8 <= format.width; x += 8) EXPECT_TRUE(map.vectors(x, 200).empty());
}

}  // namespace
}  // namespace tessera
