// Intra kernels against the formulas of sections 7.11.2.2, 7.11.2.3, 7.11.2.5, 7.11.2.6 and 7.11.5. The
// directional kernels are tested through the whole process in block_predict_intra_test.cpp.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <random>
#include <vector>

#include "base/int_math.h"
#include "dsp/intra_table.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

struct Size {
  int w, h;
};
/// Every transform size.
std::vector<Size> sizes(int largest) {
  std::vector<Size> all;
  for (int w = 4; w <= largest; w *= 2)
    for (int h = 4; h <= largest; h *= 2)
      if (w <= 4 * h && h <= 4 * w) all.push_back({w, h});
  return all;
}

template <Pixel P>
struct Edges {
  Edges(std::mt19937& rng, int bit_depth, int kind) : above_row(160), left_col(160) {
    const int top = (1 << bit_depth) - 1;
    const auto sample = [&] {
      return static_cast<P>(kind == 0 ? rng() & top : kind == 1 ? (rng() & 1) * top : top);
    };
    for (P& s : above_row) s = sample();
    for (P& s : left_col) s = sample();
    left_col[15] = above_row[15];
  }
  std::vector<P> above_row, left_col;
  const P* above() const { return above_row.data() + 16; }
  const P* left() const { return left_col.data() + 16; }
};

/// Compares a kernel's block, and the guard around it, with a formula of (i, j).
template <Pixel P>
void expect_block(const char* what, Size size, const std::function<void(P*, ptrdiff_t)>& kernel,
                  const std::function<int(int, int)>& formula) {
  const int stride = size.w + 16;
  const P guard = 99;
  std::vector<P> dst(stride * (size.h + 2), guard);
  kernel(dst.data() + stride + 8, stride);
  for (int i = -1; i <= size.h; i++)
    for (int j = -8; j < size.w + 8; j++) {
      const bool inside = i >= 0 && i < size.h && j >= 0 && j < size.w;
      ASSERT_EQ(dst[(i + 1) * stride + 8 + j], inside ? formula(i, j) : guard)
          << what << " " << size.w << "x" << size.h << " at row " << i << " column " << j;
    }
}

template <Pixel P>
void check_basic(int bit_depth, Size size, int kind, std::mt19937& rng) {
  IntraBasicTable<P> table;
  bind_intra_basic_scalar(table);
  const Edges<P> edges(rng, bit_depth, kind);
  const P *above = edges.above(), *left = edges.left();
  const auto [w, h] = size;
  const auto expect = [&](const char* what, IntraFn<P> fn, const std::function<int(int, int)>& formula) {
    expect_block<P>(
        what, size, [&](P* dst, ptrdiff_t stride) { fn(dst, stride, above, left, w, h, bit_depth); },
        formula);
  };

  int sum_above = 0, sum_left = 0;
  for (int k = 0; k < w; k++) sum_above += above[k];
  for (int k = 0; k < h; k++) sum_left += left[k];
  const int avg = (sum_above + sum_left + ((w + h) >> 1)) / (w + h);
  expect("dc", table.dc[1][1], [&](int, int) { return avg; });
  expect("dc left", table.dc[0][1], [&](int, int) { return (sum_left + (h >> 1)) >> floor_log2(h); });
  expect("dc above", table.dc[1][0], [&](int, int) { return (sum_above + (w >> 1)) >> floor_log2(w); });
  expect("dc none", table.dc[0][0], [&](int, int) { return 1 << (bit_depth - 1); });
  expect("v", table.v, [&](int, int j) { return above[j]; });
  expect("h", table.h, [&](int i, int) { return left[i]; });
  expect("paeth", table.paeth, [&](int i, int j) {
    const int base = above[j] + left[i] - above[-1];
    const int p_left = std::abs(base - left[i]), p_top = std::abs(base - above[j]),
              p_corner = std::abs(base - above[-1]);
    if (p_left <= p_top && p_left <= p_corner) return left[i];
    return p_top <= p_corner ? above[j] : above[-1];
  });
  const uint8_t *wx = sm_weights(w), *wy = sm_weights(h);
  expect("smooth", table.smooth, [&](int i, int j) {
    return round2(
        wy[i] * above[j] + (256 - wy[i]) * left[h - 1] + wx[j] * left[i] + (256 - wx[j]) * above[w - 1], 9);
  });
  expect("smooth_v", table.smooth_v,
         [&](int i, int j) { return round2(wy[i] * above[j] + (256 - wy[i]) * left[h - 1], 8); });
  expect("smooth_h", table.smooth_h,
         [&](int i, int j) { return round2(wx[j] * left[i] + (256 - wx[j]) * above[w - 1], 8); });
}

TEST(IntraBasic, EverySizeMatchesTheSpecification) {
  std::mt19937 rng(3);
  for (const Size size : sizes(64))
    for (int kind = 0; kind < 3; kind++) {
      check_basic<uint8_t>(8, size, kind, rng);
      check_basic<uint16_t>(10, size, kind, rng);
      check_basic<uint16_t>(12, size, kind, rng);
    }
}

