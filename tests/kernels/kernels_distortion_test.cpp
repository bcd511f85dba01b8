// Scalar distortion kernels against their definition, faster ones against the scalar ones.
#include <gtest/gtest.h>

#include <cstdlib>

#include "spec/block_geometry.h"
#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

template <class P>
class Distortion : public testing::Test {
 public:
  static constexpr int kBits = sizeof(P) == 1 ? 8 : 12, kSatdBits = sizeof(P) == 1 ? 8 : 10;
  Random random;

  /// Calls body(size, w, h, src, ref) for every size and pairs of fills.
  template <class Body>
  void for_blocks(int bits, Body body) {
    for (int b = 0; b < BLOCK_SIZES; b++) {
      const int w = block_width(BlockSize(b)), h = block_height(BlockSize(b));
      for (Fill s : {Fill::kRandom, Fill::kExtreme, Fill::kHigh})
        for (Fill r : {Fill::kRandom, Fill::kExtreme, Fill::kLow}) {
          Guarded<P> src(w, h, random.in(0, 3)), ref(w, h, random.in(0, 3));
          random.fill(src, w, h, s, bits);
          random.fill(ref, w, h, r, bits);
          SCOPED_TRACE(testing::Message() << w << "x" << h << " fills " << int(s) << " " << int(r));
          body(b, w, h, src, ref);
        }
    }
  }
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(Distortion, Pixels);

/// Hadamard coefficient (u, v) is the sum of (-1)^popcount( x & u ) * (-1)^popcount( y & v ) * r[ y ][ x ].
template <class P>
uint32_t naive_satd(const Guarded<P>& src, const Guarded<P>& ref, int w, int h) {
  const int n = std::min(w, h) == 4 ? 4 : 8;
  int64_t total = 0;
  for (int y0 = 0; y0 < h; y0 += n)
    for (int x0 = 0; x0 < w; x0 += n)
      for (int v = 0; v < n; v++)
        for (int u = 0; u < n; u++) {
          int c = 0;
          for (int y = 0; y < n; y++)
            for (int x = 0; x < n; x++) {
              const int r = src.at(x0 + x, y0 + y) - ref.at(x0 + x, y0 + y);
              c += std::popcount(unsigned((x & u) << 8 | (y & v))) & 1 ? -r : r;
            }
          total += std::abs(c);
        }
  return static_cast<uint32_t>((total + n / 2) / n);
}

TYPED_TEST(Distortion, ScalarMeetsItsDefinition) {
  const auto scalar = scalar_set<TypeParam>().table.distortion;
  this->for_blocks(this->kBits, [&](int b, int w, int h, auto& src, auto& ref) {
    uint64_t sad = 0, sse = 0, squares = 0, sum = 0;
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) {
        const int64_t s = src.at(x, y), d = s - ref.at(x, y);
        sad += std::abs(d);
        sse += d * d;
        sum += s;
        squares += s * s;
      }
    EXPECT_EQ(scalar.sad[b](src.data(), src.stride(), ref.data(), ref.stride()), sad);
    EXPECT_EQ(scalar.sse[b](src.data(), src.stride(), ref.data(), ref.stride()), sse);
    EXPECT_EQ(scalar.sse_wh(src.data(), src.stride(), ref.data(), ref.stride(), w, h), sse);
    uint32_t got_sum;
    uint64_t got_squares;
    scalar.sum_sse[b](src.data(), src.stride(), &got_sum, &got_squares);
    EXPECT_EQ(got_sum, sum);
    EXPECT_EQ(got_squares, squares);
  });
  this->for_blocks(this->kSatdBits, [&](int b, int w, int h, auto& src, auto& ref) {
    if (w * h > 1024) return;
    EXPECT_EQ(scalar.satd[b](src.data(), src.stride(), ref.data(), ref.stride()), naive_satd(src, ref, w, h));
  });
}

TYPED_TEST(Distortion, FastEqualsScalar) {
  using P = TypeParam;
  const auto scalar = scalar_set<P>().table.distortion;
  for (const auto& set : fast_sets<P>()) {
    SCOPED_TRACE(set.name);
    const auto& fast = set.table.distortion;
    this->for_blocks(this->kBits, [&](int b, int w, int h, auto& src, auto& ref) {
      const auto compare = [&](auto f, auto g) {
        EXPECT_EQ(f(src.data(), src.stride(), ref.data(), ref.stride()),
                  g(src.data(), src.stride(), ref.data(), ref.stride()));
      };
      compare(fast.sad[b], scalar.sad[b]);
      compare(fast.sse[b], scalar.sse[b]);
      uint32_t sum[2];
      uint64_t squares[2];
      fast.sum_sse[b](src.data(), src.stride(), &sum[0], &squares[0]);
      scalar.sum_sse[b](src.data(), src.stride(), &sum[1], &squares[1]);
      EXPECT_EQ(sum[0], sum[1]);
      EXPECT_EQ(squares[0], squares[1]);

      // Four positions inside a larger reference.
      Guarded<P> area(w + 5, h + 5);
      this->random.fill(area, w + 5, h + 5, Fill::kRandom, this->kBits);
      const P* const at[4] = {&area.at(0, 0), &area.at(5, 1), &area.at(2, 5), &area.at(3, 3)};
      uint32_t out[6] = {7, 7, 7, 7, 7, 7};
      fast.sad_x4[b](src.data(), src.stride(), at, area.stride(), out + 1);
      for (int i = 0; i < 4; i++) EXPECT_EQ(out[i + 1], scalar.sad[b](src.data(), src.stride(), at[i], area.stride()));
      EXPECT_EQ(out[0] + out[5], 14u);
    });
    this->for_blocks(this->kSatdBits, [&](int b, int, int, auto& src, auto& ref) {
      EXPECT_EQ(fast.satd[b](src.data(), src.stride(), ref.data(), ref.stride()),
                scalar.satd[b](src.data(), src.stride(), ref.data(), ref.stride()));
    });
  }
}

