#include "motion/pyramid_search.h"

#include <algorithm>

namespace tessera {
namespace {

/// Side of the matched block on either level: 32x32 luma on the quarter, 16x16 on the half size picture.
constexpr int kMatch = 8;

struct Best {
  int x = 0, y = 0;
  uint32_t cost = ~0u;

  bool same_vector(const Best& o) const { return x == o.x && y == o.y; }
};

/// What a vector of the exhaustive search bears for being far from none, one found near by, and a step on the half size picture.
constexpr uint32_t kWindowBias = 4, kNearBias = 2, kStepBias = 3;
constexpr uint32_t window_bias(int x, int y) { return kWindowBias + static_cast<uint32_t>((x < 0 ? -x : x) + (y < 0 ? -y : y)) / 2; }

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
  /// Every second of the positions x .. x + 6 of a row, as part of a window.
  void try_row(int x, int y) {
    if (!reachable(x, y) || !reachable(x + 6, y)) {
      for (int i = 0; i <= 6; i += 2) try_at(x + i, y, window_bias(x + i, y));
      return;
    }
    const uint8_t* const at = ref.ptr(x0 + x, y0 + y);
    const uint8_t* const refs[4] = {at, at + 2, at + 4, at + 6};
    uint32_t sad[4];
    dsp.sad_x4[BLOCK_8X8](cur.ptr(x0, y0), cur.stride(), refs, ref.stride(), sad);
    for (int i = 0; i < 4; i++) consider(x + 2 * i, y, sad[i] + window_bias(x + 2 * i, y));
  }
  /// The eight positions at this distance around another, row by row.
  template <class Bias>
  void try_around(int x, int y, int d, Bias bias) {
    try_four({{x - d, y - d}, {x, y - d}, {x + d, y - d}, {x - d, y}}, bias);
    try_four({{x + d, y}, {x - d, y + d}, {x, y + d}, {x + d, y + d}}, bias);
  }
};

/// The search for fast pans, where nothing near fits, on the quarter size picture: reach along each axis, by the part of the
/// picture's longer side and at most (less than 5/2 of the near search's is not worth it); reach across it; and the mean difference of a sample that calls for it.
constexpr int kPanPart = 3, kPanMost = 64, kPanAcross = 4;
constexpr uint32_t kPoor = 2;

/// Whether pans are worth looking for: while enough of the searches find one.
struct PanSearch {
  int tried = 0, found = 0;
  bool promises() const { return tried < 6 || 6 * found >= tried; }
};

/// Every second position within the ranges.
void search_window(LevelMatch& m, int range_x, int range_y) {
  for (int y = -range_y; y <= range_y; y += 2) {
    int x = -range_x;
    for (; x + 6 <= range_x; x += 8) m.try_row(x, y);
    for (; x <= range_x; x += 2) m.try_at(x, y, window_bias(x, y));
  }
}

/// Exhaustive, then the neighbourhood of the best.
Best search_quarter(LevelMatch m, Best left, Best above, int range_x, int range_y, PanSearch& pans) {
  m.try_at(0, 0, 0);
  // Where nothing changed no other vector can cost less.
  if (m.best.cost <= kNearBias) return m.best;
  if (!left.same_vector({})) m.try_at(left.x, left.y, kNearBias);
  if (!above.same_vector({}) && !above.same_vector(left)) m.try_at(above.x, above.y, kNearBias);
  if (m.best.cost <= kWindowBias) return m.best;
  if (m.best.cost > kMatch * kMatch) search_window(m, range_x, range_y);
  const uint32_t near = m.best.cost;
  // Even, so that the positions tried are the near search's and more.
  const int pan = std::min(kPanMost, std::max(m.ref.width(), m.ref.height()) / kPanPart) / 2 * 2;
  if (near > kPoor * kMatch * kMatch && 2 * pan >= 5 * range_x && pans.promises()) {
    search_window(m, pan, std::min(range_y, kPanAcross));
    search_window(m, std::min(range_x, kPanAcross), pan);
    pans.tried++;
    pans.found += m.best.cost < near - near / 4;
  }
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
                    const PyramidSearchSettings& settings, int unit_row_begin, int unit_row_end, CoarseMotion& out) {
  const View2d<const uint8_t> half = current.level[0].view(), half_ref = reference.level[0].view();
  const View2d<const uint8_t> quarter = current.level[1].view(), quarter_ref = reference.level[1].view();
  const int unit_cols = out.mv.width();
  const uint32_t close = std::max(kStepBias + 1, static_cast<uint32_t>(settings.close) * kMatch * kMatch);
  PanSearch pans;
  const auto known = [&](int col, int row) {
    if (col < 0 || row < unit_row_begin) return Best{};
    const Mv mv = out.mv.at(col, row);
    return Best{mv.col / 2, mv.row / 2, 0};
  };
  for (int row = unit_row_begin; row < unit_row_end; row += 2) {
    for (int col = 0; col < unit_cols; col += 2) {
      const Best left = known(col - 1, row), above = known(col, row - 1);
      const Best parent = search_quarter({quarter, quarter_ref, dsp, col * 4, row * 4, {}}, {left.x / 2, left.y / 2, 0},
                                         {above.x / 2, above.y / 2, 0}, settings.range_x / 4, settings.range_y / 4, pans);
      for (int r = row; r < std::min(row + 2, unit_row_end); r++) {
        for (int c = col; c < std::min(col + 2, unit_cols); c++) {
          const Best b = refine_half({half, half_ref, dsp, c * 8, r * 8, {}}, parent, known(c - 1, r), known(c, r - 1), close);
          out.mv.at(c, r) = {static_cast<int16_t>(2 * b.y), static_cast<int16_t>(2 * b.x)};
        }
      }
    }
  }
}

}  // namespace tessera
