// Loop restoration against the specification's text (section 7.17), 4x4 block by 4x4 block.
#include <gtest/gtest.h>

#include "base/worker_pool.h"
#include "filter/restoration_pass.h"
#include "spec/filter_tables.h"
#include "tests/support/random_blocks.h"

namespace tessera {
namespace {

/// Section 7.17 as it is written.
template <Pixel P>
struct SpecRestoration {
  FrameWork<P>& frame;
  View2d<P> UpscaledCurrFrame[kPlanes], UpscaledCdefFrame[kPlanes], LrFrame[kPlanes];
  int BitDepth = frame.format.bit_depth;
  int StripeStartY = 0, StripeEndY = 0, PlaneEndX = 0, PlaneEndY = 0;

  void run() {
    for (int y = 0; y < frame.format.height; y += 4)
      for (int x = 0; x < frame.format.width; x += 4)
        for (int plane = 0; plane < frame.format.planes(); plane++)
          if (frame.header.lr.frame_restoration_type[plane] != RESTORE_NONE) loop_restore_block(plane, y >> 2, x >> 2);
  }

  void loop_restore_block(int plane, int row, int col) {
    const int lumaY = row * 4, stripeNum = (lumaY + 8) / 64;
    const int subX = frame.format.ss_x(plane), subY = frame.format.ss_y(plane);
    StripeStartY = (-8 + stripeNum * 64) >> subY;
    StripeEndY = StripeStartY + (64 >> subY) - 1;
    const int unitSize = frame.header.lr.loop_restoration_size[plane];
    const int unitRows = count_units_in_frame(unitSize, (frame.format.height + subY) >> subY);
    const int unitCols = count_units_in_frame(unitSize, (frame.format.width + subX) >> subX);
    const int unitRow = std::min(unitRows - 1, ((row * 4 + 8) >> subY) / unitSize);
    const int unitCol = std::min(unitCols - 1, ((col * 4) >> subX) / unitSize);
    PlaneEndX = ((frame.format.width + subX) >> subX) - 1;
    PlaneEndY = ((frame.format.height + subY) >> subY) - 1;
    const int x = col * 4 >> subX, y = row * 4 >> subY;
    const int w = std::min(4 >> subX, PlaneEndX - x + 1), h = std::min(4 >> subY, PlaneEndY - y + 1);
    const RestorationUnit& unit = frame.restoration_units(plane).at(unitCol, unitRow);
    if (unit.type == RESTORE_WIENER) wiener(plane, unit, x, y, w, h);
    if (unit.type == RESTORE_SGRPROJ) self_guided(plane, unit, x, y, w, h);
  }

  int get_source_sample(int plane, int x, int y) const {
    x = std::max(0, std::min(PlaneEndX, x));
    y = std::max(0, std::min(PlaneEndY, y));
    if (y < StripeStartY) return UpscaledCurrFrame[plane].at(x, std::max(StripeStartY - 2, y));
    if (y > StripeEndY) return UpscaledCurrFrame[plane].at(x, std::min(StripeEndY + 2, y));
    return UpscaledCdefFrame[plane].at(x, y);
  }

  void wiener(int plane, const RestorationUnit& unit, int x, int y, int w, int h) {
    int filter[2][7];
    for (int pass = 0; pass < 2; pass++) {
      filter[pass][3] = 128;
      for (int i = 0; i < 3; i++) {
        const int c = unit.wiener[pass][i];
        filter[pass][i] = filter[pass][6 - i] = c;
        filter[pass][3] -= 2 * c;
      }
    }
    const int InterRound0 = 3, InterRound1 = 11;
    const int offset = 1 << (BitDepth + 7 - InterRound0 - 1), limit = (1 << (BitDepth + 1 + 7 - InterRound0)) - 1;
    int intermediate[10][4];
    for (int r = 0; r < h + 6; r++)
      for (int c = 0; c < w; c++) {
        int s = 0;
        for (int t = 0; t < 7; t++) s += filter[1][t] * get_source_sample(plane, x + c + t - 3, y + r - 3);
        intermediate[r][c] = clip3(-offset, limit - offset, round2(s, InterRound0));
      }
    for (int r = 0; r < h; r++)
      for (int c = 0; c < w; c++) {
        int s = 0;
        for (int t = 0; t < 7; t++) s += filter[0][t] * intermediate[r + t][c];
        LrFrame[plane].at(x + c, y + r) = clip_pixel<P>(round2(s, InterRound1), BitDepth);
      }
  }

