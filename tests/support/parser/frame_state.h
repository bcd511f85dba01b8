// The state variables that the decoding of one frame writes, and what a reference slot keeps of them.
#pragma once

#include "spec/frame_header.h"
#include "tests/support/parser/cdfs.h"
#include "tests/support/parser/grid.h"
#include "tests/support/parser/records.h"

namespace tessera::parser {

/// What decode_block( ) stores for each 4x4 position, under the names of section 5.11.5.
struct ModeInfo {
  bool written = false;
  BlockSize mi_size = BLOCK_INVALID;
  PredictionMode y_mode = DC_PRED;
  Array<int8_t, 2> ref_frame = {INTRA_FRAME, NONE};
  Array<Mv, 2> mv = {};
  bool is_inter = false, skip = false, skip_mode = false;
  int segment_id = 0;
  int comp_group_idx = 0, compound_idx = 0;
  Array<InterpFilter, 2> interp_filter = {EIGHTTAP, EIGHTTAP};
  Array<int, 2> palette_size = {};
  Table2<uint16_t, 2, 8> palette_colors = {};
};

/// MfRefFrames and MfMvs at the odd positions, on the 8x8 grid.
struct SavedMotion {
  int8_t ref_frame = NONE;
  Mv mv;
};

inline constexpr int kInvalidMv = -(1 << 15);

struct LrUnit {
  RestorationType type = RESTORE_NONE;
  Table2<int, 2, 3> wiener = {};
  int sgr_set = 0;
  Array<int, 2> sgr_xqd = {};
};

/// A reference slot (section 7.20).
struct Reference {
  bool valid = false;
  SequenceHeader seq;
  FrameHeader hdr;
  Array<int, TOTAL_REFS_PER_FRAME> order_hints = {};  ///< SavedOrderHints
  Grid<SavedMotion> motion;
  Grid<uint8_t> segment_ids;
  Cdfs cdfs;
};
using References = Array<Reference, NUM_REF_FRAMES>;

struct FrameState {
  SequenceHeader seq;
  FrameHeader hdr;
  const References* refs = nullptr;
  int number = 0;
  Array<int, TOTAL_REFS_PER_FRAME> order_hints = {};  ///< OrderHints
  Array<bool, TOTAL_REFS_PER_FRAME> ref_frame_sign_bias = {};
  Cdfs cdfs;        ///< at the start of every tile
  Cdfs saved_cdfs;  ///< of context_update_tile_id at its end
  Grid<ModeInfo> mi;
  Grid<TxSize> inter_tx_sizes;
  Grid<TxType> tx_types;
  Grid<int8_t> cdef_idx;  ///< on the 64x64 grid
  Grid<uint8_t> prev_segment_ids;
  Array<Grid<Mv>, TOTAL_REFS_PER_FRAME> motion_field;  ///< MotionFieldMvs, on the 8x8 grid
  Array<Grid<LrUnit>, kPlanes> lr_units;

  int order_hint() const { return hdr.order_hint; }
  const Reference& ref(int ref_frame) const { return (*refs)[hdr.ref_frame_idx[ref_frame - LAST_FRAME]]; }
};

/// spec 7.9: motion field estimation process.
void motion_field_estimation(FrameState& fs);
/// spec 7.19: motion field motion vector storage process.
Grid<SavedMotion> save_motion(const FrameState& fs);

}  // namespace tessera::parser
