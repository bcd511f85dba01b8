#include "motion/pyramid_search.h"

#include <algorithm>
#include <cstdlib>

#include "base/array.h"
#include "base/int_math.h"

namespace tessera {
namespace {

/// Side of the matched block on every level: 64x64 luma on the eighth, 32x32 on the quarter, 16x16 on the half size picture.
constexpr int kMatch = 8;

struct Best {
  int x = 0, y = 0;
  uint32_t cost = ~0u;

  bool same_vector(const Best& o) const { return x == o.x && y == o.y; }
};

/// What a vector of the exhaustive search bears for being far from none, one found near by, and a step on the half size picture.
constexpr uint32_t kWindowBias = 4, kNearBias = 2, kStepBias = 3;
/// By parts, for vectors up to kFarthest.
constexpr int kFarthest = 256;
constexpr uint32_t part_bias(int v) { return static_cast<uint32_t>(std::min(v < 0 ? -v : v, kFarthest)) / 2; }
constexpr uint32_t window_bias(int x, int y) { return kWindowBias + part_bias(x) + part_bias(y); }
constexpr auto kRowBias = [] {
  Array<uint16_t, 2 * kFarthest + kSadRow> bias = {};
  for (int i = 0; i < 2 * kFarthest + kSadRow; i++) bias[i] = static_cast<uint16_t>(part_bias(i - kFarthest));
  return bias;
}();

/// One level of one block: where it stands, and how far a vector may lead it. `bias` stands for the rate of a vector far
/// from its neighbours.
struct LevelMatch {
  View2d<const uint8_t> cur, ref;
  const DistortionTable<uint8_t>& dsp;
  int x0, y0;
  Best best;

  bool reachable(int x, int y) const {
    return x0 + x >= -ref.margin_x() && y0 + y >= -ref.margin_y() && x0 + x + kMatch <= ref.width() + ref.margin_x() &&
           y0 + y + kMatch <= ref.height() + ref.margin_y();
  }
  void consider(int x, int y, uint32_t cost) {
    if (cost < best.cost) best = {x, y, cost};
  }
  void try_at(int x, int y, uint32_t bias) {
    if (!reachable(x, y)) return;
    consider(x, y, bias + dsp.sad[BLOCK_8X8](cur.ptr(x0, y0), cur.stride(), ref.ptr(x0 + x, y0 + y), ref.stride()));
  }
  /// Four positions, in this order: { x, y } from `at` on. `bias` takes both.
  template <class Bias>
  void try_four(const int (&at)[4][2], Bias bias) {
    bool all = true;
    for (const auto& p : at) all &= reachable(p[0], p[1]);
    if (!all) {
      for (const auto& p : at) try_at(p[0], p[1], bias(p[0], p[1]));
      return;
    }
    const uint8_t* const origin = ref.ptr(x0, y0);
    const uint8_t* refs[4];
    for (int i = 0; i < 4; i++) refs[i] = origin + at[i][1] * ref.stride() + at[i][0];
    uint32_t sad[4];
    dsp.sad_x4[BLOCK_8X8](cur.ptr(x0, y0), cur.stride(), refs, ref.stride(), sad);
    for (int i = 0; i < 4; i++) consider(at[i][0], at[i][1], sad[i] + bias(at[i][0], at[i][1]));
  }
  /// The positions x .. x + kSadRow - 1 of a row, as part of a window.
  void try_row(int x, int y) {
    if (!reachable(x, y) || !reachable(x + kSadRow, y)) {
      for (int i = 0; i < kSadRow; i++) try_at(x + i, y, window_bias(x + i, y));
      return;
    }
    const uint16_t* const bias = &kRowBias[std::clamp(x, -kFarthest, kFarthest) + kFarthest];
    const uint64_t least = dsp.sad_row(cur.ptr(x0, y0), cur.stride(), ref.ptr(x0 + x, y0 + y), ref.stride(), bias);
    consider(x + static_cast<int>(least & 0xffff), y, static_cast<uint32_t>(least >> 16) + kWindowBias + part_bias(y));
  }
  /// The eight positions at this distance around another, row by row.
  template <class Bias>
  void try_around(int x, int y, int d, Bias bias) {
    try_four({{x - d, y - d}, {x, y - d}, {x + d, y - d}, {x - d, y}}, bias);
    try_four({{x + d, y}, {x - d, y + d}, {x, y + d}, {x + d, y + d}}, bias);
  }
};

/// The positions around one: every one of a row, to either side a multiple of half a kSadRow not below `range_x`, and every second row.
void search_window(LevelMatch& m, int range_x, int range_y, int centre_x = 0, int centre_y = 0) {
  const int side = div_ceil(range_x, kSadRow / 2) * (kSadRow / 2);
  for (int y = centre_y - range_y; y <= centre_y + range_y; y += 2)
    for (int x = centre_x - side; x < centre_x + side; x += kSadRow) m.try_row(x, y);
}

/// The search for fast pans, where nothing near fits, on the eighth size picture: reach along each axis, by the part of the
/// picture's longer side and at most, and across it. Less than 5/2 of the near search's reach is not worth it. kPoor is the mean
/// difference of a sample that calls for it.
constexpr int kPanPart = 3, kPanMost = 32, kPanAcross = 8;
constexpr uint32_t kPoor = 2;
/// Reach around a far vector on the quarter size picture, where it does not fit either: what is near and what is far do not move alike.
constexpr int kFarX = 8, kFarY = 4;

/// Pans in the rows of one call: looked for at most once in 64x64, and while enough of the searches find one.
class PanSearch {
 public:
  PanSearch(View2d<const uint8_t> cur, View2d<const uint8_t> ref, const DistortionTable<uint8_t>& dsp)
      : cur_(cur), ref_(ref), dsp_(dsp), reach_(std::min(kPanMost, std::max(ref.width(), ref.height()) / kPanPart)) {}

