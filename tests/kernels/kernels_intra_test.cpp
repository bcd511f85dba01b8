// Directional intra prediction: faster kernels against the scalar ones.
#include <gtest/gtest.h>

#include "dsp/intra_table.h"
#include "spec/filter_tables.h"
#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

template <class P>
class Intra : public testing::Test {
 public:
  static constexpr int kBits = sizeof(P) == 1 ? 8 : 10;
  Random random;
  const DspTable<P> scalar = scalar_set<P>().table;

  /// Both edges with all the room that kernels may read, and garbage in it.
  struct Edges {
    std::vector<P> above_samples, left_samples;
    Edges(Random& random, Fill fill) : above_samples(kEdgeBefore + kEdgeAfter), left_samples(kEdgeBefore + kEdgeAfter) {
      for (P& p : above_samples) p = static_cast<P>(random.sample(fill, kBits));
      for (P& p : left_samples) p = static_cast<P>(random.sample(fill, kBits));
    }
    const P* above() const { return above_samples.data() + kEdgeBefore; }
    const P* left() const { return left_samples.data() + kEdgeBefore; }
  };
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(Intra, Pixels);

TYPED_TEST(Intra, EveryAngleEqualsScalar) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>())
    for (int w = 4; w <= 64; w *= 2)
      for (int h = 4; h <= 64; h *= 2) {
        if (w > 4 * h || h > 4 * w) continue;
        for (int angle = 3; angle < 270; angle += 3) {
          if (angle == 90 || angle == 180) continue;
          if (!Dr_Intra_Derivative[angle < 90 ? angle : angle < 180 ? 180 - angle : 270 - angle]) continue;
          DirectionalStep step = {.angle = angle, .dx = 0, .dy = 0, .upsample_above = false, .upsample_left = false};
          if (angle < 180) step.dx = Dr_Intra_Derivative[angle < 90 ? angle : 180 - angle];
          if (angle > 90) step.dy = Dr_Intra_Derivative[angle < 180 ? angle - 90 : 270 - angle];
          const bool small = w + h <= 16;
          step.upsample_above = small && this->random.in(0, 1);
          step.upsample_left = small && this->random.in(0, 1);
          const typename TestFixture::Edges edges(this->random, Fill(this->random.in(0, 3)));
          const auto kernel = angle < 90    ? &IntraDirectionalTable<P>::zone1
                              : angle < 180 ? &IntraDirectionalTable<P>::zone2
                                            : &IntraDirectionalTable<P>::zone3;
          const int offset = this->random.in(0, 3);
          Guarded<P> expected(w, h, offset), actual(w, h, offset);
          (this->scalar.intra.directional.*kernel)(expected.data(), expected.stride(), edges.above(), edges.left(), w, h, step);
          (set.table.intra.directional.*kernel)(actual.data(), actual.stride(), edges.above(), edges.left(), w, h, step);
          ASSERT_TRUE(expected == actual && actual.intact() && expected.intact())
              << set.name << " " << w << "x" << h << " angle " << angle << " upsampled " << step.upsample_above << step.upsample_left;
        }
      }
}

TYPED_TEST(Intra, EdgeFilterEqualsScalar) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>())
    for (int size = 2; size <= 129; size++)
      for (int strength = 1; strength <= 3; strength++) {
        typename TestFixture::Edges expected(this->random, Fill(size % 4)), actual = expected;
        const auto before = expected.above_samples;
        const auto edge = [](auto& e) { return e.above_samples.data() + kEdgeBefore; };
        this->scalar.intra.directional.filter_edge(edge(expected), size, strength);
        set.table.intra.directional.filter_edge(edge(actual), size, strength);
        ASSERT_EQ(expected.above_samples, actual.above_samples) << set.name << " " << size << " strength " << strength;
        for (size_t i = 0; i < before.size(); i++)
          if (i < kEdgeBefore || i >= static_cast<size_t>(kEdgeBefore + size - 1)) {
            ASSERT_EQ(actual.above_samples[i], before[i]) << i;
          }
      }
}

TYPED_TEST(Intra, EdgeUpsamplingEqualsScalar) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>())
    for (int trial = 0; trial < 200; trial++) {
      const int count = 4 * this->random.in(1, 4);
      typename TestFixture::Edges expected(this->random, Fill(trial % 4)), actual = expected;
      const auto before = expected.above_samples;
      const auto edge = [](auto& e) { return e.above_samples.data() + kEdgeBefore; };
      this->scalar.intra.directional.upsample_edge(edge(expected), count, this->kBits);
      set.table.intra.directional.upsample_edge(edge(actual), count, this->kBits);
      ASSERT_EQ(expected.above_samples, actual.above_samples) << set.name << " " << count;
      for (size_t i = 0; i < before.size(); i++)
        if (i + 2 < kEdgeBefore || i >= static_cast<size_t>(kEdgeBefore + 2 * count - 1)) {
          ASSERT_EQ(actual.above_samples[i], before[i]) << i;
        }
    }
}

}  // namespace
}  // namespace tessera::test
