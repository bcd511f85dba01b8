#include "control/importance.h"

#include <algorithm>
#include <cmath>

#include "base/int_math.h"

namespace tessera {
namespace {

constexpr int kSide = kImportanceSide;
constexpr int kBlocksPerSb = 4;
/// Cost of saying anything at all about a block, in SATD: keeps flat blocks from pretending to matter.
constexpr uint32_t kIntraOverhead = 6, kInterOverhead = 4;

using Block = Array<uint8_t, kSide * kSide>;

/// The block at (x, y) half samples of `ref`.
void fetch_half(View2d<const uint8_t> ref, int x, int y, Block& out) {
  const uint8_t* const a = ref.ptr(x >> 1, y >> 1);
  const ptrdiff_t right = x & 1, below = (y & 1) * ref.stride();
  for (int r = 0; r < kSide; r++) {
    const uint8_t* const p = a + r * ref.stride();
    for (int c = 0; c < kSide; c++)
      out[r * kSide + c] = static_cast<uint8_t>((p[c] + p[c + right] + p[c + below] + p[c + right + below] + 2) >> 2);
  }
}

bool inside(View2d<const uint8_t> v, int x, int y) {
  return x >= -2 * v.margin_x() && y >= -2 * v.margin_y() && x + 2 * kSide < 2 * (v.width() + v.margin_x()) &&
         y + 2 * kSide < 2 * (v.height() + v.margin_y());
}

/// Least SATD against the mean of the edge, the row above, the column left, and both blended.
uint32_t intra_cost(View2d<const uint8_t> cur, SatdFn<uint8_t> satd, int x, int y) {
  const uint8_t* const above = cur.ptr(x, y - 1);
  Array<uint8_t, kSide> left;
  int sum = kSide;
  for (int i = 0; i < kSide; i++) {
    left[i] = *cur.ptr(x - 1, y + i);
    sum += left[i] + above[i];
  }
  Array<Block, 4> pred;
  pred[0].fill(static_cast<uint8_t>(sum / (2 * kSide)));
  for (int r = 0; r < kSide; r++)
    for (int c = 0; c < kSide; c++) {
      const int at = r * kSide + c;
      pred[1][at] = above[c];
      pred[2][at] = left[r];
      const int down = (kSide - 1 - r) * above[c] + (r + 1) * left[kSide - 1];
      const int across = (kSide - 1 - c) * left[r] + (c + 1) * above[kSide - 1];
      pred[3][at] = static_cast<uint8_t>((down + across + kSide) / (2 * kSide));
    }
  uint32_t best = ~0u;
  for (const Block& p : pred) best = std::min(best, satd(cur.ptr(x, y), cur.stride(), p.data(), kSide));
  return best + kIntraOverhead;
}

struct Match {
  Mv mv;
  uint32_t cost = ~0u;
  Block pred;
};

Match refine(View2d<const uint8_t> cur, View2d<const uint8_t> ref, SatdFn<uint8_t> satd, int x, int y, Mv start) {
  Match best;
  const auto consider = [&](int dy, int dx) {
    const int row = start.row + dy, col = start.col + dx;
    if (!inside(ref, 2 * x + col, 2 * y + row)) return;
    Block pred;
    fetch_half(ref, 2 * x + col, 2 * y + row, pred);
    const uint32_t cost = satd(cur.ptr(x, y), cur.stride(), pred.data(), kSide);
    if (cost < best.cost) best = {{static_cast<int16_t>(row), static_cast<int16_t>(col)}, cost, pred};
  };
  consider(0, 0);
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++)
      if (dx != 0 || dy != 0) consider(dy, dx);
  return best;
}

/// Adds `amount` to the blocks that the block at (col, row) covers when moved by `mv`, by area.
void spread(Array2d<float>& to, int col, int row, Mv mv, float amount) {
  constexpr int kUnit = 2 * kSide;  // vectors count half samples
  const int x = col * kUnit + mv.col, y = row * kUnit + mv.row;
  const int c0 = x >> 4, r0 = y >> 4;
  static_assert(kUnit == 16);
  const int fx = x & (kUnit - 1), fy = y & (kUnit - 1);
  for (int r = 0; r < 2; r++)
    for (int c = 0; c < 2; c++) {
      const int weight = (c ? fx : kUnit - fx) * (r ? fy : kUnit - fy);
      if (weight == 0 || c0 + c < 0 || r0 + r < 0 || c0 + c >= to.width() || r0 + r >= to.height()) continue;
      to.at(c0 + c, r0 + r) += amount * static_cast<float>(weight) / (kUnit * kUnit);
    }
}

void pass_on(Span<ImportancePicture> group, const ImportancePicture& p) {
  for (int row = 0; row < p.rows(); row++)
    for (int col = 0; col < p.cols(); col++) {
      const int used = p.used.at(col, row);
      if (!used) continue;
      const float intra = p.intra.at(col, row), inter = p.inter.at(col, row);
      const float amount = (intra + p.inherited.at(col, row)) * (1.0f - inter / intra);
      for (int i = 0; i < 2; i++)
        if (used >> i & 1)
          spread(group[p.ref[i]].inherited, col, row, p.mv[i].at(col, row), used == 3 ? amount / 2 : amount);
    }
}

float log_ratio(double inherited, double own) {
  return static_cast<float>(std::log2(1.0 + inherited / std::max(own, 1.0)));
}

}  // namespace

