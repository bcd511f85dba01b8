// Contexts of the reference symbols: everything derives from how often the two neighbours use each reference.
#pragma once

#include "block/block_context.h"

namespace tessera {

/// spec 8.3.2: count_refs for every reference, and the contexts built from it. Names are the syntax
/// elements'.
class RefContexts {
 public:
  explicit RefContexts(const Neighbours& near) {
    // A missing neighbour holds INTRA_FRAME and NONE, which nobody counts.
    for (const int ref : {near.above_ref[0], near.above_ref[1], near.left_ref[0], near.left_ref[1]})
      if (ref > INTRA_FRAME) count_[ref]++;
  }
  int single_ref_p1() const { return compare(last12() + last3_gold(), bwd_alt2() + count_[ALTREF_FRAME]); }
  int comp_ref() const { return compare(last12(), last3_gold()); }
  int comp_ref_p1() const { return compare(count_[LAST_FRAME], count_[LAST2_FRAME]); }
  int comp_ref_p2() const { return compare(count_[LAST3_FRAME], count_[GOLDEN_FRAME]); }
  int comp_bwdref() const { return compare(bwd_alt2(), count_[ALTREF_FRAME]); }
  int comp_bwdref_p1() const { return compare(count_[BWDREF_FRAME], count_[ALTREF2_FRAME]); }
  int uni_comp_ref_p1() const { return compare(count_[LAST2_FRAME], last3_gold()); }

 private:
  int last12() const { return count_[LAST_FRAME] + count_[LAST2_FRAME]; }
  int last3_gold() const { return count_[LAST3_FRAME] + count_[GOLDEN_FRAME]; }
  int bwd_alt2() const { return count_[BWDREF_FRAME] + count_[ALTREF2_FRAME]; }
  /// ref_count_ctx
  static int compare(int a, int b) { return a < b ? 0 : a == b ? 1 : 2; }

  Array<uint8_t, TOTAL_REFS_PER_FRAME> count_ = {};
};

/// spec 8.3.2: ctx of comp_mode.
inline int comp_mode_ctx(const Neighbours& near) {
  auto backward = [](int ref) { return ref >= BWDREF_FRAME && ref <= ALTREF_FRAME; };
  const bool above = backward(near.above_ref[0]), left = backward(near.left_ref[0]);
  if (near.avail_u && near.avail_l) {
    if (near.above_single() && near.left_single()) return above ^ left;
    if (near.above_single()) return 2 + (above || near.above_intra());
    if (near.left_single()) return 2 + (left || near.left_intra());
    return 4;
  }
  if (near.avail_u) return near.above_single() ? above : 3;
  if (near.avail_l) return near.left_single() ? left : 3;
  return 1;
}

/// spec 8.3.2: ctx of comp_ref_type.
inline int comp_ref_type_ctx(const Neighbours& near) {
  auto same_side = [](int a, int b) { return (a >= BWDREF_FRAME) == (b >= BWDREF_FRAME); };
  const int above0 = near.above_ref[0], left0 = near.left_ref[0];
  const bool above_comp = near.avail_u && !near.above_intra() && !near.above_single();
  const bool left_comp = near.avail_l && !near.left_intra() && !near.left_single();
  const bool above_uni = above_comp && same_side(above0, near.above_ref[1]);
  const bool left_uni = left_comp && same_side(left0, near.left_ref[1]);
  if (near.avail_u && !near.above_intra() && near.avail_l && !near.left_intra()) {
    const bool same = same_side(above0, left0);
    if (!above_comp && !left_comp) return 1 + 2 * same;
    if (!above_comp) return !left_uni ? 1 : 3 + same;
    if (!left_comp) return !above_uni ? 1 : 3 + same;
    if (!above_uni && !left_uni) return 0;
    if (!above_uni || !left_uni) return 2;
    return 3 + ((above0 == BWDREF_FRAME) == (left0 == BWDREF_FRAME));
  }
  if (near.avail_u && near.avail_l) return above_comp ? 1 + 2 * above_uni : left_comp ? 1 + 2 * left_uni : 2;
  return above_comp ? 4 * above_uni : left_comp ? 4 * left_uni : 2;
}

}  // namespace tessera
