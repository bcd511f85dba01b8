// CDEF against the specification's text (section 7.15), sample by sample.
#include <gtest/gtest.h>

#include "base/worker_pool.h"
#include "filter/cdef_pass.h"
#include "spec/filter_tables.h"
#include "tests/support/random_blocks.h"

namespace tessera {
namespace {

/// Section 7.15 as it is written.
template <Pixel P>
struct SpecCdef {
  FrameWork<P>& frame;
  View2d<P> CurrFrame[kPlanes];
  View2d<P> CdefFrame[kPlanes];
  int BitDepth = frame.format.bit_depth;
  bool CdefAvailable = false;

  void run() {
    for (int r = 0; r < frame.format.mi_rows(); r += 2)
      for (int c = 0; c < frame.format.mi_cols(); c += 2) cdef_block(r, c, frame.cdef_idx.at(c / 16, r / 16));
  }

  void cdef_block(int r, int c, int idx) {
    if (idx == -1) return;
    const PictureFormat& f = frame.format;
    const CdefParams& h = frame.header.cdef;
    const auto skips = [&](int row, int col) { return frame.blocks.at(row, col).skip; };
    if (skips(r, c) && skips(r + 1, c) && skips(r, c + 1) && skips(r + 1, c + 1)) return;
    const int coeffShift = BitDepth - 8;
    int yDir, var;
    direction(r, c, yDir, var);
    int priStr = h.cdef_y_pri_strength[idx] << coeffShift, secStr = h.cdef_y_sec_strength[idx] << coeffShift;
    int dir = priStr == 0 ? 0 : yDir;
    const int varStr = (var >> 6) ? std::min(floor_log2(var >> 6), 12) : 0;
    priStr = var ? (priStr * (4 + varStr) + 8) >> 4 : 0;
    filter(0, r, c, priStr, secStr, h.cdef_damping + coeffShift, dir);
    if (f.monochrome) return;
    priStr = h.cdef_uv_pri_strength[idx] << coeffShift;
    secStr = h.cdef_uv_sec_strength[idx] << coeffShift;
    dir = priStr == 0 ? 0 : Cdef_Uv_Dir[f.subsampling_x][f.subsampling_y][yDir];
    for (int plane = 1; plane < 3; plane++)
      filter(plane, r, c, priStr, secStr, h.cdef_damping + coeffShift - 1, dir);
  }

  void direction(int r, int c, int& yDir, int& var) {
    int cost[8] = {}, partial[8][15] = {};
    for (int i = 0; i < 8; i++)
      for (int j = 0; j < 8; j++) {
        const int x = (CurrFrame[0].at(c * 4 + j, r * 4 + i) >> (BitDepth - 8)) - 128;
        partial[0][i + j] += x;
        partial[1][i + j / 2] += x;
        partial[2][i] += x;
        partial[3][3 + i - j / 2] += x;
        partial[4][7 + i - j] += x;
        partial[5][3 - i / 2 + j] += x;
        partial[6][j] += x;
        partial[7][i / 2 + j] += x;
      }
    const auto sq = [](int v) { return v * v; };
    for (int i = 0; i < 8; i++) {
      cost[2] += sq(partial[2][i]);
      cost[6] += sq(partial[6][i]);
    }
    cost[2] *= Div_Table[8];
    cost[6] *= Div_Table[8];
    for (int i = 0; i < 7; i++) {
      cost[0] += (sq(partial[0][i]) + sq(partial[0][14 - i])) * Div_Table[i + 1];
      cost[4] += (sq(partial[4][i]) + sq(partial[4][14 - i])) * Div_Table[i + 1];
    }
    cost[0] += sq(partial[0][7]) * Div_Table[8];
    cost[4] += sq(partial[4][7]) * Div_Table[8];
    for (int i = 1; i < 8; i += 2) {
      for (int j = 0; j < 4 + 1; j++) cost[i] += sq(partial[i][3 + j]);
      cost[i] *= Div_Table[8];
      for (int j = 0; j < 4 - 1; j++)
        cost[i] += (sq(partial[i][j]) + sq(partial[i][10 - j])) * Div_Table[2 * j + 2];
    }
    int bestCost = 0;
    yDir = 0;
    for (int i = 0; i < 8; i++)
      if (cost[i] > bestCost) {
        bestCost = cost[i];
        yDir = i;
      }
    var = (bestCost - cost[(yDir + 4) & 7]) >> 10;
  }

