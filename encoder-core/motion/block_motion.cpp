#include "motion/block_motion.h"

#include <algorithm>

#include "entropy/cost_tables.h"
#include "spec/block_geometry.h"

namespace tessera {
namespace {

/// Longest vector searched, 1/8 luma samples: well inside what the syntax carries.
constexpr int kMaxMv = 8 * 1024;

/// Where the error of a whole-sample vector is under this part of a bit for each sample, as on drawings that move by whole
/// samples, no fraction is looked for.
constexpr float kCloseEnough = 0.1f;

/// The vectors that stay in reach, 1/8 luma samples.
struct Reach {
  int first_row, last_row, first_col, last_col;

  bool holds(Mv mv) const { return mv.row >= first_row && mv.row <= last_row && mv.col >= first_col && mv.col <= last_col; }
};

template <Pixel P>
Reach reach_of(const BlockMotionQuery<P>& q) {
  const auto first = [](int at, int margin) { return std::max(8 * (kSubpelBefore - margin - at), 1 - kMaxMv); };
  const auto last = [](int at, int length, int size, int margin) {
    return std::min(8 * (size + margin - kSubpelAfter - length - at) - 1, kMaxMv - 1);
  };
  return {first(q.y_px, q.ref.margin_y()), last(q.y_px, block_height(q.size), q.ref.height(), q.ref.margin_y()),
          first(q.x_px, q.ref.margin_x()), last(q.x_px, block_width(q.size), q.ref.width(), q.ref.margin_x())};
}

template <Pixel P>
class Search {
 public:
  Search(const BlockMotionQuery<P>& q, const Array<P*, 2>& scratch)
      : q_(q), scratch_(scratch), w_(block_width(q.size)), h_(block_height(q.size)), reach_(reach_of(q)) {}

  void start_at(Mv mv) {
    const Mv whole = {static_cast<int16_t>((mv.row + 4) >> 3 << 3), static_cast<int16_t>((mv.col + 4) >> 3 << 3)};
    if (!reach_.holds(whole) || (whole == best_.mv && best_.cost != ~0u)) return;
    consider_whole(whole, q_.dsp.distortion.sad[q_.size](q_.src, q_.src_stride, at(whole), q_.ref.stride()));
  }

  /// Four positions at a time around the best, while one of them improves on it.
  void descend_whole(int step_px) {
    const int d = 8 * step_px;
    for (int moves = 0; moves < q_.settings.max_steps; moves++) {
      const Mv c = best_.mv;
      const Mv around[4] = {add(c, -d, 0), add(c, d, 0), add(c, 0, -d), add(c, 0, d)};
      bool all = true;
      for (const Mv& m : around) all &= reach_.holds(m);
      if (!all) return;
      const P* const ref[4] = {at(around[0]), at(around[1]), at(around[2]), at(around[3])};
      uint32_t sad[4];
      q_.dsp.distortion.sad_x4[q_.size](q_.src, q_.src_stride, ref, q_.ref.stride(), sad);
      const uint32_t centre = best_sad_;
      for (int i = 0; i < 4; i++) consider_whole(around[i], sad[i]);
      if (best_.mv == c) {
        if (step_px == 1) foresee(centre, sad);
        return;
      }
    }
  }

  /// From the best so far; false where that is close enough.
  bool restart_in_fractions() {
    if (q_.settings.satd) best_.cost = fraction_cost(best_.mv);
    return static_cast<float>(best_.cost - rate(best_.mv)) >= kCloseEnough * kCostOneBit * q_.lambda * static_cast<float>(w_ * h_);
  }

  /// The cross at this distance, then the diagonal between its better arms; once more from where that led, since an
  /// edge can hide the other direction from the first cross.
  void descend_fraction(int d) {
    for (int round = 0; round < q_.settings.subpel_rounds; round++) {
      const Mv c = best_.mv;
      uint32_t arm[4];
      const Mv cross[4] = {add(c, -d, 0), add(c, d, 0), add(c, 0, -d), add(c, 0, d)};
      for (int i = 0; i < 4; i++) arm[i] = consider_fraction(cross[i]);
      consider_fraction(add(c, arm[0] < arm[1] ? -d : d, arm[2] < arm[3] ? -d : d));
      if (best_.mv == c) return;
    }
  }

  BlockMotion best() const { return best_; }
  /// Goes to the fraction that is foreseen, if one is.
  bool try_foreseen() {
    if (foresees_ && (foreseen_.row | foreseen_.col)) consider_fraction(add(best_.mv, foreseen_.row, foreseen_.col));
    return foresees_;
  }

