#include "control/importance.h"

#include <algorithm>
#include <cmath>

#include "base/int_math.h"
#include "control/quant_plan.h"
#include "dsp/lanes.h"

namespace tessera {
namespace {

constexpr int kSide = kImportanceSide;
constexpr int kBlocksPerSb = kSbSize / kMotionUnit;
/// Pictures from the first that must be known, or guessed from those known.
constexpr int kForeseen = 16;
/// Superblocks' offsets of qindex are multiples of this: finer ones cost more to tell than they gain.
constexpr int kOffsetUnit = 4;
constexpr int kLargestOffset = 40;
/// Cost of saying anything at all about a block, in SATD: keeps flat blocks from pretending to matter.
constexpr uint32_t kIntraOverhead = 6, kInterOverhead = 4;
/// Noise cannot be predicted, but half-size pictures show half of it: for each step of its deviation beyond what usual clips
/// have (up to 2.4) a block's costs of either kind are this much higher.
constexpr float kNoiseCost = 256, kHarmlessNoise = 2;

using Row = LanesOf<uint16_t, kSide>;
using RowBytes = LanesOf<uint8_t, kSide>;

/// Least SATD against the mean of the edge, the row above, the column left, and both blended.
uint32_t intra_cost(View2d<const uint8_t> cur, SatdFn<uint8_t> satd, int x, int y) {
  const uint8_t* const above = cur.ptr(x, y - 1);
  Array<uint8_t, kSide> left;
  int sum = kSide;
  for (int i = 0; i < kSide; i++) {
    left[i] = *cur.ptr(x - 1, y + i);
    sum += left[i] + above[i];
  }
  Array<Array<uint8_t, kSide * kSide>, 4> pred;
  pred[0].fill(static_cast<uint8_t>(sum / (2 * kSide)));
  const Row edge = __builtin_convertvector(load_lanes<RowBytes>(above), Row);
  constexpr Row kColumn = {0, 1, 2, 3, 4, 5, 6, 7};
  // The blend: (7 - r) above[c] + (r + 1) left[7] + (7 - c) left[r] + (c + 1) above[7]. The first two go on by their difference.
  const Row below = Row{} + left[kSide - 1], change = below - edge;
  Row blend = (kSide - 1) * edge + below + (kColumn + 1) * above[kSide - 1] + kSide;
  for (int r = 0; r < kSide; r++, blend += change) {
    const Row across = (kSide - 1 - kColumn) * left[r];
    std::copy_n(above, kSide, pred[1].data() + r * kSide);
    std::fill_n(pred[2].data() + r * kSide, kSide, left[r]);
    store_lanes(pred[3].data() + r * kSide, __builtin_convertvector((blend + across) / (2 * kSide), RowBytes));
  }
  uint32_t best = ~0u;
  for (const auto& p : pred) best = std::min(best, satd(cur.ptr(x, y), cur.stride(), p.data(), kSide));
  return best + kIntraOverhead;
}

/// Adds `amount` to the blocks that the block at (col, row) covers when moved by `mv`, by area.
void spread(Array2d<float>& to, int col, int row, Mv mv, float amount) {
  constexpr int kUnit = kMotionUnit, kUnitLog2 = floor_log2(kUnit);
  const int x = col * kUnit + mv.col, y = row * kUnit + mv.row;
  const int c0 = x >> kUnitLog2, r0 = y >> kUnitLog2, fx = x & (kUnit - 1), fy = y & (kUnit - 1);
  for (int r = 0; r < 2; r++)
    for (int c = 0; c < 2; c++) {
      const int weight = (c ? fx : kUnit - fx) * (r ? fy : kUnit - fy);
      if (weight == 0 || c0 + c < 0 || r0 + r < 0 || c0 + c >= to.width() || r0 + r >= to.height()) continue;
      to.at(c0 + c, r0 + r) += amount * static_cast<float>(weight) / (kUnit * kUnit);
    }
}

void pass_on(Span<ImportancePicture> group, const ImportancePicture& p) {
  const float noise = kNoiseCost * std::max(0.0f, p.noise - kHarmlessNoise);
  for (int row = 0; row < p.rows(); row++)
    for (int col = 0; col < p.cols(); col++) {
      const int used = p.used.at(col, row);
      if (!used) continue;
      const float intra = p.intra.at(col, row), inter = p.inter.at(col, row);
      const float amount = (intra + p.inherited.at(col, row)) * (1.0f - (inter + noise) / (intra + noise));
      for (int i = 0; i < 2; i++)
        if (used >> i & 1)
          spread(group[p.ref[i]].inherited, col, row, p.motion[i]->mv.at(col, row), used == 3 ? amount / 2 : amount);
    }
}

float log_ratio(float inherited, float own) { return std::log2(1.0f + inherited / own); }

}  // namespace

void ImportancePicture::resize(int cols, int rows) {
  if (intra.width() == cols && intra.height() == rows) return;
  intra.resize(cols, rows);
  inter.resize(cols, rows);
  used.resize(cols, rows);
  inherited.resize(cols, rows);
}

void measure_block_costs(Span<ImportancePicture> group, int index, const DistortionTable<uint8_t>& dsp, int row_begin, int row_end) {
  ImportancePicture& p = group[index];
  const View2d<const uint8_t> cur = p.pyramid->level[0].view();
  const SatdFn<uint8_t> satd = dsp.satd[BLOCK_8X8];
  for (int row = row_begin; row < row_end; row++)
    for (int col = 0; col < p.cols(); col++) {
      const int x = col * kSide, y = row * kSide;
      const uint8_t* const src = cur.ptr(x, y);
      const uint32_t intra = intra_cost(cur, satd, x, y);
      uint32_t inter = intra;
      int used = 0;
      Array<const uint8_t*, 2> match = {};
      Array<ptrdiff_t, 2> stride = {};
      for (int i = 0; i < 2; i++) {
        if (p.ref[i] < 0) continue;
        const View2d<const uint8_t> ref = group[p.ref[i]].pyramid->level[0].view();
        const Mv mv = p.motion[i]->mv.at(col, row);
        match[i] = ref.ptr(x + mv.col / 2, y + mv.row / 2);
        stride[i] = ref.stride();
        const uint32_t cost = satd(src, cur.stride(), match[i], stride[i]) + kInterOverhead;
        if (cost < inter) inter = cost, used = 1 << i;
      }
      if (match[0] && match[1]) {
        Array<uint8_t, kSide * kSide> mean;
        const auto widened = [&](int i, int r) { return __builtin_convertvector(load_lanes<RowBytes>(match[i] + r * stride[i]), Row); };
        for (int r = 0; r < kSide; r++)
          store_lanes(mean.data() + r * kSide, __builtin_convertvector((widened(0, r) + widened(1, r) + 1) >> 1, RowBytes));
        const uint32_t cost = satd(src, cur.stride(), mean.data(), kSide) + kInterOverhead;
        if (cost < inter) inter = cost, used = 3;
      }
      p.intra.at(col, row) = static_cast<uint16_t>(intra);
      p.inter.at(col, row) = static_cast<uint16_t>(inter);
      p.used.at(col, row) = static_cast<uint8_t>(used);
    }
}

void propagate_importance(Span<ImportancePicture> group, Span<const int> order, float future) {
  const auto propagate = [&] {
    for (ptrdiff_t i = order.size(); i-- > 1;) pass_on(group, group[order[i]]);
  };
  for (int i : order) group[i].inherited.fill(0);
  propagate();
  const int length = static_cast<int>(order.size()) - 1;
  if (future <= 0 || length < 1) return;
  ImportancePicture& first = group[order[0]];
  ImportancePicture& base = group[order[1]];
  for (int known = length; known <= kForeseen; known += length) {
    for (int row = 0; row < base.rows(); row++)
      for (int col = 0; col < base.cols(); col++) base.inherited.at(col, row) = future * first.inherited.at(col, row);
    for (ptrdiff_t i = 2; i < order.size(); i++) group[order[i]].inherited.fill(0);
    first.inherited.fill(0);
    propagate();
  }
}

void summarise_importance(const ImportancePicture& p, ImportanceMap& out) {
  const int sb_cols = div_ceil(p.cols(), kBlocksPerSb), sb_rows = div_ceil(p.rows(), kBlocksPerSb);
  if (out.superblock.width() != sb_cols || out.superblock.height() != sb_rows) out.superblock.resize(sb_cols, sb_rows);
  float own_all = 0, inherited_all = 0, sum = 0;
  for (int sy = 0; sy < sb_rows; sy++)
    for (int sx = 0; sx < sb_cols; sx++) {
      float own = 0, inherited = 0;
      for (int y = sy * kBlocksPerSb; y < std::min((sy + 1) * kBlocksPerSb, p.rows()); y++)
        for (int x = sx * kBlocksPerSb; x < std::min((sx + 1) * kBlocksPerSb, p.cols()); x++) {
          own += p.intra.at(x, y);
          inherited += p.inherited.at(x, y);
        }
      sum += out.superblock.at(sx, sy) = log_ratio(inherited, own);
      own_all += own;
      inherited_all += inherited;
    }
  out.frame = log_ratio(inherited_all, own_all);
  const float mean = sum / static_cast<float>(sb_cols * sb_rows);
  for (int sy = 0; sy < sb_rows; sy++)
    for (int sx = 0; sx < sb_cols; sx++) out.superblock.at(sx, sy) -= mean;
}

void add_importance(const ImportanceMap& importance, float strength, int base_q_idx, int bit_depth, QuantiserOffsets& out) {
  for (int row = 0; row < importance.superblock.height(); row++)
    for (int col = 0; col < importance.superblock.width(); col++) {
      const int q = change_qindex(base_q_idx, -strength * importance.superblock.at(col, row), bit_depth);
      const int offset = clip3(-kLargestOffset, kLargestOffset, q - base_q_idx);
      out.add(col, row, (offset + (offset < 0 ? -kOffsetUnit : kOffsetUnit) / 2) / kOffsetUnit * kOffsetUnit);
    }
}

}  // namespace tessera
