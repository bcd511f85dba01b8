// The temporal filter's blending: faster kernels against the scalar ones.
#include <gtest/gtest.h>

#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

template <class P>
class Temporal : public testing::Test {
 public:
  static constexpr int kBits = sizeof(P) == 1 ? 8 : 10, kArea = kMaxTemporalBlock * kMaxTemporalBlock;
  Random random;
  const DspTable<P> scalar = scalar_set<P>().table;
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(Temporal, Pixels);

TYPED_TEST(Temporal, BlendEqualsScalar) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>())
    for (int trial = 0; trial < 400; trial++) {
      const int w = 8 << trial % 3, h = 4 << trial / 3 % 4, top = (1 << this->kBits) - 1, spread = trial % 5 == 0 ? top : 1 + trial % 30;
      Guarded<P> src(w, h, trial % 4), pred(w, h, trial % 3);
      for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
          const int s = this->random.in(0, top);
          src.data()[y * src.stride() + x] = static_cast<P>(s);
          pred.data()[y * pred.stride() + x] = static_cast<P>(std::clamp(s + this->random.in(-spread, spread), 0, top));
        }
      TemporalWeight weight;
      weight.scale = static_cast<uint32_t>(this->random.in(0, 1 << (trial % 24)));
      weight.base = static_cast<uint32_t>(this->random.in(0, kTemporalWeights << (kTemporalScaleBits - trial % 8)));
      weight.limit = (kTemporalWeights << kTemporalScaleBits) / std::max(1u, weight.scale) + 1;
      weight.factor = static_cast<uint32_t>(this->random.in(1, kTemporalUnit));
      std::vector<uint32_t> sum(this->kArea, 7), count(this->kArea, 9), sum2 = sum, count2 = count;
      this->scalar.temporal.blend(src.data(), src.stride(), pred.data(), pred.stride(), w, h, weight, sum.data(), count.data());
      set.table.temporal.blend(src.data(), src.stride(), pred.data(), pred.stride(), w, h, weight, sum2.data(), count2.data());
      ASSERT_TRUE(sum == sum2 && count == count2) << set.name << " " << w << "x" << h << " trial " << trial;
      for (int i = 0; i < this->kArea; i++) {
        const int x = i % kMaxTemporalBlock, y = i / kMaxTemporalBlock;
        const bool sums = x < w && y < h, counts = x < w / kTemporalCell && y < h / kTemporalCell;
        ASSERT_TRUE((sums || sum2[static_cast<size_t>(i)] == 7) && (counts || count2[static_cast<size_t>(i)] == 9)) << set.name << " wrote outside";
      }
    }
}

TYPED_TEST(Temporal, MeanEqualsScalar) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>())
    for (int w = 8; w <= 32; w *= 2) {
      std::vector<uint32_t> sum(this->kArea), count(this->kArea);
      for (size_t i = 0; i < sum.size(); i++) {
        count[i] = static_cast<uint32_t>(this->random.in(kTemporalUnit, 7 * kTemporalUnit));
        sum[i] = static_cast<uint32_t>(this->random.in(0, kTemporalUnit * ((1 << this->kBits) - 1)));
      }
      Guarded<P> expected(w, w, 1), actual(w, w, 1);
      this->scalar.temporal.mean(sum.data(), count.data(), w, w, expected.data(), expected.stride());
      set.table.temporal.mean(sum.data(), count.data(), w, w, actual.data(), actual.stride());
      ASSERT_TRUE(expected == actual && actual.intact()) << set.name << " " << w;
    }
}

}  // namespace
}  // namespace tessera::test
