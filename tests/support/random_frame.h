// A frame of random blocks that uses everything the syntax can say: decided, written, parsed by an independent reading of
// section 5.11, and compared.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "block/ref_mv.h"
#include "block/tx_type_rules.h"
#include "block/warp_samples.h"
#include "block/write_block.h"
#include "block/write_inter_info.h"
#include "block/write_intra_info.h"
#include "block/write_palette.h"
#include "block/write_partition.h"
#include "block/write_sinks.h"
#include "block/write_tx_size.h"
#include "spec/coef_tables.h"
#include "tests/support/parser/tile_parser.h"
#include "tests/support/random_copies.h"
#include "tests/support/random_palettes.h"

namespace tessera {

/// What varies from frame to frame.
struct RandomFrameOptions {
  unsigned seed = 0;
  bool inter = true;
  int width = 200, height = 136;
  int subsampling_x = 1, subsampling_y = 1;
  bool mono = false, lossless = false;
  int bit_depth = 8;
};

/// One such frame; it fails the test in which a tile does not parse to what was decided.
class RandomFrame {
 public:
  explicit RandomFrame(const RandomFrameOptions& options) : rng_(options.seed), options_(options), palettes_(options.seed) {
    make_headers();
    const FrameSize& size = header_.size;
    blocks_.resize(size.mi_rows, size.mi_cols);
    const int sb_cols = div_ceil(size.mi_cols, kSbMi), sb_rows = div_ceil(size.mi_rows, kSbMi);
    tx_.resize(sb_cols * kSbMi, sb_rows * kSbMi);
    cdef_idx_.resize(sb_cols, sb_rows);
    palettes_.grid.resize({.width = options.width,
                      .height = options.height,
                      .monochrome = options.mono,
                      .subsampling_x = options.subsampling_x,
                      .subsampling_y = options.subsampling_y});
    for (int y = 0; y < sb_rows; y++)
      for (int x = 0; x < sb_cols; x++)
        cdef_idx_.at(x, y) = static_cast<int8_t>(random(1 << header_.cdef.cdef_bits));
    make_restoration();
    motion_ = std::make_unique<RefMvFrame>(sequence_, header_, blocks_, nullptr);
  }

  /// Decides one tile, writes it, parses it and compares.
  void check_tile(int tile_num) {
    tile_ = tile_rect(header_.tile_info, tile_num);
    coefs_.resize(static_cast<size_t>(tile_.mi_rows() + kSbMi) *
                  static_cast<size_t>(tile_.mi_cols() + kSbMi) * 16 * 3);
    decided_.clear();
    coded_qindex_ = header_.quantization.base_q_idx;
    for (int r = tile_.mi_row_start; r < tile_.mi_row_end; r += kSbMi)
      for (int c = tile_.mi_col_start; c < tile_.mi_col_end; c += kSbMi) {
        const int step =
            header_.delta.delta_q_present ? (random(13) - 6) * (1 << header_.delta.delta_q_res) : 0;
        const int qindex = coded_qindex_ + step;
        first_in_superblock_ = true;
        decide_node(r, c, BLOCK_64X64, qindex > 0 && qindex < 256 ? qindex : coded_qindex_);
      }
    compare(tile_num, write());
  }
  int tiles() const { return header_.tile_info.num_tiles(); }
  const FrameHeader& header() const { return header_; }
  int palettes_seen() const { return palettes_.seen; }
  int copies_seen() const { return copies_seen_; }
  int inter_intra_seen() const { return inter_intra_seen_; }

 private:
  int random(int n) { return static_cast<int>(rng_() % static_cast<unsigned>(n)); }
  bool chance(int of) { return random(of) == 0; }
  TransformLayout layout() const { return TransformLayout(sequence_, header_); }

