// The temporal filter: its kernel against the formula, and what it does to whole pictures.
#include "control/noise.h"
#include "control/temporal_filter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <random>
#include <utility>

#include "dsp/dispatch.h"

namespace tessera {
namespace {

template <Pixel P>
void check_blend(int bit_depth) {
  TemporalTable<P> table;
  bind_temporal_scalar(table);
  std::mt19937 rng(1);
  constexpr int kStride = 40;
  for (int trial = 0; trial < 40; trial++) {
    const int w = 8 << trial % 3, h = 4 << trial / 4 % 4;
    const int spread = (1 + trial % 5 * 4) << (bit_depth - 8), top = (1 << bit_depth) - 1;
    std::vector<P> src(kStride * kMaxTemporalBlock), pred(src.size());
    for (size_t i = 0; i < src.size(); i++) {
      src[i] = static_cast<P>(rng() % (top + 1));
      pred[i] = static_cast<P>(std::clamp<int>(src[i] + static_cast<int>(rng() % (2 * spread + 1)) - spread, 0, top));
    }
    const double decay = 200.0 * (1 << 2 * (bit_depth - 8)), block = trial % 3 * 0.4;
    constexpr double kOne = 1 << kTemporalScaleBits;
    TemporalWeight weight;
    weight.scale = static_cast<uint32_t>(16 / decay / 36 * kOne);
    weight.base = static_cast<uint32_t>(16 * block * kOne);
    weight.limit = static_cast<uint32_t>(kTemporalWeights * kOne / weight.scale) + 1;
    weight.factor = trial % 2 ? kTemporalUnit : 100;
    std::vector<uint32_t> sum(kMaxTemporalBlock * kMaxTemporalBlock), count(sum.size());
    table.blend(src.data(), kStride, pred.data(), kStride, w, h, weight, sum.data(), count.data());
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) {
        double window = 0;
        for (int cy = y / 2 - 1; cy <= y / 2 + 1; cy++)
          for (int cx = x / 2 - 1; cx <= x / 2 + 1; cx++)
            for (int i = 0; i < 4; i++) {
              const int at = (2 * std::clamp(cy, 0, h / 2 - 1) + i / 2) * kStride + 2 * std::clamp(cx, 0, w / 2 - 1) + i % 2;
              window += std::pow(src[at] - pred[at], 2) / 36;
            }
        const double e = window / decay + block;
        const double want = e >= 7 ? 0 : std::exp(-e) * weight.factor;
        const uint32_t got = count[y / 2 * kMaxTemporalBlock + x / 2];
        ASSERT_NEAR(got, want, 0.07 * want + 1.5) << w << "x" << h << " at " << x << "," << y;
        ASSERT_EQ(sum[y * kMaxTemporalBlock + x], got * pred[y * kStride + x]);
      }
  }
}

TEST(TemporalBlend, WeightsFollowTheFormula) {
  check_blend<uint8_t>(8);
  check_blend<uint16_t>(10);
}

TEST(TemporalBlend, MeanRoundsExactly) {
  TemporalTable<uint16_t> table;
  bind_temporal_scalar(table);
  std::mt19937 rng(2);
  for (int trial = 0; trial < 200; trial++) {
    std::vector<uint32_t> sum(kMaxTemporalBlock * kMaxTemporalBlock), count(sum.size());
    for (uint32_t& c : count) c = kTemporalUnit + rng() % (kMaxTemporalNeighbours * kTemporalUnit);
    const auto cell_count = [&](size_t i) { return count[i / kMaxTemporalBlock / 2 * kMaxTemporalBlock + i % kMaxTemporalBlock / 2]; };
    for (size_t i = 0; i < sum.size(); i++) {
      const uint32_t c = cell_count(i);
      sum[i] = rng() % (c * 1023 + 1);
      if (i % 3 == 0) sum[i] = sum[i] / c * c + (c + 1) / 2;  // just there, or just not
      if (i % 3 == 1) sum[i] = sum[i] / c * c + (c - 1) / 2;
    }
    std::vector<uint16_t> out(sum.size());
    table.mean(sum.data(), count.data(), kMaxTemporalBlock, kMaxTemporalBlock, out.data(), kMaxTemporalBlock);
    for (size_t i = 0; i < sum.size(); i++) ASSERT_EQ(out[i], (sum[i] + cell_count(i) / 2) / cell_count(i));
  }
}

TEST(TemporalNoise, FindsTheDeviation) {
  TemporalTable<uint8_t> table;
  bind_temporal_scalar(table);
  std::mt19937 rng(3);
  std::normal_distribution<double> normal(0, 3);
  constexpr int kSize = 256;
  std::vector<uint8_t> picture(kSize * kSize);
  for (int i = 0; i < kSize * kSize; i++) picture[i] = static_cast<uint8_t>(100 + i % kSize / 8 + std::lround(normal(rng)));
  const PlaneView<const uint8_t> plane(picture.data(), kSize, kSize, kSize);
  EXPECT_NEAR(noise_deviation(plane, 1, 8, table), 3, 0.5);
  EXPECT_NEAR(noise_deviation(plane, 16, 8, table), 3, 0.5) << "few rows tell it as well";
  EXPECT_EQ(noise_deviation(plane.block(0, 0, 5, 5), 1, 8, table), 0) << "too few samples to tell";
}

/// Pictures of one texture that moves by `step` luma samples each, with noise.
template <Pixel P>
struct Sequence {
  PictureFormat format;
  std::vector<std::vector<std::vector<P>>> planes;  ///< picture, plane
  std::vector<std::vector<P>> clean;                ///< planes of picture 0 without noise
  std::vector<std::unique_ptr<SourceFrame<P>>> sources;

