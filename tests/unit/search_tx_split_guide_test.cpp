#include "search/tx_split_guide.h"

#include <gtest/gtest.h>

#include "base/array.h"
#include "spec/constants.h"
#include "spec/tx_geometry.h"

namespace tessera {
namespace {

constexpr float kStep = 8;

float log_odds(Array<uint64_t, 4> parts, TxSize size) { return tx_split_log_odds({parts.data(), 4}, size, kStep); }

TEST(TxSplitGuide, UnevenPartsAskForASplit) {
  for (const TxSize size : {TX_8X8, TX_16X16, TX_32X32}) {
    const auto area = static_cast<uint64_t>(Tx_Width[size] * Tx_Height[size]);
    const float even = log_odds({8 * area, 8 * area, 8 * area, 8 * area}, size), some = log_odds({area, 8 * area, 8 * area, 15 * area}, size),
                most = log_odds({0, 0, 0, 32 * area}, size);
    EXPECT_LT(even, 0) << size;
    EXPECT_LT(even, some) << size;
    EXPECT_LT(some, most) << size;
    EXPECT_GT(most, 0) << size;
  }
}

TEST(TxSplitGuide, OrderOfPartsDoesNotMatter) {
  EXPECT_EQ(log_odds({100, 2000, 300, 40}, TX_16X16), log_odds({2000, 40, 100, 300}, TX_16X16));
}

TEST(TxSplitGuide, ScaleIsTheQuantisers) {
  constexpr Array<uint64_t, 2> parts = {700, 90}, louder = {16 * 700, 16 * 90};
  EXPECT_FLOAT_EQ(tx_split_log_odds({parts.data(), 2}, TX_8X16, kStep), tx_split_log_odds({louder.data(), 2}, TX_8X16, 4 * kStep));
}

TEST(TxSplitGuide, NothingLeftHasAnAnswer) {
  EXPECT_LT(log_odds({0, 0, 0, 0}, TX_8X8), 0);
}

}  // namespace
}  // namespace tessera