  void make_headers() {
    ColorConfig& color = sequence_.color_config;
    color.mono_chrome = options_.mono;
    color.bit_depth = static_cast<uint8_t>(options_.bit_depth);
    color.subsampling_x = static_cast<uint8_t>(options_.subsampling_x);
    color.subsampling_y = static_cast<uint8_t>(options_.subsampling_y);
    for (bool* flag : {&sequence_.enable_filter_intra, &sequence_.enable_interintra_compound,
                       &sequence_.enable_masked_compound, &sequence_.enable_dual_filter,
                       &sequence_.enable_jnt_comp, &sequence_.enable_cdef})
      *flag = !chance(4);
    FrameHeader& h = header_;
    h.frame_type = options_.inter ? INTER_FRAME : random(2) ? KEY_FRAME : INTRA_ONLY_FRAME;
    h.size = make_frame_size(options_.width, options_.height);
    h.tile_info = uniform_tile_layout(h.size.mi_cols, h.size.mi_rows, false, random(2), random(2));
    h.quantization.base_q_idx = static_cast<uint8_t>(options_.lossless ? 0 : 100);
    h.coded_lossless = options_.lossless;
    for (bool& lossless : h.lossless_array) lossless = options_.lossless;
    h.tx_mode = options_.lossless ? ONLY_4X4 : chance(4) ? TX_MODE_LARGEST : TX_MODE_SELECT;
    h.reduced_tx_set = chance(4);
    h.allow_screen_content_tools = chance(3);
    h.cdef.cdef_bits = static_cast<uint8_t>(random(4));
    h.delta.delta_q_present = !options_.lossless && chance(2);
    h.delta.delta_q_res = static_cast<uint8_t>(random(4));
    h.delta.delta_lf_present = h.delta.delta_q_present && chance(2);
    h.delta.delta_lf_multi = chance(2);
    h.force_integer_mv = !options_.inter || chance(5);
    if (!options_.inter) {
      h.allow_intrabc = h.allow_screen_content_tools && chance(2);
      if (h.allow_intrabc) h.delta.delta_lf_present = false;
      return;
    }
    h.allow_high_precision_mv = !h.force_integer_mv && chance(2);
    h.interpolation_filter = chance(4) ? EIGHTTAP_SHARP : SWITCHABLE;
    h.is_motion_mode_switchable = !chance(4);
    h.allow_warped_motion = chance(2);
    h.reference_select = !chance(4);
    h.order_hint = 20;
    for (int i = 0; i < REFS_PER_FRAME; i++) h.ref_frame_idx[i] = static_cast<uint8_t>(i);
    h.ref_order_hint = {16, 12, 8, 4, 22, 24, 28, 0};
    const SkipModeFrames skip = derive_skip_mode_frames(sequence_, h);
    h.skip_mode_present = skip.allowed && !chance(3);
    h.skip_mode_frame = skip.frame;
    for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++)
      if (chance(3)) {
        h.global_motion[ref].gm_type = chance(2) ? TRANSLATION : ROTZOOM;
        h.global_motion[ref].gm_params[0] = random(1 << 14);
        h.global_motion[ref].gm_params[1] = -random(1 << 14);
        if (h.global_motion[ref].gm_type == ROTZOOM) h.global_motion[ref].gm_params[2] += random(200);
        h.global_motion[ref].gm_params[5] = h.global_motion[ref].gm_params[2];
      }
  }

  void make_restoration() {
    if (options_.lossless || header_.allow_intrabc || chance(3)) return;
    const bool half = chance(2);
    for (int plane = 0; plane < sequence_.num_planes(); plane++) {
      LoopRestorationParams& lr = header_.lr;
      lr.frame_restoration_type[plane] = static_cast<RestorationType>(random(4));
      lr.loop_restoration_size[plane] =
          plane && half && options_.subsampling_x && options_.subsampling_y ? 32 : 64;
      const int ss_x = plane ? options_.subsampling_x : 0, ss_y = plane ? options_.subsampling_y : 0,
                unit = lr.loop_restoration_size[plane];
      restoration_[plane].resize(count_units_in_frame(unit, (options_.width + ss_x) >> ss_x),
                                 count_units_in_frame(unit, (options_.height + ss_y) >> ss_y));
      for (int y = 0; y < restoration_[plane].height(); y++)
        for (int x = 0; x < restoration_[plane].width(); x++)
          restoration_[plane].at(x, y) = random_unit(plane);
    }
  }

