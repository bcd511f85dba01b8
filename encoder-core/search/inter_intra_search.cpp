#include "search/inter_intra_search.h"

#include <algorithm>

#include "block/wedge_masks.h"

namespace tessera {
namespace {

constexpr int kLargestArea = 32 * 32;

/// Scratch memory holds every mode's prediction of the block at hand.
template <Pixel P>
P* intra_samples(SearchScratch<P>& scratch, InterIntraMode mode) {
  static_assert(INTERINTRA_MODES * kLargestArea <= kSbSize * kSbSize);
  return scratch.pred[1].luma.data() + mode * kLargestArea;
}

}  // namespace

template <Pixel P>
void InterIntraSearch<P>::predict_intra(const BlockInfo& info) {
  const IntraEdges<P>& edges = intra_part_edges(s_, info, 0);
  for (int mode = II_DC_PRED; mode < INTERINTRA_MODES; mode++) {
    const InterIntraMode m = static_cast<InterIntraMode>(mode);
    predict_from_edges(s_.dsp.intra, edges, intra_part(m), 0, intra_samples(s_.scratch, m), block_width(info.size));
  }
  predicted_ = true;
}

template <Pixel P>
InterCandidate InterIntraSearch<P>::rank(const BlockInfo& info, uint64_t other_rate, const P* inter) {
  const int w = block_width(info.size);
  P* const pred = s_.scratch.pred[0].luma.data();
  std::copy_n(intra_samples(s_.scratch, info.interintra_mode), w * block_height(info.size), pred);
  blend_inter_intra(s_.dsp.compound_blend, info, 0, 0, pred, w, inter);
  FrozenCostCounter counter = s_.counter();
  write_interintra_mode(counter, s_.wc, info);
  InterCandidate c = {.info = info, .rate = other_rate + counter.bits512()};
  const uint32_t satd = s_.dsp.distortion.satd[info.size](s_.source_at(0, info.mi_row, info.mi_col), s_.source_stride[0], pred, w);
  c.cost = static_cast<float>(satd) + s_.sad_lambda * static_cast<float>(c.rate);
  return c;
}

template <Pixel P>
InterCandidate InterIntraSearch<P>::blend(const InterCandidate& simple) {
  if (!predicted_) predict_intra(simple.info);
  FrozenCostCounter own = s_.counter();
  write_interintra_mode(own, s_.wc, simple.info);
  write_motion_mode(own, s_.wc, simple.info);  // inter-intra blocks have none
  const uint64_t other_rate = simple.rate - own.bits512();
  const P* const inter = candidate_prediction(s_, simple.info);
  BlockInfo info = simple.info;
  info.ref_frame[1] = INTRA_FRAME;
  info.compound_type = COMPOUND_INTRA;
  InterCandidate best;
  const auto offer = [&](bool first) {
    const InterCandidate c = rank(info, other_rate, inter);
    if (first || c.cost < best.cost) best = c;
  };
  for (int mode = II_DC_PRED; mode < INTERINTRA_MODES; mode++) {
    info.interintra_mode = static_cast<InterIntraMode>(mode);
    offer(mode == II_DC_PRED);
  }
  if (!s_.settings().inter.inter_intra_wedges) return best;
  info = best.info;
  info.compound_type = COMPOUND_WEDGE;
  for (info.wedge_index = 0; info.wedge_index < WEDGE_TYPES; info.wedge_index++) offer(false);
  return best;
}

template class InterIntraSearch<uint8_t>;
template class InterIntraSearch<uint16_t>;

}  // namespace tessera
