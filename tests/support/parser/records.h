// What the parser reports: symbols, blocks, frames.
#pragma once

#include <cstdint>
#include <vector>

#include "spec/enums.h"
#include "spec/frame_header.h"

namespace tessera::parser {

struct Mv {
  int row = 0, col = 0;  ///< 1/8 luma sample
  bool operator==(const Mv&) const = default;
};

/// One entropy-coded symbol, or one bit of a literal.
struct SymbolRecord {
  const char* name = "";  ///< syntax element, section 5.11
  bool adaptive = true;   ///< false: no CDF of the context (literal bits, split_or_horz, split_or_vert)
  int symbols = 0;        ///< N
  int value = 0;
  int range = 0;  ///< SymbolRange before the symbol
  int tile = 0;
  int mi_row = 0, mi_col = 0;
  BlockSize mi_size = BLOCK_INVALID;  ///< of the block or, for partition symbols, of the square
};

struct TxRecord {
  int plane = 0;
  int x = 0, y = 0;  ///< in samples of the plane
  TxSize tx_size = TX_4X4;
  TxType tx_type = DCT_DCT;
  int eob = 0;
};

/// A decoded block: the variables of mode_info( ) and residual( ) under their names.
struct Block {
  int tile = 0;
  int mi_row = 0, mi_col = 0;
  BlockSize mi_size = BLOCK_INVALID;
  bool has_chroma = false;
  int segment_id = 0;
  bool skip = false, skip_mode = false, is_inter = false, use_intrabc = false, lossless = false;
  int current_q_index = 0;
  Array<int, 4> delta_lf = {};
  PredictionMode y_mode = DC_PRED, uv_mode = DC_PRED;
  int angle_delta_y = 0, angle_delta_uv = 0;
  int cfl_alpha_u = 0, cfl_alpha_v = 0;
  bool use_filter_intra = false;
  int filter_intra_mode = 0;
  int palette_size_y = 0, palette_size_uv = 0;
  Array<uint16_t, 8> palette_colors_y = {}, palette_colors_u = {}, palette_colors_v = {};
  Array<std::vector<uint8_t>, 2> color_map;  ///< ColorMapY, ColorMapUV: what is on screen, row by row
  Array<int8_t, 2> ref_frame = {INTRA_FRAME, NONE};
  Array<Mv, 2> mv = {};
  int ref_mv_idx = 0;
  Array<InterpFilter, 2> interp_filter = {EIGHTTAP, EIGHTTAP};
  MotionMode motion_mode = SIMPLE;
  int num_samples = 0;
  bool interintra = false, wedge_interintra = false;
  int interintra_mode = 0;
  CompoundType compound_type = COMPOUND_AVERAGE;
  int comp_group_idx = 0, compound_idx = 1;
  int wedge_index = 0, wedge_sign = 0, mask_type = 0;
  TxSize tx_size = TX_4X4;  ///< TxSize: of the last transform block for a split tree
  std::vector<TxRecord> tx;

  bool is_compound() const { return ref_frame[1] > INTRA_FRAME; }
};

/// Receives what a stream holds, in coding order. A frame is numbered by the frame headers with tile data so
/// far.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_sequence(const SequenceHeader&) {}
  virtual void on_frame(int /*frame*/, const FrameHeader&) {}
  virtual void on_symbol(int /*frame*/, const SymbolRecord&) {}
  virtual void on_block(int /*frame*/, const Block&) {}
  virtual void on_restoration_unit(int /*frame*/, int /*plane*/, RestorationType) {}
  virtual void on_tile_end(int /*frame*/, int /*tile*/) {}
};

}  // namespace tessera::parser