  RestorationUnit random_unit(int plane) {
    RestorationUnit u;
    const RestorationType frame_type = header_.lr.frame_restoration_type[plane];
    u.type = frame_type == RESTORE_SWITCHABLE ? static_cast<RestorationType>(random(3))
             : chance(2)                      ? RESTORE_NONE
                                              : frame_type;
    if (u.type == RESTORE_WIENER)
      for (int pass = 0; pass < 2; pass++)
        for (int j = plane ? 1 : 0; j < 3; j++)
          u.wiener[pass][j] =
              static_cast<int8_t>(Wiener_Taps_Min[j] + random(Wiener_Taps_Max[j] - Wiener_Taps_Min[j] + 1));
    if (u.type == RESTORE_SGRPROJ) {
      u.sgr_set = static_cast<uint8_t>(random(16));
      for (int i = 0; i < 2; i++)
        u.sgr_xqd[i] =
            static_cast<int8_t>(Sgrproj_Xqd_Min[i] + random(Sgrproj_Xqd_Max[i] - Sgrproj_Xqd_Min[i] + 1));
      // Weights of an absent filter are implied: from the other one, or 0.
      if (Sgr_Params[u.sgr_set][0] == 0) u.sgr_xqd[0] = 0;
      if (Sgr_Params[u.sgr_set][2] == 0)
        u.sgr_xqd[1] = static_cast<int8_t>(clip3<int>(-32, 95, 128 - u.sgr_xqd[0]));
    }
    return u;
  }

  void decide_node(int r, int c, BlockSize size, int qindex) {
    const int rows = header_.size.mi_rows, cols = header_.size.mi_cols;
    if (r >= rows || c >= cols) return;
    const int half = Num_4x4_Blocks_Wide[size] >> 1;
    const bool has_rows = r + half < rows, has_cols = c + half < cols;
    auto fits = [&](Partition p) {
      const BlockSize sub = Partition_Subsize[p][size];
      return sub != BLOCK_INVALID &&
             get_plane_residual_size(sub, options_.subsampling_x, options_.subsampling_y) != BLOCK_INVALID;
    };
    Partition p = PARTITION_SPLIT;
    if (size == BLOCK_4X4) {
      p = PARTITION_NONE;
    } else if (has_rows && has_cols) {
      do p = static_cast<Partition>(random(size == BLOCK_8X8 ? 4 : PARTITION_TYPES));
      while (!fits(p));
    } else if (has_cols || has_rows) {
      p = has_cols ? PARTITION_HORZ : PARTITION_VERT;
      if (chance(2) || !fits(p)) p = PARTITION_SPLIT;
    }
    if (p == PARTITION_SPLIT) {
      for (int i = 0; i < 4; i++)
        decide_node(r + (i >> 1) * half, c + (i & 1) * half, Partition_Subsize[p][size], qindex);
      return;
    }
    int index = 0;
    for_each_block_of_partition(p, size, r, c, rows, cols, [&](int row, int col) {
      BlockSize sub = Partition_Subsize[p][size];
      const bool first_are_small = p == PARTITION_HORZ_A || p == PARTITION_VERT_A;
      const bool last_are_small = p == PARTITION_HORZ_B || p == PARTITION_VERT_B;
      if ((first_are_small && index < 2) || (last_are_small && index > 0))
        sub = Partition_Subsize[PARTITION_SPLIT][size];
      index++;
      decide_block(row, col, sub, p, qindex);
    });
  }

  void decide_block(int r, int c, BlockSize size, Partition partition, int qindex) {
    BlockInfo info;
    info.mi_row = static_cast<uint16_t>(r);
    info.mi_col = static_cast<uint16_t>(c);
    info.size = size;
    info.partition = partition;
    const int bw4 = Num_4x4_Blocks_Wide[size], bh4 = Num_4x4_Blocks_High[size];
    info.has_chroma = !options_.mono && !(bh4 == 1 && options_.subsampling_y && r % 2 == 0) &&
                      !(bw4 == 1 && options_.subsampling_x && c % 2 == 0);
    info.skip = chance(3);
    info.is_inter = options_.inter && !chance(4);
    if (header_.allow_intrabc && chance(2))
      decide_copy(info, *motion_, tile_, rng_);
    else if (info.is_inter)
      decide_inter(info);
    else
      decide_intra(info);
    // A superblock that is one skipped block keeps what the tile has.
    if (first_in_superblock_ && !(size == BLOCK_64X64 && info.skip)) coded_qindex_ = qindex;
    first_in_superblock_ = false;
    info.qindex = static_cast<uint8_t>(coded_qindex_);
    decide_transforms(info);
    blocks_.place(info);
    decided_.push_back(info);
  }