  void box_filter(int plane, int x, int y, int w, int h, int set, int pass, int (&F)[4][4]) {
    const int r = Sgr_Params[set][pass * 2], eps = Sgr_Params[set][pass * 2 + 1];
    if (r == 0) return;
    int A[6][6], B[6][6];
    const int n = (2 * r + 1) * (2 * r + 1), n2e = n * n * eps, s = ((1 << 20) + n2e / 2) / n2e;
    for (int i = -1; i < h + 1; i++)
      for (int j = -1; j < w + 1; j++) {
        int64_t a = 0, b = 0;
        for (int dy = -r; dy <= r; dy++)
          for (int dx = -r; dx <= r; dx++) {
            const int c = get_source_sample(plane, x + j + dx, y + i + dy);
            a += c * c;
            b += c;
          }
        a = round2(a, 2 * (BitDepth - 8));
        const int64_t d = round2(b, BitDepth - 8), p = std::max<int64_t>(0, a * n - d * d), z = round2(p * s, 20);
        const int64_t a2 = z >= 255 ? 256 : z == 0 ? 1 : ((z << 8) + z / 2) / (z + 1);
        const int64_t oneOverN = ((1 << 12) + n / 2) / n, b2 = ((1 << 8) - a2) * b * oneOverN;
        A[i + 1][j + 1] = static_cast<int>(a2);
        B[i + 1][j + 1] = static_cast<int>(round2(b2, 12));
      }
    for (int i = 0; i < h; i++) {
      const int shift = pass == 0 && (i & 1) ? 4 : 5;
      for (int j = 0; j < w; j++) {
        int a = 0, b = 0;
        for (int dy = -1; dy <= 1; dy++)
          for (int dx = -1; dx <= 1; dx++) {
            const int weight = pass == 0 ? ((i + dy) & 1 ? (dx == 0 ? 6 : 5) : 0) : dx == 0 || dy == 0 ? 4 : 3;
            a += weight * A[i + dy + 1][j + dx + 1];
            b += weight * B[i + dy + 1][j + dx + 1];
          }
        F[i][j] = round2(a * UpscaledCdefFrame[plane].at(x + j, y + i) + b, 8 + shift - 4);
      }
    }
  }