 private:
  static Mv add(Mv m, int row, int col) {
    return {static_cast<int16_t>(m.row + row), static_cast<int16_t>(m.col + col)};
  }
  const P* at(Mv mv) const { return q_.ref.ptr(q_.x_px + (mv.col >> 3), q_.y_px + (mv.row >> 3)); }
  uint32_t rate(Mv mv) const { return static_cast<uint32_t>(q_.lambda * static_cast<float>(q_.rate.cost(add(mv, -q_.pred.row, -q_.pred.col)))); }

  void consider_whole(Mv mv, uint32_t sad) {
    if (sad >= best_.cost) return;
    const uint32_t cost = sad + rate(mv);
    if (cost < best_.cost) {
      best_ = {mv, cost};
      best_sad_ = sad;
    }
  }

  /// Where the SAD would be least if it rose evenly on either side: from a cross around a whole-sample vector, in quarters.
  void foresee(uint32_t centre, const uint32_t (&cross)[4]) {
    const auto fraction = [&](uint32_t before, uint32_t after) {
      const int rise = static_cast<int>(std::max(before, after) - centre), lean = static_cast<int>(before) - static_cast<int>(after);
      if (rise <= 0) return 0;
      // lean / ( 2 * rise ) samples
      const int quarters = (std::abs(lean) * 4 + rise) / (2 * rise);
      return std::min(quarters, 2) * (lean < 0 ? -2 : 2);
    };
    if (std::max(cross[0], cross[1]) < centre || std::max(cross[2], cross[3]) < centre) return;
    foreseen_ = {static_cast<int16_t>(fraction(cross[0], cross[1])), static_cast<int16_t>(fraction(cross[2], cross[3]))};
    foresees_ = true;
  }

  uint32_t consider_fraction(Mv mv) {
    if (!reach_.holds(mv)) return ~0u;
    const uint32_t cost = fraction_cost(mv);
    if (cost < best_.cost) {
      const bool made = (mv.row | mv.col) & 7;
      best_ = {mv, cost, made ? at_hand_ : -1};
      at_hand_ ^= made;
    }
    return cost;
  }

  uint32_t fraction_cost(Mv mv) {
    const P* pred = at(mv);
    ptrdiff_t stride = q_.ref.stride();
    if ((mv.row | mv.col) & 7) {
      q_.dsp.subpel.put(scratch_[at_hand_], w_, pred, stride, w_, h_, (mv.col & 7) * 2, (mv.row & 7) * 2,
                        subpel_filter_index(EIGHTTAP, w_), subpel_filter_index(EIGHTTAP, h_), q_.bit_depth);
      pred = scratch_[at_hand_];
      stride = w_;
    }
    const auto& d = q_.dsp.distortion;
    return (q_.settings.satd ? d.satd : d.sad)[q_.size](q_.src, q_.src_stride, pred, stride) + rate(mv);
  }

  const BlockMotionQuery<P>& q_;
  const Array<P*, 2> scratch_;
  int at_hand_ = 0;        ///< where the next prediction goes; the other holds that of the best, if any does
  const int w_, h_;
  const Reach reach_;
  BlockMotion best_;
  uint32_t best_sad_ = 0;  ///< while vectors are whole
  Mv foreseen_;
  bool foresees_ = false;
};

}  // namespace

template <Pixel P>
bool mv_in_reach(const BlockMotionQuery<P>& q, Mv mv) {
  return reach_of(q).holds(mv);
}

template <Pixel P>
BlockMotion search_block_motion(const BlockMotionQuery<P>& query, Span<const Mv> starts, const Array<P*, 2>& scratch) {
  Search<P> search(query, scratch);
  for (const Mv& mv : starts) search.start_at(mv);
  if (search.best().cost == ~0u) return {};
  for (int step = query.settings.first_step; step >= 1; step /= 2) search.descend_whole(step);
  if (query.settings.subpel_depth == 0) return search.best();
  if (!search.restart_in_fractions()) return search.best();
  const bool foreseen = query.settings.foresees && query.settings.subpel_depth >= 2 && search.try_foreseen();
  for (int depth = foreseen ? 2 : 1; depth <= query.settings.subpel_depth; depth++) search.descend_fraction(8 >> depth);
  return search.best();
}

template BlockMotion search_block_motion(const BlockMotionQuery<uint8_t>&, Span<const Mv>, const Array<uint8_t*, 2>&);
template BlockMotion search_block_motion(const BlockMotionQuery<uint16_t>&, Span<const Mv>, const Array<uint16_t*, 2>&);
template bool mv_in_reach(const BlockMotionQuery<uint8_t>&, Mv);
template bool mv_in_reach(const BlockMotionQuery<uint16_t>&, Mv);

}  // namespace tessera
