// Sub-sample prediction and compound averages: faster kernels against the scalar ones.
#include <gtest/gtest.h>

#include "dsp/subpel.h"
#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

template <class P>
class Subpel : public testing::Test {
 public:
  static constexpr int kBits = sizeof(P) == 1 ? 8 : 10;
  /// Now and then the depth that is left to the scalar kernels.
  int any_bits() { return sizeof(P) == 1 || random.in(0, 9) ? kBits : 12; }
  Random random;
  const DspTable<P> scalar = scalar_set<P>().table;

  /// A reference with exactly the surroundings that the kernels may read; what lies around them is a pattern.
  struct Reference {
    Guarded<P> samples;
    const P* at;
    Reference(Random& random, int w, int h, Fill fill, int bits)
        : samples(w + 7, h + 7, random.in(0, 3)), at(&samples.at(kSubpelBefore, kSubpelBefore)) {
      random.fill(samples, w + 7, h + 7, fill, bits);
    }
  };
  Fill any_fill() { return Fill(random.in(0, int(Fill::kFills) - 1)); }

  /// Calls body(w, h) for the sizes of predicted rectangles, and some that only callers with masks would use.
  template <class Body>
  void for_sizes(Body body) {
    for (int w : {2, 4, 8, 16, 32, 64, 128})
      for (int h : {2, 3, 4, 6, 8, 16, 21, 32, 64, 128})
        if (w * h <= 64 * 64 || h == 128) body(w, h);
  }
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(Subpel, Pixels);

TYPED_TEST(Subpel, PutAndPrepEqualScalar) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>()) {
    const SubpelTable<P>&fast = set.table.subpel, &slow = this->scalar.subpel;
    this->for_sizes([&](int w, int h) {
      // Every fraction for small blocks, the corners and a sample of the rest for large ones.
      for (int position = 0; position < 256; position++) {
        if (w * h > 256 && position > 0 && this->random.in(0, w * h / 64)) continue;
        const int fx = position & 15, fy = position >> 4, filter_x = this->random.in(0, 5), filter_y = this->random.in(0, 5);
        SCOPED_TRACE(testing::Message() << set.name << " " << w << "x" << h << " at " << fx << "," << fy << " filters "
                                        << filter_x << "," << filter_y);
        const int bits = this->any_bits();
        typename TestFixture::Reference ref(this->random, w, h, this->any_fill(), bits);
        const int offset = this->random.in(0, 3);
        Guarded<P> put[2] = {{w, h, offset}, {w, h, offset}};
        slow.put(put[0].data(), put[0].stride(), ref.at, ref.samples.stride(), w, h, fx, fy, filter_x, filter_y, bits);
        fast.put(put[1].data(), put[1].stride(), ref.at, ref.samples.stride(), w, h, fx, fy, filter_x, filter_y, bits);
        ASSERT_TRUE(put[0] == put[1] && put[1].intact());
        Guarded<int16_t> prep[2] = {{w * h, 1, offset}, {w * h, 1, offset}};
        slow.prep(prep[0].data(), ref.at, ref.samples.stride(), w, h, fx, fy, filter_x, filter_y, bits);
        fast.prep(prep[1].data(), ref.at, ref.samples.stride(), w, h, fx, fy, filter_x, filter_y, bits);
        ASSERT_TRUE(prep[0] == prep[1] && prep[1].intact());
      }
    });
  }
}

