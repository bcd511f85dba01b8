// The loop filter against the specification's text (section 7.14), sample by sample.
#include <gtest/gtest.h>

#include "base/worker_pool.h"
#include "filter/deblock_pass.h"
#include "tests/support/random_blocks.h"

namespace tessera {
namespace {

/// Section 7.14 as it is written, on one plane at a time.
template <Pixel P>
struct SpecLoopFilter {
  FrameWork<P>& frame;
  const LoopfilterTxSizes& LoopfilterTxSizes_;
  View2d<P> CurrFrame = {};
  int BitDepth = frame.format.bit_depth;
  int hevMask = 0, filterMask = 0, flatMask = 0, flatMask2 = 0;

  void run() {
    const PictureFormat& f = frame.format;
    for (int plane = 0; plane < f.planes(); plane++) {
      if (plane != 0 && !frame.header.loop_filter.loop_filter_level[1 + plane]) continue;
      CurrFrame = frame.plane(plane);
      for (int pass = 0; pass < 2; pass++)
        for (int row = 0; row < f.mi_rows(); row += plane == 0 ? 1 : 1 << f.subsampling_y)
          for (int col = 0; col < f.mi_cols(); col += plane == 0 ? 1 : 1 << f.subsampling_x)
            edge(plane, pass, row, col);
    }
  }

  void edge(int plane, int pass, int row, int col) {
    const PictureFormat& f = frame.format;
    const int subX = f.ss_x(plane), subY = f.ss_y(plane);
    const int dx = pass == 0, dy = pass == 1;
    const int x = col * 4, y = row * 4;
    row |= subY;
    col |= subX;
    if (x >= f.width || y >= f.height || (pass == 0 && x == 0) || (pass == 1 && y == 0)) return;
    const int xP = x >> subX, yP = y >> subY;
    const int prevRow = row - (dy << subY), prevCol = col - (dx << subX);
    const BlockInfo& info = frame.blocks.at(row, col);
    const TxSize txSz = LoopfilterTxSizes_.plane[plane].at(col >> subX, row >> subY);
    const TxSize prevTxSz = LoopfilterTxSizes_.plane[plane].at(prevCol >> subX, prevRow >> subY);
    const BlockSize planeSize = get_plane_residual_size(info.size, subX, subY);
    const bool isIntra = info.ref_frame[0] <= INTRA_FRAME;
    const bool isBlockEdge = pass == 0 ? xP % block_width(planeSize) == 0 : yP % block_height(planeSize) == 0;
    const bool isTxEdge = pass == 0 ? xP % Tx_Width[txSz] == 0 : yP % Tx_Height[txSz] == 0;
    const bool applyFilter = isTxEdge && (isBlockEdge || !info.skip || isIntra);
    const int baseSize = pass == 0 ? std::min(Tx_Width[prevTxSz], Tx_Width[txSz])
                                   : std::min(Tx_Height[prevTxSz], Tx_Height[txSz]);
    const int filterSize = std::min(plane == 0 ? 16 : 8, baseSize);
    int lvl = level(info, plane, pass);
    if (lvl == 0) lvl = level(frame.blocks.at(prevRow, prevCol), plane, pass);
    if (!applyFilter || lvl == 0) return;
    const int sharpness = frame.header.loop_filter.loop_filter_sharpness;
    const int shift = sharpness > 4 ? 2 : sharpness > 0 ? 1 : 0;
    const int limit = sharpness > 0 ? clip3(1, 9 - sharpness, lvl >> shift) : std::max(1, lvl >> shift);
    const int blimit = 2 * (lvl + 2) + limit, thresh = lvl >> 4;
    for (int i = 0; i < 4; i++)
      sample(xP + dy * i, yP + dx * i, plane, limit, blimit, thresh, dx, dy, filterSize);
  }

