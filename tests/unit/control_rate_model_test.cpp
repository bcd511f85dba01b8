// What the rate model learns from frames that were coded.
#include "control/rate_model.h"

#include <gtest/gtest.h>

#include "spec/quant_tables.h"

namespace tessera {
namespace {

TEST(RateModel, TwoStepsTellTheExponent) {
  constexpr FrameKind kKind = 5;
  RateModel model(Layering::kPyramid, 8, 8);
  const PictureCost cost = {.intra = 9000, .inter = 2200};
  const double content = model.content(kKind, cost);
  const auto bits_at = [](int q) { return 1000e3 / ac_q(q, 8); };
  model.rehearse(kKind, content, 200, bits_at(200), false);
  model.rehearse(kKind, content, 80, bits_at(80), true);
  EXPECT_NEAR(model.bits(kKind, content, 80) / bits_at(80), 1, 0.05);
  EXPECT_NEAR(model.bits(kKind, content, 200) / bits_at(200), 1, 0.1);
  EXPECT_NEAR(model.bits(kKind, content, 30) / bits_at(30), 1, 0.1);
  model.reset();
  model.rehearse(kKind, content, 80, bits_at(80), false);
  EXPECT_LT(model.bits(kKind, content, 200) / bits_at(200), 0.7) << "one step tells nothing";
}

}  // namespace
}  // namespace tessera
