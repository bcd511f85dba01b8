#include "block/write_intra_info.h"

#include "block/write_loop_filter_info.h"
#include "block/write_mv.h"
#include "block/write_palette.h"
#include "block/write_sinks.h"

namespace tessera {
namespace {

/// spec 5.11.42: angle_delta_y and angle_delta_uv.
template <SymbolSink S>
void write_angle_delta(S& sink, WriteContext& wc, BlockSize size, PredictionMode mode, int delta) {
  if (allows_angle_delta(size) && is_directional_mode(mode))
    sink.symbol(wc.cdfs->angle_delta[mode - V_PRED], delta + MAX_ANGLE_DELTA);
}

/// spec 5.11.45: read_cfl_alphas( ).
template <SymbolSink S>
void write_cfl_alphas(S& sink, WriteContext& wc, const BlockInfo& info) {
  const int signs = info.cfl_joint_sign;
  const int sign_u = (signs + 1) / 3, sign_v = (signs + 1) % 3;  // 0: zero
  sink.symbol(wc.cdfs->cfl_sign, signs);
  if (sign_u) sink.symbol(wc.cdfs->cfl_alpha[(sign_u - 1) * 3 + sign_v], info.cfl_alpha_u);
  if (sign_v) sink.symbol(wc.cdfs->cfl_alpha[(sign_v - 1) * 3 + sign_u], info.cfl_alpha_v);
}

template <SymbolSink S>
void write_intra_modes(S& sink, WriteContext& wc, const BlockInfo& info) {
  write_y_mode(sink, wc, info);
  write_uv_mode(sink, wc, info);
  write_palette_y(sink, wc, info);
  write_palette_uv(sink, wc, info);
  write_filter_intra(sink, wc, info);
}

}  // namespace

template <SymbolSink S>
void write_skip(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info) {
  if (wc.header->segmentation.seg_id_pre_skip && wc.seg_feature_active(info, SEG_LVL_SKIP)) return;
  sink.symbol(wc.cdfs->skip[near.count(kCtxSkip)], info.skip);
}

template <SymbolSink S>
void write_y_mode(S& sink, WriteContext& wc, const BlockInfo& info) {
  if (wc.header->frame_is_intra()) {
    const IntraModeContexts ctx = intra_mode_ctx(*wc.context, info.mi_row, info.mi_col);
    sink.symbol(wc.cdfs->intra_frame_y_mode[ctx.above][ctx.left], info.y_mode);
  } else {
    sink.symbol(wc.cdfs->y_mode[Size_Group[info.size]], info.y_mode);
  }
  write_angle_delta(sink, wc, info.size, info.y_mode, info.angle_delta_y);
}

template <SymbolSink S>
void write_uv_mode(S& sink, WriteContext& wc, const BlockInfo& info) {
  if (!info.has_chroma) return;
  if (allows_cfl(info.size, wc.lossless(info), wc.layout.subsampling_x, wc.layout.subsampling_y))
    sink.symbol(wc.cdfs->uv_mode_cfl_allowed[info.y_mode], info.uv_mode);
  else
    sink.symbol(wc.cdfs->uv_mode_cfl_not_allowed[info.y_mode], info.uv_mode);
  if (info.uv_mode == UV_CFL_PRED) write_cfl_alphas(sink, wc, info);
  write_angle_delta(sink, wc, info.size, info.uv_mode, info.angle_delta_uv);
}

template <SymbolSink S>
void write_filter_intra(S& sink, WriteContext& wc, const BlockInfo& info) {
  CdfContext& cdfs = *wc.cdfs;
  if (info.y_mode == DC_PRED && !info.palette_size[0] && allows_filter_intra(*wc.sequence, info.size)) {
    sink.symbol(cdfs.filter_intra[info.size], info.use_filter_intra);
    if (info.use_filter_intra) sink.symbol(cdfs.filter_intra_mode, info.filter_intra_mode);
  } else {
    check(!info.use_filter_intra, "filter-intra block that cannot say so");
  }
}

template <SymbolSink S>
void write_intra_frame_mode_info(S& sink, WriteContext& wc, const BlockInfo& info) {
  check(!wc.header->segmentation.segmentation_enabled, "segment ids are not written yet");
  const Neighbours near(*wc.context, info.mi_row, info.mi_col);
  write_skip(sink, wc, near, info);
  write_cdef(sink, wc, info);
  write_deltas(sink, wc, info);
  if (wc.header->allow_intrabc) sink.symbol(wc.cdfs->intrabc, info.use_intrabc);
  check(wc.header->allow_intrabc || !info.use_intrabc, "block copy where it is not allowed");
  if (info.use_intrabc) {
    const Mv pred = info.mv_ctx.pred_mv[0], mv = info.mv[0];
    write_dv(sink, *wc.cdfs, {static_cast<int16_t>(mv.row - pred.row), static_cast<int16_t>(mv.col - pred.col)});
    return;
  }
  write_intra_modes(sink, wc, info);
}

template <SymbolSink S>
void write_intra_block_mode_info(S& sink, WriteContext& wc, const BlockInfo& info) {
  write_intra_modes(sink, wc, info);
}

#define TESSERA_INSTANTIATE(S)                                                      \
  template void write_intra_frame_mode_info(S&, WriteContext&, const BlockInfo&);   \
  template void write_intra_block_mode_info(S&, WriteContext&, const BlockInfo&);   \
  template void write_skip(S&, WriteContext&, const Neighbours&, const BlockInfo&); \
  template void write_y_mode(S&, WriteContext&, const BlockInfo&);                  \
  template void write_uv_mode(S&, WriteContext&, const BlockInfo&);                 \
  template void write_filter_intra(S&, WriteContext&, const BlockInfo&);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
