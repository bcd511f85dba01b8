// The choice of loop restoration: finds the filter that a source was made with, says truly what it saves, and is the same for
// any thread count.
#include <gtest/gtest.h>

#include <cmath>

#include "search/restoration_fit.h"
#include "search/restoration_search.h"
#include "spec/filter_tables.h"
#include "tests/support/random_blocks.h"

namespace tessera {
namespace {

template <Pixel P>
struct RestorationFixture {
  PictureFormat format;
  FramePlan plan;
  Pool<ReferenceFrame<P>> pictures;  // before what holds their leases
  Pool<SourceFrame<P>> sources;
  FrameWork<P> frame;
  DspTable<P> dsp = {};
  CdfContext cdfs;
  RandomBlocks random{1};

  RestorationFixture(int width, int height, int bit_depth) {
    format.width = width;
    format.height = height;
    format.bit_depth = bit_depth;
    bind_restoration_scalar(dsp.restoration);
    plan.sequence.enable_restoration = true;
    plan.settings.filter.restoration = {.wiener_step = 1, .self_guided_sets = kSelfGuidedSets};
    plan.lambda = 2 << 2 * (bit_depth - 8);
    plan.header.size = make_frame_size(width, height);
    plan.header.tile_info = uniform_tile_layout(format.mi_cols(), format.mi_rows(), false, 0, 0);
    init_default(cdfs, 100);
    frame.prepare(format, plan.header.tile_info);
    frame.header = plan.header;
    frame.recon = pictures.acquire();
    frame.recon->picture.resize(format);
    frame.source = sources.acquire();
    frame.source->copy.resize(format);
    for (int p = 0; p < format.planes(); p++) {
      frame.source->plane[p] = source(p).block(0, 0, format.plane_width(p), format.plane_height(p));
      const PlaneView<P> v = frame.plane(p);
      for (int y = 0; y < v.height(); y++)
        for (int x = 0; x < v.width(); x++)
          v.at(x, y) = clip_pixel<P>((128 << (bit_depth - 8)) + static_cast<int>((40 << (bit_depth - 8)) * std::sin(x * .3 + p) * std::cos(y * .2)) +
                                         random.in(-12 << (bit_depth - 8), 12 << (bit_depth - 8)),
                                     bit_depth);
    }
  }

  PlaneView<P> source(int p) { return frame.source->copy.plane(p); }

