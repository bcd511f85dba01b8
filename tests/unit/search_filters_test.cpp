// The choice of filter parameters: sensible on frames whose best filter is known, and the same for any
// thread count.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "search/cdef_search.h"
#include "search/deblock_search.h"
#include "tests/support/random_blocks.h"

namespace tessera {
namespace {

template <Pixel P>
struct FilterFixture {
  PictureFormat format;
  FramePlan plan;
  Pool<ReferenceFrame<P>> pictures;
  Pool<SourceFrame<P>> sources;
  FrameWork<P> frame;
  DspTable<P> dsp = {};
  RandomBlocks random{1};

  FilterFixture(int width, int height, int bit_depth, int qindex) {
    format.width = width;
    format.height = height;
    format.bit_depth = bit_depth;
    bind_deblock_scalar(dsp.deblock);
    bind_cdef_scalar(dsp.cdef);
    bind_distortion_scalar(dsp.distortion);
    plan.sequence.enable_cdef = true;
    plan.header.quantization.base_q_idx = static_cast<uint8_t>(qindex);
    plan.header.size = make_frame_size(width, height);
    plan.lambda = 20;
    frame.prepare(format, {});
    frame.header = plan.header;
    frame.recon = pictures.acquire();
    frame.recon->picture.resize(format);
    frame.source = sources.acquire();
    SourceFrame<P>& source = *frame.source;
    source.format = format;
    source.copy.resize(format);
    for (int p = 0; p < format.planes(); p++)
      source.plane[p] = source.copy.plane(p).block(0, 0, format.plane_width(p), format.plane_height(p));
    for (int p = 0; p < format.planes(); p++) frame.source_plane[p] = source.plane[p];
    LoopfilterTxSizes sizes;
    random.place(frame, sizes);
    for (int sb_row = 0; sb_row < format.sb_rows(); sb_row++) find_deblock_edges(frame, sb_row);
  }