  int constrain(int diff, int threshold, int damping) {
    if (!threshold) return 0;
    const int dampingAdj = std::max(0, damping - floor_log2(threshold));
    const int sign = diff < 0 ? -1 : 1;
    return sign * clip3(0, std::abs(diff), threshold - (std::abs(diff) >> dampingAdj));
  }

  int get_at(int plane, int x0, int y0, int i, int j, int dir, int k, int sign, int subX, int subY) {
    const int y = y0 + i + sign * Cdef_Directions[dir][k][0], x = x0 + j + sign * Cdef_Directions[dir][k][1];
    const int candidateR = (y * (1 << subY)) >> 2, candidateC = (x * (1 << subX)) >> 2;
    CdefAvailable = candidateC >= 0 && candidateC < frame.format.mi_cols() && candidateR >= 0 &&
                    candidateR < frame.format.mi_rows();
    return CdefAvailable ? CurrFrame[plane].at(x, y) : 0;
  }

  void filter(int plane, int r, int c, int priStr, int secStr, int damping, int dir) {
    const int coeffShift = BitDepth - 8, subX = frame.format.ss_x(plane), subY = frame.format.ss_y(plane);
    const int x0 = c * 4 >> subX, y0 = r * 4 >> subY;
    for (int i = 0; i < 8 >> subY; i++)
      for (int j = 0; j < 8 >> subX; j++) {
        int sum = 0;
        const int x = CurrFrame[plane].at(x0 + j, y0 + i);
        int max = x, min = x;
        for (int k = 0; k < 2; k++)
          for (int sign = -1; sign <= 1; sign += 2) {
            const int p = get_at(plane, x0, y0, i, j, dir, k, sign, subX, subY);
            if (CdefAvailable) {
              sum += Cdef_Pri_Taps[(priStr >> coeffShift) & 1][k] * constrain(p - x, priStr, damping);
              max = std::max(p, max);
              min = std::min(p, min);
            }
            for (int dirOff = -2; dirOff <= 2; dirOff += 4) {
              const int s = get_at(plane, x0, y0, i, j, (dir + dirOff) & 7, k, sign, subX, subY);
              if (CdefAvailable) {
                sum += Cdef_Sec_Taps[(priStr >> coeffShift) & 1][k] * constrain(s - x, secStr, damping);
                max = std::max(s, max);
                min = std::min(s, min);
              }
            }
          }
        CdefFrame[plane].at(x0 + j, y0 + i) =
            static_cast<P>(clip3(min, max, x + ((8 + sum - (sum < 0)) >> 4)));
      }
  }
};

template <Pixel P>
void expect_frames_as_specified(int bit_depth, int cases) {
  DspTable<P> dsp = {};
  bind_cdef_scalar(dsp.cdef);
  CdefLines<P> lines;
  WorkerPool workers(3);
  int changed = 0;
  for (int seed = 0; seed < cases; seed++) {
    RandomBlocks random(seed * 64 + bit_depth);
    PictureFormat format;
    format.width = random.in(1, 200);
    format.height = random.in(1, 200);
    format.bit_depth = bit_depth;
    format.monochrome = random.in(0, 3) == 0;
    if (random.in(0, 3) == 0) format.subsampling_y = 0;
    if (!format.subsampling_y && random.in(0, 1)) format.subsampling_x = 0;
    Pool<ReferenceFrame<P>> pool;
    FrameWork<P> frame;
    frame.prepare(format, {});
    frame.recon = pool.acquire();
    frame.recon->picture.resize(format);
    PictureFormat shape = format;  // blocks that fit any subsampling
    shape.monochrome = true;
    frame.format = shape;
    LoopfilterTxSizes sizes;
    random.place(frame, sizes);
    frame.format = format;

    CdefParams& cdef = frame.header.cdef;
    cdef.cdef_damping = static_cast<uint8_t>(random.in(3, 6));
    cdef.cdef_bits = static_cast<uint8_t>(random.in(0, 3));
    static constexpr uint8_t kSecondary[] = {0, 1, 2, 4};
    for (int i = 0; i < 1 << cdef.cdef_bits; i++) {
      cdef.cdef_y_pri_strength[i] = static_cast<uint8_t>(random.in(0, 2) ? random.in(0, 15) : 0);
      cdef.cdef_y_sec_strength[i] = kSecondary[random.in(0, 3)];
      cdef.cdef_uv_pri_strength[i] = static_cast<uint8_t>(random.in(0, 2) ? random.in(0, 15) : 0);
      cdef.cdef_uv_sec_strength[i] = kSecondary[random.in(0, 3)];
    }
    for (int r = 0; r < format.sb_rows(); r++)
      for (int c = 0; c < format.sb_cols(); c++)
        frame.cdef_idx.at(c, r) = static_cast<int8_t>(random.in(-1, (1 << cdef.cdef_bits) - 1));

    Array2d<P> before[kPlanes], expected[kPlanes];
    SpecCdef<P> spec{frame, {}, {}};
    const int kind = random.in(0, 2);
    for (int p = 0; p < format.planes(); p++) {
      const PlaneView<P> v = frame.plane(p);
      if (kind == 0) random.fill(v, bit_depth);
      before[p].resize(v.width(), v.height());
      expected[p].resize(v.width(), v.height());
      const int top = (1 << bit_depth) - 1, slope_x = random.in(-9, 9), slope_y = random.in(-9, 9);
      for (int y = 0; y < v.height(); y++)
        for (int x = 0; x < v.width(); x++) {
          if (kind == 1) v.at(x, y) = static_cast<P>(random.in(0, 1) ? top : 0);
          if (kind == 2)
            v.at(x, y) = clip_pixel<P>((((x * slope_x + y * slope_y) / 8 % 64 + 64) << (bit_depth - 8)) +
                                           random.in(-4 << (bit_depth - 8), 4 << (bit_depth - 8)),
                                       bit_depth);
          before[p].at(x, y) = expected[p].at(x, y) = v.at(x, y);
        }
      spec.CurrFrame[p] = before[p].view();
      spec.CdefFrame[p] = expected[p].view();
    }
    spec.run();
    lines.save(frame);
    workers.run_parallel(format.sb_rows(),
                         [&](int sb_row) { cdef_rows(frame, dsp, lines, sb_row, sb_row + 1); });
    for (int p = 0; p < format.planes(); p++)
      for (int y = 0; y < expected[p].height(); y++)
        for (int x = 0; x < expected[p].width(); x++) {
          changed += expected[p].at(x, y) != before[p].at(x, y);
          ASSERT_EQ(frame.plane(p).at(x, y), expected[p].at(x, y))
              << "seed " << seed << " plane " << p << " (" << x << ", " << y << ")";
        }
  }
  EXPECT_GT(changed, 1000);
}

TEST(CdefPass, FiltersFramesAsSpecified8) {
  expect_frames_as_specified<uint8_t>(8, 150);
}
TEST(CdefPass, FiltersFramesAsSpecified10) {
  expect_frames_as_specified<uint16_t>(10, 150);
}
TEST(CdefPass, FiltersFramesAsSpecified12) {
  expect_frames_as_specified<uint16_t>(12, 50);
}

}  // namespace
}  // namespace tessera
