// Palette caches and the coding of colour maps against section 5.11 as it is written.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "block/color_map.h"
#include "block/palette_cache.h"
#include "block/write_palette.h"
#include "entropy/cost_counter.h"
#include "spec/mode_tables.h"

namespace tessera {
namespace {

/// spec 5.11.50, word for word: context and order of colours for the sample at r, c.
struct SpecContext {
  int order[PALETTE_COLORS], hash = 0;

  SpecContext(const std::vector<std::vector<int>>& map, size_t r, size_t c, int n) {
    int scores[PALETTE_COLORS] = {};
    for (int i = 0; i < PALETTE_COLORS; i++) order[i] = i;
    if (c > 0) scores[map[r][c - 1]] += 2;
    if (r > 0 && c > 0) scores[map[r - 1][c - 1]] += 1;
    if (r > 0) scores[map[r - 1][c]] += 2;
    for (int i = 0; i < 3; i++) {
      int max_score = scores[i], max_idx = i;
      for (int j = i + 1; j < n; j++)
        if (scores[j] > max_score) {
          max_score = scores[j];
          max_idx = j;
        }
      if (max_idx != i) {
        const int max_color = order[max_idx];
        for (int k = max_idx; k > i; k--) {
          scores[k] = scores[k - 1];
          order[k] = order[k - 1];
        }
        scores[i] = max_score;
        order[i] = max_color;
      }
    }
    for (int i = 0; i < 3; i++) hash += scores[i] * Palette_Color_Hash_Multipliers[i];
  }
};

TEST(ColorMap, SymbolsAreThoseOfTheSpecification) {
  std::mt19937 random(1);
  for (int n = 2; n <= PALETTE_COLORS; n++)
    for (int round = 0; round < 60; round++) {
      std::vector<std::vector<int>> map(8, std::vector<int>(8));
      std::vector<uint8_t> flat;
      for (auto& row : map)
        for (int& v : row) flat.push_back(static_cast<uint8_t>(v = static_cast<int>(random() % static_cast<unsigned>(n))));
      for (size_t r = 0; r < 8; r++)
        for (size_t c = 0; c < 8; c++) {
          if (r + c == 0) continue;
          const SpecContext want(map, r, c, n);
          const ColorSymbol got = color_symbol(flat.data() + r * 8 + c, 8, c > 0, r > 0);
          ASSERT_EQ(got.ctx, Palette_Color_Context[want.hash]);
          ASSERT_EQ(want.order[got.value], map[r][c]) << n << " colours, row " << r << " column " << c;
        }
    }
}

TEST(ColorMap, LanesFindWhatSymbolsAre) {
  constexpr int kAll = PALETTE_COLORS * PALETTE_COLORS * PALETTE_COLORS * PALETTE_COLORS;
  for (int i = 0; i < kAll; i += kColorLanes) {
    ColorLanes color, left, above, between;
    for (int j = 0; j < kColorLanes; j++) {
      const int n = i + j;
      color[j] = static_cast<int8_t>(n & 7);
      left[j] = static_cast<int8_t>(n >> 3 & 7);
      above[j] = static_cast<int8_t>(n >> 6 & 7);
      between[j] = static_cast<int8_t>(n >> 9);
    }
    const ColorLanes both = color_symbols(color, left, above, between), one = color_symbols(color, left);
    for (int j = 0; j < kColorLanes; j++) {
      const uint8_t near[2][2] = {{static_cast<uint8_t>(between[j]), static_cast<uint8_t>(above[j])},
                                  {static_cast<uint8_t>(left[j]), static_cast<uint8_t>(color[j])}};
      const ColorSymbol want = color_symbol(&near[1][1], 2, true, true);
      ASSERT_EQ(both[j], 8 * want.ctx + want.value) << i + j;
      ASSERT_EQ(one[j], color_symbol(&near[1][1], 2, true, false).value) << i + j;
    }
  }
}

TEST(ColorMap, OnlyWhatIsOnScreenIsCoded) {
  TransformLayout layout;
  layout.mi_rows = 18;
  layout.mi_cols = 34;
  BlockInfo info;
  info.size = BLOCK_64X32;
  info.mi_row = 16;
  info.mi_col = 32;
  const ColorMapSize y = color_map_size(layout, info, 0), uv = color_map_size(layout, info, 1);
  EXPECT_EQ(y.w, 64);
  EXPECT_EQ(y.h, 32);
  EXPECT_EQ(y.onscreen_w, 8);
  EXPECT_EQ(y.onscreen_h, 8);
  EXPECT_EQ(uv.w, 32);
  EXPECT_EQ(uv.h, 16);
  EXPECT_EQ(uv.onscreen_w, 4);
  EXPECT_EQ(uv.onscreen_h, 4);
}

class PaletteCacheTest : public testing::Test {
 protected:
  PaletteCacheTest() {
    blocks_.resize(32, 32);
    palettes_.resize({.width = 128, .height = 128});
    context_.resize(tile_);
    context_.start_tile(tile_, 100);
    wc_.context = &context_;
    wc_.blocks = &blocks_;
    wc_.palettes = &palettes_;
    for (int r = 0; r < 32; r += 2)
      for (int c = 0; c < 32; c += 2) place(r, c, {});
  }
  void place(int mi_row, int mi_col, const std::vector<uint16_t>& y, const std::vector<uint16_t>& u = {}) {
    BlockInfo info;
    info.mi_row = static_cast<uint16_t>(mi_row);
    info.mi_col = static_cast<uint16_t>(mi_col);
    info.size = BLOCK_8X8;
    info.palette_size = {static_cast<uint8_t>(y.size()), static_cast<uint8_t>(u.size())};
    std::copy(y.begin(), y.end(), palettes_.colors(mi_row, mi_col)[0].begin());
    std::copy(u.begin(), u.end(), palettes_.colors(mi_row, mi_col)[1].begin());
    blocks_.place(info);
  }
  std::vector<uint16_t> cache(int mi_row, int mi_col, int plane) {
    const PaletteCache c = get_palette_cache(wc_, mi_row, mi_col, plane);
    return {c.begin(), c.end()};
  }
  using Colors = std::vector<uint16_t>;

