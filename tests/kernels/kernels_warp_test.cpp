// Warped and overlapped prediction: faster kernels against the scalar ones.
#include <gtest/gtest.h>

#include "block/warp_model.h"
#include "spec/filter_tables.h"
#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

template <class P>
class Warp : public testing::Test {
 public:
  int any_bits() { return sizeof(P) == 1 ? 8 : random.in(0, 1) ? 10 : 12; }
  Fill any_fill() { return Fill(random.in(0, int(Fill::kFills) - 1)); }
  Random random;
  const DspTable<P> scalar = scalar_set<P>().table;

  /// One block whose reference ends where the kernels may not read on. `sample` gives a column's samples.
  template <class Sample>
  void check(const KernelSet<P>& set, WarpFraction fraction, const WarpShear& shear, int bits, Sample sample) {
    constexpr int kSide = 2 * kWarpReach + 1;
    const int stride = kSide + random.in(0, 3), offset = random.in(0, 3);
    std::vector<P> ref(static_cast<size_t>(stride) * (kSide - 1) + kSide);
    for (size_t i = 0; i < ref.size(); i++) ref[i] = static_cast<P>(sample(static_cast<int>(i) % stride));
    const P* at = ref.data() + kWarpReach * stride + kWarpReach;
    Guarded<P> put[2] = {{8, 8, offset}, {8, 8, offset}};
    Guarded<int16_t> prep[2] = {{8, 8, offset}, {8, 8, offset}};
    for (int i : {0, 1}) {
      const WarpAffineTable<P>& t = i ? set.table.warp_affine : scalar.warp_affine;
      t.put(put[i].data(), put[i].stride(), at, stride, fraction, shear, bits);
      t.prep(prep[i].data(), prep[i].stride(), at, stride, fraction, shear, bits);
    }
    ASSERT_TRUE(put[0] == put[1] && put[1].intact()) << set.name << " put, " << bits << " bits";
    ASSERT_TRUE(prep[0] == prep[1] && prep[1].intact()) << set.name << " prep, " << bits << " bits";
  }
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(Warp, Pixels);

/// Shears up to what a valid model may have.
TYPED_TEST(Warp, AnyShearEqualsScalar) {
  Random& rng = this->random;
  for (const auto& set : fast_sets<TypeParam>())
    for (int round = 0; round < 4000; round++) {
      WarpParams p = {0, 0, 1 << 16, 0, 0, 1 << 16};
      const int reach = round % 3 == 0 ? 64 : 1 << 13;
      for (int i = 2; i < 6; i++) p[i] += rng.in(-reach, reach);
      WarpShear shear;
      if (!setup_shear(p, shear)) continue;
      const int edge = rng.in(0, 3);
      const auto any = [&] { return edge == 0 ? 0 : edge == 1 ? 65535 : rng.in(0, 65535); };
      const Fill fill = this->any_fill();
      const int bits = this->any_bits();
      this->check(set, {any(), any()}, shear, bits, [&](int) { return rng.sample(fill, bits); });
      if (testing::Test::HasFatalFailure()) return;
    }
}

/// Filters at every place that a block can have them, with samples that drive their sums to the limits: what a tap's sign asks for.
TYPED_TEST(Warp, ExtremesOfFiltersEqualScalar) {
  for (const auto& set : fast_sets<TypeParam>())
    for (int filter = 0; filter <= 176; filter++)
      for (bool high : {false, true}) {
        // The filter at a column of the first pass; further ones need the shear to get there.
        const int place = (filter - 64) * 1024, x = place < 0 ? 0 : 7, base = std::clamp(place, 0, 65535);
        const int alpha = place == base ? 0 : (place - base) / (x - 4), bits = this->any_bits();
        SCOPED_TRACE(testing::Message() << "filter " << filter << (high ? " high" : " low"));
        this->check(set, {base, 65535 - base}, {.alpha = alpha}, bits, [&](int column) {
          return (Warped_Filters[filter][(column - x) & 7] >= 0) == high ? (1 << bits) - 1 : 0;
        });
        if (testing::Test::HasFatalFailure()) return;
      }
}

TYPED_TEST(Warp, OverlapsEqualScalar) {
  using P = TypeParam;
  Random& rng = this->random;
  for (const auto& set : fast_sets<P>())
    for (int w : {2, 4, 8, 16, 32, 64})
      for (int h : {2, 4, 8, 16, 32, 64})
        for (int round = 0; round < 8; round++) {
          const int bits = this->any_bits(), offset = rng.in(0, 3);
          Guarded<P> start(w, h), other(w, h, rng.in(0, 3));
          rng.fill(start, w, h, this->any_fill(), bits);
          rng.fill(other, w, h, this->any_fill(), bits);
          Guarded<P> rows[2] = {{w, h, offset}, {w, h, offset}}, columns[2] = {{w, h, offset}, {w, h, offset}};
          for (int i : {0, 1}) {
            const CompoundBlendTable<P>& t = i ? set.table.compound_blend : this->scalar.compound_blend;
            for (int y = 0; y < h; y++)
              for (int x = 0; x < w; x++) rows[i].at(x, y) = columns[i].at(x, y) = start.at(x, y);
            if (h <= 32) t.blend_rows(rows[i].data(), rows[i].stride(), other.data(), other.stride(), w, h, obmc_mask(h));
            if (w <= 32) t.blend_columns(columns[i].data(), columns[i].stride(), other.data(), other.stride(), w, h, obmc_mask(w));
          }
          ASSERT_TRUE(rows[0] == rows[1] && rows[1].intact()) << set.name << " rows " << w << "x" << h;
          ASSERT_TRUE(columns[0] == columns[1] && columns[1].intact()) << set.name << " columns " << w << "x" << h;
        }
}

TYPED_TEST(Warp, MaskedBlendsEqualScalar) {
  using P = TypeParam;
  Random& rng = this->random;
  for (const auto& set : fast_sets<P>())
    for (int w : {4, 8, 16, 32})
      for (int h : {4, 8, 16, 32})
        for (int kind = 0; kind < kMaskSubsamplings; kind++) {
          const int bits = this->any_bits(), offset = rng.in(0, 3);
          Guarded<P> start(w, h), other(w, h, rng.in(0, 3));
          rng.fill(start, w, h, this->any_fill(), bits);
          rng.fill(other, w, h, this->any_fill(), bits);
          std::vector<uint8_t> mask(static_cast<size_t>(4 * w * h));
          for (uint8_t& m : mask) m = static_cast<uint8_t>(rng.in(0, 64));
          Guarded<P> out[2] = {{w, h, offset}, {w, h, offset}};
          for (int i : {0, 1}) {
            const CompoundBlendTable<P>& t = i ? set.table.compound_blend : this->scalar.compound_blend;
            for (int y = 0; y < h; y++)
              for (int x = 0; x < w; x++) out[i].at(x, y) = start.at(x, y);
            t.blend_mask[kind](out[i].data(), out[i].stride(), other.data(), other.stride(), w, h, mask.data(), 2 * w);
          }
          ASSERT_TRUE(out[0] == out[1] && out[1].intact()) << set.name << " kind " << kind << " " << w << "x" << h;
        }
}

}  // namespace
}  // namespace tessera::test