  void decide_intra(BlockInfo& info) {
    info.y_mode = static_cast<PredictionMode>(random(INTRA_MODES));
    if (allows_angle_delta(info.size) && is_directional_mode(info.y_mode))
      info.angle_delta_y = static_cast<int8_t>(random(7) - 3);
    const bool may_have_palettes = codes_palettes(header_, info.size) && block_width(info.size) >= 8 && block_height(info.size) >= 8;
    if (may_have_palettes && chance(2)) {
      info.y_mode = DC_PRED;
      info.angle_delta_y = 0;
      palettes_.decide(info, 0, layout(), options_.bit_depth);
    }
    if (info.y_mode == DC_PRED && !info.palette_size[0] && allows_filter_intra(sequence_, info.size) && chance(2)) {
      info.use_filter_intra = 1;
      info.filter_intra_mode = static_cast<uint8_t>(random(5));
    }
    if (!info.has_chroma) return;
    const bool cfl = allows_cfl(info.size, options_.lossless, options_.subsampling_x, options_.subsampling_y);
    info.uv_mode = static_cast<PredictionMode>(random(cfl ? UV_INTRA_MODES : INTRA_MODES));
    if (cfl && chance(3)) info.uv_mode = UV_CFL_PRED;
    if (info.uv_mode == UV_CFL_PRED) {
      info.cfl_joint_sign = static_cast<uint8_t>(random(8));
      info.cfl_alpha_u = static_cast<uint8_t>(random(16));
      info.cfl_alpha_v = static_cast<uint8_t>(random(16));
    }
    if (allows_angle_delta(info.size) && is_directional_mode(info.uv_mode))
      info.angle_delta_uv = static_cast<int8_t>(random(7) - 3);
    if (may_have_palettes && chance(2)) {
      info.uv_mode = DC_PRED;
      info.angle_delta_uv = 0;
      palettes_.decide(info, 1, layout(), options_.bit_depth);
    }
  }

  void decide_refs(BlockInfo& info) {
    const bool may_compound =
        header_.reference_select && std::min(block_width(info.size), block_height(info.size)) >= 8;
    info.ref_frame = {static_cast<RefFrame>(random(7) + 1), NONE};
    if (may_compound && chance(2)) {
      static constexpr RefFrame kUni[4][2] = {{BWDREF_FRAME, ALTREF_FRAME},
                                              {LAST_FRAME, LAST2_FRAME},
                                              {LAST_FRAME, LAST3_FRAME},
                                              {LAST_FRAME, GOLDEN_FRAME}};
      const int uni = random(4);
      if (chance(3))
        info.ref_frame = {kUni[uni][0], kUni[uni][1]};
      else
        info.ref_frame = {static_cast<RefFrame>(LAST_FRAME + random(4)),
                          static_cast<RefFrame>(BWDREF_FRAME + random(3))};
    }
  }

