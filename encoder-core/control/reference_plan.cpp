#include "control/reference_plan.h"

#include <algorithm>
#include <numeric>

namespace tessera {
namespace {

/// How many pictures of each layer a full set of slots keeps: three bases for long-term memory, two of layer 1,
/// and one of each other layer, so that every frame finds the CDFs of a frame of its own layer.
constexpr Array<int, kMaxPyramidLayers> kLayerQuota = {3, 2, 1, 1, 1}, kLowDelayQuota = {2, 1, 1, 0, 0};
constexpr int kLeafLayer = kMaxPyramidLayers - 1;
constexpr int layer_row(int layer) { return std::min(layer, kMaxPyramidLayers - 1); }

}  // namespace

void ReferencePlan::apply(const GopStep& step, FramePlan& plan) {
  FrameHeader& h = plan.header;
  const int hint_mask = (1 << plan.sequence.order_hint_bits) - 1;
  h.show_existing_frame = step.show_existing;
  h.order_hint = static_cast<int>(step.display_index) & hint_mask;
  for (int i = 0; i < NUM_REF_FRAMES; i++) h.ref_order_hint[i] = static_cast<int>(slot_[i].display_index) & hint_mask;
  plan.pyramid_layer = step.layer;
  plan.num_search_refs = 0;

  if (step.show_existing) {
    for (int i = 0; i < NUM_REF_FRAMES; i++)
      if (slot_[i].used && slot_[i].waits_to_show && slot_[i].display_index == step.display_index) {
        h.frame_to_show_map_idx = static_cast<uint8_t>(i);
        slot_[i].waits_to_show = false;
      }
    h.refresh_frame_flags = 0;
    return;
  }

  h.frame_type = step.key ? KEY_FRAME : INTER_FRAME;
  h.show_frame = step.shown;
  h.showable_frame = !step.shown;
  h.error_resilient_mode = step.key && step.shown;
  Slot now = {.used = true,
              .waits_to_show = !step.shown,
              .key = step.key,
              .display_index = step.display_index,
              .coded_index = plan.coded_index = coded_++,
              .layer = layer_row(step.layer),
              .temporal_id = step.temporal_id};
  plan.temporal_id = static_cast<uint8_t>(step.temporal_id);
  plan.droppable = step.droppable;
  if (step.temporal_id == 0) last_base_ = now.coded_index;
  if (step.key) {
    h.primary_ref_frame = PRIMARY_REF_NONE;
    h.refresh_frame_flags = kAllFrames;
    slot_.fill(now);
    return;
  }
  name_references(step, plan);
  list_search_references(step, plan);
  h.primary_ref_frame = static_cast<uint8_t>(choose_primary(step, plan));
  if (step.droppable) {
    h.refresh_frame_flags = 0;
    return;
  }
  h.refresh_frame_flags = slots_to_refresh(step);
  for (int i = 0; i < NUM_REF_FRAMES; i++)
    if (h.refresh_frame_flags >> i & 1) slot_[i] = now;
}

/// Lower temporal layers, and of those above 0 only what came since the latest frame of layer 0: so a receiver may go to
/// more layers after any frame of layer 0, and to fewer at any time. A slot with anything else is as good as empty, since
/// it may hold another picture where layers were left out.
bool ReferencePlan::may_refer(const GopStep& step, const Slot& slot) const {
  if (slot.temporal_id == 0) return true;
  return slot.temporal_id < step.temporal_id && slot.coded_index > last_base_;
}

void ReferencePlan::name_references(const GopStep& step, FramePlan& plan) const {
  // Distinct pictures by distance, past and future apart.
  Array<int, NUM_REF_FRAMES> past = {}, future = {};
  int num_past = 0, num_future = 0, leaf = -1;
  for (int i = 0; i < NUM_REF_FRAMES; i++) {
    if (!slot_[i].used || !may_refer(step, slot_[i])) continue;
    // Who names a leaf waits for it, and with it for all leaves before: leaves have that time, others do not.
    if (slot_[i].layer == kLeafLayer) {
      if (leaf < 0 || slot_[i].coded_index > slot_[leaf].coded_index) leaf = i;
      continue;
    }
    bool seen = false;
    for (int j = 0; j < i; j++) seen |= slot_[j].used && slot_[j].coded_index == slot_[i].coded_index;
    if (seen) continue;
    const bool before = slot_[i].display_index < step.display_index;
    Array<int, NUM_REF_FRAMES>& side = before ? past : future;
    int at = before ? num_past++ : num_future++;
    const auto distance = [&](int slot) {
      return before ? step.display_index - slot_[slot].display_index : slot_[slot].display_index - step.display_index;
    };
    for (; at > 0 && distance(side[at - 1]) > distance(i); at--) side[at] = side[at - 1];
    side[at] = i;
  }
  // GOLDEN_FRAME is the nearest base picture behind LAST_FRAME; what is left over fills the other names.
  int golden = std::min(3, num_past - 1);
  for (int i = num_past - 1; i >= 1; i--)
    if (slot_[past[i]].layer == 0) golden = i;
  Array<int, REFS_PER_FRAME> name = {};
  int next_past = 0;
  for (int r = LAST_FRAME; r <= LAST3_FRAME; r++) {
    if (next_past == golden && next_past + 1 < num_past) next_past++;
    name[r - LAST_FRAME] = past[std::min(next_past, num_past - 1)];
    if (next_past < num_past - 1) next_past++;
  }
  name[GOLDEN_FRAME - LAST_FRAME] = past[std::max(golden, 0)];
  for (int r = BWDREF_FRAME; r <= ALTREF_FRAME; r++) {
    const int i = r - BWDREF_FRAME;
    if (num_future > 0) name[r - LAST_FRAME] = future[std::min(i, num_future - 1)];
    else name[r - LAST_FRAME] = past[std::min(next_past + i, num_past - 1)];
  }
  if (leaf >= 0 && layer_row(step.layer) == kLeafLayer) name[LAST3_FRAME - LAST_FRAME] = leaf;  // for its probabilities
  for (int i = 0; i < REFS_PER_FRAME; i++) plan.header.ref_frame_idx[i] = static_cast<uint8_t>(name[i]);
}

void ReferencePlan::list_search_references(const GopStep& step, FramePlan& plan) const {
  const auto slot_of = [&](RefFrame r) -> const Slot& { return slot_[plan.header.ref_frame_idx[r - LAST_FRAME]]; };
  constexpr Array<RefFrame, REFS_PER_FRAME> kOrder = {LAST_FRAME,  BWDREF_FRAME,  GOLDEN_FRAME, ALTREF_FRAME,
                                                      LAST2_FRAME, ALTREF2_FRAME, LAST3_FRAME};
  int n = 0;
  for (RefFrame r : kOrder) {
    bool known = false;
    for (int i = 0; i < n; i++) known |= slot_of(plan.search_refs[i]).coded_index == slot_of(r).coded_index;
    // A leaf is the worst picture around and would chain its neighbours in time: its CDFs are worth more.
    const bool leaf = slot_of(r).layer == kLeafLayer && n >= 1;
    if (!known && !leaf) plan.search_refs[n++] = r;
  }
  plan.num_search_refs = n;
  (void)step;
}

int ReferencePlan::choose_primary(const GopStep& step, const FramePlan& plan) const {
  // The latest frame of the same layer, else of the nearest layer: its statistics fit best.
  int best = PRIMARY_REF_NONE, best_distance = 1 << 30;
  uint64_t best_coded = 0;
  for (int i = 0; i < REFS_PER_FRAME; i++) {
    const Slot& s = slot_[plan.header.ref_frame_idx[i]];
    const int distance = 4 * std::abs(s.layer - layer_row(step.layer)) + (s.key ? 2 : 0);
    if (distance < best_distance || (distance == best_distance && s.coded_index > best_coded)) {
      best = i;
      best_distance = distance;
      best_coded = s.coded_index;
    }
  }
  return best;
}

/// Until there are as many pictures as the quotas add up to, one of several copies; then all slots of the picture whose layer is
/// most over its share.
uint8_t ReferencePlan::slots_to_refresh(const GopStep& step) const {
  const Array<int, kMaxPyramidLayers>& quota = low_delay_ ? kLowDelayQuota : kLayerQuota;
  Array<int, kMaxPyramidLayers> count = {};
  int distinct = 0, copy = -1;
  for (int i = 0; i < NUM_REF_FRAMES; i++) {
    bool known = false;
    for (int j = 0; j < i; j++) known |= slot_[j].coded_index == slot_[i].coded_index;
    if (known && copy < 0) copy = i;
    if (known) continue;
    distinct++;
    count[slot_[i].layer]++;
  }
  if (copy >= 0 && distinct < std::accumulate(quota.begin(), quota.end(), 0)) return static_cast<uint8_t>(1 << copy);
  count[layer_row(step.layer)]++;
  int victim = -1, worst_excess = -100;
  for (int i = 0; i < NUM_REF_FRAMES; i++) {
    const Slot& s = slot_[i];
    if (s.waits_to_show) continue;
    const int excess = count[s.layer] - quota[s.layer];
    const bool worse = victim < 0 || excess > worst_excess ||
                       (excess == worst_excess && (s.layer > slot_[victim].layer ||
                                                   (s.layer == slot_[victim].layer && s.coded_index < slot_[victim].coded_index)));
    if (worse) {
      victim = i;
      worst_excess = excess;
    }
  }
  uint8_t slots = 0;
  for (int i = 0; i < NUM_REF_FRAMES; i++)
    if (slot_[i].coded_index == slot_[victim].coded_index) slots |= static_cast<uint8_t>(1 << i);
  return slots;
}

}  // namespace tessera
