#include "search/superblock_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "block/write_block.h"
#include "spec/quant_tables.h"

namespace tessera {

template <Pixel P>
SuperblockSearch<P>::SuperblockSearch(SearchContext<P>& context, SearchProgress& progress)
    : s_(context), progress_(progress), partitions_(context) {
  s_.journal.clear();
}

template <Pixel P>
int SuperblockSearch<P>::qindex_of(int mi_row, int mi_col) const {
  const int base = s_.header().quantization.base_q_idx;
  const DeltaParams& delta = s_.header().delta;
  return delta.delta_q_present ? s_.frame.source->offsets.qindex(base, delta.delta_q_res, mi_col / kSbMi, mi_row / kSbMi) : base;
}

/// Steps of this qindex, and the frame's Lagrangian brought to them: it goes with the squared step.
template <Pixel P>
void SuperblockSearch<P>::quantise_with(int qindex, float lambda_scale) {
  const QuantizationParams& q = s_.header().quantization;
  const int depth = s_.bit_depth();
  s_.qindex = qindex;
  const auto step = [&](int dc_delta, int ac_delta) { return QuantStep(dc_q(qindex + dc_delta, depth), ac_q(qindex + ac_delta, depth), depth); };
  s_.quant.step = {step(q.delta_q_y_dc, 0), step(q.delta_q_u_dc, q.delta_q_u_ac), step(q.delta_q_v_dc, q.delta_q_v_ac)};
  const double change = static_cast<double>(dc_q(qindex, depth)) / dc_q(q.base_q_idx, depth);
  const double lambda = s_.plan.lambda * change * change * static_cast<double>(lambda_scale);
  s_.lambda = lambda / kCostOneBit;
  // SATD is the error of an orthonormal transform: its Lagrangian is the root of the squared one's.
  s_.sad_lambda = static_cast<float>(std::sqrt(lambda) / kCostOneBit);
}

template <Pixel P>
void SuperblockSearch<P>::start() {
  progress_ = {};
  if (!keeps_costs(s_.plan)) refresh_costs();
}

template <Pixel P>
void SuperblockSearch<P>::start_row() {
  s_.context.start_superblock_row();
  s_.coefs.clear();
}

template <Pixel P>
void SuperblockSearch<P>::refresh_costs() {
  build_cost_tables(s_.cdfs, s_.costs);
  if (!s_.header().frame_is_intra() || s_.header().allow_intrabc) s_.mv_cost.build(s_.cdfs, MvPrecision(s_.header()));
  progress_.since_refresh = 0;
}

template <Pixel P>
void SuperblockSearch<P>::fetch_source(int mi_row, int mi_col) {
  const PictureFormat& f = s_.frame.format;
  s_.sb_mi_row = mi_row;
  s_.sb_mi_col = mi_col;
  for (int p = 0; p < f.planes(); p++) {
    const PlaneView<const P> plane = s_.frame.source_plane[p];
    const int x = (mi_col * MI_SIZE) >> f.ss_x(p), y = (mi_row * MI_SIZE) >> f.ss_y(p);
    const int w = kSbSize >> f.ss_x(p), h = kSbSize >> f.ss_y(p);
    if (x + w <= plane.width() && y + h <= plane.height()) {
      s_.source[p] = plane.ptr(x, y);
      s_.source_stride[p] = plane.stride();
      continue;
    }
    // Outside the picture its last row and column go on.
    P* const copy = s_.scratch.source_edge.plane(p);
    const int in_w = std::min(w, plane.width() - x);
    for (int r = 0; r < h; r++) {
      const P* const row = plane.ptr(x, std::min(y + r, plane.height() - 1));
      std::copy_n(row, in_w, copy + r * w);
      std::fill(copy + r * w + in_w, copy + (r + 1) * w, row[in_w - 1]);
    }
    s_.source[p] = copy;
    s_.source_stride[p] = w;
  }
}

/// What the vectors on references [ `begin`, `end` ) leave of one of the superblock's quarters.
template <Pixel P>
uint32_t SuperblockSearch<P>::left_of_quarter(int quarter, int begin, int end) const {
  uint32_t least = 1u << 24;
  for (int i = begin; i < end; i++)
    least = std::min(least, s_.motion[s_.plan.search_refs[i]].square[square_index(1, quarter / 2, quarter % 2)].cost);
  return least;
}

/// Whether the vectors found so far leave enough, and more references have been of use before.
template <Pixel P>
bool SuperblockSearch<P>::wants_more_references() const {
  constexpr int kLeastGained = 4;  // one of so many
  const InterSettings& set = s_.settings().inter;
  if (progress_.widened >= set.extra_tries && kLeastGained * progress_.gained < progress_.widened) return false;
  uint32_t left = 0;
  for (int quarter = 0; quarter < 4; quarter++) left += left_of_quarter(quarter, 0, s_.num_refs);
  return left > set.extra_above * s_.sad_lambda * kCostOneBit * kSbSize * kSbSize;
}

/// Notes whether references beyond the usual were worth looking at.
template <Pixel P>
void SuperblockSearch<P>::note_gain(int usual) {
  bool gained = false;
  for (int quarter = 0; quarter < 4; quarter++)
    gained |= static_cast<float>(left_of_quarter(quarter, usual, s_.num_refs)) <
              s_.settings().inter.extra_margin * static_cast<float>(left_of_quarter(quarter, 0, usual));
  progress_.widened++;
  progress_.gained += gained;
}

/// Whole-sample vectors of all squares, on every searched reference.
template <Pixel P>
void SuperblockSearch<P>::find_motion(int mi_row, int mi_col) {
  const SearchSettings& set = s_.settings();
  const bool wanted = kPartitionLog || set.partition.guided() || set.inter.open_loop_start || set.inter.reference_margin > 0 || set.inter.reference_drop > 0;
  if (s_.header().frame_is_intra()) return;
  const int usual = s_.num_refs = std::min(set.inter.max_references, s_.plan.num_search_refs);
  if (!wanted) return;
  const int all_refs = std::min(set.inter.max_references + set.inter.extra_references, s_.plan.num_search_refs);
  for (int i = 0; i < all_refs; i++) {
    if (i == s_.num_refs && !wants_more_references()) break;
    const RefFrame r = s_.plan.search_refs[i];
    if (i >= s_.num_refs) s_.late[r].find(mi_row / kSbMi, mi_col / kSbMi);
    s_.num_refs = std::max(s_.num_refs, i + 1);
    search_superblock_motion<P>({.sad_grid = s_.dsp.sad_grid,
                                 .src = s_.source[0],
                                 .src_stride = s_.source_stride[0],
                                 .ref = s_.frame.refs[r]->picture.plane(0),
                                 .x_px = mi_col * MI_SIZE,
                                 .y_px = mi_row * MI_SIZE,
                                 .coarse = s_.coarse[r],
                                 .lambda = s_.sad_lambda,
                                 .rounds = set.inter.open_loop_rounds,
                                 .close = static_cast<uint32_t>(set.inter.coarse_close) << (s_.bit_depth() - 8),
                                 .halves = kPartitionLog || set.partition.inter.rect},
                                s_.motion[r]);
  }
  if (s_.num_refs > usual) note_gain(usual);
}

/// Runs the superblock's syntax once over the probabilities, as writing it will.
template <Pixel P>
void SuperblockSearch<P>::adapt(int mi_row, int mi_col, const BlockContext::Checkpoint& before, uint32_t first_coef) {
  if (s_.header().disable_cdf_update || keeps_costs(s_.plan)) return;
  if (s_.settings().tx.exact_counting) {  // the decided path has adapted them already
    s_.journal.clear();
    return;
  }
  s_.context.restore(before);
  s_.wc.coef_cursor = first_coef;
  CdfAdapter adapter;
  write_superblock(adapter, s_.wc, mi_row, mi_col);
}

template <Pixel P>
void SuperblockSearch<P>::search(int mi_row, int mi_col) {
  quantise_with(qindex_of(mi_row, mi_col), s_.frame.lambda_scale.at(mi_col / kSbMi, mi_row / kSbMi));
  fetch_source(mi_row, mi_col);
  const PictureFormat& f = s_.frame.format;
  s_.decoded.start_superblock(mi_row, mi_col, s_.tile.mi_row_end, s_.tile.mi_col_end, f.subsampling_x, f.subsampling_y);
  // What the step from the superblock before costs weighs in no choice: which that is, rows side by side do not know.
  s_.context.start_superblock(false);
  find_motion(mi_row, mi_col);
  partitions_.start_superblock();
  const BlockContext::Checkpoint before = s_.context.save(mi_col);
  const uint32_t first_coef = s_.coefs.used();
  partitions_.search(mi_row, mi_col, BLOCK_64X64, std::numeric_limits<double>::infinity());
  adapt(mi_row, mi_col, before, first_coef);
  if (!keeps_costs(s_.plan) && ++progress_.since_refresh >= s_.settings().cost_refresh_sb) refresh_costs();
}

template class SuperblockSearch<uint8_t>;
template class SuperblockSearch<uint16_t>;

}  // namespace tessera
