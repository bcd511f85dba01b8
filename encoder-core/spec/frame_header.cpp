#include "spec/frame_header.h"

#include <algorithm>

#include "base/int_math.h"

namespace tessera {

/// spec 5.9.22: skip mode params syntax, the derivation of skipModeAllowed.
SkipModeFrames derive_skip_mode_frames(const SequenceHeader& seq, const FrameHeader& hdr) {
  if (hdr.frame_is_intra() || !hdr.reference_select || !seq.enable_order_hint) return {};
  int forward = -1, backward = -1, second_forward = -1;
  int forward_hint = 0, backward_hint = 0, second_forward_hint = 0;
  for (int i = 0; i < REFS_PER_FRAME; i++) {
    const int hint = hdr.ref_hint(LAST_FRAME + i);
    const int dist = get_relative_dist(seq, hint, hdr.order_hint);
    if (dist < 0 && (forward < 0 || get_relative_dist(seq, hint, forward_hint) > 0)) {
      forward = i;
      forward_hint = hint;
    } else if (dist > 0 && (backward < 0 || get_relative_dist(seq, hint, backward_hint) < 0)) {
      backward = i;
      backward_hint = hint;
    }
  }
  if (forward < 0) return {};
  int other = backward;
  if (backward < 0) {
    for (int i = 0; i < REFS_PER_FRAME; i++) {
      const int hint = hdr.ref_hint(LAST_FRAME + i);
      if (get_relative_dist(seq, hint, forward_hint) < 0 &&
          (second_forward < 0 || get_relative_dist(seq, hint, second_forward_hint) > 0)) {
        second_forward = i;
        second_forward_hint = hint;
      }
    }
    if (second_forward < 0) return {};
    other = second_forward;
  }
  return {true,
          {static_cast<int8_t>(LAST_FRAME + std::min(forward, other)),
           static_cast<int8_t>(LAST_FRAME + std::max(forward, other))}};
}

int get_qindex_ignoring_delta(const FrameHeader& hdr, int segment_id) {
  const int base = hdr.quantization.base_q_idx;
  if (!hdr.segmentation.active(segment_id, SEG_LVL_ALT_Q)) return base;
  return clip3(0, 255, base + hdr.segmentation.feature_data[segment_id][SEG_LVL_ALT_Q]);
}

void derive_lossless(FrameHeader& hdr) {
  const QuantizationParams& q = hdr.quantization;
  const bool no_deltas = q.delta_q_y_dc == 0 && q.delta_q_u_ac == 0 && q.delta_q_u_dc == 0 &&
                         q.delta_q_v_ac == 0 && q.delta_q_v_dc == 0;
  hdr.coded_lossless = true;
  for (int i = 0; i < MAX_SEGMENTS; i++) {
    hdr.lossless_array[i] = no_deltas && get_qindex_ignoring_delta(hdr, i) == 0;
    hdr.coded_lossless = hdr.coded_lossless && hdr.lossless_array[i];
  }
  hdr.all_lossless = hdr.coded_lossless && hdr.size.frame_width == hdr.size.upscaled_width;
}

}  // namespace tessera