/// Every filter at every fraction, with samples that drive the sums to their limits: what a tap's sign asks for.
TYPED_TEST(Subpel, ExtremesOfEveryFilterEqualScalar) {
  using P = TypeParam;
  constexpr int kSize = 16;
  const int top = (1 << this->kBits) - 1;
  for (const auto& set : fast_sets<P>())
    for (int filter = 0; filter < 6; filter++)
      for (int position = 1; position < 256; position++)
        for (const bool high : {false, true}) {
          const int fx = position & 15, fy = position >> 4;
          SCOPED_TRACE(testing::Message() << set.name << " filter " << filter << " at " << fx << "," << fy);
          typename TestFixture::Reference ref(this->random, kSize, kSize, Fill::kLow, this->kBits);
          for (int y = 0; y < kSize + 7; y++)
            for (int x = 0; x < kSize + 7; x++) {
              // Period 8: the pattern meets the taps at every eighth sample.
              const bool plus = (Subpel_Filters[filter][fx][x & 7] >= 0) == (Subpel_Filters[filter][fy][y & 7] >= 0);
              ref.samples.at(x, y) = static_cast<P>(plus == high ? top : 0);
            }
          Guarded<P> put[2] = {{kSize, kSize}, {kSize, kSize}};
          Guarded<int16_t> prep[2] = {{kSize * kSize, 1}, {kSize * kSize, 1}};
          for (int i : {0, 1}) {
            const SubpelTable<P>& t = i ? set.table.subpel : this->scalar.subpel;
            t.put(put[i].data(), put[i].stride(), ref.at, ref.samples.stride(), kSize, kSize, fx, fy, filter, filter, this->kBits);
            t.prep(prep[i].data(), ref.at, ref.samples.stride(), kSize, kSize, fx, fy, filter, filter, this->kBits);
          }
          ASSERT_TRUE(put[0] == put[1] && prep[0] == prep[1]);
        }
}

/// Strides as small as they can be: rows that end where the next begins, the last at the end of its memory.
TYPED_TEST(Subpel, SmallestStridesEqualScalar) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>())
    this->for_sizes([&](int w, int h) {
      const int stride = w + 7;
      std::vector<P> ref(static_cast<size_t>(stride) * (h + 7));
      for (P& p : ref) p = static_cast<P>(this->random.sample(Fill::kRandom, this->kBits));
      const P* at = ref.data() + kSubpelBefore * stride + kSubpelBefore;
      for (const auto& [fx, fy] : {std::pair(5, 0), std::pair(0, 9), std::pair(3, 14)}) {
        std::vector<P> put[2];
        for (int i : {0, 1}) {
          put[i].resize(static_cast<size_t>(w) * h);
          const SubpelTable<P>& t = i ? set.table.subpel : this->scalar.subpel;
          t.put(put[i].data(), w, at, stride, w, h, fx, fy, w > 4 ? 2 : 4, h > 4 ? 2 : 4, this->kBits);
        }
        ASSERT_EQ(put[0], put[1]) << set.name << " " << w << "x" << h << " at " << fx << "," << fy;
      }
    });
}

TYPED_TEST(Subpel, CompoundAverageEqualsScalar) {
  using P = TypeParam;
  // What prep kernels write for pixels of the depth, overshoot of the filters included.
  const int low = sizeof(P) == 1 ? -5000 : -32768, high = sizeof(P) == 1 ? 9000 : 32767;
  for (const auto& set : fast_sets<P>())
    this->for_sizes([&](int w, int h) {
      for (int round = 0; round < 4; round++) {
        std::vector<int16_t> pred[2];
        for (auto& p : pred) {
          p.resize(static_cast<size_t>(w) * h);
          for (int16_t& v : p)
            v = static_cast<int16_t>(round == 0 ? this->random.in(0, 1) ? low : high : this->random.in(low, high));
        }
        const int offset = this->random.in(0, 3), weight = this->random.in(0, 16), bits = sizeof(P) == 1 ? 8 : 10 + (round & 2);
        Guarded<P> out[2] = {{w, h, offset}, {w, h, offset}};
        for (int i : {0, 1})
          (i ? set.table : this->scalar)
              .compound_blend.average(out[i].data(), out[i].stride(), pred[0].data(), pred[1].data(), w, h, bits);
        ASSERT_TRUE(out[0] == out[1] && out[1].intact()) << set.name << " " << w << "x" << h;
        for (int i : {0, 1})
          (i ? set.table : this->scalar)
              .compound_blend.distance(out[i].data(), out[i].stride(), pred[0].data(), pred[1].data(), w, h, weight, bits);
        ASSERT_TRUE(out[0] == out[1] && out[1].intact()) << set.name << " " << w << "x" << h;
      }
    });
}

}  // namespace
}  // namespace tessera::test