  Sequence(PictureFormat f, int pictures, int step, double noise) : format(f) {
    std::mt19937 rng(4);
    DspTable<P> dsp;
    make_dsp_table(0, dsp);
    std::normal_distribution<double> normal(0, noise);
    for (int n = 0; n < pictures; n++) {
      InputFrame input;
      planes.emplace_back(f.planes());
      for (int p = 0; p < f.planes(); p++) {
        const int w = f.plane_width(p), h = f.plane_height(p), scale = p ? 2 : 1, shift = f.bit_depth - 8;
        planes[n][p].resize(w * h);
        for (int y = 0; y < h; y++)
          for (int x = 0; x < w; x++) {
            const double u = scale * x + n * step, v = scale * y - n * step;
            const double s = 120 + 40 * std::sin(u / 9) * std::cos(v / 7) + 30 * std::sin((u + 2 * v) / 23 + p);
            if (n == 0 && x == 0 && y == 0) clean.emplace_back(w * h);
            if (n == 0) clean[p][y * w + x] = static_cast<P>(std::lround(s * (1 << shift)));
            planes[n][p][y * w + x] = static_cast<P>(std::lround((s + normal(rng)) * (1 << shift)));
          }
        input.plane[p] = planes[n][p].data();
        input.stride_bytes[p] = w * static_cast<int>(sizeof(P));
      }
      sources.push_back(std::make_unique<SourceFrame<P>>());
      sources[n]->take(input, f, dsp.pixel_ops);
    }
  }

