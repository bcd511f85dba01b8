// Screens are told from camera pictures at any depth.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "control/screen_content.h"

namespace tessera {
namespace {

template <class P>
class ScreenContentTest : public testing::Test {};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(ScreenContentTest, Pixels);

template <class P, class F>
bool judged(F&& sample) {
  constexpr int kW = 320, kH = 176, kDepth = sizeof(P) == 1 ? 8 : 10;
  std::vector<P> luma(kW * kH);
  for (int y = 0; y < kH; y++)
    for (int x = 0; x < kW; x++) luma[static_cast<size_t>(y * kW + x)] = static_cast<P>(sample(x, y) << (kDepth - 8));
  return is_screen_content<P>({luma.data(), kW, kW, kH}, kDepth);
}

TYPED_TEST(ScreenContentTest, Judges) {
  using P = TypeParam;
  const auto text = [](int x, int y) { return (x * 7 + y * 13) % 11 < 3 ? 20 : 230; };
  EXPECT_TRUE(judged<P>(text));
  EXPECT_TRUE((judged<P>([&](int x, int y) { return x < 64 ? text(x, y) : 200; })));            // a small window of it
  EXPECT_FALSE((judged<P>([](int, int) { return 128; })));                                      // nothing at all
  EXPECT_FALSE((judged<P>([](int x, int y) { return 64 + (x + y) / 8; })));                     // a smooth ramp
  // Asphalt and its markings: few levels, far apart, but none that is a background.
  EXPECT_FALSE((judged<P>([](int x, int y) { return x % 16 == 3 ? 220 : 90 + (x * 5 + y * 3 + x * y / 4) % 7; })));
  EXPECT_FALSE((judged<P>([](int x, int y) { return 128 + static_cast<int>(90 * std::sin(x * 0.3) * std::cos(y * 0.21)); })));
}

TEST(ScreenContent, AsksForMore) {
  SearchSettings s;
  s.tx.type_candidates = 2;
  s.tx.type_candidates_inter = 1;
  s.partition.min = BLOCK_8X8;
  adapt_to_screen_content(s);
  EXPECT_TRUE(s.screen_content);
  EXPECT_GE(s.tx.type_candidates, 5);
  EXPECT_GE(s.tx.type_candidates_inter, 2);
  EXPECT_EQ(s.partition.min, BLOCK_4X4);
  EXPECT_GE(s.inter.coarse_reach_y, 320);
  EXPECT_EQ(s.temporal.key_after + s.temporal.base_before + s.temporal.base_after, 0);
  s.partition.stop_below = 0.2f;
  s.partition.intra = s.partition.inter = {.none_below = 0.2f, .split_above = 0.8f};
  adapt_to_screen_content(s);
  EXPECT_TRUE(s.partition.guided());
  EXPECT_LT(s.partition.stop_below, 0.1f);
  for (const PartitionRules& rules : {s.partition.intra, s.partition.inter}) {
    EXPECT_LT(rules.none_below, 0.1f);
    EXPECT_GT(rules.split_above, 0.9f);
    EXPECT_LT(rules.split_above, 1.0f);
  }
  s.tx.type_candidates = 16;
  adapt_to_screen_content(s);
  EXPECT_EQ(s.tx.type_candidates, 16);
}

}  // namespace
}  // namespace tessera