  void decide_inter(BlockInfo& info) {
    if (allows_skip_mode(header_, info) && chance(4)) {
      info.skip_mode = info.skip = 1;
      info.ref_frame = {static_cast<RefFrame>(header_.skip_mode_frame[0]),
                        static_cast<RefFrame>(header_.skip_mode_frame[1])};
    } else {
      decide_refs(info);
    }
    const bool compound = info.is_compound();
    const RefMvBlock block{info.mi_row, info.mi_col, info.size, info.partition};
    RefMvNeighbourhood near;
    near.prepare(*motion_, tile_, block);
    RefMvs refs;
    near.find_mv_stack(info.ref_frame[0], info.ref_frame[1], refs);
    info.y_mode =
        static_cast<PredictionMode>(compound ? NEAREST_NEARESTMV + random(8) : NEARESTMV + random(4));
    if (info.skip_mode) info.y_mode = NEAREST_NEARESTMV;
    const RefMvIdxRange range = ref_mv_idx_range(info.y_mode, refs.num_mv_found);
    info.ref_mv_idx = static_cast<uint8_t>(range.first + random(range.last - range.first + 1));
    info.mv_ctx = mv_contexts(refs, info.y_mode, info.ref_mv_idx, compound);
    const int step = header_.force_integer_mv ? 8 : header_.allow_high_precision_mv ? 1 : 2;
    for (int i = 0; i <= compound; i++) {
      Mv mv = info.mv_ctx.pred_mv[i];
      if (get_mode(info.y_mode, i) == NEWMV) {
        static constexpr int kReach[] = {1, 4, 40, 500};
        const int reach = kReach[random(4)];
        mv.row = static_cast<int16_t>(mv.row + (random(2 * reach + 1) - reach) * step);
        mv.col = static_cast<int16_t>(mv.col + (random(2 * reach + 1) - reach) * step);
      }
      info.mv[i] = mv;
    }
    if (allows_interintra(sequence_, info) && chance(3)) {
      info.ref_frame[1] = INTRA_FRAME;
      info.interintra_mode = static_cast<InterIntraMode>(random(INTERINTRA_MODES));
      info.compound_type = random(2) ? COMPOUND_WEDGE : COMPOUND_INTRA;
      info.wedge_index = static_cast<uint8_t>(random(16));
    }
    if (allows_motion_mode(header_, info) && has_overlappable_candidates(blocks_, tile_, block)) {
      info.motion_mode = chance(2) ? OBMC : SIMPLE;
      info.has_warp_samples = find_warp_samples(*motion_, tile_, block, info.ref_frame[0], info.mv[0]).num_samples > 0;
      if (header_.allow_warped_motion && !header_.force_integer_mv && info.has_warp_samples && chance(2))
        info.motion_mode = LOCALWARP;
    }
    if (compound && !info.skip_mode) {
      if (sequence_.enable_jnt_comp && random(2)) info.compound_type = COMPOUND_DISTANCE;
      if (sequence_.enable_masked_compound && random(2)) {
        info.compound_type = Wedge_Bits[info.size] > 0 && random(2) ? COMPOUND_WEDGE : COMPOUND_DIFFWTD;
        info.wedge_index = static_cast<uint8_t>(random(16));
        info.wedge_sign = static_cast<uint8_t>(random(2));
        info.mask_type = static_cast<uint8_t>(random(2));
      }
    }
    if (header_.interpolation_filter != SWITCHABLE)
      info.interp_filter = {header_.interpolation_filter, header_.interpolation_filter};
    else if (needs_interp_filter(header_, info)) {
      info.interp_filter = {static_cast<InterpFilter>(random(3)), static_cast<InterpFilter>(random(3))};
      if (!sequence_.enable_dual_filter) info.interp_filter[1] = info.interp_filter[0];
    }
  }

  void fill_units(int row, int col, TxSize size, const TxUnit& unit) {
    for (int y = 0; y < Tx_Height[size] >> 2; y++)
      for (int x = 0; x < Tx_Width[size] >> 2; x++) {
        TxUnit& u = tx_.at(col + x, row + y);
        u.size = unit.size;
        u.type = unit.type;
      }
  }
  void decide_tx_tree(int row, int col, TxSize size, int depth) {
    if (row >= header_.size.mi_rows || col >= header_.size.mi_cols) return;
    if (size == TX_4X4 || depth == MAX_VARTX_DEPTH || chance(2)) {
      fill_units(row, col, size, TxUnit{.size = size});
      return;
    }
    const TxSize sub = Split_Tx_Size[size];
    for (int y = 0; y < Tx_Height[size]; y += Tx_Height[sub])
      for (int x = 0; x < Tx_Width[size]; x += Tx_Width[sub])
        decide_tx_tree(row + (y >> 2), col + (x >> 2), sub, depth + 1);
  }