  TemporalFilterInput<P> input(int qindex) const {
    TemporalFilterInput<P> in;
    in.centre = sources[0].get();
    for (size_t n = 1; n < sources.size(); n++) in.neighbours.push_back(sources[n].get());
    in.qindex = qindex;
    return in;
  }
  static double mse(const PlaneView<const P>& a, const std::vector<P>& b) {
    double sum = 0;
    for (int y = 0; y < a.height(); y++)
      for (int x = 0; x < a.width(); x++) sum += std::pow(a.at(x, y) - b[y * a.width() + x], 2);
    return sum / (a.width() * a.height());
  }
};

template <Pixel P>
void run_filter(TemporalFilter<P>& filter, const TemporalFilterInput<P>& input, bool backwards = false) {
  DspTable<P> dsp;
  DspTable<uint8_t> pyramid;
  make_dsp_table(0, dsp);
  make_dsp_table(0, pyramid);
  filter.prepare(input, dsp, pyramid.distortion);
  const int rows = input.centre->format.sb_rows();
  for (int r = 0; r < rows; r++) filter.filter_rows(backwards ? rows - 1 - r : r);
}

template <Pixel P>
void check_denoises(PictureFormat format) {
  const Sequence<P> s(format, 6, 3, 3.0);
  TemporalFilter<P> filter;
  run_filter(filter, s.input(150));
  for (int p = 0; p < format.planes(); p++) {
    const PlaneView<const P> out = filter.plane(p);
    ASSERT_EQ(out.width(), format.plane_width(p));
    ASSERT_EQ(out.height(), format.plane_height(p));
    EXPECT_LT(s.mse(out, s.clean[p]), (p ? 0.8 : 0.5) * s.mse(s.sources[0]->plane[p], s.clean[p])) << "plane " << p;
  }
}

TEST(TemporalFilter, TakesNoiseOffMovingPictures) {
  check_denoises<uint8_t>({.width = 176, .height = 144});
  check_denoises<uint8_t>({.width = 131, .height = 97});
  check_denoises<uint16_t>({.width = 131, .height = 97, .bit_depth = 10});
  check_denoises<uint16_t>({.width = 99, .height = 70, .bit_depth = 10, .monochrome = true});
}

TEST(TemporalFilter, TinyPicturesAreSafe) {
  for (int size : {16, 17, 33}) {
    const Sequence<uint8_t> s({.width = size, .height = size}, 3, 1, 1.0);
    TemporalFilter<uint8_t> filter;
    run_filter(filter, s.input(200));
    EXPECT_EQ(filter.plane(0).width(), size);
  }
}

TEST(TemporalFilter, LeavesUnrelatedPicturesOut) {
  const PictureFormat format = {.width = 128, .height = 96};
  const Sequence<uint8_t> s(format, 1, 0, 1.0), other(format, 1, 0, 60.0);
  TemporalFilterInput<uint8_t> input = s.input(60);
  input.neighbours.push_back(other.sources[0].get());
  TemporalFilter<uint8_t> filter;
  run_filter(filter, input);
  EXPECT_LT(s.mse(filter.plane(0), s.planes[0][0]), 0.01);
}

int g_quarters = 0;
SadX4Fn<uint8_t> g_sad_x4 = nullptr;
void count_quarter(const uint8_t* src, ptrdiff_t src_stride, const uint8_t* const ref[4], ptrdiff_t ref_stride, uint32_t sad[4]) {
  g_quarters++;
  g_sad_x4(src, src_stride, ref, ref_stride, sad);
}

/// Squares of 16 are only searched where they may have vectors of their own; noise goes either way.
TEST(TemporalFilter, LooksAtQuartersWhereAsked) {
  const Sequence<uint8_t> s({.width = 176, .height = 144}, 4, 3, 3.0);
  DspTable<uint8_t> dsp;
  make_dsp_table(0, dsp);
  const DistortionTable<uint8_t> pyramid = dsp.distortion;
  g_sad_x4 = std::exchange(dsp.distortion.sad_x4[BLOCK_16X16], count_quarter);
  for (const bool quarters : {false, true}) {
    TemporalFilterInput<uint8_t> input = s.input(150);
    input.quarters = quarters;
    TemporalFilter<uint8_t> filter;
    filter.prepare(input, dsp, pyramid);
    g_quarters = 0;
    for (int r = 0; r < input.centre->format.sb_rows(); r++) filter.filter_rows(r);
    EXPECT_EQ(g_quarters > 0, quarters);
    EXPECT_LT(s.mse(filter.plane(0), s.clean[0]), 0.6 * s.mse(s.sources[0]->plane[0], s.clean[0])) << quarters;
  }
}

TEST(TemporalFilter, RowsInAnyOrder) {
  const Sequence<uint8_t> s({.width = 160, .height = 200}, 4, 5, 2.0);
  TemporalFilter<uint8_t> forwards, backwards;
  run_filter(forwards, s.input(120));
  run_filter(backwards, s.input(120), true);
  for (int p = 0; p < 3; p++) {
    const auto a = forwards.plane(p), b = backwards.plane(p);
    for (int y = 0; y < a.height(); y++)
      for (int x = 0; x < a.width(); x++) ASSERT_EQ(a.at(x, y), b.at(x, y));
  }
}

}  // namespace
}  // namespace tessera