  int level(const BlockInfo& info, int plane, int pass) {
    const LoopFilterParams& lf = frame.header.loop_filter;
    const int i = plane == 0 ? pass : plane + 1;
    const bool modeType =
        info.y_mode >= NEARESTMV && info.y_mode != GLOBALMV && info.y_mode != GLOBAL_GLOBALMV;
    int lvlSeg = clip3(0, 63, static_cast<int>(lf.loop_filter_level[i]));
    if (lf.loop_filter_delta_enabled) {
      const int nShift = lvlSeg >> 5;
      const int ref = info.ref_frame[0];
      lvlSeg += lf.deltas.loop_filter_ref_deltas[ref] << nShift;
      if (ref != INTRA_FRAME) lvlSeg += lf.deltas.loop_filter_mode_deltas[modeType] << nShift;
      lvlSeg = clip3(0, 63, lvlSeg);
    }
    return lvlSeg;
  }

  void sample(int x, int y, int plane, int limit, int blimit, int thresh, int dx, int dy, int filterSize) {
    masks(x, y, plane, limit, blimit, thresh, dx, dy, filterSize);
    if (!filterMask) return;
    if (filterSize == 4 || !flatMask)
      narrow(x, y, dx, dy);
    else if (filterSize == 8 || !flatMask2)
      wide(x, y, plane, dx, dy, 3);
    else
      wide(x, y, plane, dx, dy, 4);
  }

  void masks(int x, int y, int plane, int limit, int blimit, int thresh, int dx, int dy, int filterSize) {
    const auto q = [&](int i) { return static_cast<int>(CurrFrame.at(x + dx * i, y + dy * i)); };
    const auto p = [&](int i) { return static_cast<int>(CurrFrame.at(x - dx * (i + 1), y - dy * (i + 1))); };
    const int shift = BitDepth - 8;
    hevMask = std::abs(p(1) - p(0)) > thresh << shift || std::abs(q(1) - q(0)) > thresh << shift;
    const int filterLen = filterSize == 4 ? 4 : plane != 0 ? 6 : filterSize == 8 ? 8 : 16;
    const int limitBd = limit << shift, blimitBd = blimit << shift, one = 1 << shift;
    int mask = 0;
    mask |= std::abs(p(1) - p(0)) > limitBd;
    mask |= std::abs(q(1) - q(0)) > limitBd;
    mask |= std::abs(p(0) - q(0)) * 2 + std::abs(p(1) - q(1)) / 2 > blimitBd;
    if (filterLen >= 6) mask |= std::abs(p(2) - p(1)) > limitBd || std::abs(q(2) - q(1)) > limitBd;
    if (filterLen >= 8) mask |= std::abs(p(3) - p(2)) > limitBd || std::abs(q(3) - q(2)) > limitBd;
    filterMask = mask == 0;
    flatMask = flatMask2 = 1;
    if (filterSize >= 8)
      for (int i = 1; i < (filterLen >= 8 ? 4 : 3); i++)
        flatMask &= std::abs(p(i) - p(0)) <= one && std::abs(q(i) - q(0)) <= one;
    if (filterSize >= 16)
      for (int i = 4; i < 7; i++) flatMask2 &= std::abs(p(i) - p(0)) <= one && std::abs(q(i) - q(0)) <= one;
  }

  int filter4_clamp(int value) { return clip3(-(1 << (BitDepth - 1)), (1 << (BitDepth - 1)) - 1, value); }

  void narrow(int x, int y, int dx, int dy) {
    const int bias = 0x80 << (BitDepth - 8);
    P &q0 = CurrFrame.at(x, y), &q1 = CurrFrame.at(x + dx, y + dy);
    P &p0 = CurrFrame.at(x - dx, y - dy), &p1 = CurrFrame.at(x - 2 * dx, y - 2 * dy);
    const int ps1 = p1 - bias, ps0 = p0 - bias, qs0 = q0 - bias, qs1 = q1 - bias;
    int filter = hevMask ? filter4_clamp(ps1 - qs1) : 0;
    filter = filter4_clamp(filter + 3 * (qs0 - ps0));
    const int filter1 = filter4_clamp(filter + 4) >> 3, filter2 = filter4_clamp(filter + 3) >> 3;
    q0 = static_cast<P>(filter4_clamp(qs0 - filter1) + bias);
    p0 = static_cast<P>(filter4_clamp(ps0 + filter2) + bias);
    if (hevMask) return;
    filter = round2(filter1, 1);
    q1 = static_cast<P>(filter4_clamp(qs1 - filter) + bias);
    p1 = static_cast<P>(filter4_clamp(ps1 + filter) + bias);
  }

