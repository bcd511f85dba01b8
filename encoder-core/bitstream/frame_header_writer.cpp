#include "bitstream/frame_header_writer.h"

#include <algorithm>

#include "base/int_math.h"
#include "bitstream/frame_header_parts.h"

namespace tessera {
namespace {

constexpr int kSuperresDenomBits = 3, kSuperresDenomMin = 9;

bool shown_key_frame(const FrameHeader& hdr) {
  return hdr.frame_type == KEY_FRAME && hdr.show_frame;
}

/// spec 5.9.31: temporal point info syntax, with its condition.
void write_temporal_point_info(BitWriter& w, const FrameHeader& hdr, const SequenceHeader& seq) {
  if (seq.decoder_model_info_present_flag && !seq.timing_info.equal_picture_interval)
    w.f(seq.decoder_model_info.frame_presentation_time_length_minus_1 + 1, hdr.frame_presentation_time);
}

/// spec 5.9.8: superres params syntax.
void write_superres_params(BitWriter& w, const FrameSize& s, const SequenceHeader& seq) {
  if (seq.enable_superres) w.flag(s.use_superres);
  if (s.use_superres) w.f(kSuperresDenomBits, static_cast<uint32_t>(s.superres_denom - kSuperresDenomMin));
}

/// spec 5.9.5, 5.9.6: frame size and render size syntax.
void write_frame_and_render_size(BitWriter& w, const FrameHeader& hdr, const SequenceHeader& seq) {
  const FrameSize& s = hdr.size;
  if (hdr.frame_size_override_flag) {
    w.f(seq.frame_width_bits_minus_1 + 1, static_cast<uint32_t>(s.upscaled_width - 1));
    w.f(seq.frame_height_bits_minus_1 + 1, static_cast<uint32_t>(s.frame_height - 1));
  }
  write_superres_params(w, s, seq);
  const bool different = s.render_width != s.upscaled_width || s.render_height != s.frame_height;
  w.flag(different);  // render_and_frame_size_different
  if (different) {
    w.f(16, static_cast<uint32_t>(s.render_width - 1));
    w.f(16, static_cast<uint32_t>(s.render_height - 1));
  }
}

/// spec 5.9.7: frame size with refs syntax.
void write_frame_size_with_refs(BitWriter& w, const FrameHeader& hdr, const SequenceHeader& seq) {
  for (int i = 0; i < REFS_PER_FRAME; i++) {
    w.flag(i == hdr.found_ref);
    if (i == hdr.found_ref) {
      write_superres_params(w, hdr.size, seq);
      return;
    }
  }
  write_frame_and_render_size(w, hdr, seq);
}

/// spec 5.9.2: buffer_removal_time of the operating points this frame belongs to.
void write_buffer_removal_times(BitWriter& w, const FrameHeader& hdr, const FrameHeaderContext& ctx) {
  const SequenceHeader& seq = ctx.seq;
  w.flag(hdr.buffer_removal_time_present_flag);
  if (!hdr.buffer_removal_time_present_flag) return;
  for (int i = 0; i <= seq.operating_points_cnt_minus_1; i++) {
    const OperatingPoint& op = seq.operating_points[i];
    const bool in_layers = (op.operating_point_idc >> ctx.ext.temporal_id & 1) &&
                           (op.operating_point_idc >> (ctx.ext.spatial_id + 8) & 1);
    if (op.decoder_model_present_for_this_op && (op.operating_point_idc == 0 || in_layers))
      w.f(seq.decoder_model_info.buffer_removal_time_length_minus_1 + 1, hdr.buffer_removal_time[i]);
  }
}

/// spec 5.9.2: from show_existing_frame to error_resilient_mode. False: the header ends here.
bool write_frame_kind(BitWriter& w, const FrameHeader& hdr, const SequenceHeader& seq) {
  if (seq.reduced_still_picture_header) return true;
  w.flag(hdr.show_existing_frame);
  if (hdr.show_existing_frame) {
    w.f(3, hdr.frame_to_show_map_idx);
    write_temporal_point_info(w, hdr, seq);
    if (seq.frame_id_numbers_present_flag) w.f(seq.frame_id_length(), hdr.display_frame_id);
    return false;
  }
  w.f(2, hdr.frame_type);
  w.flag(hdr.show_frame);
  if (hdr.show_frame)
    write_temporal_point_info(w, hdr, seq);
  else
    w.flag(hdr.showable_frame);
  if (hdr.frame_type != SWITCH_FRAME && !shown_key_frame(hdr)) w.flag(hdr.error_resilient_mode);
  return true;
}

/// spec 5.9.2: from disable_cdf_update to refresh_frame_flags and ref_order_hint.
void write_frame_identity(BitWriter& w, const FrameHeader& hdr, const FrameHeaderContext& ctx) {
  const SequenceHeader& seq = ctx.seq;
  const int order_hint_bits = seq.enable_order_hint ? seq.order_hint_bits : 0;
  w.flag(hdr.disable_cdf_update);
  if (seq.seq_force_screen_content_tools == SELECT_SCREEN_CONTENT_TOOLS)
    w.flag(hdr.allow_screen_content_tools);
  if (hdr.allow_screen_content_tools && seq.seq_force_integer_mv == SELECT_INTEGER_MV)
    w.flag(hdr.force_integer_mv);
  if (seq.frame_id_numbers_present_flag) w.f(seq.frame_id_length(), hdr.current_frame_id);
  if (hdr.frame_type != SWITCH_FRAME && !seq.reduced_still_picture_header)
    w.flag(hdr.frame_size_override_flag);
  w.f(order_hint_bits, static_cast<uint32_t>(hdr.order_hint));
  if (!hdr.frame_is_intra() && !hdr.error_resilient_mode) w.f(3, hdr.primary_ref_frame);
  if (seq.decoder_model_info_present_flag) write_buffer_removal_times(w, hdr, ctx);
  if (hdr.frame_type != SWITCH_FRAME && !shown_key_frame(hdr)) w.f(8, hdr.refresh_frame_flags);
  if ((!hdr.frame_is_intra() || hdr.refresh_frame_flags != kAllFrames) && hdr.error_resilient_mode)
    for (int hint : hdr.ref_order_hint) w.f(order_hint_bits, static_cast<uint32_t>(hint));
}

/// spec 5.9.2: the branch for inter frames: references, size, motion vector precision and filters.
void write_inter_setup(BitWriter& w, const FrameHeader& hdr, const SequenceHeader& seq) {
  if (seq.enable_order_hint) w.flag(false);  // frame_refs_short_signaling
  for (int i = 0; i < REFS_PER_FRAME; i++) {
    w.f(3, hdr.ref_frame_idx[i]);
    if (seq.frame_id_numbers_present_flag)
      w.f(seq.delta_frame_id_length_minus_2 + 2, hdr.delta_frame_id_minus_1[i]);
  }
  if (hdr.frame_size_override_flag && !hdr.error_resilient_mode)
    write_frame_size_with_refs(w, hdr, seq);
  else
    write_frame_and_render_size(w, hdr, seq);
  if (!hdr.force_integer_mv) w.flag(hdr.allow_high_precision_mv);
  w.flag(hdr.is_filter_switchable);
  if (!hdr.is_filter_switchable) w.f(2, hdr.interpolation_filter);
  w.flag(hdr.is_motion_mode_switchable);
  if (!hdr.error_resilient_mode && seq.enable_ref_frame_mvs) w.flag(hdr.use_ref_frame_mvs);
}

}  // namespace

/// spec 5.9.2: uncompressed header syntax.
void write_uncompressed_header(BitWriter& w, const FrameHeader& hdr, const FrameHeaderContext& ctx) {
  const SequenceHeader& seq = ctx.seq;
  if (!write_frame_kind(w, hdr, seq)) return;
  write_frame_identity(w, hdr, ctx);
  if (hdr.frame_is_intra()) {
    write_frame_and_render_size(w, hdr, seq);
    if (hdr.allow_screen_content_tools && hdr.size.upscaled_width == hdr.size.frame_width)
      w.flag(hdr.allow_intrabc);
  } else {
    write_inter_setup(w, hdr, seq);
  }
  if (!seq.reduced_still_picture_header && !hdr.disable_cdf_update) w.flag(hdr.disable_frame_end_update_cdf);

  const PreviousFrameParams independent;
  const PreviousFrameParams& previous =
      hdr.primary_ref_frame == PRIMARY_REF_NONE ? independent : ctx.previous;
  write_tile_info(w, hdr, seq);
  write_quantization_params(w, hdr.quantization, seq);
  write_segmentation_params(w, hdr);
  write_delta_params(w, hdr);
  if (!hdr.coded_lossless && !hdr.allow_intrabc) {
    write_loop_filter_params(w, hdr.loop_filter, previous.loop_filter_deltas, seq.num_planes());
    if (seq.enable_cdef) write_cdef_params(w, hdr.cdef, seq.num_planes());
  }
  if (!hdr.all_lossless && !hdr.allow_intrabc && seq.enable_restoration) write_lr_params(w, hdr.lr, seq);
  if (!hdr.coded_lossless) w.flag(hdr.tx_mode == TX_MODE_SELECT);
  if (!hdr.frame_is_intra()) w.flag(hdr.reference_select);
  if (derive_skip_mode_frames(seq, hdr).allowed) w.flag(hdr.skip_mode_present);
  if (!hdr.frame_is_intra() && !hdr.error_resilient_mode && seq.enable_warped_motion)
    w.flag(hdr.allow_warped_motion);
  w.flag(hdr.reduced_tx_set);
  if (!hdr.frame_is_intra()) write_global_motion_params(w, hdr, previous.global_motion);
  if (seq.film_grain_params_present && (hdr.show_frame || hdr.showable_frame))
    write_film_grain_params(w, hdr, seq);
}

/// spec 5.9.1: general frame header OBU syntax.
void write_frame_header_obu(ByteVector& out, const FrameHeader& hdr, const FrameHeaderContext& ctx) {
  SizedObu obu(out, OBU_FRAME_HEADER, ctx.ext);
  write_uncompressed_header(obu.bits(), hdr, ctx);
  obu.bits().trailing_bits();
}

}  // namespace tessera