  TileRect tile_ = {0, 32, 0, 32};
  BlockInfoGrid blocks_;
  PaletteGrid palettes_;
  BlockContext context_;
  WriteContext wc_;
};

TEST_F(PaletteCacheTest, MergesAboveAndLeft) {
  place(2, 4, {10, 20, 30, 200}, {7, 7, 9});
  place(4, 2, {20, 25, 255}, {1, 9});
  EXPECT_EQ(cache(4, 4, 0), (Colors{10, 20, 25, 30, 200, 255}));
  EXPECT_EQ(cache(4, 4, 1), (Colors{1, 7, 9}));
  EXPECT_EQ(cache(4, 6, 0), Colors{});  // neither neighbour has one
  place(2, 4, {1, 2, 3, 4, 5, 6, 7, 8});
  place(4, 2, {11, 12, 13, 14, 15, 16, 17, 18});
  EXPECT_EQ(cache(4, 4, 0), (Colors{1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18}));
}

TEST_F(PaletteCacheTest, LooksNeitherAcrossSuperblockRowsNorOutOfTheTile) {
  place(14, 4, {10, 20});
  place(16, 2, {30, 40});
  EXPECT_EQ(cache(16, 4, 0), (Colors{30, 40}));  // not the row of superblocks above
  place(0, 14, {50, 60});
  EXPECT_EQ(cache(0, 16, 0), (Colors{50, 60}));  // but the superblock to the left
  tile_ = {0, 32, 16, 32};
  context_.start_tile(tile_, 100);
  EXPECT_EQ(cache(0, 16, 0), Colors{});
}

TEST_F(PaletteCacheTest, AMapCostsWhatItsSymbolsDo) {
  std::mt19937 random(3);
  const auto cdfs = std::make_unique<CdfContext>();
  init_default(*cdfs, 100);
  const auto tables = std::make_unique<CostTables>();
  build_cost_tables(*cdfs, *tables);
  wc_.cdfs = cdfs.get();
  wc_.layout.mi_rows = 30;
  wc_.layout.mi_cols = 26;
  const View2d<uint8_t> map = palettes_.map(0);
  for (int y = 0; y < 128; y++)
    for (int x = 0; x < 128; x++) map.at(x, y) = static_cast<uint8_t>(random() & 7 & random());
  BlockInfo info;
  info.palette_size = {8, 0};
  for (BlockSize size : {BLOCK_8X8, BLOCK_16X8, BLOCK_32X32, BLOCK_64X64})
    for (int mi : {0, 16}) {
      info.size = size;
      info.mi_row = info.mi_col = static_cast<uint16_t>(mi);
      const ColorMapSize on = color_map_size(wc_.layout, info, 0);
      uint64_t want = 3 * kCostOneBit;  // the corner
      for (int y = 0; y < on.onscreen_h; y++)
        for (int x = y == 0; x < on.onscreen_w; x++) {
          const ColorSymbol s = color_symbol(map.ptr(mi * 4 + x, mi * 4 + y, 1, 1), map.stride(), x > 0, y > 0);
          want += costs_of(*tables, *cdfs, cdfs->palette_size_8_y_color[s.ctx])[s.value];
        }
      FrozenCostCounter counter(*cdfs, *tables);
      write_color_map(counter, wc_, info, 0);
      EXPECT_EQ(counter.bits512(), want) << size << " at " << mi;
    }
}

}  // namespace
}  // namespace tessera
