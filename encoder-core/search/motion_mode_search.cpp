#include "search/motion_mode_search.h"

namespace tessera {
namespace {

/// A warped candidate that is beyond this x its translation is not worth a better vector. On three clips at cpu-used 8 the same
/// BD-rate as without a limit; 1.0 loses 0.4 %.
constexpr float kPromising = 1.1f;

}  // namespace

template <Pixel P>
bool MotionModeSearch<P>::allowed(const BlockInfo& info) const {
  return allows_motion_mode(s_.header(), info) &&
         has_overlappable_candidates(s_.context, info, s_.header().size.mi_rows, s_.header().size.mi_cols);
}

/// The rate of `info`, which is `simple` with another motion mode.
template <Pixel P>
uint64_t MotionModeSearch<P>::rate_of(const BlockInfo& info, const InterCandidate& simple) {
  const auto own = [&](const BlockInfo& b) {
    FrozenCostCounter counter = s_.counter();
    write_motion_mode(counter, s_.wc, b);
    write_interp_filter(counter, s_.wc, b);
    return counter.bits512();
  };
  return simple.rate - own(simple.info) + own(info);
}

template <Pixel P>
bool MotionModeSearch<P>::warp(const InterCandidate& simple, InterCandidate& out) {
  if (!s_.header().allow_warped_motion || s_.header().force_integer_mv || !simple.info.has_warp_samples) return false;
  BlockInfo info = simple.info;
  info.motion_mode = LOCALWARP;
  const BlockWarp& model = local_warp(s_, info);
  if (!model.valid || model.shear == WarpShear{}) return false;
  out = rank_candidate(s_, info, rate_of(info, simple));
  if (info.y_mode == NEWMV && out.cost < kPromising * simple.cost) refine_warp(out);
  return true;
}

/// The vector moves by its finest steps while the warped prediction gets better: the best translation is that of the block's
/// mean, which the model need not share.
template <Pixel P>
void MotionModeSearch<P>::refine_warp(InterCandidate& c) {
  const Mv pred = c.info.mv_ctx.pred_mv[0];
  const int16_t step = s_.header().allow_high_precision_mv ? 1 : 2;
  const auto mv_rate = [&](Mv mv) {
    return s_.mv_cost.cost({static_cast<int16_t>(mv.row - pred.row), static_cast<int16_t>(mv.col - pred.col)});
  };
  const uint64_t mode_rate = c.rate - mv_rate(c.info.mv[0]);
  constexpr Array<Mv, 4> kCross = {Mv{-1, 0}, Mv{1, 0}, Mv{0, -1}, Mv{0, 1}};
  for (int round = 0; round < s_.settings().inter.warp_refinement; round++) {
    const Mv centre = c.info.mv[0];
    for (const Mv& d : kCross) {
      InterCandidate moved = c;
      moved.info.mv[0] = {static_cast<int16_t>(centre.row + d.row * step), static_cast<int16_t>(centre.col + d.col * step)};
      if (!local_warp(s_, moved.info).valid) continue;
      moved.rate = mode_rate + mv_rate(moved.info.mv[0]);
      moved.cost = static_cast<float>(inter_prediction_error(s_, moved.info)) + s_.sad_lambda * static_cast<float>(moved.rate);
      if (moved.cost < c.cost) c = moved;
    }
    if (c.info.mv[0] == centre) return;
  }
}

template <Pixel P>
bool MotionModeSearch<P>::overlap(const InterCandidate& simple, InterCandidate& out) {
  Overlaps overlaps;
  find_overlaps(s_.frame.blocks, s_.tile, s_.frame.format, simple.info, 0, overlaps);
  bool differs = false;
  for (const Overlap& o : overlaps)
    differs |= o.neighbour->ref_frame[0] != simple.info.ref_frame[0] || !(o.neighbour->mv[0] == simple.info.mv[0]);
  if (!differs) return false;
  BlockInfo info = simple.info;
  info.motion_mode = OBMC;
  out = rank_candidate(s_, info, rate_of(info, simple));
  return true;
}

template class MotionModeSearch<uint8_t>;
template class MotionModeSearch<uint16_t>;

}  // namespace tessera
