// Inter prediction of rectangles against a literal transcription of sections 7.11.3.3 and 7.11.3.4.
#include "block/predict_inter.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "base/int_math.h"
#include "dsp/compound_blend.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

/// A reference plane with `margin` replicated samples on every side.
template <Pixel P>
struct RefPlane {
  RefPlane(int width, int height, int margin, int bit_depth, std::mt19937& rng)
      : w(width), h(height), pad(margin), samples((w + 2 * pad) * (h + 2 * pad)) {
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) at(x, y) = static_cast<P>(rng() & ((1 << bit_depth) - 1));
    for (int y = -pad; y < h + pad; y++)
      for (int x = -pad; x < w + pad; x++) at(x, y) = clamped(x, y);
  }
  P& at(int x, int y) { return samples[(y + pad) * (w + 2 * pad) + x + pad]; }
  P clamped(int x, int y) { return at(clip3(0, w - 1, x), clip3(0, h - 1, y)); }
  PlaneView<const P> view() { return {&at(0, 0), w + 2 * pad, w, h, pad, pad}; }

  int w, h, pad;
  std::vector<P> samples;
};

/// startX, startY of section 7.11.3.3 for a reference of the same size, then 7.11.3.4.
template <Pixel P>
std::vector<int> spec_predict(RefPlane<P>& ref, const InterRect& rect, Mv mv, Array<InterpFilter, 2> filters,
                              bool compound) {
  constexpr int REF_SCALE_SHIFT = 14, SUBPEL_BITS = 4, SCALE_SUBPEL_BITS = 10;
  const int64_t scale = 1 << REF_SCALE_SHIFT, halfSample = 1 << (SUBPEL_BITS - 1);
  const auto start = [&](int position, int component, int sub) {
    const int64_t orig = (position << SUBPEL_BITS) + ((2 * component) >> sub) + halfSample;
    const int64_t base = orig * scale - (halfSample << REF_SCALE_SHIFT);
    const int64_t off = (1 << (SCALE_SUBPEL_BITS - SUBPEL_BITS)) / 2;
    return static_cast<int>(round2_signed(base, REF_SCALE_SHIFT + SUBPEL_BITS - SCALE_SUBPEL_BITS) + off);
  };
  const int x = start(rect.x, mv.col, rect.sub_x), y = start(rect.y, mv.row, rect.sub_y), step = 1024;
  const auto row_of = [](int filter, int size) {
    if (size <= 4) {
      if (filter == EIGHTTAP || filter == EIGHTTAP_SHARP) return 4;
      if (filter == EIGHTTAP_SMOOTH) return 5;
    }
    return filter;
  };
  const int round0 = rect.bit_depth == 12 ? 5 : 3, round1 = compound ? 7 : rect.bit_depth == 12 ? 9 : 11;
  const int w = rect.w, h = rect.h, intermediate_h = (((h - 1) * step + (1 << 10) - 1) >> 10) + 8;
  std::vector<int> mid(intermediate_h * w), pred(w * h);
  for (int r = 0; r < intermediate_h; r++)
    for (int c = 0; c < w; c++) {
      const int p = x + step * c;
      int s = 0;
      for (int t = 0; t < 8; t++)
        s += Subpel_Filters[row_of(filters[1], w)][(p >> 6) & 15][t] *
             ref.clamped((p >> 10) + t - 3, (y >> 10) + r - 3);
      mid[r * w + c] = round2(s, round0);
    }
  for (int r = 0; r < h; r++)
    for (int c = 0; c < w; c++) {
      const int p = (y & 1023) + step * r;
      int s = 0;
      for (int t = 0; t < 8; t++)
        s += Subpel_Filters[row_of(filters[0], h)][(p >> 6) & 15][t] * mid[((p >> 10) + t) * w + c];
      pred[r * w + c] = round2(s, round1);
    }
  return pred;
}

