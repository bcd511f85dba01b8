#include "block/write_inter_info.h"

#include <cstdlib>

#include "block/ref_contexts.h"
#include "block/ref_mv.h"
#include "block/write_intra_info.h"
#include "block/write_loop_filter_info.h"
#include "block/write_sinks.h"

namespace tessera {

bool needs_interp_filter(const FrameHeader& header, const BlockInfo& info) {
  const bool large = std::min(block_width(info.size), block_height(info.size)) >= 8;
  auto translation = [&](int list) {
    return header.global_motion[info.ref_frame[list]].gm_type == TRANSLATION;
  };
  if (info.skip_mode || info.motion_mode == LOCALWARP) return false;
  if (large && info.y_mode == GLOBALMV) return translation(0);
  if (large && info.y_mode == GLOBAL_GLOBALMV) return translation(0) || translation(1);
  return true;
}

bool allows_skip_mode(const FrameHeader& header, const BlockInfo& info) {
  const SegmentationParams& seg = header.segmentation;
  return header.skip_mode_present && block_width(info.size) >= 8 && block_height(info.size) >= 8 &&
         !seg.active(info.segment_id, SEG_LVL_SKIP) && !seg.active(info.segment_id, SEG_LVL_REF_FRAME) &&
         !seg.active(info.segment_id, SEG_LVL_GLOBALMV);
}

bool allows_motion_mode(const FrameHeader& header, const BlockInfo& info) {
  if (info.skip_mode || !header.is_motion_mode_switchable) return false;
  if (std::min(block_width(info.size), block_height(info.size)) < 8) return false;
  if (!header.force_integer_mv && (info.y_mode == GLOBALMV || info.y_mode == GLOBAL_GLOBALMV) &&
      header.global_motion[info.ref_frame[0]].gm_type > TRANSLATION)
    return false;
  return !info.is_compound() && !info.is_inter_intra();
}

bool allows_interintra(const SequenceHeader& sequence, const BlockInfo& info) {
  return !info.skip_mode && sequence.enable_interintra_compound && !info.is_compound() &&
         info.size >= BLOCK_8X8 && info.size <= BLOCK_32X32;
}

template <SymbolSink S>
void write_is_inter(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info) {
  if (info.skip_mode || wc.seg_feature_active(info, SEG_LVL_REF_FRAME) ||
      wc.seg_feature_active(info, SEG_LVL_GLOBALMV))
    return;
  sink.symbol(wc.cdfs->is_inter[is_inter_ctx(near)], info.is_inter);
}

namespace {

template <SymbolSink S>
void write_single_ref(S& sink, CdfContext& cdfs, const RefContexts& refs, int ref) {
  // single_ref_p1 .. p6 are columns 0 .. 5.
  auto bit = [&](int ctx, int number, bool value) { sink.symbol(cdfs.single_ref[ctx][number - 1], value); };
  bit(refs.single_ref_p1(), 1, ref >= BWDREF_FRAME);
  if (ref >= BWDREF_FRAME) {
    bit(refs.comp_bwdref(), 2, ref == ALTREF_FRAME);
    if (ref != ALTREF_FRAME) bit(refs.comp_bwdref_p1(), 6, ref == ALTREF2_FRAME);
  } else {
    bit(refs.comp_ref(), 3, ref >= LAST3_FRAME);
    if (ref >= LAST3_FRAME)
      bit(refs.comp_ref_p2(), 5, ref == GOLDEN_FRAME);
    else
      bit(refs.comp_ref_p1(), 4, ref == LAST2_FRAME);
  }
}

template <SymbolSink S>
void write_bidir_refs(S& sink, CdfContext& cdfs, const RefContexts& refs, int ref0, int ref1) {
  sink.symbol(cdfs.comp_ref[refs.comp_ref()][0], ref0 >= LAST3_FRAME);
  if (ref0 >= LAST3_FRAME)
    sink.symbol(cdfs.comp_ref[refs.comp_ref_p2()][2], ref0 == GOLDEN_FRAME);
  else
    sink.symbol(cdfs.comp_ref[refs.comp_ref_p1()][1], ref0 == LAST2_FRAME);
  sink.symbol(cdfs.comp_bwd_ref[refs.comp_bwdref()][0], ref1 == ALTREF_FRAME);
  if (ref1 != ALTREF_FRAME) sink.symbol(cdfs.comp_bwd_ref[refs.comp_bwdref_p1()][1], ref1 == ALTREF2_FRAME);
}

/// The four codable pairs on one side.
template <SymbolSink S>
void write_unidir_refs(S& sink, CdfContext& cdfs, const RefContexts& refs, int ref0, int ref1) {
  check((ref0 == BWDREF_FRAME && ref1 == ALTREF_FRAME) ||
            (ref0 == LAST_FRAME && ref1 >= LAST2_FRAME && ref1 <= GOLDEN_FRAME),
        "pair of references that cannot be coded");
  sink.symbol(cdfs.uni_comp_ref[refs.single_ref_p1()][0], ref0 == BWDREF_FRAME);
  if (ref0 == BWDREF_FRAME) return;
  sink.symbol(cdfs.uni_comp_ref[refs.uni_comp_ref_p1()][1], ref1 != LAST2_FRAME);
  if (ref1 != LAST2_FRAME) sink.symbol(cdfs.uni_comp_ref[refs.comp_ref_p2()][2], ref1 == GOLDEN_FRAME);
}

}  // namespace

template <SymbolSink S>
void write_ref_frames(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info) {
  if (info.skip_mode || wc.seg_feature_active(info, SEG_LVL_REF_FRAME) ||
      wc.seg_feature_active(info, SEG_LVL_SKIP) || wc.seg_feature_active(info, SEG_LVL_GLOBALMV))
    return;
  CdfContext& cdfs = *wc.cdfs;
  const int ref0 = info.ref_frame[0], ref1 = info.ref_frame[1];
  const bool compound = info.is_compound();
  if (wc.header->reference_select && std::min(Mi_Width_Log2[info.size], Mi_Height_Log2[info.size]) >= 1)
    sink.symbol(cdfs.comp_mode[comp_mode_ctx(near)], compound);
  else
    check(!compound, "compound block where none is allowed");
  const RefContexts refs(near);
  if (!compound) {
    write_single_ref(sink, cdfs, refs, ref0);
    return;
  }
  const bool bidir = ref0 < BWDREF_FRAME && ref1 >= BWDREF_FRAME;
  sink.symbol(cdfs.comp_ref_type[comp_ref_type_ctx(near)],
              bidir ? BIDIR_COMP_REFERENCE : UNIDIR_COMP_REFERENCE);
  if (bidir)
    write_bidir_refs(sink, cdfs, refs, ref0, ref1);
  else
    write_unidir_refs(sink, cdfs, refs, ref0, ref1);
}

template <SymbolSink S>
void write_inter_mode(S& sink, WriteContext& wc, const BlockInfo& info) {
  CdfContext& cdfs = *wc.cdfs;
  const MvContexts& mv = info.mv_ctx;
  if (info.skip_mode) {
    check(info.y_mode == NEAREST_NEARESTMV, "skip_mode implies NEAREST_NEARESTMV");
    return;
  }
  if (wc.seg_feature_active(info, SEG_LVL_SKIP) || wc.seg_feature_active(info, SEG_LVL_GLOBALMV)) return;
  if (info.is_compound()) {
    const int ctx = Compound_Mode_Ctx_Map[mv.ref_mv >> 1][std::min<int>(mv.new_mv, 4)];
    sink.symbol(cdfs.compound_mode[ctx], info.y_mode - NEAREST_NEARESTMV);
  } else {
    sink.symbol(cdfs.new_mv[mv.new_mv], info.y_mode != NEWMV);
    if (info.y_mode != NEWMV) {
      sink.symbol(cdfs.zero_mv[mv.global_mv], info.y_mode != GLOBALMV);
      if (info.y_mode != GLOBALMV) sink.symbol(cdfs.ref_mv[mv.ref_mv], info.y_mode != NEARESTMV);
    }
  }
  const bool near = has_nearmv(info.y_mode);
  if (near || info.y_mode == NEWMV || info.y_mode == NEW_NEWMV) {
    for (int idx = near; idx < near + 2; idx++) {
      if (mv.num_mv_found <= idx + 1) continue;
      const bool further = info.ref_mv_idx > idx;
      sink.symbol(cdfs.drl_mode[mv.drl[idx]], further);
      if (!further) break;
    }
  }
}

template <SymbolSink S>
void write_mvs(S& sink, WriteContext& wc, const BlockInfo& info) {
  const MvPrecision precision(*wc.header);
  for (int list = 0; list <= info.is_compound(); list++) {
    if (get_mode(info.y_mode, list) != NEWMV) continue;
    const Mv pred = info.mv_ctx.pred_mv[list], mv = info.mv[list];
    write_mv(sink, *wc.cdfs, precision,
             Mv{static_cast<int16_t>(mv.row - pred.row), static_cast<int16_t>(mv.col - pred.col)});
  }
}

namespace {

/// spec 5.11.27: is LOCALWARP in the alphabet?
bool may_warp(const WriteContext& wc, const BlockInfo& info) {
  const bool scaled = wc.scaled_references >> info.ref_frame[0] & 1;
  if (wc.header->force_integer_mv || !wc.header->allow_warped_motion || scaled) return false;
  return info.has_warp_samples;
}

}  // namespace

template <SymbolSink S>
void write_interintra_mode(S& sink, WriteContext& wc, const BlockInfo& info) {
  if (!allows_interintra(*wc.sequence, info)) {
    check(!info.is_inter_intra(), "inter-intra where it is not allowed");
    return;
  }
  CdfContext& cdfs = *wc.cdfs;
  const int ctx = Size_Group[info.size] - 1;
  sink.symbol(cdfs.inter_intra[ctx], info.is_inter_intra());
  if (!info.is_inter_intra()) return;
  sink.symbol(cdfs.inter_intra_mode[ctx], info.interintra_mode);
  const bool wedge = info.compound_type == COMPOUND_WEDGE;
  sink.symbol(cdfs.wedge_inter_intra[info.size], wedge);
  if (wedge) sink.symbol(cdfs.wedge_index[info.size], info.wedge_index);
}

template <SymbolSink S>
void write_motion_mode(S& sink, WriteContext& wc, const BlockInfo& info) {
  const FrameHeader& header = *wc.header;
  if (!allows_motion_mode(header, info) ||
      !has_overlappable_candidates(*wc.context, info, wc.layout.mi_rows, wc.layout.mi_cols)) {
    check(info.motion_mode == SIMPLE, "motion mode where only SIMPLE is allowed");
    return;
  }
  if (may_warp(wc, info)) {
    sink.symbol(wc.cdfs->motion_mode[info.size], info.motion_mode);
  } else {
    check(info.motion_mode != LOCALWARP, "local warp where it is not allowed");
    sink.symbol(wc.cdfs->use_obmc[info.size], info.motion_mode == OBMC);
  }
}

template <SymbolSink S>
void write_compound_type(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info) {
  if (info.is_inter_intra()) {
    check(info.compound_type == COMPOUND_INTRA || info.compound_type == COMPOUND_WEDGE, "inter-intra without its compound type");
    return;
  }
  if (info.skip_mode || !info.is_compound()) {
    check(info.compound_type == COMPOUND_AVERAGE, "compound type where none is coded");
    return;
  }
  CdfContext& cdfs = *wc.cdfs;
  if (wc.sequence->enable_masked_compound) sink.symbol(cdfs.comp_group_idx[comp_group_idx_ctx(near)], info.is_masked());
  else check(!info.is_masked(), "masked compound where it is not allowed");
  if (info.is_masked()) {
    if (Wedge_Bits[info.size] > 0) sink.symbol(cdfs.compound_type[info.size], info.compound_type);
    else check(info.compound_type == COMPOUND_DIFFWTD, "wedge in a block that has none");
    if (info.compound_type == COMPOUND_WEDGE) {
      sink.symbol(cdfs.wedge_index[info.size], info.wedge_index);
      sink.literal(info.wedge_sign, 1);
    } else {
      sink.literal(info.mask_type, 1);
    }
  } else if (wc.sequence->enable_jnt_comp) {
    auto distance = [&](int list) {
      return std::abs(
          get_relative_dist(*wc.sequence, wc.header->ref_hint(info.ref_frame[list]), wc.header->order_hint));
    };
    sink.symbol(cdfs.compound_idx[compound_idx_ctx(near, distance(0) == distance(1))], info.compound_type != COMPOUND_DISTANCE);
  } else {
    check(info.compound_type == COMPOUND_AVERAGE, "distance weights where they are not allowed");
  }
}

template <SymbolSink S>
void write_interp_filter(S& sink, WriteContext& wc, const BlockInfo& info) {
  const FrameHeader& header = *wc.header;
  if (header.interpolation_filter != SWITCHABLE || !needs_interp_filter(header, info)) {
    const InterpFilter implied =
        header.interpolation_filter == SWITCHABLE ? EIGHTTAP : header.interpolation_filter;
    check(info.interp_filter[0] == implied && info.interp_filter[1] == implied,
          "interpolation filter is implied");
    return;
  }
  const int coded = wc.sequence->enable_dual_filter ? 2 : 1;
  check(coded == 2 || info.interp_filter[0] == info.interp_filter[1], "two filters where one is coded");
  for (int dir = 0; dir < coded; dir++)
    sink.symbol(wc.cdfs->interp_filter[interp_filter_ctx(*wc.context, info, dir)], info.interp_filter[dir]);
}

namespace {

/// spec 5.11.23: inter_block_mode_info( ).
template <SymbolSink S>
void write_inter_block_mode_info(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info) {
  write_ref_frames(sink, wc, near, info);
  write_inter_mode(sink, wc, info);
  write_mvs(sink, wc, info);
  write_interintra_mode(sink, wc, info);
  write_motion_mode(sink, wc, info);
  write_compound_type(sink, wc, near, info);
  write_interp_filter(sink, wc, info);
}

}  // namespace

template <SymbolSink S>
void write_inter_frame_mode_info(S& sink, WriteContext& wc, const BlockInfo& info) {
  check(!wc.header->segmentation.segmentation_enabled, "segment ids are not written yet");
  const Neighbours near(*wc.context, info.mi_row, info.mi_col);
  if (allows_skip_mode(*wc.header, info))
    sink.symbol(wc.cdfs->skip_mode[near.count(kCtxSkipMode)], info.skip_mode);
  else
    check(!info.skip_mode, "skip_mode where it is not allowed");
  if (!info.skip_mode) write_skip(sink, wc, near, info);
  write_cdef(sink, wc, info);
  write_deltas(sink, wc, info);
  write_is_inter(sink, wc, near, info);
  if (info.is_inter)
    write_inter_block_mode_info(sink, wc, near, info);
  else
    write_intra_block_mode_info(sink, wc, info);
}

#define TESSERA_INSTANTIATE(S)                                                               \
  template void write_inter_frame_mode_info(S&, WriteContext&, const BlockInfo&);            \
  template void write_is_inter(S&, WriteContext&, const Neighbours&, const BlockInfo&);      \
  template void write_ref_frames(S&, WriteContext&, const Neighbours&, const BlockInfo&);    \
  template void write_inter_mode(S&, WriteContext&, const BlockInfo&);                       \
  template void write_mvs(S&, WriteContext&, const BlockInfo&);                              \
  template void write_interintra_mode(S&, WriteContext&, const BlockInfo&);                  \
  template void write_motion_mode(S&, WriteContext&, const BlockInfo&);                      \
  template void write_compound_type(S&, WriteContext&, const Neighbours&, const BlockInfo&); \
  template void write_interp_filter(S&, WriteContext&, const BlockInfo&);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
