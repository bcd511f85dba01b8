#include "api/presets.h"

#include "base/array.h"

namespace tessera {
namespace {

/// Both of NONE and SPLIT are tried where the odds are further than `sure` from either end, and halves from `halves` on.
void guide(PartitionRules& rules, float sure, float halves) {
  rules.none_below = sure;
  rules.split_above = 1 - sure;
  rules.halves_above = halves;
}

void guide(PartitionSettings& p, float sure, float halves) {
  p.stop_below = sure;
  guide(p.inter, sure, halves);
  guide(p.intra, sure, halves / 4);
}

/// The same of inter frames, but for halves.
void guide_inter(PartitionSettings& p, float sure) {
  p.stop_below = p.inter.none_below = sure;
  p.inter.split_above = 1 - sure;
}

/// Squares of 16 of inter frames stay whole at odds of SPLIT under `below`, and under `stop` once they are coded.
void keep_small_whole(PartitionSettings& p, float below, float stop) {
  p.small_none_below = below;
  p.small_stop_below = stop;
}

/// HORZ_4 and VERT_4 are tried from `odds` on: in intra frames from a little more, where high odds are common.
void quarters(PartitionSettings& p, float odds) {
  p.inter.quarters_above = odds;
  p.intra.quarters_above = odds * 1.25f;
}

/// A transform and its split are both coded where the log odds of what costs less are within `doubt` of even.
void foresee_split(TxSettings& tx, float doubt) {
  tx.whole_below = -doubt;
  tx.split_above = doubt;
}

/// Steps of the chain.
struct RoleSteps {
  int key, base, inner, outer, leaf;  ///< what is common goes by key
};
/// What each cpu-used is: so that neighbours are about as far apart in time, with effort where later pictures gain by it.
constexpr Array<RoleSteps, 11> kSteps = {{{0, 0, 0, 0, 0},
                                          {1, 1, 1, 1, 1},
                                          {2, 2, 2, 2, 2},
                                          {3, 3, 3, 3, 3},
                                          {5, 3, 5, 5, 5},
                                          {6, 6, 6, 6, 6},
                                          {7, 6, 6, 8, 8},
                                          {8, 7, 7, 8, 8},
                                          {9, 8, 8, 9, 9},
                                          {10, 9, 10, 10, 10},
                                          {11, 11, 11, 11, 11}}};
/// Without look-ahead time is short: realtime begins with these, from cpu-used 6 on with less still.
constexpr Array<int, 11> kRealtimeSteps = {0, 1, 2, 3, 5, 7, 8, 8, 8, 9, 10};

/// What one frame at a time has no time for.
void hasten(SearchSettings& s, int cpu_used, bool large) {
  s.activity.inner_strength = s.activity.base_strength;
  if (cpu_used < 5) return;
  s.intra.inter_margin = 1.0f;
  s.intra.dc_margin = 2.0f;
  s.intra.all_modes_inter = false;
  s.inter.extra_references = 0;
  if (cpu_used < 6) return;
  guide(s.partition, 0.085f, 0.8f);
  s.inter.full_rd_modes = 1;
  s.intra.full_rd_modes = 2;
  s.intra.chroma_modes = 2;
  s.intra.palette_above = 0.6f;
  s.inter.coarse_reach_x = 32;
  s.inter.coarse_reach_y = 24;
  s.partition.skip_stop = 0.02f;
  s.filter.restoration = {};
  if (cpu_used == 6) s.inter.max_references = 3;
  s.cost_refresh_sb = cpu_used >= 8 ? 0 : 16;
  if (cpu_used == 7 || cpu_used == 8) {
    s.partition.intra.rect = s.partition.inter.rect = cpu_used == 7;
    s.inter.overlap_candidates = 0;
    s.intra.full_rd_modes = 1;
    foresee_split(s.tx, 1.0f);
    s.filter.deblock_search = false;
  }
  if (cpu_used < 9) return;
  guide(s.partition, 0.15f, 1.0f);
  guide(s.partition.intra, 0.3f, 1.0f);
  s.partition.intra.rect = s.partition.inter.rect = false;
  s.partition.skip_stop = 0.05f;
  s.intra.full_rd_modes = 1;
  foresee_split(s.tx, 0.0f);
  s.filter.cdef_strengths = 3;
  s.inter.max_ref_mv_idx = 2;
  s.inter.open_loop_rounds = 1;
  s.inter.reference_drop = 1.1f;
  s.intra.angle_deltas = false;
  s.filter.cdef_sampling = large ? 4 : 2;
  if (cpu_used < 10) return;
  s.tx.intra_depth = 0;
  s.inter.reference_margin = 0;
  s.inter.reference_drop = 1.0f;
  s.partition.intra.none_below = 0.5f;
  s.partition.inter.none_below = 0.05f;
  s.partition.stop_below = 0.35f;
  if (large) keep_small_whole(s.partition, 0.15f, 0.5f);
  s.inter.subpel_foreseen = true;
  s.inter.subpel_satd = false;
  s.inter.interp_search = false;
  s.inter.warp_candidates = 0;
  s.inter.compound = false;
}

/// A chain of steps, 0 to 11, each a few settings cheaper than the one before.
SearchSettings chain_settings(int step) {
  SearchSettings s;
  // 0
  s.activity.inner_strength = 0.12f;
  s.partition = {.min = BLOCK_4X4, .max = BLOCK_64X64, .rect_max = BLOCK_64X64, .ab = true, .four_way = true};
  s.intra = {.full_rd_modes = 8, .full_rd_modes_inter = 4, .filter_intra = true, .chroma_modes = 5, .palettes = 4};
  s.inter = {.max_references = 7, .full_rd_modes = 6, .max_ref_mv_idx = 3, .compound_pair_span = 6, .subpel_depth = 3,
             .warp_candidates = 2, .warp_refinement = 2, .overlap_candidates = 2, .inter_intra_candidates = 2, .inter_intra_wedges = true,
             .moved_pairs = 2, .blended_pairs = 1, .wedges = true};
  s.tx = {.type_candidates = 16, .type_candidates_inter = 16, .intra_depth = 2, .inter_depth = 2, .trellis_in_trials = true, .exact_counting = true};
  s.filter = {.cdef_strengths = 16, .cdef_max_bits = 3, .restoration = {.wiener_step = 1, .self_guided_sets = 16}};
  guide(s.partition, 0.003f, 0.01f);
  quarters(s.partition, 0.005f);
  s.partition.ab_margin = 1.05f;
  if (step >= 1) {
    s.partition.ab_margin = 1.0f;
    s.partition.small_above = 0.05f;
    s.tx.exact_counting = false;
    s.filter.restoration.self_guided_sets = 8;
    s.intra.palettes = 2;
    s.intra.full_rd_modes = 4;
    s.intra.full_rd_modes_inter = 2;
    s.intra.inter_margin = 1.2f;
    s.tx.type_candidates = 7;
  }
  if (step >= 2) {
    guide(s.partition, 0.006f, 0.02f);
    quarters(s.partition, 0.01f);
    s.inter.wedges = s.inter.inter_intra_wedges = false;
  }
  if (step >= 3) {
    guide(s.partition, 0.01f, 0.03f);
    quarters(s.partition, 0.025f);
    s.partition.rect_max = BLOCK_32X32;
    s.inter.max_references = 4;
    s.inter.full_rd_modes = 4;
    s.tx.type_candidates_inter = 4;
    s.tx.trellis_in_trials = false;
    s.filter.cdef_strengths = 8;
    s.filter.cdef_max_bits = 2;
  }
  if (step >= 4) {
    guide(s.partition, 0.015f, 0.05f);
    quarters(s.partition, 0.04f);
    s.partition.small_above = 0.08f;
  }
  if (step >= 5) {
    s.filter.restoration.self_guided_sets = 4;
    s.intra.filter_intra = false;
    s.inter.full_rd_modes = 3;
    s.inter.max_references = 3;
    s.inter.moved_pairs = s.inter.blended_pairs = 1;
    foresee_split(s.tx, 1.3f);
    s.partition.skip_stop = 0.005f;
    quarters(s.partition, 0.06f);
    s.partition.small_above = 0.15f;
    guide(s.partition, 0.025f, 0.25f);
  }
  if (step >= 6) {
    s.filter.restoration.chroma = false;
    s.inter.moved_pairs = s.inter.blended_pairs = 0;
    s.inter.inter_intra_candidates = 0;
    s.activity.inner_strength = 0;
    s.tx.intra_depth = 1;
    foresee_split(s.tx, 100.0f);
    s.inter.full_rd_modes = 2;
    s.inter.max_ref_mv_idx = 2;
    s.inter.compound_pair_span = 3;
    s.intra.full_rd_modes = 3;
    s.intra.full_rd_modes_inter = 1;
    s.intra.palette_above = 0.4f;
    s.tx.type_candidates = 4;
    s.cost_refresh_sb = 4;
    s.inter.open_loop_start = true;
    guide(s.partition, 0.04f, 0.5f);
    s.partition.ab = s.partition.four_way = false;
    s.partition.small_above = 0.2f;
    s.partition.skip_stop = 0.02f;
  }
  if (step >= 7) {
    guide(s.partition, 0.07f, 0.7f);
    s.partition.skip_stop = 0.03f;
    s.partition.min = BLOCK_8X8;
    s.inter.extra_references = 1;
    s.inter.subpel_rounds = 1;
    s.intra.dc_margin = 1.4f;
    s.tx.type_candidates_inter = 1;
    s.tx.inter_depth = 1;
  }
  if (step >= 8) {
    s.filter.restoration.self_guided_sets = 0;
    guide(s.partition, 0.085f, 0.7f);
    guide(s.partition.intra, 0.08f, 0.15f);
    s.partition.skip_stop = 0.04f;
    s.inter.max_references = 2;
    s.inter.extra_references = 2;
    s.inter.rank_decides = true;
    s.inter.warp_candidates = s.inter.overlap_candidates = 1;
    s.inter.max_ref_mv_idx = 1;
    s.inter.mixed_near_pairs = 0;
    s.tx.type_candidates = 2;
    foresee_split(s.tx, 1.3f);
    s.cost_refresh_sb = 0;
    s.filter.cdef_strengths = 4;
    s.filter.cdef_max_bits = 1;
  }
  if (step >= 9) {
    guide(s.partition, 0.11f, 0.6f);
    guide(s.partition.intra, 0.14f, 0.2f);
    s.partition.skip_stop = 0.05f;
    s.intra.palettes = 1;
    s.inter.overlap_candidates = 0;
    s.inter.warp_refinement = 1;
    s.filter.deblock_search = false;
    s.filter.cdef_strengths = 8;  // more than in 8, whose deblocking levels are searched
  }
  if (step >= 10) {
    guide(s.partition, 0.125f, 1.0f);
    guide(s.partition.intra, 0.25f, 1.0f);
    s.partition.inter.none_below = 0.05f;
    s.partition.stop_below = 0.35f;
    s.partition.intra.rect = s.partition.inter.rect = false;
    s.intra.full_rd_modes = 2;
    s.filter.cdef_sampling = 2;
    s.intra.inter_margin = 1.0f;
    s.inter.skip_mode_margin = 1.1f;
    s.inter.pair_margin = 2.0f;
    s.inter.mixed_pair_margin = 0.8f;
    s.inter.reference_margin = s.inter.reference_drop = 1.8f;
    s.inter.coarse_reach_x = 32;
    s.inter.coarse_reach_y = 24;
    s.inter.subpel_foreseen = true;
    s.inter.subpel_satd = false;
    foresee_split(s.tx, 0.7f);
    s.filter.cdef_strengths = 3;
  }
  if (step >= 11) {
    s.temporal = {.key_after = 8, .base_before = 2, .base_after = 2, .strength = 4.0f, .reach_x = 16, .reach_y = 12, .close = 2};
    s.partition.stop_below = 0.55f;
    s.partition.intra.none_below = 0.45f;
    s.partition.intra.split_above = 0.65f;
    s.intra.full_rd_modes = 1;
    s.intra.chroma_modes = 1;
    s.intra.angle_deltas = false;
    s.intra.palette_size_step = 3;
    s.partition.skip_stop = 0.2f;
    s.inter.coarse_reach_x = 16;
    s.inter.coarse_reach_y = 12;
    s.inter.coarse_close = 2;
    s.inter.full_rd_modes = 1;
    s.inter.extra_tries = 2;
    s.inter.reference_margin = s.inter.reference_drop = 1.5f;
    s.inter.interp_search = false;
    s.inter.subpel_depth = 2;
    s.inter.warp_refinement = 0;
    s.tx.type_candidates = s.tx.type_candidates_trial = 1;
    s.tx.intra_depth = 0;
    foresee_split(s.tx, 0.0f);
    s.filter.cdef_sampling = 4;
    s.filter.cdef_restraint = 0.02f;
    s.filter.restoration = {};
  }
  return s;
}

RoleSettings same_for_all(const SearchSettings& s) { return {{s, s, s, s, s}}; }

/// Another step for frames of one role, which leaves alone what must not differ between them.
SearchSettings search_like(int step, const SearchSettings& common) {
  SearchSettings s = chain_settings(step);
  s.temporal = common.temporal;
  s.cost_refresh_sb = common.cost_refresh_sb;
  s.inter.coarse_reach_x = common.inter.coarse_reach_x;
  s.inter.coarse_reach_y = common.inter.coarse_reach_y;
  s.inter.coarse_close = common.inter.coarse_close;
  return s;
}

/// What leaves do without: nothing is predicted from what it gains.
void ease_leaf(SearchSettings& leaf, int step) {
  if (step < 3) return;
  leaf.inter.warp_candidates = leaf.inter.overlap_candidates = leaf.inter.inter_intra_candidates = 0;
  if (step >= 8) leaf.inter.full_rd_modes = 1;
  if (step == 5) {
    guide_inter(leaf.partition, 0.05f);
    leaf.partition.ab = leaf.partition.four_way = false;
    leaf.tx.type_candidates_inter = 1;
    leaf.tx.inter_depth = 1;
  }
  if (step == 8) {
    guide_inter(leaf.partition, 0.11f);
    leaf.partition.skip_stop = 0.08f;
  }
  if (step == 9) {
    guide_inter(leaf.partition, 0.135f);
    leaf.partition.skip_stop = 0.1f;
  }
}

constexpr Array<FrameRole, 3> kLateRoles = {{FrameRole::kInner, FrameRole::kOuter, FrameRole::kLeaf}};

/// Key frames are few, and all that follows is predicted from them: from step 6 on they try seven transform types, and of step 11
/// they take most of step 10.
void attend_key(SearchSettings& key, int step) {
  if (step >= 6) key.tx.type_candidates = 7;
  if (step < 11) return;
  const SearchSettings closer = chain_settings(10);
  key.partition = closer.partition;
  key.tx = closer.tx;
  key.filter = closer.filter;
  key.intra.angle_deltas = true;
}

/// Frames of the upper layers are divided less.
void ease_late(SearchSettings& s, FrameRole role, int step) {
  if (step < 11) return;
  keep_small_whole(s.partition, 0.3f, 0.8f);
  if (role == FrameRole::kInner) return;
  s.partition.inter.none_below = 0.3f;
  s.partition.stop_below = 0.8f;
  s.inter.skip_mode_margin = 1.05f;
}

/// Base frames see what others do not: a third picture, where all before them are far. Inner ones keep it where steps are few.
void widen_base(InterSettings& base, InterSettings& inner, const RoleSteps& steps) {
  if (steps.base >= 8) base.max_references = 3;
  if (steps.base >= 11) base.compound = false;
  if (steps.inner >= 11) inner.max_references = 3;
}

/// What foreseeing splits saves pays for pairs moved and masked where all frames are of step 6; base and inner ones alone gain nothing by it.
void trade_splits_for_pairs(SearchSettings& s) {
  foresee_split(s.tx, 1.3f);
  s.inter.moved_pairs = s.inter.blended_pairs = 1;
}

RoleSettings lookahead_settings(const RoleSteps& steps) {
  const SearchSettings common = chain_settings(steps.key);
  RoleSettings s = same_for_all(common);
  s[FrameRole::kBase] = search_like(steps.base, common);
  s[FrameRole::kInner] = search_like(steps.inner, common);
  s[FrameRole::kOuter] = search_like(steps.outer, common);
  s[FrameRole::kLeaf] = search_like(steps.leaf, common);
  attend_key(s[FrameRole::kKey], steps.key);
  widen_base(s[FrameRole::kBase].inter, s[FrameRole::kInner].inter, steps);
  ease_leaf(s[FrameRole::kLeaf], steps.leaf);
  for (FrameRole role : kLateRoles) ease_late(s[role], role, steps.key);
  for (SearchSettings& role : s.roles) {
    if (steps.key == 6) trade_splits_for_pairs(role);
    // Rows side by side cost 1 to 5 0.1 to 0.4 % of bits (docs/machinery.md); the slowest level has time.
    role.parallel_rows = steps.key > 0;
  }
  return s;
}

/// Three pictures in four are followed soon by one that is finer: they are divided less, but nowhere near what look-ahead's leaves
/// allow themselves, for the next picture is predicted from each. The fastest step's key frames are searched closer.
void spread_by_layer(RoleSettings& s, int cpu_used, bool large) {
  if (cpu_used < 6) return;
  PartitionSettings& base = s[FrameRole::kBase].partition;
  PartitionSettings& inner = s[FrameRole::kInner].partition;
  PartitionSettings& leaf = s[FrameRole::kLeaf].partition;
  keep_small_whole(leaf, 0.15f, 0.5f);
  if (cpu_used < 8) return;
  keep_small_whole(inner, 0.15f, 0.5f);
  if (cpu_used < 10) return;
  keep_small_whole(leaf, 0.2f, 0.65f);
  if (large) {
    keep_small_whole(base, 0.2f, 0.6f);
    keep_small_whole(inner, 0.2f, 0.6f);
    keep_small_whole(leaf, 0.3f, 0.8f);
  }
  const SearchSettings closer = chain_settings(10);
  s[FrameRole::kKey].partition = closer.partition;
  s[FrameRole::kKey].tx.intra_depth = closer.tx.intra_depth;
}

RoleSettings realtime_settings(int cpu_used, bool large) {
  SearchSettings common = chain_settings(kRealtimeSteps[cpu_used]);
  hasten(common, cpu_used, large);
  common.inter.near_pairs = 1;  // where all references are past others than the first gain nothing
  common.realtime = common.parallel_rows = true;
  RoleSettings s = same_for_all(common);
  spread_by_layer(s, cpu_used, large);
  return s;
}

}  // namespace

RoleSettings preset_settings(int cpu_used, bool realtime, bool large) {
  return realtime ? realtime_settings(cpu_used, large) : lookahead_settings(kSteps[cpu_used]);
}

}  // namespace tessera