template <Pixel P>
void check_rects(int bit_depth, int sub_x, int sub_y, unsigned seed) {
  std::mt19937 rng(seed);
  SubpelTable<P> subpel;
  CompoundBlendTable<P> blend;
  bind_subpel_scalar(subpel);
  bind_compound_blend_scalar(blend);
  const auto scratch = std::make_unique<InterScratch<P>>();
  RefPlane<P> ref0(72, 56, 16, bit_depth, rng), ref1(72, 56, 16, bit_depth, rng);
  for (int trial = 0; trial < 400; trial++) {
    const int w = 2 << (rng() % 6), h = 2 << (rng() % 6);
    const InterRect rect = {
        static_cast<int>(rng() % 18) * 4, static_cast<int>(rng() % 14) * 4, w, h, sub_x, sub_y, bit_depth};
    // Near the block, across the margin, and as far away as vectors reach.
    const int reach = trial % 3 == 0 ? 64 : trial % 3 == 1 ? 1024 : 16384;
    const auto vector = [&] {
      return Mv{static_cast<int16_t>(static_cast<int>(rng() % (2 * reach)) - reach),
                static_cast<int16_t>(static_cast<int>(rng() % (2 * reach)) - reach)};
    };
    const Array<InterpFilter, 2> filters = {static_cast<InterpFilter>(rng() % 4),
                                            static_cast<InterpFilter>(rng() % 4)};
    const Array<InterSource<P>, 2> sources = {
        {{ref0.view(), vector(), filters}, {ref1.view(), vector(), filters}}};

    std::vector<P> dst(w * h);
    predict_inter_rect(subpel, rect, sources[0], *scratch, dst.data(), w);
    const auto single = spec_predict(ref0, rect, sources[0].mv, filters, false);
    for (int i = 0; i < w * h; i++)
      ASSERT_EQ(dst[i], clip_pixel<P>(single[i], bit_depth)) << trial << " at " << i;

    const auto p0 = spec_predict(ref0, rect, sources[0].mv, filters, true);
    const auto p1 = spec_predict(ref1, rect, sources[1].mv, filters, true);
    const int post = bit_depth == 12 ? 2 : 4;
    const Array<int16_t*, 2> preds = {scratch->pred[0].data(), scratch->pred[1].data()};
    for (int list = 0; list < 2; list++) prepare_inter_rect(subpel, rect, sources[list], *scratch, preds[list]);
    blend.average(dst.data(), w, preds[0], preds[1], w, h, bit_depth);
    for (int i = 0; i < w * h; i++)
      ASSERT_EQ(dst[i], clip_pixel<P>(round2(p0[i] + p1[i], 1 + post), bit_depth)) << trial << " at " << i;
    blend.distance(dst.data(), w, preds[0], preds[1], w, h, 11, bit_depth);
    for (int i = 0; i < w * h; i++)
      ASSERT_EQ(dst[i], clip_pixel<P>(round2(11 * p0[i] + 5 * p1[i], 4 + post), bit_depth))
          << trial << " at " << i;
  }
}

TEST(PredictInter, RectanglesMatchTheSpecification) {
  check_rects<uint8_t>(8, 0, 0, 1);
  check_rects<uint8_t>(8, 1, 1, 2);
  check_rects<uint16_t>(10, 1, 1, 3);
  check_rects<uint16_t>(10, 1, 0, 4);
  check_rects<uint16_t>(12, 0, 0, 5);
}

TEST(PredictInter, DistanceWeightsFollowTheSpecification) {
  // Section 7.11.3.15, literally.
  const int weight[4][2] = {{2, 3}, {2, 5}, {2, 7}, {1, 31}},
            lookup[4][2] = {{9, 7}, {11, 5}, {12, 4}, {13, 3}};
  for (int dist0 = 0; dist0 <= 31; dist0++)
    for (int dist1 = 0; dist1 <= 31; dist1++) {
      const int d0 = dist1, d1 = dist0, order = d0 <= d1;
      int fwd;
      if (d0 == 0 || d1 == 0) {
        fwd = lookup[3][order];
      } else {
        int i;
        for (i = 0; i < 3; i++) {
          const int c0 = weight[i][order], c1 = weight[i][1 - order];
          if (order) {
            if (d0 * c0 > d1 * c1) break;
          } else {
            if (d0 * c0 < d1 * c1) break;
          }
        }
        fwd = lookup[i][order];
      }
      EXPECT_EQ(distance_fwd_weight(dist0, dist1), fwd) << dist0 << " " << dist1;
    }
}

}  // namespace
}  // namespace tessera
