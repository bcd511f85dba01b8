#include "pipeline/tile_search.h"

namespace tessera {

template <Pixel P>
void TileSearch<P>::run(const FramePlan& plan, FrameWork<P>& frame, const DspTable<P>& dsp, const RefMvFrame& ref_mv_frame,
                        const CoarseMotions& coarse, const CdfContext& cdfs, int tile_index) {
  cdfs_ = cdfs;
  const TileRect tile = tile_rect(plan.header.tile_info, tile_index);
  context_.resize(tile);
  WriteContext wc(plan.sequence, plan.header, cdfs_, context_);
  wc.blocks = &frame.blocks;
  wc.tx_units = std::as_const(frame.tx).view();
  wc.coefs = &frame.coefs[tile_index];
  SearchContext<P> context = {.plan = plan,
                              .frame = frame,
                              .dsp = dsp,
                              .ref_mv_frame = ref_mv_frame,
                              .coarse = coarse,
                              .tile = tile,
                              .coefs = frame.coefs[tile_index],
                              .cdfs = cdfs_,
                              .journal = journal_,
                              .costs = costs_,
                              .mv_cost = mv_cost_,
                              .context = context_,
                              .decoded = decoded_,
                              .wc = wc,
                              .scratch = scratch_,
                              .kept = kept_};
  SuperblockSearch<P> search(context);
  search.start_tile();
  for (int mi_row = tile.mi_row_start; mi_row < tile.mi_row_end; mi_row += kSbMi) {
    search.start_row();
    for (int mi_col = tile.mi_col_start; mi_col < tile.mi_col_end; mi_col += kSbMi) search.search(mi_row, mi_col);
  }
  bits512_ = search.bits512();
}

template class TileSearch<uint8_t>;
template class TileSearch<uint16_t>;

}  // namespace tessera