  /// Source and reconstruction from at( plane, x, y ).
  template <class S, class R>
  void fill(S source_at, R recon_at) {
    for (int p = 0; p < format.planes(); p++) {
      const PlaneView<P> source = frame.source->copy.plane(p), recon = frame.plane(p);
      for (int y = 0; y < source.height(); y++)
        for (int x = 0; x < source.width(); x++) {
          source.at(x, y) = clip_pixel<P>(source_at(p, x, y), format.bit_depth);
          recon.at(x, y) = clip_pixel<P>(recon_at(p, x, y), format.bit_depth);
        }
    }
  }
  uint64_t error() {
    uint64_t sum = 0;
    for (int p = 0; p < format.planes(); p++) {
      const PlaneView<const P> source = frame.source->plane[p];
      sum += dsp.distortion.sse_wh(source.ptr(0, 0), source.stride(), frame.plane(p).ptr(0, 0),
                                   frame.plane(p).stride(), source.width(), source.height());
    }
    return sum;
  }
};

template <Pixel P>
void expect_deblocking_helps(int bit_depth) {
  FilterFixture<P> f(200, 330, bit_depth, 180);
  const int shift = bit_depth - 8;
  const auto smooth = [&](int p, int x, int y) { return (60 + x / 3 + y / 5 + 10 * p) << shift; };
  f.fill(smooth, [&](int p, int x, int y) {  // each transform block is off by a little
    const int ss = p > 0, row = std::min((y << ss) / 4, f.format.mi_rows() - 1);
    const int col = std::min((x << ss) / 4, f.format.mi_cols() - 1);
    const TxSize tx = f.frame.tx.at(col, row).size;
    const int block = (x << ss) / Tx_Width[tx] * 7 + (y << ss) / Tx_Height[tx] * 13;
    return smooth(p, x, y) + ((block % 9 - 4) << shift);
  });
  const uint64_t before = f.error();
  for (const bool search : {false, true}) {
    f.plan.settings.filter.deblock_search = search;
    Array<uint8_t, 4> single = {};
    for (const int threads : {1, 3}) {
      WorkerPool workers(threads);
      DeblockTrial<P> trial;
      choose_deblock(f.frame, f.plan, f.dsp, workers, trial);
      const auto& levels = f.frame.header.loop_filter.loop_filter_level;
      EXPECT_GT(levels[0], 0);
      EXPECT_GT(levels[2], 0);
      if (threads == 1) single = levels;
      EXPECT_EQ(levels, single);
    }
  }
  for (const DeblockPass pass : {DEBLOCK_VERTICAL_EDGES, DEBLOCK_HORIZONTAL_EDGES})
    deblock_rows(f.frame, f.dsp, pass, 0, f.format.mi_rows());
  EXPECT_LT(f.error(), before * 9 / 10);
}
TEST(DeblockSearch, FindsLevelsThatHelp8) {
  expect_deblocking_helps<uint8_t>(8);
}
TEST(DeblockSearch, FindsLevelsThatHelp10) {
  expect_deblocking_helps<uint16_t>(10);
}

TEST(DeblockSearch, LeavesAPerfectFrameAlone) {
  FilterFixture<uint8_t> f(130, 130, 8, 60);
  const auto texture = [](int p, int x, int y) { return (x * 37 + y * 91 + (x ^ y) * 13 + p) % 23 * 5 + 60; };
  f.fill(texture, texture);
  WorkerPool workers(1);
  DeblockTrial<uint8_t> trial;
  choose_deblock(f.frame, f.plan, f.dsp, workers, trial);
  for (const int level : f.frame.header.loop_filter.loop_filter_level) EXPECT_EQ(level, 0);
}

TEST(DeblockSearch, FollowsTheQuantiser) {
  FrameHeader h;
  h.size = make_frame_size(1920, 1080);
  const auto level = [&](FrameType type, int qindex) {
    h.frame_type = type;
    h.quantization.base_q_idx = static_cast<uint8_t>(qindex);
    return deblock_level_of_quantiser(h);
  };
  EXPECT_NEAR(level(KEY_FRAME, 140), 13, 1);
  EXPECT_NEAR(level(KEY_FRAME, 180), 28, 1);
  EXPECT_NEAR(level(KEY_FRAME, 220), 61, 1);
  EXPECT_NEAR(level(INTER_FRAME, 140), 12, 1);
  EXPECT_NEAR(level(INTER_FRAME, 180), 23, 1);
  EXPECT_NEAR(level(INTER_FRAME, 220), 45, 1);
  EXPECT_EQ(level(KEY_FRAME, 255), 63);
}

template <Pixel P>
void expect_cdef_helps(int bit_depth) {
  FilterFixture<P> f(260, 200, bit_depth, 150);
  const int shift = bit_depth - 8;
  const auto edges = [&](int p, int x, int y) { return ((x + 2 * y + 31 * p) / 24 % 2 ? 90 : 160) << shift; };
  RandomBlocks noise(7);
  f.fill(edges, [&](int p, int x, int y) { return edges(p, x, y) + noise.in(-3 << shift, 3 << shift); });
  const uint64_t before = f.error();
  f.plan.lambda = 20 << 2 * shift;
  for (const int strengths : {0, 4, 9})
    for (const int max_bits : {0, 2, 3}) {
      f.plan.settings.filter.cdef_strengths = strengths;
      f.plan.settings.filter.cdef_max_bits = max_bits;
      Array2d<int8_t> single(f.format.sb_cols(), f.format.sb_rows());
      for (const int threads : {1, 3}) {
        WorkerPool workers(threads);
        CdefTrial trial;
        choose_cdef(f.frame, f.plan, f.dsp, workers, trial);
        const CdefParams& cdef = f.frame.header.cdef;
        EXPECT_LE(cdef.cdef_bits, strengths ? max_bits : 0);
        for (int r = 0; r < f.format.sb_rows(); r++)
          for (int c = 0; c < f.format.sb_cols(); c++) {
            const int idx = f.frame.cdef_idx.at(c, r);
            EXPECT_EQ(idx >= 0, cdef_blocks(f.frame.blocks, r, c) != 0);
            EXPECT_LT(idx, 1 << cdef.cdef_bits);
            if (threads == 1) single.at(c, r) = static_cast<int8_t>(idx);
            EXPECT_EQ(idx, single.at(c, r));
          }
        for (const int sec : cdef.cdef_y_sec_strength) EXPECT_TRUE(sec <= 2 || sec == 4);
      }
    }
  CdefLines<P> lines;
  lines.save(f.frame);
  cdef_rows(f.frame, f.dsp, lines, 0, f.format.sb_rows());
  EXPECT_LT(f.error(), before * 9 / 10);
}
TEST(CdefSearch, FindsStrengthsThatHelp8) {
  expect_cdef_helps<uint8_t>(8);
}
TEST(CdefSearch, FindsStrengthsThatHelp10) {
  expect_cdef_helps<uint16_t>(10);
}

TEST(CdefSearch, SignalsNothingWhereItMayNot) {
  FilterFixture<uint8_t> f(130, 130, 8, 200);
  f.fill([](int, int x, int) { return x; }, [](int, int, int y) { return y; });
  WorkerPool workers(1);
  CdefTrial trial;
  f.plan.sequence.enable_cdef = false;
  choose_cdef(f.frame, f.plan, f.dsp, workers, trial);
  EXPECT_EQ(f.frame.header.cdef, CdefParams());
  EXPECT_EQ(f.frame.cdef_idx.at(0, 0), -1);
}

TEST(CdefSearch, RestraintWeakensLumaOnly) {
  FilterFixture<uint8_t> f(130, 130, 8, 150);
  const auto edges = [](int p, int x, int y) { return (x + 2 * y + 31 * p) / 24 % 2 ? 90 : 160; };
  RandomBlocks noise(7);
  f.fill(edges, [&](int p, int x, int y) { return edges(p, x, y) + noise.in(-4, 4); });
  f.plan.settings.filter.cdef_max_bits = 0;
  WorkerPool workers(1);
  CdefTrial trial;
  const auto strengths = [&](float restraint) {
    f.plan.settings.filter.cdef_restraint = restraint;
    choose_cdef(f.frame, f.plan, f.dsp, workers, trial);
    const CdefParams& c = f.frame.header.cdef;
    return std::array{c.cdef_y_pri_strength[0] + c.cdef_y_sec_strength[0], c.cdef_uv_pri_strength[0] + c.cdef_uv_sec_strength[0]};
  };
  const auto free = strengths(0), restrained = strengths(100);
  EXPECT_GT(free[0], 0);
  EXPECT_GT(free[1], 0);
  EXPECT_EQ(restrained[0], 0);
  EXPECT_EQ(restrained[1], free[1]);
}

TEST(CdefSearch, UsesDifferentStrengthsForDifferentParts) {
  FilterFixture<uint8_t> f(512, 256, 8, 150);
  const auto edges = [](int p, int x, int y) { return (x + 2 * y + 31 * p) / 24 % 2 ? 90 : 160; };
  const auto texture = [](int p, int x, int y) { return (x * 37 + y * 91 + (x ^ y) * 13 + p) % 23 * 5 + 60; };
  RandomBlocks noise(7);
  const auto left = [](int p, int x) { return x < 256 >> (p > 0); };
  f.fill(
      [&](int p, int x, int y) { return left(p, x) ? edges(p, x, y) : texture(p, x, y); },
      [&](int p, int x, int y) { return left(p, x) ? edges(p, x, y) + noise.in(-4, 4) : texture(p, x, y); });
  WorkerPool workers(1);
  CdefTrial trial;
  choose_cdef(f.frame, f.plan, f.dsp, workers, trial);
  const CdefParams& cdef = f.frame.header.cdef;
  EXPECT_GT(cdef.cdef_bits, 0);
  const int right = f.frame.cdef_idx.at(6, 1), noisy = f.frame.cdef_idx.at(1, 1);
  ASSERT_GE(right, 0);
  ASSERT_GE(noisy, 0);
  EXPECT_EQ(cdef.cdef_y_pri_strength[right] + cdef.cdef_y_sec_strength[right], 0);
  EXPECT_GT(cdef.cdef_y_pri_strength[noisy] + cdef.cdef_y_sec_strength[noisy], 0);
}

/// Whether a search that looks at one 8x8 block in `sampling` looks at this one.
bool is_measured(int sampling, int column, int row) {
  if (sampling == 2) return (column + row) % 2 == 0;
  return column % 4 == (row % 8 < 4 ? 0 : 1) + row % 2 * 2;
}

/// Strength of luma that a sampled search finds where half of the 8x8 blocks, as on a chequer, or a quarter of them have gained noise
/// and filtering would harm the rest.
int sampled_strength(int sampling, bool noise_is_measured) {
  FilterFixture<uint8_t> f(256, 256, 8, 150);
  const auto noisy = [&](int p, int x, int y) { return is_measured(sampling, x >> (p ? 2 : 3), y >> (p ? 2 : 3)) == noise_is_measured; };
  const auto texture = [](int p, int x, int y) { return (x * 37 + y * 91 + (x ^ y) * 13 + p) % 23 * 5 + 60; };
  RandomBlocks noise(7);
  const auto source = [&](int p, int x, int y) { return noisy(p, x, y) ? 120 : texture(p, x, y); };
  f.fill(source, [&](int p, int x, int y) { return source(p, x, y) + (noisy(p, x, y) ? noise.in(-4, 4) : 0); });
  f.plan.settings.filter.cdef_sampling = sampling;
  f.plan.settings.filter.cdef_max_bits = 0;
  WorkerPool workers(1);
  CdefTrial trial;
  choose_cdef(f.frame, f.plan, f.dsp, workers, trial);
  return f.frame.header.cdef.cdef_y_pri_strength[0] + f.frame.header.cdef.cdef_y_sec_strength[0];
}
TEST(CdefSearch, SampledMeasuresOneBlockInSoMany) {
  for (const int sampling : {2, 4}) {
    EXPECT_GT(sampled_strength(sampling, true), 0) << sampling;
    EXPECT_EQ(sampled_strength(sampling, false), 0) << sampling;
  }
}

}  // namespace
}  // namespace tessera
