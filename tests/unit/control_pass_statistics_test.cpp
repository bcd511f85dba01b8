// The statistics file of two passes: what is written is read again, and what is wrong is named.
#include "control/pass_statistics.h"

#include <gtest/gtest.h>

#include <string>

namespace tessera {
namespace {

TEST(PassStatistics, TextComesBack) {
  PassStatistics s;
  s.width = 64;
  s.height = 48;
  s.at(0) = {.kind = 0, .qindex = 40, .step_change = -0.37f, .bits = 123456, .seconds = 1 / 30.0};
  s.at(2) = {.kind = 5, .qindex = 255, .bits = 90, .seconds = 2.5};
  s.exponents[5] = 0.31;
  PassStatistics back;
  ASSERT_TRUE(PassStatistics::parse(s.text(), &back).ok());
  ASSERT_EQ(back.frames.size(), 3u);
  EXPECT_EQ(back.width, 64);
  EXPECT_EQ(back.height, 48);
  for (int kind = 0; kind < kFrameKinds; kind++) EXPECT_NEAR(back.exponents[kind], s.exponents[kind], 1e-6);
  for (size_t i = 0; i < 3; i++) {
    EXPECT_EQ(back.frames[i].kind, s.frames[i].kind);
    EXPECT_EQ(back.frames[i].qindex, s.frames[i].qindex);
    EXPECT_NEAR(back.frames[i].step_change, s.frames[i].step_change, 1e-6);
    EXPECT_EQ(back.frames[i].bits, s.frames[i].bits);
    EXPECT_NEAR(back.frames[i].seconds, s.frames[i].seconds, 1e-6);
  }
}

TEST(PassStatistics, WhatIsWrongIsNamed) {
  PassStatistics out;
  EXPECT_FALSE(PassStatistics::parse("", &out).ok());
  EXPECT_FALSE(PassStatistics::parse("tessera-statistics 3\n64 48 0 80 100 115 125 135 145\n", &out).ok());
  const Status line = PassStatistics::parse("tessera-statistics 3\n64 48 2 80 100 115 125 135 145\n0 40 0 1000 33333\n0 256 0 1000 33333\n", &out);
  EXPECT_NE(line.message().find("line 4"), std::string::npos) << line.message();
  const Status steep = PassStatistics::parse("tessera-statistics 3\n64 48 1 80 100 115 125 135 0\n0 40 0 1000 33333\n", &out);
  EXPECT_NE(steep.message().find("line 2"), std::string::npos) << steep.message();
  const Status few = PassStatistics::parse("tessera-statistics 3\n64 48 2 80 100 115 125 135 145\n0 40 0 1000 33333\n", &out);
  EXPECT_NE(few.message().find("announces 2"), std::string::npos) << few.message();
}

}  // namespace
}  // namespace tessera
