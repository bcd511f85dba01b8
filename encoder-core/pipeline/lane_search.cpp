#include "pipeline/lane_search.h"

namespace tessera {

template <Pixel P>
void FrameSearch<P>::make_room(const PictureFormat& format, const TileInfo& tiles) {
  const size_t rows = static_cast<size_t>(format.sb_rows() * tiles.tile_cols);
  if (lanes.size() < rows) lanes.resize(rows);
  order.reserve(static_cast<int>(rows));
}

template <Pixel P>
void FrameSearch<P>::add_lanes(int tile, BlockContext& tile_context) {
  const TileRect rect = tile_rect(plan->header.tile_info, tile);
  const bool rows_apart = keeps_costs(*plan) || plan->settings.parallel_rows;
  const int lane_mi = rows_apart ? kSbMi : align_up(rect.mi_rows(), kSbMi), sb_cols = div_ceil(rect.mi_cols(), kSbMi);
  for (int mi_row = rect.mi_row_start; mi_row < rect.mi_row_end; mi_row += lane_mi) {
    SearchLane& lane = lanes[static_cast<size_t>(order.rows())];
    lane.tile = tile;
    lane.mi_row_start = mi_row;
    lane.mi_row_end = std::min(mi_row + lane_mi, rect.mi_row_end);
    lane.context.start_row_of(tile_context);
    if (!keeps_costs(*plan) && mi_row == rect.mi_row_start) lane.own.cdfs = start.cdfs;
    order.add_row(div_ceil(lane.mi_row_end - mi_row, kSbMi) * sb_cols, mi_row > rect.mi_row_start);
  }
}

template <Pixel P>
void LaneSearch<P>::run(FrameSearch<P>& search, const DspTable<P>& dsp, const Wavefront::Turn& turn) {
  const FramePlan& plan = *search.plan;
  const TileInfo& tiles = plan.header.tile_info;
  SearchLane& lane = search.lanes[static_cast<size_t>(turn.row)];
  const TileRect tile = tile_rect(tiles, lane.tile);
  const int sb_cols = div_ceil(tile.mi_cols(), kSbMi);
  Probabilities& probabilities = keeps_costs(plan) ? search.start : lane.own;
  const bool hands_over = !keeps_costs(plan) && lane.mi_row_end < tile.mi_row_end;
  bool mine = true;
  for (int cell = turn.cell; mine;) {
    const int mi_row = lane.mi_row_start + cell / sb_cols * kSbMi;
    CoefStore& coefs = search.frame->coefs_of(mi_row, lane.tile % tiles.tile_cols);
    WriteContext wc(plan.sequence, plan.header, probabilities.cdfs, lane.context);
    wc.blocks = &search.frame->blocks;
    wc.tx_units = std::as_const(search.frame->tx).view();
    wc.palettes = &search.frame->palettes;
    wc.coefs = &coefs;
    wc.level_symbols = dsp.coef_levels.symbols;
    SearchContext<P> context = {.plan = plan,
                                .frame = *search.frame,
                                .dsp = dsp,
                                .ref_mv_frame = *search.ref_mv_frame,
                                .coarse = *search.coarse,
                                .late = *search.late,
                                .copies = search.copies,
                                .tile = tile,
                                .coefs = coefs,
                                .cdfs = probabilities.cdfs,
                                .journal = journal_,
                                .costs = probabilities.costs,
                                .mv_cost = probabilities.mv_cost,
                                .context = lane.context,
                                .decoded = decoded_,
                                .wc = wc,
                                .scratch = scratch_,
                                .kept = kept_};
    SuperblockSearch<P> superblocks(context, lane.progress);
    if (cell == 0) superblocks.start();
    if (cell % sb_cols == 0) superblocks.start_row();
    do {
      superblocks.search(mi_row, tile.mi_col_start + cell % sb_cols * kSbMi);
      if (++cell == std::min(Wavefront::kLead, sb_cols) && hands_over)
        search.lanes[static_cast<size_t>(turn.row) + 1].own.cdfs = lane.own.cdfs;
      mine = search.order.advance(turn.row);
    } while (mine && cell % sb_cols != 0);
  }
}

template struct FrameSearch<uint8_t>;
template struct FrameSearch<uint16_t>;
template class LaneSearch<uint8_t>;
template class LaneSearch<uint16_t>;

}  // namespace tessera