/// The sets that leave out what holds for 10 bits only.
TYPED_TEST(Distortion, SatdOfDeepSamplesEqualsScalar) {
  using P = TypeParam;
  const auto scalar = scalar_set<P>().table.distortion;
  for (const auto& set : fast_sets<P>(12)) {
    SCOPED_TRACE(set.name);
    this->for_blocks(this->kBits, [&](int b, int, int, auto& src, auto& ref) {
      EXPECT_EQ(set.table.distortion.satd[b](src.data(), src.stride(), ref.data(), ref.stride()),
                scalar.satd[b](src.data(), src.stride(), ref.data(), ref.stride()));
    });
  }
}

TYPED_TEST(Distortion, RowOfPositionsEqualsScalar) {
  using P = TypeParam;
  const auto scalar = scalar_set<P>().table.distortion;
  for (const auto& set : fast_sets<P>()) {
    SCOPED_TRACE(set.name);
    for (int round = 0; round < 300; round++) {
      const Fill fill = round & 1 ? Fill::kRandom : Fill::kExtreme;
      const int stride_slack = round % 3;
      Guarded<P> src(8, 8, stride_slack), row(kSadRow + 8, 8, stride_slack);
      this->random.fill(src, 8, 8, fill, this->kBits);
      this->random.fill(row, kSadRow + 8, 8, round & 2 ? fill : Fill::kRandom, this->kBits);
      uint16_t bias[kSadRow];
      for (uint16_t& b : bias) b = static_cast<uint16_t>(round & 4 ? this->random.in(0, 200) : 0);
      if (round % 5 == 0)  // equals: the first is told
        for (int y = 0; y < 8; y++)
          for (int x = 0; x < kSadRow + 8; x++) row.at(x, y) = row.at(x % 4, y);
      const uint64_t found = set.table.distortion.sad_row(src.data(), src.stride(), row.data(), row.stride(), bias);
      EXPECT_EQ(found, scalar.sad_row(src.data(), src.stride(), row.data(), row.stride(), bias));
      uint64_t least = ~uint64_t{0};
      for (int i = kSadRow - 1; i >= 0; i--) {
        const uint64_t sad = scalar.sad[BLOCK_8X8](src.data(), src.stride(), &row.at(i, 0), row.stride()) + bias[i];
        if (sad <= least >> 16) least = sad << 16 | static_cast<uint64_t>(i);
      }
      EXPECT_EQ(found, least);
    }
  }
}

TYPED_TEST(Distortion, AnySizeEqualsScalar) {
  using P = TypeParam;
  const auto scalar = scalar_set<P>().table.distortion;
  for (const auto& set : fast_sets<P>()) {
    SCOPED_TRACE(set.name);
    const auto& fast = set.table.distortion;
    for (int round = 0; round < 300; round++) {
      const int w = this->random.in(1, 150), h = this->random.in(1, 9);
      Guarded<P> src(w, h), pred(w, h, 1);
      this->random.fill(src, w, h, round & 1 ? Fill::kRandom : Fill::kExtreme, this->kBits);
      this->random.fill(pred, w, h, round & 2 ? Fill::kRandom : Fill::kExtreme, this->kBits);
      EXPECT_EQ(fast.sse_wh(src.data(), src.stride(), pred.data(), pred.stride(), w, h),
                scalar.sse_wh(src.data(), src.stride(), pred.data(), pred.stride(), w, h))
          << w << "x" << h;
      if (w % 4) continue;
      Guarded<int16_t> a(w, h, 1), b(w, h, 1);
      fast.residual(src.data(), src.stride(), pred.data(), pred.stride(), a.data(), a.stride(), w, h);
      scalar.residual(src.data(), src.stride(), pred.data(), pred.stride(), b.data(), b.stride(), w, h);
      EXPECT_TRUE(a == b && a.intact() && b.intact()) << w << "x" << h;
      EXPECT_EQ(b.at(w - 1, h - 1), src.at(w - 1, h - 1) - pred.at(w - 1, h - 1));
      if (h % 4 || (w > 8 && w % 16)) continue;
      uint64_t energy = 0;
      for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) energy += static_cast<uint64_t>(int64_t{b.at(x, y)} * b.at(x, y));
      EXPECT_EQ(fast.energy(b.data(), b.stride(), w, h), energy);
      EXPECT_EQ(scalar.energy(b.data(), b.stride(), w, h), energy);
    }
  }
}

}  // namespace
}  // namespace tessera::test
