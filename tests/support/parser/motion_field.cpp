// spec 7.9 and 7.19: the motion field of a frame and what it leaves for later ones.
#include <cstdlib>

#include "base/int_math.h"
#include "spec/filter_tables.h"
#include "tests/support/parser/frame_state.h"

namespace tessera::parser {
namespace {

/// spec 7.9.3: get MV projection process.
Mv get_mv_projection(const Mv& mv, int numerator, int denominator) {
  const int den = std::min(MAX_FRAME_DISTANCE, denominator);
  const int num = clip3(-MAX_FRAME_DISTANCE, MAX_FRAME_DISTANCE, numerator);
  const auto project = [&](int v) {
    return clip3(-(1 << 14) + 1, (1 << 14) - 1, round2_signed(v * num * static_cast<int>(Div_Mult[den]), 14));
  };
  return {project(mv.row), project(mv.col)};
}

/// spec 7.9.4: project( ); false where posValid would be cleared.
bool project(int& v8, int delta, int dst_sign, int max8, int max_off8) {
  const int base8 = (v8 >> 3) << 3;
  const int offset8 = delta >= 0 ? delta >> 6 : -((-delta) >> 6);
  v8 += dst_sign * offset8;
  return v8 >= 0 && v8 < max8 && v8 >= base8 - max_off8 && v8 < base8 + 8 + max_off8;
}

/// spec 7.9.2: projection process.
bool project_reference(FrameState& fs, int src, int dst_sign) {
  const Reference& ref = fs.ref(src);
  const int w8 = fs.hdr.size.mi_cols >> 1, h8 = fs.hdr.size.mi_rows >> 1;
  if (ref.hdr.size.mi_rows != fs.hdr.size.mi_rows || ref.hdr.size.mi_cols != fs.hdr.size.mi_cols ||
      ref.hdr.frame_is_intra())
    return false;
  const auto dist = [&](int a, int b) { return get_relative_dist(fs.seq, a, b); };
  for (int y8 = 0; y8 < h8; y8++)
    for (int x8 = 0; x8 < w8; x8++) {
      const SavedMotion& saved = ref.motion(y8, x8);
      if (saved.ref_frame <= INTRA_FRAME) continue;
      const int ref_to_cur = dist(fs.order_hints[src], fs.order_hint());
      const int ref_offset = dist(fs.order_hints[src], ref.order_hints[saved.ref_frame]);
      if (std::abs(ref_to_cur) > MAX_FRAME_DISTANCE || std::abs(ref_offset) > MAX_FRAME_DISTANCE ||
          ref_offset <= 0)
        continue;
      const Mv proj = get_mv_projection(saved.mv, ref_to_cur * dst_sign, ref_offset);
      int pos_y8 = y8, pos_x8 = x8;
      const bool valid_y = project(pos_y8, proj.row, dst_sign, h8, MAX_OFFSET_HEIGHT);
      const bool valid_x = project(pos_x8, proj.col, dst_sign, w8, MAX_OFFSET_WIDTH);
      if (!valid_y || !valid_x) continue;
      for (int dst = LAST_FRAME; dst <= ALTREF_FRAME; dst++)
        fs.motion_field[dst](pos_y8, pos_x8) =
            get_mv_projection(saved.mv, dist(fs.order_hint(), fs.order_hints[dst]), ref_offset);
    }
  return true;
}

}  // namespace

/// spec 7.9.1.
void motion_field_estimation(FrameState& fs) {
  for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++)
    fs.motion_field[ref] =
        Grid<Mv>(fs.hdr.size.mi_rows >> 1, fs.hdr.size.mi_cols >> 1, Mv{kInvalidMv, kInvalidMv});
  const auto backward = [&](int ref) {
    return get_relative_dist(fs.seq, fs.order_hints[ref], fs.order_hint()) > 0;
  };
  if (fs.ref(LAST_FRAME).order_hints[ALTREF_FRAME] != fs.order_hints[GOLDEN_FRAME])
    project_reference(fs, LAST_FRAME, -1);
  int ref_stamp = MFMV_STACK_SIZE - 2;
  if (backward(BWDREF_FRAME)) ref_stamp -= project_reference(fs, BWDREF_FRAME, 1);
  if (backward(ALTREF2_FRAME)) ref_stamp -= project_reference(fs, ALTREF2_FRAME, 1);
  if (backward(ALTREF_FRAME) && ref_stamp >= 0) ref_stamp -= project_reference(fs, ALTREF_FRAME, 1);
  if (ref_stamp >= 0) project_reference(fs, LAST2_FRAME, -1);
}

/// spec 7.19.
Grid<SavedMotion> save_motion(const FrameState& fs) {
  constexpr int REFMVS_LIMIT = (1 << 12) - 1;
  Grid<SavedMotion> saved(fs.hdr.size.mi_rows >> 1, fs.hdr.size.mi_cols >> 1);
  for (int y8 = 0; y8 < saved.rows(); y8++)
    for (int x8 = 0; x8 < saved.cols(); x8++) {
      const ModeInfo& mi = fs.mi(2 * y8 + 1, 2 * x8 + 1);
      for (int list = 0; list < 2; list++) {
        const int r = mi.ref_frame[list];
        if (r <= INTRA_FRAME) continue;
        if (get_relative_dist(fs.seq, fs.hdr.ref_hint(r), fs.order_hint()) >= 0) continue;
        if (std::abs(mi.mv[list].row) <= REFMVS_LIMIT && std::abs(mi.mv[list].col) <= REFMVS_LIMIT)
          saved(y8, x8) = {static_cast<int8_t>(r), mi.mv[list]};
      }
    }
  return saved;
}

}  // namespace tessera::parser