  void decide_transforms(BlockInfo& info) {
    const int bw4 = Num_4x4_Blocks_Wide[info.size], bh4 = Num_4x4_Blocks_High[info.size];
    info.tx_size = options_.lossless ? TX_4X4 : Max_Tx_Size_Rect[info.size];
    WriteContext wc = context_for_rules();
    if (header_.tx_mode == TX_MODE_SELECT && !info.is_inter)
      for (int depth = info.size > BLOCK_4X4 ? random(3) : 0; depth > 0; depth--)
        info.tx_size = Split_Tx_Size[info.tx_size];
    for (int y = 0; y < bh4; y++)
      for (int x = 0; x < bw4; x++) {
        TxUnit& u = tx_.at(info.mi_col + x, info.mi_row + y);
        // The unit at a chroma transform's corner may belong to an earlier block, whose luma must stay.
        u = TxUnit{.size = info.tx_size, .type = DCT_DCT, .eob = {}};
      }
    if (codes_tx_tree(wc, info)) decide_tx_tree(info.mi_row, info.mi_col, Max_Tx_Size_Rect[info.size], 0);
    if (info.skip) return;
    for_each_transform_block(wc, info, [&](const TransformBlock& block) {
      const int limit = max_eob(block.size);
      int eob = chance(3) ? 0 : 1 + random(std::min(limit, chance(3) ? limit : 8));
      TxUnit& unit = tx_.at(block.mi_col, block.mi_row);
      unit.eob[block.plane] = static_cast<uint16_t>(eob);
      if (block.plane == 0 && eob > 0) {
        TxUnit typed{.size = unit.size};
        do typed.type = static_cast<TxType>(random(TX_TYPES));
        while (!allows_tx_type(header_, info, block.size, typed.type));
        fill_units(block.mi_row, block.mi_col, block.size, typed);
      }
      Level* levels = coefs_.tail();
      for (int i = 0; i < eob; i++)
        levels[i] = static_cast<Level>(chance(2) ? 0 : random(chance(8) ? 200 : 5) - 2);
      if (eob && levels[eob - 1] == 0) levels[eob - 1] = -1;
      coefs_.advance(eob);
    });
  }

  /// A context that knows the frame but writes nothing.
  WriteContext context_for_rules() {
    WriteContext wc;
    wc.sequence = &sequence_;
    wc.header = &header_;
    wc.layout = TransformLayout(sequence_, header_);
    wc.tx_units = tx_.view();
    return wc;
  }

  std::vector<uint8_t> write() {
    auto cdfs = std::make_unique<CdfContext>();
    init_default(*cdfs, header_.quantization.base_q_idx);
    BlockContext context;
    context.resize(tile_);
    context.start_tile(tile_, header_.quantization.base_q_idx);
    WriteContext wc(sequence_, header_, *cdfs, context);
    wc.blocks = &blocks_;
    wc.tx_units = tx_.view();
    wc.palettes = &palettes_.grid;
    wc.coefs = &coefs_;
    wc.cdef_idx = cdef_idx_.view();
    for (int plane = 0; plane < kPlanes; plane++) wc.restoration[plane] = restoration_[plane].view();
    ByteBuffer bytes;
    RangeEncoder encoder(bytes, *cdfs);
    for (int r = tile_.mi_row_start; r < tile_.mi_row_end; r += kSbMi) {
      context.start_superblock_row();
      for (int c = tile_.mi_col_start; c < tile_.mi_col_end; c += kSbMi) write_superblock(encoder, wc, r, c);
    }
    encoder.finish();
    EXPECT_EQ(wc.coef_cursor, coefs_.used());
    coefs_.clear();
    return {bytes.span().begin(), bytes.span().end()};
  }

  struct Collector : parser::Listener {
    void on_block(int, const parser::Block& block) override { blocks.push_back(block); }
    std::vector<parser::Block> blocks;
  };

