// Which superblocks regions touch, who wins where they overlap, and the qindexes that come of it.
#include <gtest/gtest.h>

#include <limits>

#include "frame/quantiser_offsets.h"

namespace tessera::test {
namespace {

constexpr PictureFormat kFormat = {.width = 200, .height = 140};  // 4 x 3 superblocks
constexpr int kMost = std::numeric_limits<int>::max(), kLeast = std::numeric_limits<int>::min();

/// Offsets of all superblocks, row by row, from a base qindex that allows for all.
std::vector<int> offsets_of(const QuantiserOffsets& offsets) {
  std::vector<int> all;
  const DeltaParams params = offsets.delta_params();
  for (int row = 0; row < 3; row++)
    for (int col = 0; col < 4; col++) all.push_back(offsets.qindex(128, params.delta_q_res, col, row) - 128);
  return all;
}

TEST(QuantiserOffsets, AreOfTheSuperblocksTouched) {
  struct Case {
    QuantiserRegion region;
    std::vector<int> expected;
  };
  const Case cases[] = {
      {{.x = 64, .y = 64, .width = 64, .height = 64}, {0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0}},
      {{.x = 63, .y = 64, .width = 2, .height = 1}, {0, 0, 0, 0, 8, 8, 0, 0, 0, 0, 0, 0}},
      {{.x = 199, .y = 139, .width = 1, .height = 1}, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8}},
      {{.x = -50, .y = -50, .width = 51, .height = 115}, {8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0}},
      {{.x = 130, .y = 100, .width = kMost, .height = kMost}, {0, 0, 0, 0, 0, 0, 8, 8, 0, 0, 8, 8}},
      {{.x = kLeast, .y = 0, .width = kMost, .height = kMost}, std::vector<int>(12, 0)},
      {{.x = 200, .y = 0, .width = 10, .height = 10}, std::vector<int>(12, 0)},
      {{.x = 10, .y = 10, .width = 0, .height = 10}, std::vector<int>(12, 0)},
      {{.x = 10, .y = 10, .width = 10, .height = -10}, std::vector<int>(12, 0)},
  };
  QuantiserOffsets offsets;
  for (const Case& c : cases) {
    offsets.start(kFormat);
    EXPECT_EQ(offsets_of(offsets), std::vector<int>(12, 0));
    offsets.add(c.region, 8);
    EXPECT_EQ(offsets_of(offsets), c.expected) << c.region.x << " " << c.region.width;
    EXPECT_EQ(offsets.delta_params().delta_q_present, c.expected != std::vector<int>(12, 0));
  }
}

TEST(QuantiserOffsets, TheLowestHolds) {
  QuantiserOffsets offsets;
  offsets.start(kFormat);
  offsets.add({.width = 200, .height = 140}, 40);
  offsets.add({.x = 64, .width = 64, .height = 64}, -16);
  offsets.add({.x = 64, .width = 128, .height = 64}, 24);
  EXPECT_EQ(offsets_of(offsets), (std::vector<int>{40, -16, 24, 40, 40, 40, 40, 40, 40, 40, 40, 40}));
}

TEST(QuantiserOffsets, OfOneSuperblockComeOnTop) {
  QuantiserOffsets offsets;
  offsets.start(kFormat);
  offsets.add(1, 2, 0);
  EXPECT_FALSE(offsets.delta_params().delta_q_present);
  offsets.add({.width = 64, .height = 64}, -16);
  offsets.add(0, 0, 12);
  offsets.add(3, 1, 8);
  EXPECT_EQ(offsets_of(offsets), (std::vector<int>{-4, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0}));
  offsets.add(3, 1, 252);
  EXPECT_EQ(offsets_of(offsets)[7], 127) << "255, within what qindex allows";
}

TEST(QuantiserOffsets, AreAbsentWhereAllAreZero) {
  QuantiserOffsets offsets;
  offsets.start(kFormat);
  offsets.add({.x = 64, .width = 64, .height = 64}, 20);
  offsets.add({.width = 200, .height = 140}, 0);
  EXPECT_FALSE(offsets.delta_params().delta_q_present);
}

TEST(QuantiserOffsets, StepsAreAsCoarseAsAllAllow) {
  const int cases[][3] = {{8, -64, 3}, {8, 20, 2}, {-6, 20, 1}, {8, -7, 0}, {16, 255, 0}, {0, -4, 2}};
  for (const auto& c : cases) {
    QuantiserOffsets offsets;
    offsets.start(kFormat);
    offsets.add({.width = 10, .height = 10}, c[0]);
    offsets.add({.x = 100, .width = 10, .height = 10}, c[1]);
    EXPECT_EQ(offsets.delta_params().delta_q_res, c[2]) << c[0] << " " << c[1];
  }
}

TEST(QuantiserOffsets, QindexesStayReachableAndInRange) {
  for (int base = 1; base <= 255; base++)
    for (int offset = -255; offset <= 255; offset++) {
      QuantiserOffsets offsets;
      offsets.start({.width = 64, .height = 64});
      offsets.add({.width = 1, .height = 1}, offset);
      const int res = offsets.delta_params().delta_q_res, q = offsets.qindex(base, res, 0, 0), wanted = std::clamp(base + offset, 1, 255);
      ASSERT_TRUE(q >= 1 && q <= 255) << base << " " << offset;
      ASSERT_EQ((q - base) % (1 << res), 0) << base << " " << offset;
      ASSERT_LT(std::abs(q - wanted), 1 << res) << base << " " << offset;
    }
}

}  // namespace
}  // namespace tessera::test
