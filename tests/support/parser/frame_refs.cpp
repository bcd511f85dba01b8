// spec 7.8: set frame refs process.
#include "tests/support/parser/header_parser.h"

namespace tessera::parser {

Array<uint8_t, REFS_PER_FRAME> set_frame_refs(const SequenceHeader& seq, const FrameHeader& hdr,
                                              int last_frame_idx, int gold_frame_idx) {
  Array<int, REFS_PER_FRAME> idx;
  idx.fill(-1);
  Array<bool, NUM_REF_FRAMES> used = {};
  Array<int, NUM_REF_FRAMES> hints = {};
  const int cur = 1 << (seq.order_hint_bits - 1);
  for (int i = 0; i < NUM_REF_FRAMES; i++)
    hints[i] = cur + get_relative_dist(seq, hdr.ref_order_hint[i], hdr.order_hint);

  const auto assign = [&](int ref_frame, int slot) {
    if (slot < 0) return;
    idx[ref_frame - LAST_FRAME] = slot;
    used[slot] = true;
  };
  /// The unused slot that is at or after the current frame (backward) or before it, latest or earliest.
  const auto find = [&](bool backward, bool latest) {
    int best = -1;
    for (int i = 0; i < NUM_REF_FRAMES; i++)
      if (!used[i] && (hints[i] >= cur) == backward &&
          (best < 0 || (latest ? hints[i] >= hints[best] : hints[i] < hints[best])))
        best = i;
    return best;
  };
  assign(LAST_FRAME, last_frame_idx);
  assign(GOLDEN_FRAME, gold_frame_idx);
  assign(ALTREF_FRAME, find(true, true));
  assign(BWDREF_FRAME, find(true, false));
  assign(ALTREF2_FRAME, find(true, false));
  for (int ref : {LAST2_FRAME, LAST3_FRAME, BWDREF_FRAME, ALTREF2_FRAME, ALTREF_FRAME})
    if (idx[ref - LAST_FRAME] < 0) assign(ref, find(false, true));

  int earliest = 0;
  for (int i = 1; i < NUM_REF_FRAMES; i++)
    if (hints[i] < hints[earliest]) earliest = i;
  Array<uint8_t, REFS_PER_FRAME> result = {};
  for (int i = 0; i < REFS_PER_FRAME; i++) result[i] = static_cast<uint8_t>(idx[i] < 0 ? earliest : idx[i]);
  return result;
}

}  // namespace tessera::parser
