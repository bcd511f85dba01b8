// What a block's surroundings offer to any reference: the scans of spec 7.10.2 without their matching.
#include "block/ref_mv.h"

namespace tessera {
namespace {

/// Places around the block are looked at as far as the first 64 luma samples of an edge.
constexpr int kMaxScan4 = 16;

/// spec 5.11.51: is_inside( ).
bool is_inside(const TileRect& tile, int mi_row, int mi_col) {
  return mi_row >= tile.mi_row_start && mi_row < tile.mi_row_end && mi_col >= tile.mi_col_start &&
         mi_col < tile.mi_col_end;
}

}  // namespace

RefMvFrame::RefMvFrame(const SequenceHeader& seq, const FrameHeader& frame_header,
                       const BlockInfoGrid& block_grid, const MotionField* motion_field)
    : header(frame_header), grid(block_grid), field(frame_header.use_ref_frame_mvs ? motion_field : nullptr),
      sb_mi(seq.sb_mi()) {
  if (header.frame_is_intra()) return;
  for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++) {
    const int to_ref = get_relative_dist(seq, header.order_hint, header.ref_hint(ref));
    ref_distance[ref] = static_cast<int8_t>(clip3(-MAX_FRAME_DISTANCE, MAX_FRAME_DISTANCE, to_ref));
    sign_bias[ref] = get_relative_dist(seq, header.ref_hint(ref), header.order_hint) > 0;
  }
}

/// The specification asks whether the unit "has been written for this frame". In the order of coding, the
/// upper half of a square comes before its lower half, and in either half the left before the right: the unit
/// is coded if the smallest aligned square that holds both separates them by a horizontal line.
/// PARTITION_VERT_A alone leaves that order, and codes its lower left quarter before the right half.
bool top_right_is_coded(const RefMvBlock& block, int sb_mi) {
  const int bh4 = Num_4x4_Blocks_High[block.size], bw4 = Num_4x4_Blocks_Wide[block.size];
  const int row = block.mi_row & (sb_mi - 1), col = block.mi_col & (sb_mi - 1);
  if (row == 0) return true;
  if (col + bw4 >= sb_mi) return false;
  if (block.partition == PARTITION_VERT_A && bw4 == bh4 && (row & bh4)) return false;
  return std::bit_width(static_cast<unsigned>(row ^ (row - 1))) >=
         std::bit_width(static_cast<unsigned>(col ^ (col + bw4)));
}

/// spec 7.10.2: steps up to the sorting, as far as they do not depend on the reference.
void RefMvNeighbourhood::prepare(const RefMvFrame& frame, const TileRect& tile, const RefMvBlock& block) {
  frame_ = &frame;
  tile_ = tile;
  block_ = block;
  bw4_ = Num_4x4_Blocks_Wide[block.size];
  bh4_ = Num_4x4_Blocks_High[block.size];
  candidates_.clear();
  origins_.clear();

  scanning_close_ = true;
  scan_row(-1);
  scan_col(-1);
  if (std::max(bw4_, bh4_) <= kMaxScan4 && is_inside(tile, block.mi_row - 1, block.mi_col + bw4_) &&
      top_right_is_coded(block, frame.sb_mi))
    add_candidate(frame.grid.at(block.mi_row - 1, block.mi_col + bw4_), 4, kAbove);
  num_close_ = candidates_.size();

  scanning_close_ = false;
  if (is_inside(tile, block.mi_row - 1, block.mi_col - 1))
    add_candidate(frame.grid.at(block.mi_row - 1, block.mi_col - 1), 4, kAbove);
  scan_row(-3);
  scan_col(-3);
  if (bh4_ > 1) scan_row(-5);
  if (bw4_ > 1) scan_col(-5);

  scan_temporal();
  scan_extra();
}

/// spec 7.10.2.2: scan row process. Tiles are whole superblocks and even frames: a line that starts inside
/// the tile stays there up to end4.
void RefMvNeighbourhood::scan_row(int delta_row) {
  const BlockInfoGrid& grid = frame_->grid;
  const int end4 = std::min({bw4_, grid.mi_cols() - block_.mi_col, kMaxScan4});
  int min_len = bw4_ >= kMaxScan4 ? 4 : 1, delta_col = 0;
  if (delta_row < -1) {
    delta_row += block_.mi_row & 1;
    delta_col = 1 - (block_.mi_col & 1);
    min_len = std::max(min_len, 2);
  }
  const int mi_row = block_.mi_row + delta_row;
  if (mi_row < tile_.mi_row_start) return;
  for (int i = 0; i < end4;) {
    const int mi_col = block_.mi_col + delta_col + i;
    const BlockInfo& info = grid.at(mi_row, mi_col);
    const int len = std::max(min_len, std::min<int>(bw4_, Num_4x4_Blocks_Wide[info.size]));
    add_candidate(info, 2 * len, kAbove);
    i += len;
  }
}

