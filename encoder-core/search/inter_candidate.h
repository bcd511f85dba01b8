// An inter mode with its references and vectors, as candidates are ranked: by the SATD of the luma prediction and the rate
// of the mode.
#pragma once

#include "block/write_inter_info.h"
#include "block/write_intra_info.h"
#include "search/block_predict.h"

namespace tessera {

struct InterCandidate {
  BlockInfo info;
  uint64_t rate = 0;  ///< of the mode, 1/512 bit
  float cost = 0;     ///< prediction error (SATD) and rate
};

template <Pixel P>
uint64_t inter_mode_rate(SearchContext<P>& s, const BlockInfo& info) {
  FrozenCostCounter counter = s.counter();
  if (info.use_intrabc) write_intra_frame_mode_info(counter, s.wc, info);
  else write_inter_frame_mode_info(counter, s.wc, info);
  return counter.bits512();
}

/// The luma of a candidate, in rows of its width, made unless it is at hand.
template <Pixel P>
const P* candidate_prediction(SearchContext<P>& s, const BlockInfo& info) {
  if (const P* const known = s.scratch.candidates.find(info)) return known;
  P* const made = s.scratch.candidates.begin(info);
  predict_block_plane(s, info, 0, made, block_width(info.size));
  return made;
}

template <Pixel P>
uint32_t inter_prediction_error(SearchContext<P>& s, const BlockInfo& info) {
  const int w = block_width(info.size);
  const P* const src = s.source_at(0, info.mi_row, info.mi_col);
  const auto satd = s.dsp.distortion.satd[info.size];
  const Mv mv = info.mv[0];
  // A whole-sample vector's prediction lies in the reference.
  if (((mv.row | mv.col) & 7) == 0 && !info.is_compound() && !info.is_inter_intra() && info.motion_mode == SIMPLE) {
    const RefSamples<P> at = reference_samples<P>(predicts_from(s, info, 0, 0), info.mi_col * MI_SIZE + (mv.col >> 3),
                                                  info.mi_row * MI_SIZE + (mv.row >> 3), w, block_height(info.size), s.scratch.inter);
    return satd(src, s.source_stride[0], at.at, at.stride);
  }
  return satd(src, s.source_stride[0], candidate_prediction(s, info), w);
}

template <Pixel P>
InterCandidate rank_candidate(SearchContext<P>& s, const BlockInfo& info, uint64_t rate) {
  InterCandidate c = {.info = info, .rate = rate};
  c.cost = static_cast<float>(inter_prediction_error(s, info)) + s.sad_lambda * static_cast<float>(c.rate);
  return c;
}
template <Pixel P>
InterCandidate rank_candidate(SearchContext<P>& s, const BlockInfo& info) {
  return rank_candidate(s, info, inter_mode_rate(s, info));
}

}  // namespace tessera
