#include "block/ref_mv_temporal.h"

#include <cstdlib>

namespace tessera {
namespace {

/// REFMVS_LIMIT: a larger component is not saved.
constexpr int kRefMvsLimit = (1 << 12) - 1;

/// spec 7.9.4: get block position process, for one coordinate: offset in 8x8 units of a projected component.
int offset8(int delta) {
  constexpr int kShift = 3 + 1 + MI_SIZE_LOG2;
  return delta >= 0 ? delta >> kShift : -(-delta >> kShift);
}

/// The vector 7.19 keeps of a block: the last one that points to the past and is short enough.
SavedMv saved_mv(const BlockInfo& block, const Array<bool, TOTAL_REFS_PER_FRAME>& is_past) {
  for (int list = 1; list >= 0; list--) {
    const RefFrame ref = block.ref_frame[list];
    const Mv mv = block.mv[list];
    if (ref > INTRA_FRAME && is_past[ref] && std::max(std::abs(mv.row), std::abs(mv.col)) <= kRefMvsLimit)
      return {mv, ref};
  }
  return {};
}

}  // namespace

/// spec 7.9.1: which references are projected, in which order.
MotionFieldProjection::MotionFieldProjection(const SequenceHeader& seq, const FrameHeader& header,
                                             const MotionSources& sources) {
  const auto is_future = [&](RefFrame ref) {
    return get_relative_dist(seq, header.ref_hint(ref), header.order_hint) > 0;
  };
  if (sources[LAST_FRAME].saved_order_hints[ALTREF_FRAME] != header.ref_hint(GOLDEN_FRAME))
    add_pass(seq, header, sources, LAST_FRAME, -1);

  int ref_stamp = MFMV_STACK_SIZE - 2;
  if (is_future(BWDREF_FRAME)) ref_stamp -= add_pass(seq, header, sources, BWDREF_FRAME, 1);
  if (is_future(ALTREF2_FRAME)) ref_stamp -= add_pass(seq, header, sources, ALTREF2_FRAME, 1);
  if (is_future(ALTREF_FRAME) && ref_stamp >= 0) ref_stamp -= add_pass(seq, header, sources, ALTREF_FRAME, 1);
  if (ref_stamp >= 0) add_pass(seq, header, sources, LAST2_FRAME, -1);
}

/// spec 7.9.2: the part of the projection process that is the same for every vector of `src`. False where the
/// process ends at once with output 0.
bool MotionFieldProjection::add_pass(const SequenceHeader& seq, const FrameHeader& header,
                                     const MotionSources& sources, RefFrame src, int dst_sign) {
  const MotionSource& source = sources[src];
  if (!source.mvs || source.mvs->width() != header.size.mi_cols >> 1 ||
      source.mvs->height() != header.size.mi_rows >> 1 || source.frame_type == KEY_FRAME ||
      source.frame_type == INTRA_ONLY_FRAME)
    return false;

  Pass& pass = passes_[num_passes_++];
  pass.mvs = source.mvs;
  pass.dst_sign = dst_sign;
  const int ref_to_cur = get_relative_dist(seq, header.ref_hint(src), header.order_hint);
  if (std::abs(ref_to_cur) > MAX_FRAME_DISTANCE) return true;
  for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++) {
    const int ref_offset = get_relative_dist(seq, header.ref_hint(src), source.saved_order_hints[ref]);
    if (ref_offset <= 0 || ref_offset > MAX_FRAME_DISTANCE) continue;
    pass.ref_offset[ref] = static_cast<int8_t>(ref_offset);
    pass.to_current[ref] = mv_projection_factor(ref_to_cur * dst_sign, ref_offset);
  }
  return true;
}

void MotionFieldProjection::project(int row8_begin, int row8_end, MotionField& field) const {
  check(row8_begin % kMotionFieldBand == 0, "projection starts inside a band");
  for (int y8 = row8_begin; y8 < row8_end; y8++) {
    ProjectedMv* row = field.view().ptr(0, y8, field.width(), 1);
    std::fill(row, row + field.width(), ProjectedMv{});
  }
  for (int band = row8_begin; band < row8_end; band += kMotionFieldBand)
    for (int i = 0; i < num_passes_; i++)
      project_rows(passes_[i], band, std::min(band + kMotionFieldBand, row8_end), field);
}

/// spec 7.9.2: projection process, for the rows of one band. MotionFieldMvs[ dst ] of the specification is
/// the cell stretched to dst: every destination gets its vector from the same source at the same time.
void MotionFieldProjection::project_rows(const Pass& pass, int row8_begin, int row8_end, MotionField& field) {
  const int w8 = field.width();
  for (int y8 = row8_begin; y8 < row8_end; y8++) {
    const SavedMv* saved = pass.mvs->view().ptr(0, y8, w8, 1);
    for (int x8 = 0; x8 < w8; x8++) {
      const SavedMv& source = saved[x8];
      if (source.ref_frame <= INTRA_FRAME || pass.ref_offset[source.ref_frame] == 0) continue;
      const Mv to_current = project_mv(source.mv, pass.to_current[source.ref_frame]);
      const int pos_y8 = y8 + pass.dst_sign * offset8(to_current.row);
      if (pos_y8 < row8_begin || pos_y8 >= row8_end) continue;
      const int pos_x8 = x8 + pass.dst_sign * offset8(to_current.col);
      const int base8 = x8 & ~7;
      if (pos_x8 < std::max(0, base8 - MAX_OFFSET_WIDTH)) continue;
      if (pos_x8 >= std::min(w8, base8 + 8 + MAX_OFFSET_WIDTH)) continue;
      field.at(pos_x8, pos_y8) = {source.mv, pass.ref_offset[source.ref_frame]};
    }
  }
}

void save_motion_vectors(const SequenceHeader& seq, const FrameHeader& header, const BlockInfoGrid& grid,
                         int row8_begin, int row8_end, SavedMvs& saved) {
  Array<bool, TOTAL_REFS_PER_FRAME> is_past = {};
  if (!header.frame_is_intra())
    for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++)
      is_past[ref] = get_relative_dist(seq, header.ref_hint(ref), header.order_hint) < 0;

  for (int y8 = row8_begin; y8 < row8_end; y8++) {
    SavedMv* row = saved.view().ptr(0, y8, saved.width(), 1);
    for (int x8 = 0; x8 < saved.width();) {
      const BlockInfo& block = grid.at(2 * y8 + 1, 2 * x8 + 1);
      const SavedMv mv = saved_mv(block, is_past);
      const int end8 = std::min(saved.width(), (block.mi_col + Num_4x4_Blocks_Wide[block.size] + 1) >> 1);
      do row[x8++] = mv;
      while (x8 < end8);
    }
  }
}

}  // namespace tessera
