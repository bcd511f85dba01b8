// Sub-sample prediction and compound blends against the formulas of sections 7.11.3.1 to 7.11.3.4.
#include "dsp/subpel.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/int_math.h"
#include "dsp/compound_blend.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

constexpr int kPad = 8, kStride = kMaxPredictSize + 2 * kPad;

template <Pixel P>
std::vector<P> make_source(std::mt19937& rng, int bit_depth, int kind) {
  std::vector<P> src(kStride * kStride);
  const int top = (1 << bit_depth) - 1;
  for (P& s : src)
    s = static_cast<P>(kind == 0 ? rng() & top : kind == 1 ? (rng() & 1) * top : kind == 2 ? top : 0);
  return src;
}

/// The arrays intermediate and pred of section 7.11.3.4 for integer steps.
template <Pixel P>
std::vector<int> spec_predict(const P* src, int w, int h, int fx, int fy, int row_x, int row_y, int bit_depth,
                              bool compound) {
  const int round0 = bit_depth == 12 ? 5 : 3;
  const int round1 = compound ? 7 : bit_depth == 12 ? 9 : 11;
  std::vector<int> mid((h + 7) * w), pred(w * h);
  for (int r = 0; r < h + 7; r++)
    for (int c = 0; c < w; c++) {
      int s = 0;
      for (int t = 0; t < 8; t++) s += Subpel_Filters[row_x][fx][t] * src[(r - 3) * kStride + c + t - 3];
      mid[r * w + c] = round2(s, round0);
    }
  for (int r = 0; r < h; r++)
    for (int c = 0; c < w; c++) {
      int s = 0;
      for (int t = 0; t < 8; t++) s += Subpel_Filters[row_y][fy][t] * mid[(r + t) * w + c];
      pred[r * w + c] = round2(s, round1);
    }
  return pred;
}

template <Pixel P>
void check_subpel(int bit_depth, int w, int h, std::mt19937& rng) {
  SubpelTable<P> table;
  bind_subpel_scalar(table);
  for (int trial = 0; trial < 24; trial++) {
    const int fx = trial % 4 & 1 ? 1 + rng() % 15 : 0, fy = trial % 4 & 2 ? 1 + rng() % 15 : 0;
    const int row_x = rng() % 6, row_y = rng() % 6;
    const auto source = make_source<P>(rng, bit_depth, trial < 8 ? 0 : trial < 16 ? 1 : 2 + trial % 2);
    const P* src = source.data() + kPad * kStride + kPad;
    const std::string where = std::to_string(w) + "x" + std::to_string(h) + " frac " + std::to_string(fx) +
                              "," + std::to_string(fy) + " rows " + std::to_string(row_x) + "," +
                              std::to_string(row_y);

    const auto single = spec_predict(src, w, h, fx, fy, row_x, row_y, bit_depth, false);
    const P guard = 77;
    std::vector<P> dst((w + 16) * (h + 2), guard);
    table.put(dst.data() + w + 16 + 8, w + 16, src, kStride, w, h, fx, fy, row_x, row_y, bit_depth);
    for (int y = -1; y <= h; y++)
      for (int x = -8; x < w + 8; x++) {
        const bool inside = y >= 0 && y < h && x >= 0 && x < w;
        const P want = inside ? clip_pixel<P>(single[y * w + x], bit_depth) : guard;
        ASSERT_EQ(dst[(y + 1) * (w + 16) + 8 + x], want) << where << " at " << x << "," << y;
      }

    const auto compound = spec_predict(src, w, h, fx, fy, row_x, row_y, bit_depth, true);
    std::vector<int16_t> tmp(w * h + 16, 12345);
    table.prep(tmp.data(), src, kStride, w, h, fx, fy, row_x, row_y, bit_depth);
    for (int i = 0; i < w * h; i++) ASSERT_EQ(tmp[i] + kPrepBias<P>, compound[i]) << where << " at " << i;
    for (int i = w * h; i < w * h + 16; i++) ASSERT_EQ(tmp[i], 12345);
  }
}

TEST(Subpel, EverySizeMatchesTheSpecification) {
  std::mt19937 rng(1);
  for (int w = 2; w <= 128; w *= 2)
    for (int h = 2; h <= 128; h *= 2) {
      if (w > 8 * h || h > 8 * w) continue;
      check_subpel<uint8_t>(8, w, h, rng);
      check_subpel<uint16_t>(10, w, h, rng);
      check_subpel<uint16_t>(12, w, h, rng);
    }
}

