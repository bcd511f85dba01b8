// spec 5.11, reading: one tile, symbol by symbol. Methods carry the names of the syntax structures, members
// those of the specification's variables; mode info goes into the FrameState, records to the Listener.
#pragma once

#include "spec/block_geometry.h"
#include "spec/tx_geometry.h"
#include "tests/support/parser/frame_state.h"
#include "tests/support/parser/symbol_decoder.h"

namespace tessera::parser {

class TileParser {
 public:
  TileParser(FrameState& fs, int tile, Bytes data, Listener& listener);

  /// spec 5.11.2: decode_tile( ) and exit_symbol( ); leaves the CDFs in saved_cdfs if the frame wants them.
  void parse();

 private:
  // tile_parser.cpp: symbols
  template <size_t M>
  int symbol(const char* name, uint16_t (&cdf)[M]) {
    return read_symbol(name, cdf, M - 1, true);
  }
  int read_symbol(const char* name, uint16_t* cdf, int n, bool adaptive);
  int literal(const char* name, int bits);
  int non_symmetric(const char* name, int n);

  // tile_parser.cpp: tile, partition, block
  void clear_above_context();
  void clear_left_context();
  void decode_partition(int r, int c, BlockSize bsize);
  int read_partition(int r, int c, BlockSize bsize, bool has_rows, bool has_cols);
  template <size_t M>
  int read_split_or(bool horz, const uint16_t (&cdf)[M], BlockSize bsize);
  void decode_block(int r, int c, BlockSize sub_size);
  void store_mode_info();
  bool is_inside(int r, int c) const;
  ModeInfo& above() { return fs_.mi(b_.mi_row - 1, b_.mi_col); }
  ModeInfo& left() { return fs_.mi(b_.mi_row, b_.mi_col - 1); }
  int bw4() const { return Num_4x4_Blocks_Wide[b_.mi_size]; }
  int bh4() const { return Num_4x4_Blocks_High[b_.mi_size]; }
  int bw() const { return 4 * bw4(); }
  int bh() const { return 4 * bh4(); }
  int sub_x(int plane) const { return plane > 0 ? seq_.color_config.subsampling_x : 0; }
  int sub_y(int plane) const { return plane > 0 ? seq_.color_config.subsampling_y : 0; }

  // tile_side_info.cpp: segments, skip, cdef, deltas, restoration
  bool seg_feature_active(SegmentationFeature f) const { return hdr_.segmentation.active(b_.segment_id, f); }
  void read_segment_id();
  void intra_segment_id();
  void inter_segment_id(bool pre_skip);
  int get_segment_id();
  void set_seg_pred_context(uint8_t value);
  void read_skip_mode();
  void read_skip();
  void read_cdef();
  void read_delta_qindex();
  void read_delta_lf();
  void read_lr(int r, int c);
  void read_lr_unit(int plane, int unit_row, int unit_col);
  int signed_subexp_with_ref_bool(const char* name, int low, int high, int k, int ref);

  // tile_intra.cpp
  void intra_frame_mode_info();
  void intra_block_mode_info();
  void intra_modes_after_y();
  int intra_angle_info(const char* name, PredictionMode mode);
  void read_uv_mode();
  void read_cfl_alphas();
  void filter_intra_mode_info();
  void palette_mode_info();
  void read_palette_colors_v();
  int get_palette_cache(int plane, Array<uint16_t, 16>& cache);
  void palette_tokens();
  void read_color_map(int plane, int n, int block_w, int block_h, int onscreen_w, int onscreen_h);

  // tile_inter.cpp
  void inter_frame_mode_info();
  void read_is_inter();
  void inter_block_mode_info();
  void read_inter_mode();
  void read_drl();
  void read_interp_filters();
  bool needs_interp_filter() const;
  void read_interintra_mode();
  void read_motion_mode();
  void read_compound_type();
  bool is_scaled(int ref_frame) const;
  bool has_overlappable_candidates();
  void find_warp_samples();
  void add_sample(int delta_row, int delta_col);
  void assign_mv();
  PredictionMode get_mode(int ref_list) const;
  void read_mv(int ref);
  int read_mv_component(MvComponentCdfs& cdfs);

  // tile_refs.cpp: reference frames and their contexts
  void read_ref_frames();
  int count_refs(int type) const;
  int ref_count_ctx(std::initializer_list<int> a, std::initializer_list<int> b) const;
  int comp_mode_ctx() const;
  int comp_ref_type_ctx() const;
  int comp_group_idx_ctx();
  int compound_idx_ctx();