void ImportancePicture::resize(int cols, int rows) {
  if (intra.width() == cols && intra.height() == rows) return;
  for (auto& m : mv) m.resize(cols, rows);
  intra.resize(cols, rows);
  inter.resize(cols, rows);
  used.resize(cols, rows);
  inherited.resize(cols, rows);
}

void measure_block_costs(Span<ImportancePicture> group, int index, const DistortionTable<uint8_t>& dsp, int row_begin,
                         int row_end) {
  ImportancePicture& p = group[index];
  const View2d<const uint8_t> cur = p.pyramid->level[0].view();
  const SatdFn<uint8_t> satd = dsp.satd[BLOCK_8X8];
  for (int row = row_begin; row < row_end; row++)
    for (int col = 0; col < p.cols(); col++) {
      const int x = col * kSide, y = row * kSide;
      const uint32_t intra = intra_cost(cur, satd, x, y);
      uint32_t inter = intra;
      int used = 0;
      Array<Match, 2> match;
      for (int i = 0; i < 2; i++) {
        if (p.ref[i] < 0) continue;
        match[i] = refine(cur, group[p.ref[i]].pyramid->level[0].view(), satd, x, y, p.coarse[i]->at(col, row));
        p.mv[i].at(col, row) = match[i].mv;
        if (match[i].cost + kInterOverhead < inter) inter = match[i].cost + kInterOverhead, used = 1 << i;
      }
      if (p.ref[0] >= 0 && p.ref[1] >= 0) {
        Block mean;
        for (int k = 0; k < kSide * kSide; k++)
          mean[k] = static_cast<uint8_t>((match[0].pred[k] + match[1].pred[k] + 1) >> 1);
        const uint32_t cost = satd(cur.ptr(x, y), cur.stride(), mean.data(), kSide) + kInterOverhead;
        if (cost < inter) inter = cost, used = 3;
      }
      p.intra.at(col, row) = static_cast<uint16_t>(intra);
      p.inter.at(col, row) = static_cast<uint16_t>(inter);
      p.used.at(col, row) = static_cast<uint8_t>(used);
    }
}

void propagate_importance(Span<ImportancePicture> group, Span<const int> order, float future) {
  const auto clear = [&](Index i) { group[i].inherited.fill(0); };
  const auto propagate = [&] {
    for (ptrdiff_t i = order.size(); i-- > 1;) pass_on(group, group[order[i]]);
  };
  for (int i : order) clear(i);
  propagate();
  if (future <= 0 || order.size() < 2) return;
  ImportancePicture& first = group[order[0]];
  ImportancePicture& base = group[order[1]];
  for (ptrdiff_t i = 2; i < order.size(); i++) clear(order[i]);
  for (int row = 0; row < base.rows(); row++)
    for (int col = 0; col < base.cols(); col++) base.inherited.at(col, row) = future * first.inherited.at(col, row);
  clear(order[0]);
  propagate();
}

void summarise_importance(const ImportancePicture& p, ImportanceMap& out) {
  const int sb_cols = div_ceil(p.cols(), kBlocksPerSb), sb_rows = div_ceil(p.rows(), kBlocksPerSb);
  if (out.superblock.width() != sb_cols || out.superblock.height() != sb_rows) out.superblock.resize(sb_cols, sb_rows);
  double own_all = 0, inherited_all = 0;
  for (int sy = 0; sy < sb_rows; sy++)
    for (int sx = 0; sx < sb_cols; sx++) {
      double own = 0, inherited = 0;
      for (int y = sy * kBlocksPerSb; y < std::min((sy + 1) * kBlocksPerSb, p.rows()); y++)
        for (int x = sx * kBlocksPerSb; x < std::min((sx + 1) * kBlocksPerSb, p.cols()); x++) {
          own += p.intra.at(x, y);
          inherited += p.inherited.at(x, y);
        }
      out.superblock.at(sx, sy) = log_ratio(inherited, own);
      own_all += own;
      inherited_all += inherited;
    }
  out.frame = log_ratio(inherited_all, own_all);
  for (int sy = 0; sy < sb_rows; sy++)
    for (int sx = 0; sx < sb_cols; sx++) out.superblock.at(sx, sy) -= out.frame;
  out.known = true;
}

}  // namespace tessera