  void wide(int x, int y, int plane, int dx, int dy, int log2Size) {
    const int n = log2Size == 4 ? 6 : plane == 0 ? 3 : 2;
    const int n2 = log2Size == 3 && plane == 0 ? 0 : 1;
    int F[12];
    for (int i = -n; i < n; i++) {
      int t = 0;
      for (int j = -n; j <= n; j++) {
        const int p = clip3(-(n + 1), n, i + j), tap = std::abs(j) <= n2 ? 2 : 1;
        t += CurrFrame.at(x + p * dx, y + p * dy) * tap;
      }
      F[i + n] = round2(t, log2Size);
    }
    for (int i = -n; i < n; i++) CurrFrame.at(x + i * dx, y + i * dy) = static_cast<P>(F[i + n]);
  }
};

template <Pixel P>
DspTable<P> filters() {
  DspTable<P> dsp = {};
  bind_deblock_scalar(dsp.deblock);
  return dsp;
}

template <Pixel P>
void expect_frames_as_specified(int bit_depth, int cases) {
  const DspTable<P> dsp = filters<P>();
  WorkerPool workers(3);
  for (int seed = 0; seed < cases; seed++) {
    RandomBlocks random(seed * 64 + bit_depth);
    PictureFormat format;
    format.width = random.in(1, 200);
    format.height = random.in(1, 200);
    format.bit_depth = bit_depth;
    format.monochrome = random.in(0, 3) == 0;
    Pool<ReferenceFrame<P>> pool;
    FrameWork<P> frame;
    frame.prepare(format, {});
    frame.recon = pool.acquire();
    frame.recon->picture.resize(format);
    LoopfilterTxSizes sizes;
    random.place(frame, sizes);
    Array2d<P> before[kPlanes];
    for (int p = 0; p < format.planes(); p++) {
      const PlaneView<P> v = frame.plane(p);
      random.fill(v, bit_depth);
      before[p].resize(v.width(), v.height());
      for (int y = 0; y < v.height(); y++) std::copy_n(v.ptr(0, y), v.width(), before[p].view().ptr(0, y));
    }
    LoopFilterParams& lf = frame.header.loop_filter;
    for (auto& level : lf.loop_filter_level)
      level = static_cast<uint8_t>(random.in(0, 3) ? random.in(1, 63) : 0);
    lf.loop_filter_sharpness = static_cast<uint8_t>(random.in(0, 1) ? random.in(0, 7) : 0);
    lf.loop_filter_delta_enabled = random.in(0, 1);
    if (random.in(0, 1)) {
      for (auto& d : lf.deltas.loop_filter_ref_deltas) d = static_cast<int8_t>(random.in(-20, 20));
      for (auto& d : lf.deltas.loop_filter_mode_deltas) d = static_cast<int8_t>(random.in(-20, 20));
    }

    if (deblocks(frame.header)) SpecLoopFilter<P>{frame, sizes}.run();
    Array2d<P> expected[kPlanes];
    int changed = 0;
    for (int p = 0; p < format.planes(); p++) {
      const PlaneView<P> v = frame.plane(p);
      expected[p].resize(v.width(), v.height());
      for (int y = 0; y < v.height(); y++)
        for (int x = 0; x < v.width(); x++) {
          expected[p].at(x, y) = v.at(x, y);
          changed += v.at(x, y) != before[p].at(x, y);
          v.at(x, y) = before[p].at(x, y);
        }
    }
    workers.run_parallel(format.sb_rows(), [&](int sb) { find_deblock_edges(frame, sb); });
    for (const DeblockPass pass : {DEBLOCK_VERTICAL_EDGES, DEBLOCK_HORIZONTAL_EDGES})
      workers.run_parallel(format.sb_rows(), [&](int sb) {
        deblock_rows(frame, dsp, pass, sb * kSbMi, std::min((sb + 1) * kSbMi, format.mi_rows()));
      });
    for (int p = 0; p < format.planes(); p++)
      for (int y = 0; y < expected[p].height(); y++)
        for (int x = 0; x < expected[p].width(); x++)
          ASSERT_EQ(frame.plane(p).at(x, y), expected[p].at(x, y))
              << "seed " << seed << " plane " << p << " (" << x << ", " << y << "), " << changed
              << " changed";
  }
}

TEST(DeblockPass, FiltersFramesAsSpecified8) {
  expect_frames_as_specified<uint8_t>(8, 120);
}
TEST(DeblockPass, FiltersFramesAsSpecified10) {
  expect_frames_as_specified<uint16_t>(10, 120);
}
TEST(DeblockPass, FiltersFramesAsSpecified12) {
  expect_frames_as_specified<uint16_t>(12, 30);
}

/// Every kernel on samples at the ends of their range and near the thresholds.
template <Pixel P>
void expect_edges_as_specified(int bit_depth) {
  const DspTable<P> dsp = filters<P>();
  RandomBlocks random(bit_depth);
  FrameWork<P> frame;
  frame.format.bit_depth = bit_depth;
  LoopfilterTxSizes sizes;
  constexpr int kSide = 32;
  Array<int, DEBLOCK_TAPS> changes = {};
  for (int round = 0; round < 4000; round++) {
    Array2d<P> a(kSide, kSide), b(kSide, kSide);
    const int top = (1 << bit_depth) - 1, kind = random.in(0, 3), base = random.in(0, 1) ? top - 3 : 3;
    for (int y = 0; y < kSide; y++)
      for (int x = 0; x < kSide; x++) {
        int v = base + random.in(-1, 1) * (random.in(0, 99) ? 1 : 3 << (bit_depth - 8));
        if (kind == 1) v = random.in(0, 1) ? top : 0;
        if (kind == 2) v = random.in(0, top);
        if (kind == 3 && (x >= 16 || y >= 16)) v += random.in(-12, 12) << (bit_depth - 8);
        a.at(x, y) = b.at(x, y) = clip_pixel<P>(v, bit_depth);
      }
    const auto taps = static_cast<DeblockTaps>(round % DEBLOCK_TAPS);
    const auto pass = static_cast<DeblockPass>(round / DEBLOCK_TAPS % 2);
    const DeblockLimits limits = {static_cast<uint8_t>(random.in(1, 63)),
                                  static_cast<uint8_t>(random.in(7, 193)),
                                  static_cast<uint8_t>(random.in(0, 3))};
    const int length = 4 * random.in(1, 4);
    const int plane = taps == DEBLOCK_6 ? 1 : 0, size = taps == DEBLOCK_4 ? 4 : taps == DEBLOCK_14 ? 16 : 8;
    SpecLoopFilter<P> spec{frame, sizes};
    spec.CurrFrame = a.view();
    for (int i = 0; i < length; i++)
      if (pass == DEBLOCK_VERTICAL_EDGES)
        spec.sample(16, 8 + i, plane, limits.limit, limits.blimit, limits.thresh, 1, 0, size);
      else
        spec.sample(8 + i, 16, plane, limits.limit, limits.blimit, limits.thresh, 0, 1, size);
    P* const edge = pass == DEBLOCK_VERTICAL_EDGES ? b.view().ptr(16, 8) : b.view().ptr(8, 16);
    dsp.deblock.edge[pass][taps](edge, b.stride(), length, limits, bit_depth);
    for (int y = 0; y < kSide; y++)
      for (int x = 0; x < kSide; x++) {
        changes[taps] += pass == DEBLOCK_VERTICAL_EDGES && a.at(x, y) != a.at(x, 31);
        ASSERT_EQ(a.at(x, y), b.at(x, y)) << "round " << round << " (" << x << ", " << y << ")";
      }
  }
  for (const int n : changes) EXPECT_GT(n, 0);
}

TEST(DeblockEdge, FiltersExtremes8) {
  expect_edges_as_specified<uint8_t>(8);
}
TEST(DeblockEdge, FiltersExtremes10) {
  expect_edges_as_specified<uint16_t>(10);
}
TEST(DeblockEdge, FiltersExtremes12) {
  expect_edges_as_specified<uint16_t>(12);
}

}  // namespace
}  // namespace tessera