  // tile_mv_stack.cpp: section 7.10.2
  void find_mv_stack();
  Mv setup_global_mv(int ref_list) const;
  void scan_row(int delta_row);
  void scan_col(int delta_col);
  void scan_point(int delta_row, int delta_col);
  void temporal_scan();
  void add_tpl_ref_mv(int delta_row, int delta_col);
  void add_ref_mv_candidate(int mv_row, int mv_col, int weight);
  void push_candidate(const Array<Mv, 2>& mvs, int weight);
  void lower_mv_precision(Mv& mv) const;
  void sort_stack(int start, int end);
  void extra_search();
  void add_extra_mv_candidate(int mv_row, int mv_col);
  void combine_extra_candidates();
  void contexts_and_clamping(int num_new);

  // tile_residual.cpp
  void read_block_tx_size();
  void read_tx_size(bool allow_select);
  void read_var_tx_size(int row, int col, TxSize tx_size, int depth);
  int tx_depth_ctx(TxSize max_rect);
  int get_above_tx_width(int row, int col);
  int get_left_tx_height(int row, int col);
  void reset_block_context();
  void residual();
  void transform_block(int plane, int base_x, int base_y, TxSize tx_size, int x, int y);
  void transform_tree(int start_x, int start_y, int w, int h);
  int coeffs(int plane, int start_x, int start_y, TxSize tx_size);
  int read_eob(int plane, TxSize tx_size, TxType tx_type);
  int read_level(int plane, TxSize tx_size, TxType tx_type, int pos, int c, int eob);
  void read_signs(int plane, int x4, int y4, TxSize tx_size, const uint16_t* scan, int eob);
  int all_zero_ctx(int plane, int x4, int y4, TxSize tx_size);
  int dc_sign_ctx(int plane, int x4, int y4, TxSize tx_size);
  int coeff_base_ctx(TxSize tx_size, TxType tx_type, int pos) const;
  int coeff_br_ctx(TxSize tx_size, TxType tx_type, int pos) const;
  void transform_type(int x4, int y4, TxSize tx_size);
  TxType compute_tx_type(int plane, TxSize tx_size, int block_x, int block_y);

  FrameState& fs_;
  const SequenceHeader& seq_;
  const FrameHeader& hdr_;
  Listener& listener_;
  SymbolDecoder decoder_;
  Cdfs cdfs_;
  SymbolRecord place_;
  int tile_;
  int mi_row_start_, mi_row_end_, mi_col_start_, mi_col_end_;

  // Contexts of the tile, indexed by position in the plane in units of 4 samples.
  Array<std::vector<int>, kPlanes> above_level_, above_dc_, left_level_, left_dc_;
  std::vector<uint8_t> above_seg_pred_, left_seg_pred_;
  bool read_deltas_ = false;
  int current_q_index_;
  Array<int, 4> delta_lf_ = {};
  Table3<int, kPlanes, 2, 3> ref_lr_wiener_;
  Table2<int, kPlanes, 2> ref_sgr_xqd_;

  // The block.
  Block b_;
  bool avail_u_ = false, avail_l_ = false;
  Array<int8_t, 2> above_ref_ = {}, left_ref_ = {};
  bool above_intra_ = false, left_intra_ = false, above_single_ = false, left_single_ = false;

  // Motion vector prediction.
  int num_mv_found_ = 0, new_mv_count_ = 0;
  bool found_match_ = false;
  int close_matches_ = 0, total_matches_ = 0;
  int new_mv_context_ = 0, ref_mv_context_ = 0, zero_mv_context_ = 0;
  Array<Mv, 2> global_mvs_ = {};
  Table2<Mv, MAX_REF_MV_STACK_SIZE + 2, 2> ref_stack_mv_ = {};
  Array<int, MAX_REF_MV_STACK_SIZE + 2> weight_stack_ = {}, drl_ctx_stack_ = {};
  Table2<Mv, 2, 2> ref_id_mvs_ = {}, ref_diff_mvs_ = {};
  Array<int, 2> ref_id_count_ = {}, ref_diff_count_ = {};
  Array<Mv, 2> pred_mv_ = {};
  int num_samples_scanned_ = 0;

  Grid<uint8_t> color_map_;
  Array<int, 1024> quant_ = {};
};

}  // namespace tessera::parser