  void compare(int tile_num, const std::vector<uint8_t>& bytes) {
    auto fs = std::make_unique<parser::FrameState>();
    auto references = std::make_unique<parser::References>();
    for (parser::Reference& ref : *references) {
      ref.valid = true;
      ref.hdr.size = header_.size;
    }
    fs->seq = sequence_;
    fs->hdr = header_;
    fs->refs = references.get();
    const int rows = header_.size.mi_rows, cols = header_.size.mi_cols;
    fs->mi = parser::Grid<parser::ModeInfo>(rows, cols);
    fs->inter_tx_sizes = parser::Grid<TxSize>(rows, cols);
    fs->tx_types = parser::Grid<TxType>(rows, cols);
    fs->cdef_idx = parser::Grid<int8_t>(div_ceil(rows, 16), div_ceil(cols, 16), -1);
    fs->prev_segment_ids = parser::Grid<uint8_t>(rows, cols);
    for (int ref = LAST_FRAME; ref <= ALTREF_FRAME && options_.inter; ref++) {
      fs->order_hints[ref] = header_.ref_hint(ref);
      fs->ref_frame_sign_bias[ref] =
          get_relative_dist(sequence_, fs->order_hints[ref], header_.order_hint) > 0;
    }
    fs->cdfs.init_non_coeff();
    fs->cdfs.init_coeff(header_.quantization.base_q_idx);
    for (int plane = 0; plane < sequence_.num_planes(); plane++)
      fs->lr_units[plane] =
          parser::Grid<parser::LrUnit>(restoration_[plane].height(), restoration_[plane].width());
    Collector seen;
    try {
      parser::TileParser(*fs, tile_num, parser::Bytes(bytes.data(), static_cast<ptrdiff_t>(bytes.size())),
                         seen)
          .parse();
    } catch (const parser::ParseError& error) {
      ADD_FAILURE() << error.what() << " after " << seen.blocks.size() << " blocks";
    }
    for (size_t i = 0; i < std::min(seen.blocks.size(), decided_.size()); i++) {
      compare_block(seen.blocks[i], decided_[i]);
      if (testing::Test::HasFailure()) return;
    }
    ASSERT_EQ(seen.blocks.size(), decided_.size());
    compare_restoration(*fs);
  }

  void compare_block(const parser::Block& got, const BlockInfo& want) {
    SCOPED_TRACE(testing::Message() << "block at " << want.mi_row << "," << want.mi_col << " size "
                                    << int(want.size) << " inter " << int(want.is_inter) << " skip "
                                    << int(want.skip));
    EXPECT_EQ(got.mi_row, want.mi_row);
    EXPECT_EQ(got.mi_col, want.mi_col);
    EXPECT_EQ(got.mi_size, want.size);
    EXPECT_EQ(got.has_chroma, want.has_chroma);
    EXPECT_EQ(got.skip, want.skip);
    EXPECT_EQ(got.skip_mode, want.skip_mode);
    EXPECT_EQ(got.is_inter, want.is_inter);
    EXPECT_EQ(got.current_q_index, want.qindex);
    EXPECT_EQ(got.y_mode, want.y_mode);
    EXPECT_EQ(got.use_intrabc, want.use_intrabc);
    copies_seen_ += want.use_intrabc;
    if (!want.is_inter) {
      EXPECT_EQ(got.angle_delta_y, want.angle_delta_y);
      EXPECT_EQ(got.use_filter_intra, want.use_filter_intra);
      EXPECT_EQ(got.filter_intra_mode, want.filter_intra_mode);
      EXPECT_EQ(got.tx_size, want.tx_size);
      if (want.has_chroma) {
        EXPECT_EQ(got.uv_mode, want.uv_mode);
        EXPECT_EQ(got.angle_delta_uv, want.angle_delta_uv);
      }
      if (want.has_chroma && want.uv_mode == UV_CFL_PRED) {
        const int sign_u = (want.cfl_joint_sign + 1) / 3, sign_v = (want.cfl_joint_sign + 1) % 3;
        auto alpha = [](int sign, int coded) { return sign == 0 ? 0 : sign == 1 ? -1 - coded : 1 + coded; };
        EXPECT_EQ(got.cfl_alpha_u, alpha(sign_u, want.cfl_alpha_u));
        EXPECT_EQ(got.cfl_alpha_v, alpha(sign_v, want.cfl_alpha_v));
      }
      palettes_.compare(got, want, layout());
    } else {
      EXPECT_EQ(got.ref_frame[0], want.ref_frame[0]);
      EXPECT_EQ(got.ref_frame[1], want.ref_frame[1]);
      for (int i = 0; i <= want.is_compound(); i++)
        EXPECT_EQ(got.mv[i], (parser::Mv{want.mv[i].row, want.mv[i].col}));
      if (!want.use_intrabc) {
        EXPECT_EQ(got.ref_mv_idx, want.ref_mv_idx);
      }
      EXPECT_EQ(got.motion_mode, want.motion_mode);
      EXPECT_EQ(got.compound_type, want.compound_type);
      EXPECT_EQ(got.interintra, want.is_inter_intra());
      if (want.is_inter_intra()) {
        EXPECT_EQ(got.interintra_mode, want.interintra_mode);
        inter_intra_seen_++;
      }
      if (want.compound_type == COMPOUND_WEDGE) {
        EXPECT_EQ(got.wedge_index, want.wedge_index);
        EXPECT_EQ(got.wedge_sign, want.wedge_sign);
      } else if (want.compound_type == COMPOUND_DIFFWTD) {
        EXPECT_EQ(got.mask_type, want.mask_type);
      }
      EXPECT_EQ(got.interp_filter, want.interp_filter);
    }
    compare_transforms(got, want);
  }