template <Pixel P>
void check_filter_intra(int bit_depth, Size size, int kind, std::mt19937& rng) {
  IntraSpecialTable<P> table;
  bind_intra_special_scalar(table);
  const Edges<P> edges(rng, bit_depth, kind);
  const auto [w, h] = size;
  for (int mode = 0; mode < 5; mode++) {
    std::vector<int> pred(w * h);
    for (int i2 = 0; i2 < h >> 1; i2++)
      for (int j4 = 0; j4 < w >> 2; j4++) {
        int p[7];
        for (int i = 0; i < 7; i++) {
          if (i < 5) {
            if (i2 == 0)
              p[i] = edges.above()[(j4 << 2) + i - 1];
            else if (j4 == 0 && i == 0)
              p[i] = edges.left()[(i2 << 1) - 1];
            else
              p[i] = pred[((i2 << 1) - 1) * w + (j4 << 2) + i - 1];
          } else {
            p[i] = j4 == 0 ? edges.left()[(i2 << 1) + i - 5] : pred[((i2 << 1) + i - 5) * w + (j4 << 2) - 1];
          }
        }
        for (int i1 = 0; i1 < 2; i1++)
          for (int j1 = 0; j1 < 4; j1++) {
            int pr = 0;
            for (int i = 0; i < 7; i++) pr += Intra_Filter_Taps[mode][(i1 << 2) + j1][i] * p[i];
            pred[((i2 << 1) + i1) * w + (j4 << 2) + j1] = clip_pixel<P>(round2_signed(pr, 4), bit_depth);
          }
      }
    expect_block<P>(
        "filter intra", size,
        [&](P* dst, ptrdiff_t stride) {
          table.filter_intra(dst, stride, edges.above(), edges.left(), w, h, mode, bit_depth);
        },
        [&](int i, int j) { return pred[i * w + j]; });
  }
}

template <Pixel P>
void check_cfl(int bit_depth, Size size, int kind, std::mt19937& rng) {
  IntraSpecialTable<P> table;
  bind_intra_special_scalar(table);
  const int top = (1 << bit_depth) - 1, luma_stride = 80;
  std::vector<P> luma(luma_stride * 64);
  for (P& s : luma) s = static_cast<P>(kind == 0 ? rng() & top : kind == 1 ? (rng() & 1) * top : top);
  const auto [w, h] = size;
  const int subsamplings[3][2] = {{0, 0}, {1, 0}, {1, 1}};
  for (const auto& [sub_x, sub_y] : subsamplings) {
    for (int trial = 0; trial < 4; trial++) {
      const int luma_w = trial & 1 ? 4 * (1 + rng() % ((w << sub_x) / 4)) : w << sub_x;
      const int luma_h = trial & 2 ? 4 * (1 + rng() % ((h << sub_y) / 4)) : h << sub_y;
      std::vector<int> l(w * h);
      int average = 0;
      for (int i = 0; i < h; i++) {
        const int luma_y = std::min(i << sub_y, luma_h - (1 << sub_y));
        for (int j = 0; j < w; j++) {
          const int luma_x = std::min(j << sub_x, luma_w - (1 << sub_x));
          int t = 0;
          for (int dy = 0; dy <= sub_y; dy++)
            for (int dx = 0; dx <= sub_x; dx++) t += luma[(luma_y + dy) * luma_stride + luma_x + dx];
          l[i * w + j] = t << (3 - sub_x - sub_y);
          average += l[i * w + j];
        }
      }
      average = round2(average, floor_log2(w) + floor_log2(h));
      std::vector<int16_t> ac(w * h);
      table.cfl_ac[sub_x][sub_y](ac.data(), luma.data(), luma_stride, w, h, luma_w, luma_h);
      for (int i = 0; i < w * h; i++)
        ASSERT_EQ(ac[i], l[i] - average) << w << "x" << h << " " << sub_x << sub_y;
      for (int alpha = -16; alpha <= 16; alpha += 1 + trial) {
        const int dc = rng() & top;
        expect_block<P>(
            "cfl", size,
            [&](P* dst, ptrdiff_t stride) {
              table.cfl_apply(dst, stride, ac.data(), w, h, dc, alpha, bit_depth);
            },
            [&](int i, int j) {
              return clip_pixel<P>(dc + round2_signed(alpha * (l[i * w + j] - average), 6), bit_depth);
            });
      }
    }
  }
}

TEST(IntraSpecial, EverySizeMatchesTheSpecification) {
  std::mt19937 rng(4);
  for (const Size size : sizes(32))
    for (int kind = 0; kind < 3; kind++) {
      check_filter_intra<uint8_t>(8, size, kind, rng);
      check_filter_intra<uint16_t>(10, size, kind, rng);
      check_cfl<uint8_t>(8, size, kind, rng);
      check_cfl<uint16_t>(10, size, kind, rng);
      check_cfl<uint16_t>(12, size, kind, rng);
    }
}

}  // namespace
}  // namespace tessera
