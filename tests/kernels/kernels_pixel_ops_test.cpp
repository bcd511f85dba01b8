// Scalar streaming passes against their definition, faster ones against the scalar ones.
#include <gtest/gtest.h>

#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

template <class P>
class PixelOps : public testing::Test {
 public:
  static constexpr int kBits = sizeof(P) == 1 ? 8 : 10;
  Random random;

  template <class Body>
  void for_sizes(Body body) {
    for (int round = 0; round < 200; round++) {
      const int w = random.in(1, 90), h = random.in(1, 7);
      SCOPED_TRACE(testing::Message() << w << "x" << h);
      body(w, h, Fill(round % int(Fill::kFills)));
    }
  }
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(PixelOps, Pixels);

TYPED_TEST(PixelOps, ScalarMeetsItsDefinition) {
  using P = TypeParam;
  const auto ops = scalar_set<P>().table.pixel_ops;
  this->for_sizes([&](int w, int h, Fill fill) {
    Guarded<P> src(2 * w, 2 * h);
    Guarded<uint8_t> half(w, h);
    this->random.fill(src, 2 * w, 2 * h, fill, this->kBits);
    ops.halve(half.data(), half.stride(), src.data(), src.stride(), w, h, this->kBits);
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) {
        const int sum = src.at(2 * x, 2 * y) + src.at(2 * x + 1, 2 * y) + src.at(2 * x, 2 * y + 1) +
                        src.at(2 * x + 1, 2 * y + 1);
        const double mean = sum / 4.0 / (1 << (this->kBits - 8));
        ASSERT_EQ(half.at(x, y), std::min(255, static_cast<int>(mean + 0.5)));
      }
    EXPECT_TRUE(half.intact());
  });
}

TYPED_TEST(PixelOps, FastEqualsScalar) {
  using P = TypeParam;
  const auto scalar = scalar_set<P>().table.pixel_ops;
  for (const auto& set : fast_sets<P>()) {
    SCOPED_TRACE(set.name);
    const auto& fast = set.table.pixel_ops;
    this->for_sizes([&](int w, int h, Fill fill) {
      Guarded<P> src(2 * w, 2 * h, this->random.in(0, 1));
      this->random.fill(src, 2 * w, 2 * h, fill, this->kBits);
      Guarded<uint8_t> a(w, h), b(w, h);
      fast.halve(a.data(), a.stride(), src.data(), src.stride(), w, h, this->kBits);
      scalar.halve(b.data(), b.stride(), src.data(), src.stride(), w, h, this->kBits);
      EXPECT_TRUE(a == b && a.intact() && b.intact());

      const int shift = sizeof(P) == 1 ? 0 : 6;
      Guarded<P> u[2] = {{w, h}, {w, h}}, v[2] = {{w, h}, {w, h}};
      this->random.fill(src, 2 * w, 2 * h, fill, 8 * sizeof(P));
      fast.split_pairs(u[0].data(), v[0].data(), u[0].stride(), src.data(), src.stride(), w, h, shift);
      scalar.split_pairs(u[1].data(), v[1].data(), u[1].stride(), src.data(), src.stride(), w, h, shift);
      EXPECT_TRUE(u[0] == u[1] && v[0] == v[1] && u[0].intact() && v[0].intact());
      EXPECT_EQ(u[1].at(w - 1, h - 1), src.at(2 * w - 2, h - 1) >> shift);
      EXPECT_EQ(v[1].at(w - 1, h - 1), src.at(2 * w - 1, h - 1) >> shift);

      Guarded<uint16_t> high(w, h, 3), low[2] = {{w, h}, {w, h}};
      this->random.fill(high, w, h, fill, 16);
      fast.shift_down(low[0].data(), low[0].stride(), high.data(), high.stride(), w, h, 6);
      scalar.shift_down(low[1].data(), low[1].stride(), high.data(), high.stride(), w, h, 6);
      EXPECT_TRUE(low[0] == low[1] && low[0].intact());
      EXPECT_EQ(low[1].at(0, 0), high.at(0, 0) >> 6);
    });
  }
}

}  // namespace
}  // namespace tessera::test
