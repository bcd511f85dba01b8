#include "search/compound_search.h"

#include "block/ref_mv.h"
#include "block/wedge_masks.h"

namespace tessera {

template <Pixel P>
void CompoundSearch<P>::prepare(const BlockInfo& info, int list) {
  const InterRect rect = {info.mi_col * MI_SIZE, info.mi_row * MI_SIZE, block_width(info.size), block_height(info.size), 0, 0, s_.bit_depth()};
  prepare_inter_rect(s_.dsp.subpel, rect, InterSource<P>{predicts_from(s_, info, list, 0), info.mv[list], info.interp_filter},
                     s_.scratch.inter, s_.scratch.inter.pred[list].data());
}

template <Pixel P>
float CompoundSearch<P>::cost_of(const BlockInfo& info, uint64_t rate) {
  const int w = block_width(info.size);
  P* const pred = s_.scratch.pred[0].luma.data();
  blend_pair(s_, info, 0, {s_.scratch.inter.pred[0].data(), s_.scratch.inter.pred[1].data()}, pred, w);
  const uint32_t satd = s_.dsp.distortion.satd[info.size](s_.source_at(0, info.mi_row, info.mi_col), s_.source_stride[0], pred, w);
  return static_cast<float>(satd) + s_.sad_lambda * static_cast<float>(rate);
}

template <Pixel P>
uint64_t CompoundSearch<P>::vector_rate(const BlockInfo& info, int list) const {
  const Mv pred = info.mv_ctx.pred_mv[list], mv = info.mv[list];
  return s_.mv_cost.cost({static_cast<int16_t>(mv.row - pred.row), static_cast<int16_t>(mv.col - pred.col)});
}

template <Pixel P>
bool CompoundSearch<P>::move(const InterCandidate& pair, InterCandidate& out) {
  constexpr Array<Mv, 4> kCross = {Mv{-1, 0}, Mv{1, 0}, Mv{0, -1}, Mv{0, 1}};
  const Array<bool, 2> is_new = {get_mode(pair.info.y_mode, 0) == NEWMV, get_mode(pair.info.y_mode, 1) == NEWMV};
  if (!is_new[0] && !is_new[1]) return false;
  out = pair;
  for (int list = 0; list < 2; list++) prepare(pair.info, list);
  const int finest = s_.header().allow_high_precision_mv ? 1 : 2;
  for (int step = 4; step >= finest; step /= 2)
    for (int list = 0; list < 2; list++) {
      if (!is_new[list]) continue;
      const uint64_t other_rate = out.rate - vector_rate(out.info, list);
      const Mv centre = out.info.mv[list];
      for (const Mv& d : kCross) {
        InterCandidate moved = out;
        moved.info.mv[list] = {static_cast<int16_t>(centre.row + d.row * step), static_cast<int16_t>(centre.col + d.col * step)};
        moved.rate = other_rate + vector_rate(moved.info, list);
        prepare(moved.info, list);
        moved.cost = cost_of(moved.info, moved.rate);
        if (moved.cost < out.cost) out = moved;
      }
      prepare(out.info, list);
    }
  return !(out.info.mv == pair.info.mv);
}

template <Pixel P>
bool CompoundSearch<P>::blend(const InterCandidate& pair, InterCandidate& out) {
  if (!s_.plan.sequence.enable_masked_compound) return false;
  const Neighbours near(s_.context, pair.info.mi_row, pair.info.mi_col);
  const auto rate_of = [&](const BlockInfo& info) {
    FrozenCostCounter counter = s_.counter();
    write_compound_type(counter, s_.wc, near, info);
    return counter.bits512();
  };
  const uint64_t other_rate = pair.rate - rate_of(pair.info);
  for (int list = 0; list < 2; list++) prepare(pair.info, list);
  bool found = false;
  BlockInfo info = pair.info;
  const auto offer = [&] {
    const uint64_t rate = other_rate + rate_of(info);
    const float cost = cost_of(info, rate);
    if (found && cost >= out.cost) return;
    found = true;
    out = {.info = info, .rate = rate, .cost = cost};
  };
  info.compound_type = COMPOUND_DIFFWTD;
  for (info.mask_type = 0; info.mask_type < 2; info.mask_type++) offer();
  info.mask_type = 0;
  if (!s_.settings().inter.wedges || Wedge_Bits[info.size] == 0) return true;
  info.compound_type = COMPOUND_WEDGE;
  for (info.wedge_index = 0; info.wedge_index < WEDGE_TYPES; info.wedge_index++)
    for (info.wedge_sign = 0; info.wedge_sign < 2; info.wedge_sign++) offer();
  return true;
}

template class CompoundSearch<uint8_t>;
template class CompoundSearch<uint16_t>;

}  // namespace tessera