  void self_guided(int plane, const RestorationUnit& unit, int x, int y, int w, int h) {
    int flt0[4][4], flt1[4][4];
    box_filter(plane, x, y, w, h, unit.sgr_set, 0, flt0);
    box_filter(plane, x, y, w, h, unit.sgr_set, 1, flt1);
    const int w0 = unit.sgr_xqd[0], w1 = unit.sgr_xqd[1], w2 = (1 << 7) - w0 - w1;
    const int r0 = Sgr_Params[unit.sgr_set][0], r1 = Sgr_Params[unit.sgr_set][2];
    for (int i = 0; i < h; i++)
      for (int j = 0; j < w; j++) {
        const int u = UpscaledCdefFrame[plane].at(x + j, y + i) << 4;
        const int v = w1 * u + w0 * (r0 ? flt0[i][j] : u) + w2 * (r1 ? flt1[i][j] : u);
        LrFrame[plane].at(x + j, y + i) = clip_pixel<P>(round2(v, 4 + 7), BitDepth);
      }
  }
};

RestorationUnit random_unit(RandomBlocks& random, int plane) {
  RestorationUnit u;
  u.type = static_cast<RestorationType>(random.in(0, 2));
  if (u.type == RESTORE_WIENER)
    for (int pass = 0; pass < 2; pass++)
      for (int j = plane ? 1 : 0; j < 3; j++)
        u.wiener[pass][j] = static_cast<int8_t>(random.in(0, 3) ? random.in(Wiener_Taps_Min[j], Wiener_Taps_Max[j])
                                                                : random.in(0, 1) ? Wiener_Taps_Min[j] : Wiener_Taps_Max[j]);
  if (u.type == RESTORE_SGRPROJ) {
    u.sgr_set = static_cast<uint8_t>(random.in(0, 15));
    for (int i = 0; i < 2; i++) u.sgr_xqd[i] = static_cast<int8_t>(random.in(Sgrproj_Xqd_Min[i], Sgrproj_Xqd_Max[i]));
  }
  return u;
}

template <Pixel P>
void expect_frames_as_specified(int bit_depth, int cases) {
  DspTable<P> dsp = {};
  bind_restoration_scalar(dsp.restoration);
  StripeLines<P> lines;
  WorkerPool workers(3);
  int changed = 0;
  for (int seed = 0; seed < cases; seed++) {
    RandomBlocks random(seed * 64 + bit_depth);
    PictureFormat format;
    format.width = random.in(1, 230);
    format.height = random.in(1, 330);
    format.bit_depth = bit_depth;
    format.monochrome = random.in(0, 3) == 0;
    if (random.in(0, 3) == 0) format.subsampling_x = format.subsampling_y = 0;
    Pool<ReferenceFrame<P>> pool;
    FrameWork<P> frame;
    frame.prepare(format, {});
    frame.recon = pool.acquire();
    frame.recon->picture.resize(format);

    LoopRestorationParams& lr = frame.header.lr;
    lr.lr_unit_shift = static_cast<uint8_t>(random.in(0, 2));
    lr.lr_uv_shift = static_cast<uint8_t>(format.subsampling_x ? random.in(0, 1) : 0);
    for (int p = 0; p < format.planes(); p++) {
      lr.loop_restoration_size[p] = 64 << lr.lr_unit_shift >> (p ? lr.lr_uv_shift : 0);
      lr.frame_restoration_type[p] = random.in(0, 4) ? RESTORE_SWITCHABLE : RESTORE_NONE;
      const View2d<RestorationUnit> units = frame.restoration_units(p);
      for (int y = 0; y < units.height(); y++)
        for (int x = 0; x < units.width(); x++) units.at(x, y) = random_unit(random, p);
    }

    Array2d<P> deblocked[kPlanes], after_cdef[kPlanes], expected[kPlanes];
    SpecRestoration<P> spec{frame, {}, {}, {}};
    for (int p = 0; p < format.planes(); p++) {
      const PlaneView<P> v = frame.plane(p);
      for (Array2d<P>* plane : {&deblocked[p], &after_cdef[p], &expected[p]}) plane->resize(v.width(), v.height());
      random.fill(v, bit_depth);
      const int top = (1 << bit_depth) - 1;
      const bool extreme = random.in(0, 2) == 0;
      for (int y = 0; y < v.height(); y++)
        for (int x = 0; x < v.width(); x++) {
          if (extreme) v.at(x, y) = static_cast<P>(random.in(0, 1) ? top : 0);
          deblocked[p].at(x, y) = v.at(x, y);
        }
      spec.UpscaledCurrFrame[p] = deblocked[p].view();
    }
    lines.save(frame);
    for (int p = 0; p < format.planes(); p++) {
      const PlaneView<P> v = frame.plane(p);
      for (int y = 0; y < v.height(); y++)
        for (int x = 0; x < v.width(); x++) {
          v.at(x, y) = clip_pixel<P>(v.at(x, y) + random.in(-4, 4), bit_depth);
          after_cdef[p].at(x, y) = expected[p].at(x, y) = v.at(x, y);
        }
      spec.UpscaledCdefFrame[p] = after_cdef[p].view();
      spec.LrFrame[p] = expected[p].view();
    }
    spec.run();
    workers.run_parallel(num_stripes(format), [&](int stripe) { restore_stripe(frame, dsp, lines, stripe); });
    for (int p = 0; p < format.planes(); p++)
      for (int y = 0; y < format.plane_height(p); y++)
        for (int x = 0; x < format.plane_width(p); x++) {
          changed += expected[p].at(x, y) != after_cdef[p].at(x, y);
          ASSERT_EQ(frame.plane(p).at(x, y), expected[p].at(x, y))
              << "seed " << seed << " " << format.width << "x" << format.height << " plane " << p << " (" << x << ", " << y << ")";
        }
  }
  EXPECT_GT(changed, 100000);
}

TEST(RestorationPass, RestoresFramesAsSpecified8) { expect_frames_as_specified<uint8_t>(8, 100); }
TEST(RestorationPass, RestoresFramesAsSpecified10) { expect_frames_as_specified<uint16_t>(10, 100); }

}  // namespace
}  // namespace tessera