TEST(Subpel, EveryFilterAndPositionSurvivesTheWorstSamples) {
  SubpelTable<uint8_t> table8;
  SubpelTable<uint16_t> table10;
  bind_subpel_scalar(table8);
  bind_subpel_scalar(table10);
  const auto check_worst = [&]<Pixel P>(const SubpelTable<P>& table, int bit_depth, int row, int fx, int fy,
                                        bool low) {
    // Full samples where the product of taps is positive (or negative): the widest sums there are.
    const int top = (1 << bit_depth) - 1;
    std::vector<P> source(kStride * kStride);
    for (int y = 0; y < kStride; y++)
      for (int x = 0; x < kStride; x++) {
        const int tap_x = Subpel_Filters[row][fx][(x - kPad + 3) & 7],
                  tap_y = Subpel_Filters[row][fy][(y - kPad + 3) & 7];
        source[y * kStride + x] = static_cast<P>((tap_x * tap_y > 0) != low ? top : 0);
      }
    const P* src = source.data() + kPad * kStride + kPad;
    const auto want = spec_predict(src, 8, 8, fx, fy, row, row, bit_depth, true);
    int16_t tmp[64];
    table.prep(tmp, src, kStride, 8, 8, fx, fy, row, row, bit_depth);
    for (int i = 0; i < 64; i++) ASSERT_EQ(tmp[i] + kPrepBias<P>, want[i]) << row << " " << fx << " " << fy;
    const auto single = spec_predict(src, 8, 8, fx, fy, row, row, bit_depth, false);
    P dst[64];
    table.put(dst, 8, src, kStride, 8, 8, fx, fy, row, row, bit_depth);
    for (int i = 0; i < 64; i++) ASSERT_EQ(dst[i], clip_pixel<P>(single[i], bit_depth));
  };
  for (int row = 0; row < 6; row++)
    for (int fx = 0; fx < 16; fx++)
      for (int fy = 0; fy < 16; fy++)
        for (const bool low : {false, true}) {
          check_worst(table8, 8, row, fx, fy, low);
          check_worst(table10, 10, row, fx, fy, low);
          check_worst(table10, 12, row, fx, fy, low);
        }
}

TEST(Subpel, SmallSidesTakeFourTapFilters) {
  EXPECT_EQ(subpel_filter_index(EIGHTTAP, 4), 4);
  EXPECT_EQ(subpel_filter_index(EIGHTTAP_SHARP, 2), 4);
  EXPECT_EQ(subpel_filter_index(EIGHTTAP_SMOOTH, 4), 5);
  EXPECT_EQ(subpel_filter_index(BILINEAR, 4), 3);
  EXPECT_EQ(subpel_filter_index(EIGHTTAP_SHARP, 8), 2);
}

/// A compound prediction with any value that section 7.11.3.4 can produce.
template <Pixel P>
std::vector<int> make_prediction(std::mt19937& rng, int bit_depth, int n, bool extreme) {
  const int unit = 1 << (bit_depth + (bit_depth == 12 ? 2 : 4));
  const int low = -unit / 2, high = unit + unit * 3 / 4 > 32767 + kPrepBias<P> ? 32767 : unit + unit * 3 / 4;
  std::vector<int> v(n);
  for (int& p : v) p = extreme ? (rng() & 1 ? low : high) : low + static_cast<int>(rng() % (high - low + 1));
  return v;
}

template <Pixel P>
std::vector<int16_t> stored(const std::vector<int>& v) {
  std::vector<int16_t> s(v.size());
  for (size_t i = 0; i < v.size(); i++) s[i] = narrow<int16_t>(v[i] - kPrepBias<P>);
  return s;
}