  /// The source is the reconstruction as `unit` restores it, in every plane.
  void restore_into_source(const RestorationUnit& unit) {
    Picture<P> kept;
    kept.resize(format);
    LoopRestorationParams& lr = frame.header.lr;
    lr.lr_unit_shift = 2;
    for (int p = 0; p < format.planes(); p++) {
      copy(frame.plane(p), kept.plane(p));
      lr.loop_restoration_size[p] = 256;
      lr.frame_restoration_type[p] = RESTORE_SWITCHABLE;
      RestorationUnit of_plane = unit;
      if (p > 0) of_plane.wiener[0][0] = of_plane.wiener[1][0] = 0;
      const View2d<RestorationUnit> units = frame.restoration_units(p);
      for (int y = 0; y < units.height(); y++)
        for (int x = 0; x < units.width(); x++) units.at(x, y) = of_plane;
    }
    restore();
    for (int p = 0; p < format.planes(); p++) {
      copy(frame.plane(p), source(p));
      copy(kept.plane(p), frame.plane(p));
    }
    frame.header.lr = {};
  }
  static void copy(PlaneView<P> from, PlaneView<P> to) {
    for (int y = 0; y < from.height(); y++) std::copy_n(from.ptr(0, y), from.width(), to.ptr(0, y));
  }
  void restore() {
    StripeLines<P> lines;
    lines.save(frame);
    for (int stripe = 0; stripe < num_stripes(format); stripe++) restore_stripe(frame, dsp, lines, stripe);
  }
  void choose(int threads) {
    StripeLines<P> lines;
    lines.save(frame);
    WorkerPool workers(threads);
    RestorationTrial trial;
    choose_restoration(frame, plan, dsp, lines, cdfs, workers, trial);
  }
  double error() {
    double sum = 0;
    for (int p = 0; p < format.planes(); p++)
      for (int y = 0; y < format.plane_height(p); y++)
        for (int x = 0; x < format.plane_width(p); x++) {
          const double d = source(p).at(x, y) - frame.plane(p).at(x, y);
          sum += d * d;
        }
    return sum;
  }
};

template <Pixel P>
void expect_found(const RestorationUnit& unit, int bit_depth) {
  RestorationFixture<P> f(200, 150, bit_depth);
  f.restore_into_source(unit);
  const double before = f.error();
  ASSERT_GT(before, 20000);
  f.choose(1);
  const LoopRestorationParams lr = f.frame.header.lr;
  Array<std::vector<RestorationUnit>, kPlanes> single;
  for (int p = 0; p < kPlanes; p++) {
    ASSERT_NE(lr.frame_restoration_type[p], RESTORE_NONE) << p;
    const View2d<RestorationUnit> units = f.frame.restoration_units(p);
    for (int y = 0; y < units.height(); y++)
      for (int x = 0; x < units.width(); x++) {
        single[p].push_back(units.at(x, y));
        EXPECT_EQ(units.at(x, y).type, unit.type) << p;
      }
  }
  for (const int threads : {2, 3}) {
    f.choose(threads);
    EXPECT_EQ(f.frame.header.lr, lr);
    for (int p = 0; p < kPlanes; p++) {
      const View2d<RestorationUnit> units = f.frame.restoration_units(p);
      size_t i = 0;
      for (int y = 0; y < units.height(); y++)
        for (int x = 0; x < units.width(); x++) EXPECT_EQ(units.at(x, y), single[p][i++]) << p;
    }
  }
  f.restore();
  EXPECT_LT(f.error(), before / 20);
}

RestorationUnit wiener_unit() { return {.type = RESTORE_WIENER, .wiener = {{{{-3, 5, 30}}, {{2, -12, 25}}}}}; }
RestorationUnit self_guided_unit() { return {.type = RESTORE_SGRPROJ, .sgr_set = 8, .sgr_xqd = {20, 10}}; }

TEST(RestorationSearch, FindsTheWienerFilter8) { expect_found<uint8_t>(wiener_unit(), 8); }
TEST(RestorationSearch, FindsTheWienerFilter10) { expect_found<uint16_t>(wiener_unit(), 10); }
TEST(RestorationSearch, FindsTheSelfGuidedFilter8) { expect_found<uint8_t>(self_guided_unit(), 8); }
TEST(RestorationSearch, FindsTheSelfGuidedFilter10) { expect_found<uint16_t>(self_guided_unit(), 10); }

TEST(RestorationSearch, LeavesAPerfectFrameAlone) {
  RestorationFixture<uint8_t> f(130, 130, 8);
  for (int p = 0; p < kPlanes; p++) f.copy(f.frame.plane(p), f.source(p));
  f.choose(1);
  EXPECT_FALSE(f.frame.header.lr.uses_lr());
}

TEST(RestorationSearch, TinyFramesHaveNone) {
  for (int size : {1, 2, 7}) {
    RestorationFixture<uint8_t> f(size, size, 8);
    for (int p = 0; p < kPlanes; p++)
      for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++) f.source(p).at(x, y) = 100;
    f.choose(1);
    EXPECT_FALSE(f.frame.header.lr.uses_lr());
  }
}

TEST(RestorationFit, SaysWhatAFilterChanges) {
  RestorationFixture<uint8_t> f(64, 40, 8);
  f.restore_into_source(wiener_unit());
  StripeLines<uint8_t> lines;
  lines.save(f.frame);
  const StripeBlock block(f.format, 0, 0, 0);
  RestorationTile tile;
  load_restoration_tile(f.frame, lines, 0, block, false, tile);
  WienerSums sums = {};
  const PlaneView<const uint8_t> source = f.frame.source->plane[0];
  f.dsp.restoration.wiener_sums(sums, tile.at(0, 0), source.ptr(0, 0), source.stride(), 3, 1, 64, 40);
  const WienerFit fit(sums, 1);
  WienerFit sharper(sums, 1);
  sharper.sharpen(0.2);
  for (const WienerTaps& taps : {wiener_unit().wiener, WienerTaps{{{{0, 0, 0}}, {{0, 0, 0}}}}, WienerTaps{{{{1, -7, 15}}, {{3, 2, -10}}}}}) {
    Array<uint8_t, 64 * 40> out;
    f.dsp.restoration.wiener(out.data(), 64, tile.at(0, 0), taps, 64, 40, 8);
    double change = 0, after = 0;
    for (int y = 0; y < 40; y++)
      for (int x = 0; x < 64; x++) {
        const double s = source.at(x, y), b = s - f.frame.plane(0).at(x, y), a = s - out[y * 64 + x];
        change += a * a - b * b;
        after += a * a;
      }
    EXPECT_NEAR(fit.change(taps), change, 64 * 40 * .3 + .05 * after);
    EXPECT_NEAR(sharper.true_change(taps), fit.change(taps), 1e-6 * (1 + std::abs(change)));
  }
  const auto around = [](const WienerTaps& taps) {
    int sum = 0;
    for (const Array<int8_t, 3>& pass : taps)
      for (const int8_t tap : pass) sum += tap;
    return sum;
  };
  EXPECT_LT(around(sharper.solve(3)), around(fit.solve(3))) << "what stands around counts less";
}

}  // namespace
}  // namespace tessera
