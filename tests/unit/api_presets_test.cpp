// What cpu-used resolves to.
#include <gtest/gtest.h>

#include "api/presets.h"

namespace tessera {
namespace {

// With look-ahead a stream's settings do not depend on its size; in realtime large pictures are searched less closely.
TEST(Presets, LargePicturesAreSearchedLessCloselyInRealtimeAlone) {
  for (int cpu_used = 0; cpu_used <= 10; cpu_used++)
    for (const bool realtime : {false, true}) {
      const RoleSettings of_small = preset_settings(cpu_used, realtime, false), of_large = preset_settings(cpu_used, realtime, true);
      const SearchSettings &small = of_small[FrameRole::kBase], &large = of_large[FrameRole::kBase];
      EXPECT_EQ(large.filter.cdef_sampling, realtime && cpu_used >= 9 ? 4 : small.filter.cdef_sampling) << cpu_used;
      const bool fewer = realtime && cpu_used == 10;
      EXPECT_EQ(large.partition.small_none_below > small.partition.small_none_below, fewer) << cpu_used;
      EXPECT_EQ(large.partition.small_stop_below > small.partition.small_stop_below, fewer) << cpu_used;
    }
}

// SPLIT must remain where NONE is not tried, and the other way round.
TEST(Presets, OneOfNoneAndSplitIsAlwaysTried) {
  for (int cpu_used = 0; cpu_used <= 10; cpu_used++)
    for (const bool realtime : {false, true})
      for (const SearchSettings& s : preset_settings(cpu_used, realtime, true).roles) {
        for (const PartitionRules& rules : {s.partition.intra, s.partition.inter}) EXPECT_LE(rules.none_below, rules.split_above) << cpu_used;
        EXPECT_LE(s.partition.small_none_below, s.partition.inter.split_above) << cpu_used;
      }
}

// Look-ahead analyses pictures before their roles are known, and rows go side by side in all frames or in none.
TEST(Presets, RolesDifferInTheSearchOfTheirFramesAlone) {
  for (int cpu_used = 0; cpu_used <= 10; cpu_used++)
    for (const bool realtime : {false, true}) {
      const RoleSettings settings = preset_settings(cpu_used, realtime, false);
      const SearchSettings& common = settings.common();
      for (const SearchSettings& s : settings.roles) {
        EXPECT_EQ(s.inter.coarse_reach_x, common.inter.coarse_reach_x) << cpu_used;
        EXPECT_EQ(s.inter.coarse_reach_y, common.inter.coarse_reach_y) << cpu_used;
        EXPECT_EQ(s.inter.coarse_close, common.inter.coarse_close) << cpu_used;
        EXPECT_EQ(s.temporal.key_after, common.temporal.key_after) << cpu_used;
        EXPECT_EQ(s.temporal.base_before, common.temporal.base_before) << cpu_used;
        EXPECT_EQ(s.temporal.base_after, common.temporal.base_after) << cpu_used;
        EXPECT_EQ(s.temporal.reach_x, common.temporal.reach_x) << cpu_used;
        EXPECT_EQ(s.cost_refresh_sb, common.cost_refresh_sb) << cpu_used;
        EXPECT_EQ(s.parallel_rows, common.parallel_rows) << cpu_used;
        EXPECT_EQ(s.realtime, realtime) << cpu_used;
      }
    }
}

// With look-ahead; without it there are no roles.
TEST(Presets, NoFrameIsSearchedCloserThanThoseItIsPredictedFrom) {
  int closer_bases = 0, easier_leaves = 0;
  for (int cpu_used = 0; cpu_used <= 10; cpu_used++) {
    const RoleSettings s = preset_settings(cpu_used, false, false);
    const auto limit = [&](FrameRole role) { return s[role].partition.stop_below; };
    EXPECT_LE(limit(FrameRole::kBase), limit(FrameRole::kInner)) << cpu_used;
    EXPECT_LE(limit(FrameRole::kInner), limit(FrameRole::kOuter)) << cpu_used;
    EXPECT_LE(limit(FrameRole::kOuter), limit(FrameRole::kLeaf)) << cpu_used;
    closer_bases += limit(FrameRole::kBase) < limit(FrameRole::kOuter);
    easier_leaves += limit(FrameRole::kOuter) < limit(FrameRole::kLeaf);
  }
  EXPECT_EQ(closer_bases, 6);
  EXPECT_EQ(easier_leaves, 4);
}

}  // namespace
}  // namespace tessera
