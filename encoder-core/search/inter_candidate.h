// An inter mode with its references and vectors, as candidates are ranked: by the SATD of the luma prediction and the rate
// of the mode.
#pragma once

#include "block/write_inter_info.h"
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
  write_inter_frame_mode_info(counter, s.wc, info);
  return counter.bits512();
}

template <Pixel P>
uint32_t inter_prediction_error(SearchContext<P>& s, const BlockInfo& info) {
  const int w = block_width(info.size);
  P* const pred = s.scratch.pred[0].luma.data();
  predict_block_plane(s, info, 0, pred, w);
  return s.dsp.distortion.satd[info.size](s.source_at(0, info.mi_row, info.mi_col), s.source_stride[0], pred, w);
}

template <Pixel P>
InterCandidate rank_candidate(SearchContext<P>& s, const BlockInfo& info) {
  InterCandidate c = {.info = info, .rate = inter_mode_rate(s, info)};
  c.cost = static_cast<float>(inter_prediction_error(s, info)) + s.sad_lambda * static_cast<float>(c.rate);
  return c;
}

}  // namespace tessera
