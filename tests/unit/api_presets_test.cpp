// What cpu-used resolves to.
#include <gtest/gtest.h>

#include "api/presets.h"

namespace tessera {
namespace {

// With look-ahead a stream's settings do not depend on its size; in realtime large pictures are searched less closely.
TEST(Presets, LargePicturesAreSearchedLessCloselyInRealtimeAlone) {
  for (int cpu_used = 0; cpu_used <= 10; cpu_used++)
    for (const bool realtime : {false, true}) {
      const SearchSettings small = preset_settings(cpu_used, realtime, false), large = preset_settings(cpu_used, realtime, true);
      EXPECT_EQ(large.filter.cdef_sampling, realtime && cpu_used >= 9 ? 4 : small.filter.cdef_sampling) << cpu_used;
      const bool fewer = realtime && cpu_used == 10;
      EXPECT_EQ(large.partition.small_none_below > small.partition.small_none_below, fewer) << cpu_used;
      EXPECT_EQ(large.partition.small_stop_below > small.partition.small_stop_below, fewer) << cpu_used;
    }
}

// SPLIT must remain where NONE is not tried, and the other way round.
TEST(Presets, OneOfNoneAndSplitIsAlwaysTried) {
  for (int cpu_used = 0; cpu_used <= 10; cpu_used++)
    for (const bool realtime : {false, true}) {
      const PartitionSettings p = preset_settings(cpu_used, realtime, true).partition;
      for (const PartitionRules& rules : {p.intra, p.inter}) EXPECT_LE(rules.none_below, rules.split_above) << cpu_used;
      EXPECT_LE(p.small_none_below, p.inter.split_above) << cpu_used;
    }
}

}  // namespace
}  // namespace tessera