template <Pixel P>
void check_compound(int bit_depth, int w, int h, std::mt19937& rng) {
  CompoundBlendTable<P> table;
  bind_compound_blend_scalar(table);
  const int post = bit_depth == 12 ? 2 : 4;
  for (const bool extreme : {false, true}) {
    const auto p0 = make_prediction<P>(rng, bit_depth, w * h, extreme);
    const auto p1 = make_prediction<P>(rng, bit_depth, w * h, extreme);
    const auto s0 = stored<P>(p0), s1 = stored<P>(p1);
    std::vector<P> dst(w * h);
    table.average(dst.data(), w, s0.data(), s1.data(), w, h, bit_depth);
    for (int i = 0; i < w * h; i++)
      ASSERT_EQ(dst[i], clip_pixel<P>(round2(p0[i] + p1[i], 1 + post), bit_depth));
    for (const int fwd : {3, 4, 5, 7, 9, 11, 12, 13}) {
      table.distance(dst.data(), w, s0.data(), s1.data(), w, h, fwd, bit_depth);
      for (int i = 0; i < w * h; i++)
        ASSERT_EQ(dst[i], clip_pixel<P>(round2(fwd * p0[i] + (16 - fwd) * p1[i], 4 + post), bit_depth));
    }
    for (const bool invert : {false, true}) {
      std::vector<uint8_t> mask(w * h);
      table.diff_weight_mask(mask.data(), s0.data(), s1.data(), w, h, invert, bit_depth);
      for (int i = 0; i < w * h; i++) {
        const int diff = round2(std::abs(p0[i] - p1[i]), bit_depth - 8 + post);
        const int m = clip3(0, 64, 38 + diff / 16);
        ASSERT_EQ(mask[i], invert ? 64 - m : m);
      }
    }
  }
}

template <Pixel P>
void check_masks(int bit_depth, int w, int h, std::mt19937& rng) {
  CompoundBlendTable<P> table;
  bind_compound_blend_scalar(table);
  const int post = bit_depth == 12 ? 2 : 4;
  const auto p0 = make_prediction<P>(rng, bit_depth, w * h, false),
             p1 = make_prediction<P>(rng, bit_depth, w * h, true);
  const auto s0 = stored<P>(p0), s1 = stored<P>(p1);
  const int mask_stride = 2 * w + 3;
  std::vector<uint8_t> mask(mask_stride * 2 * h);
  for (uint8_t& m : mask) m = static_cast<uint8_t>(rng() % 65);
  std::vector<P> own(w * h), other(w * h), dst(w * h);
  for (P& p : own) p = static_cast<P>(rng() & ((1 << bit_depth) - 1));
  for (P& p : other) p = static_cast<P>(rng() & ((1 << bit_depth) - 1));

  const int subsamplings[3][2] = {{0, 0}, {1, 0}, {1, 1}};
  for (const auto& [sub_x, sub_y] : subsamplings) {
    const auto weight = [&](int y, int x) {
      const auto at = [&](int row, int col) { return static_cast<int>(mask[row * mask_stride + col]); };
      if (!sub_x && !sub_y) return at(y, x);
      if (sub_x && !sub_y) return round2(at(y, 2 * x) + at(y, 2 * x + 1), 1);
      return round2(at(2 * y, 2 * x) + at(2 * y, 2 * x + 1) + at(2 * y + 1, 2 * x) + at(2 * y + 1, 2 * x + 1),
                    2);
    };
    const int k = mask_subsampling(sub_x, sub_y);
    table.mask[k](dst.data(), w, s0.data(), s1.data(), w, h, mask.data(), mask_stride, bit_depth);
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) {
        const int m = weight(y, x), i = y * w + x;
        ASSERT_EQ(dst[i], clip_pixel<P>(round2(m * p0[i] + (64 - m) * p1[i], 6 + post), bit_depth)) << k;
      }
    dst = own;
    table.blend_mask[k](dst.data(), w, other.data(), w, w, h, mask.data(), mask_stride);
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) {
        const int m = weight(y, x), i = y * w + x;
        ASSERT_EQ(dst[i], round2(m * own[i] + (64 - m) * other[i], 6)) << k;
      }
  }
  for (const bool rows : {false, true}) {
    dst = own;
    (rows ? table.blend_rows : table.blend_columns)(dst.data(), w, other.data(), w, w, h, mask.data());
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) {
        const int m = mask[rows ? y : x], i = y * w + x;
        ASSERT_EQ(dst[i], round2(m * own[i] + (64 - m) * other[i], 6));
      }
  }
}

TEST(CompoundBlend, EverySizeMatchesTheSpecification) {
  std::mt19937 rng(2);
  for (int w = 2; w <= 128; w *= 2)
    for (int h = 2; h <= 128; h *= 2) {
      if (w > 8 * h || h > 8 * w) continue;
      check_compound<uint8_t>(8, w, h, rng);
      check_compound<uint16_t>(10, w, h, rng);
      check_compound<uint16_t>(12, w, h, rng);
      check_masks<uint8_t>(8, w, h, rng);
      check_masks<uint16_t>(10, w, h, rng);
      check_masks<uint16_t>(12, w, h, rng);
    }
}

}  // namespace
}  // namespace tessera