/// spec 7.10.2.3: scan col process.
void RefMvNeighbourhood::scan_col(int delta_col) {
  const BlockInfoGrid& grid = frame_->grid;
  const int end4 = std::min({bh4_, grid.mi_rows() - block_.mi_row, kMaxScan4});
  int min_len = bh4_ >= kMaxScan4 ? 4 : 1, delta_row = 0;
  if (delta_col < -1) {
    delta_row = 1 - (block_.mi_row & 1);
    delta_col += block_.mi_col & 1;
    min_len = std::max(min_len, 2);
  }
  const int mi_col = block_.mi_col + delta_col;
  if (mi_col < tile_.mi_col_start) return;
  for (int i = 0; i < end4;) {
    const int mi_row = block_.mi_row + delta_row + i;
    const BlockInfo& info = grid.at(mi_row, mi_col);
    const int len = std::max(min_len, std::min<int>(bh4_, Num_4x4_Blocks_High[info.size]));
    add_candidate(info, 2 * len, kLeft);
    i += len;
  }
}

/// A block that several scans meet is kept once: only the sum of its weights and the sides matter, its place
/// in the stack is that of the first meeting.
void RefMvNeighbourhood::add_candidate(const BlockInfo& info, int weight, Side side) {
  if (!info.is_inter) return;
  const uint32_t origin = static_cast<uint32_t>(info.mi_row) << 16 | info.mi_col;
  for (int i = 0; i < origins_.size(); i++) {
    if (origins_[i] != origin) continue;
    Candidate& c = candidates_[i];
    c.weight = static_cast<uint16_t>(c.weight + weight);
    c.sides |= side;
    if (scanning_close_) c.close_sides |= side;
    return;
  }
  origins_.push_back(origin);
  candidates_.push_back({
    .mv = info.mv,
    .ref_frame = info.ref_frame,
    .weight = static_cast<uint16_t>(weight),
    .close_sides = static_cast<uint8_t>(scanning_close_ ? side : 0),
    .sides = side,
    .has_newmv = has_newmv(info.y_mode),
    .is_global = (info.y_mode == GLOBALMV || info.y_mode == GLOBAL_GLOBALMV) &&
                 std::min(block_width(info.size), block_height(info.size)) >= 8,
  });
}

/// spec 7.10.2.12: the places of the extra search process.
void RefMvNeighbourhood::scan_extra() {
  extra_.clear();
  const BlockInfoGrid& grid = frame_->grid;
  const int num4x4 =
    std::min({kMaxScan4, bw4_, bh4_, grid.mi_cols() - block_.mi_col, grid.mi_rows() - block_.mi_row});
  if (block_.mi_row > tile_.mi_row_start)
    for (int i = 0; i < num4x4;) {
      const BlockInfo& info = grid.at(block_.mi_row - 1, block_.mi_col + i);
      add_extra(info);
      i += Num_4x4_Blocks_Wide[info.size];
    }
  if (block_.mi_col > tile_.mi_col_start)
    for (int i = 0; i < num4x4;) {
      const BlockInfo& info = grid.at(block_.mi_row + i, block_.mi_col - 1);
      add_extra(info);
      i += Num_4x4_Blocks_High[info.size];
    }
}

void RefMvNeighbourhood::add_extra(const BlockInfo& info) {
  if (info.ref_frame[0] > INTRA_FRAME) extra_.push_back({info.mv, info.ref_frame});
}

/// spec 7.10.2.5: temporal scan process.
void RefMvNeighbourhood::scan_temporal() {
  temporal_.clear();
  has_colocated_ = false;
  if (!frame_->field) return;

  const int step_w4 = bw4_ >= 16 ? 4 : 2, step_h4 = bh4_ >= 16 ? 4 : 2;
  for (int delta_row = 0; delta_row < std::min(bh4_, kMaxScan4); delta_row += step_h4)
    for (int delta_col = 0; delta_col < std::min(bw4_, kMaxScan4); delta_col += step_w4) {
      add_temporal(delta_row, delta_col);
      if (delta_row == 0 && delta_col == 0) has_colocated_ = !temporal_.empty();
    }

  if (bh4_ < 2 || bh4_ >= 16 || bw4_ < 2 || bw4_ >= 16) return;
  const int tpl_sample_pos[3][2] = {{bh4_, -2}, {bh4_, bw4_}, {bh4_ - 2, bw4_}};
  for (const auto& [delta_row, delta_col] : tpl_sample_pos) {
    const int row = (block_.mi_row & 15) + delta_row, col = (block_.mi_col & 15) + delta_col;
    if (row < 16 && col >= 0 && col < 16) add_temporal(delta_row, delta_col);
  }
}

/// spec 7.10.2.6: temporal sample process, the look-up. Equal cells project to equal vectors: kept once.
void RefMvNeighbourhood::add_temporal(int delta_row, int delta_col) {
  const int mv_row = (block_.mi_row + delta_row) | 1, mv_col = (block_.mi_col + delta_col) | 1;
  if (!is_inside(tile_, mv_row, mv_col)) return;
  const ProjectedMv& cell = frame_->field->at(mv_col >> 1, mv_row >> 1);
  if (cell.ref_offset == 0) return;
  for (TemporalCandidate& t : temporal_)
    if (t.cell.mv == cell.mv && t.cell.ref_offset == cell.ref_offset) {
      t.weight = static_cast<uint8_t>(t.weight + 2);
      return;
    }
  temporal_.push_back({cell, 2});
}

}  // namespace tessera
