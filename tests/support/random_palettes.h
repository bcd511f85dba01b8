// Random palettes for tests of what writes them, and whether a parser found the same.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "block/color_map.h"
#include "frame/palette_grid.h"
#include "tests/support/parser/records.h"

namespace tessera {

class RandomPalettes {
 public:
  explicit RandomPalettes(uint32_t seed) : random_(seed) {}

  /// Colours near each other or anywhere, some of them those of neighbours; maps of runs or of noise. Plane 0 or 1.
  void decide(BlockInfo& info, int plane, const TransformLayout& layout, int bit_depth) {
    const int all = 1 << bit_depth, n = 2 + random(7);
    PaletteColors& colors = grid.colors(info.mi_row, info.mi_col);
    std::vector<uint16_t> drawn;
    const int from = random(all), reach = chance(2) ? all : 40;
    while (static_cast<int>(drawn.size()) < n) {
      int color = chance(2) && !pool_.empty() ? pool_[static_cast<size_t>(random(static_cast<int>(pool_.size())))]
                                              : (from + random(reach)) % all;
      if (chance(16)) color = chance(2) ? 0 : all - 1;
      if (plane > 0 || std::find(drawn.begin(), drawn.end(), color) == drawn.end()) drawn.push_back(static_cast<uint16_t>(color));
    }
    std::sort(drawn.begin(), drawn.end());
    std::copy(drawn.begin(), drawn.end(), colors[plane].begin());
    for (int i = 0; i < n && plane; i++) colors[2][i] = static_cast<uint16_t>(chance(2) ? random(all) : (from + random(30)) % all);
    pool_ = drawn;
    info.palette_size[plane] = static_cast<uint8_t>(n);
    const ColorMapSize size = color_map_size(layout, info, plane);
    const View2d<uint8_t> map = map_of(info, plane, layout, size);
    const int noise = 1 + random(20);
    uint8_t last = 0;
    for (int y = 0; y < size.h; y++)
      for (int x = 0; x < size.w; x++) {
        if (chance(noise)) last = static_cast<uint8_t>(random(n));
        else if (y > 0 && chance(2)) last = map.at(x, y - 1);
        map.at(x, y) = last;
      }
  }

  void compare(const parser::Block& got, const BlockInfo& want, const TransformLayout& layout) {
    EXPECT_EQ(got.palette_size_y, want.palette_size[0]);
    EXPECT_EQ(got.palette_size_uv, want.palette_size[1]);
    for (int plane = 0; plane < 2; plane++) {
      if (!want.palette_size[plane]) continue;
      seen++;
      const PaletteColors& colors = grid.colors(want.mi_row, want.mi_col);
      for (int i = 0; i < want.palette_size[plane]; i++) {
        EXPECT_EQ((plane ? got.palette_colors_u : got.palette_colors_y)[i], colors[plane][i]);
        if (plane) {
          EXPECT_EQ(got.palette_colors_v[i], colors[2][i]);
        }
      }
      const ColorMapSize size = color_map_size(layout, want, plane);
      const View2d<uint8_t> map = map_of(want, plane, layout, size);
      std::vector<uint8_t> coded;
      for (int y = 0; y < size.onscreen_h; y++)
        for (int x = 0; x < size.onscreen_w; x++) coded.push_back(map.at(x, y));
      EXPECT_TRUE(got.color_map[plane] == coded) << "map of plane " << plane;
    }
  }

  PaletteGrid grid;
  int seen = 0;  ///< palettes compared

 private:
  int random(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool chance(int of) { return random(of) == 0; }
  View2d<uint8_t> map_of(const BlockInfo& info, int plane, const TransformLayout& layout, const ColorMapSize& size) {
    return grid.map(plane).block((info.mi_col * MI_SIZE) >> (plane ? layout.subsampling_x : 0),
                                 (info.mi_row * MI_SIZE) >> (plane ? layout.subsampling_y : 0), size.w, size.h);
  }

  std::mt19937 random_;
  std::vector<uint16_t> pool_;  ///< colours of the last palette
};

}  // namespace tessera