  void compare_transforms(const parser::Block& got, const BlockInfo& want) {
    const WriteContext wc = context_for_rules();
    size_t i = 0;
    for_each_transform_block(wc, want, [&](const TransformBlock& block) {
      ASSERT_LT(i, got.tx.size());
      const parser::TxRecord& tx = got.tx[i++];
      const int eob = want.skip ? 0 : tx_.at(block.mi_col, block.mi_row).eob[block.plane];
      EXPECT_EQ(tx.plane, block.plane);
      EXPECT_EQ(tx.x, 4 * block.x4);
      EXPECT_EQ(tx.y, 4 * block.y4);
      EXPECT_EQ(tx.tx_size, block.size);
      EXPECT_EQ(tx.eob, eob);
      if (eob > 0) {
        EXPECT_EQ(tx.tx_type, compute_tx_type(wc, want, block));
      }
    });
    EXPECT_EQ(i, got.tx.size());
  }

  /// The units whose corner lies in this tile.
  void compare_restoration(const parser::FrameState& fs) {
    for (int plane = 0; plane < sequence_.num_planes(); plane++) {
      if (header_.lr.frame_restoration_type[plane] == RESTORE_NONE) continue;
      const int unit = header_.lr.loop_restoration_size[plane];
      const int mi_w = 4 >> (plane ? options_.subsampling_x : 0),
                mi_h = 4 >> (plane ? options_.subsampling_y : 0);
      for (int row = 0; row < restoration_[plane].height(); row++)
        for (int col = 0; col < restoration_[plane].width(); col++) {
          if (row * unit < tile_.mi_row_start * mi_h || row * unit >= tile_.mi_row_end * mi_h ||
              col * unit < tile_.mi_col_start * mi_w || col * unit >= tile_.mi_col_end * mi_w)
            continue;
          const RestorationUnit& want = restoration_[plane].at(col, row);
          const parser::LrUnit& got = fs.lr_units[plane](row, col);
          EXPECT_EQ(got.type, want.type);
          for (int i = 0; i < 2; i++) {
            EXPECT_EQ(got.sgr_xqd[i], want.sgr_xqd[i]);
            for (int j = 0; j < 3; j++) EXPECT_EQ(got.wiener[i][j], want.wiener[i][j]);
          }
        }
    }
  }

  std::mt19937 rng_;
  RandomFrameOptions options_;
  SequenceHeader sequence_;
  FrameHeader header_;
  BlockInfoGrid blocks_;
  TxGrid tx_;
  Array2d<int8_t> cdef_idx_;
  Array<RestorationGrid, kPlanes> restoration_;
  RandomPalettes palettes_;
  int copies_seen_ = 0, inter_intra_seen_ = 0;
  CoefStore coefs_;
  std::unique_ptr<RefMvFrame> motion_;
  TileRect tile_;
  std::vector<BlockInfo> decided_;
  bool first_in_superblock_ = true;
  int coded_qindex_ = 0;
};

}  // namespace tessera