  /// The next 64x64 block, by its samples on the eighth size picture.
  void move_to(int x0, int y0) {
    x0_ = x0;
    y0_ = y0;
    known_ = counted_ = false;
  }
  /// Whether one is worth looking for beside a near search of this reach, in samples of the quarter size picture.
  bool promises(int near_reach) const { return 4 * reach_ >= 5 * near_reach && (tried_ < 6 || 6 * found_ >= tried_); }
  /// Tries the block's pan, looked for if it was not, as a vector of the quarter size picture.
  void try_on(LevelMatch& quarter) {
    if (!known_) {
      pan_ = search();
      known_ = true;
      tried_++;
    }
    const int x = 2 * pan_.x, y = 2 * pan_.y;
    if (x == 0 && y == 0) return;
    const uint32_t near = quarter.best.cost;
    search_window(quarter, kFarX, kFarY, x, y);
    if (counted_ || quarter.best.cost >= near - near / 4) return;
    counted_ = true;
    found_++;
  }

 private:
  Best search() const {
    LevelMatch m = {cur_, ref_, dsp_, x0_, y0_, {}};
    m.try_at(0, 0, 0);
    const int across = std::min(reach_, kPanAcross);
    search_window(m, reach_, across);
    search_window(m, across, reach_);
    const Best centre = m.best;
    m.try_around(centre.x, centre.y, 1, window_bias);
    return m.best;
  }

  View2d<const uint8_t> cur_, ref_;
  const DistortionTable<uint8_t>& dsp_;
  int reach_;
  int x0_ = 0, y0_ = 0;
  bool known_ = false;    ///< pan_ is of this block
  bool counted_ = false;  ///< among those found
  Best pan_;
  int tried_ = 0, found_ = 0;
};

/// Exhaustive near by, far where a pan leads there, then the neighbourhood of the best.
Best search_quarter(LevelMatch m, Best left, Best above, int range_x, int range_y, PanSearch& pans) {
  m.try_at(0, 0, 0);
  // Where nothing changed no other vector can cost less.
  if (m.best.cost <= kNearBias) return m.best;
  if (!left.same_vector({})) m.try_at(left.x, left.y, kNearBias);
  if (!above.same_vector({}) && !above.same_vector(left)) m.try_at(above.x, above.y, kNearBias);
  if (m.best.cost <= kWindowBias) return m.best;
  if (m.best.cost > kMatch * kMatch) search_window(m, range_x, range_y);
  if (m.best.cost > kPoor * kMatch * kMatch && pans.promises(range_x)) pans.try_on(m);
  const bool far = std::abs(m.best.x) > range_x || std::abs(m.best.y) > range_y;
  if (far && m.best.cost > kMatch * kMatch) search_window(m, kFarX, kFarY, m.best.x, m.best.y);
  const Best centre = m.best;
  m.try_around(centre.x, centre.y, 1, window_bias);
  return m.best;
}

Best refine_half(LevelMatch m, Best parent, Best left, Best above, uint32_t close) {
  m.try_at(0, 0, 0);
  const Best still = m.best;
  if (still.cost == 0) return still;
  m.best = {};
  m.try_at(2 * parent.x, 2 * parent.y, kNearBias);
  m.consider(0, 0, still.cost);
  // What was tried at no more bias need not be again.
  if (!left.same_vector({})) m.try_at(left.x, left.y, 1);
  if (!above.same_vector({}) && !above.same_vector(left)) m.try_at(above.x, above.y, 1);
  for (int step = 2; step >= 1 && m.best.cost >= close; step--) {
    const Best centre = m.best;
    m.try_around(centre.x, centre.y, step, [](int, int) { return kStepBias; });
  }
  return m.best;
}

}  // namespace

void search_pyramid(const LumaPyramid& current, const LumaPyramid& reference, const DistortionTable<uint8_t>& dsp,
                    const PyramidSearchSettings& settings, const MotionArea& area, CoarseMotion& out) {
  const View2d<const uint8_t> half = current.level[0].view(), half_ref = reference.level[0].view();
  const View2d<const uint8_t> quarter = current.level[1].view(), quarter_ref = reference.level[1].view();
  const uint32_t close = std::max(kStepBias + 1, static_cast<uint32_t>(settings.close) * kMatch * kMatch);
  PanSearch pans(current.level[2].view(), reference.level[2].view(), dsp);
  const auto known = [&](int col, int row) {
    if (col < area.col_begin || row < area.row_begin) return Best{};
    const Mv mv = out.mv.at(col, row);
    return Best{mv.col / 2, mv.row / 2, 0};
  };
  const auto search_32x32 = [&](int col, int row) {
    const Best left = known(col - 1, row), above = known(col, row - 1);
    const Best parent = search_quarter({quarter, quarter_ref, dsp, col * 4, row * 4, {}}, {left.x / 2, left.y / 2, 0},
                                       {above.x / 2, above.y / 2, 0}, settings.range_x / 4, settings.range_y / 4, pans);
    for (int r = row; r < std::min(row + 2, area.row_end); r++) {
      for (int c = col; c < std::min(col + 2, area.col_end); c++) {
        const Best b = refine_half({half, half_ref, dsp, c * 8, r * 8, {}}, parent, known(c - 1, r), known(c, r - 1), close);
        out.mv.at(c, r) = {static_cast<int16_t>(2 * b.y), static_cast<int16_t>(2 * b.x)};
      }
    }
  };
  for (int row = area.row_begin; row < area.row_end; row += 4) {
    for (int col = area.col_begin; col < area.col_end; col += 4) {
      pans.move_to(col * 2, row * 2);
      for (int r = row; r < std::min(row + 4, area.row_end); r += 2)
        for (int c = col; c < std::min(col + 4, area.col_end); c += 2) search_32x32(c, r);
    }
  }
}

}  // namespace tessera
