// Loop restoration: faster kernels against the scalar ones.
#include <gtest/gtest.h>

#include "filter/restoration_pass.h"
#include "spec/filter_tables.h"
#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

template <class P>
class Restoration : public testing::Test {
 public:
  int any_bits() { return sizeof(P) == 1 ? 8 : random.in(0, 1) ? 10 : 12; }
  void shape() { shape(any_bits()); }
  void shape(int depth) {
    bits = depth;
    width = 8 * random.in(1, 8);
    height = random.in(0, 2) ? random.in(1, 64) : 64;
    const Fill fill = Fill(random.in(0, int(Fill::kFills) - 1));
    const int near = random.in(0, (1 << bits) - 1), spread = random.in(0, 2);
    for (int16_t& s : tile.samples) {
      const int v = spread ? near + random.in(-20 * spread, 20 * spread) : random.sample(fill, bits);
      s = static_cast<int16_t>(std::clamp(v, 0, (1 << bits) - 1));
    }
    source = Guarded<P>(width, height, random.in(0, 3));
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++)
        source.at(x, y) = static_cast<P>(random.in(0, 1) ? std::clamp(*tile.at(x, y) + random.in(-9, 9), 0, (1 << bits) - 1)
                                                         : random.sample(fill, bits));
  }
  WienerTaps any_taps() {
    WienerTaps taps;
    for (int pass = 0; pass < 2; pass++)
      for (int j = 0; j < 3; j++)
        taps[pass][j] = static_cast<int8_t>(random.in(0, 1)   ? random.in(Wiener_Taps_Min[j], Wiener_Taps_Max[j])
                                            : random.in(0, 1) ? Wiener_Taps_Min[j]
                                                              : Wiener_Taps_Max[j]);
    return taps;
  }
  /// Differences as a box filter may give them.
  void fill_differences() {
    const int most = std::min(((1 << bits) - 1) << 4, 32767);
    for (auto& pass : differences)
      for (int16_t& d : pass) d = static_cast<int16_t>(random.in(0, 3) ? random.in(-200, 200) : random.in(0, 1) ? most : -most);
  }

  Random random;
  const DspTable<P> scalar = scalar_set<P>().table;
  const std::vector<KernelSet<P>> usual = fast_sets<P>(), deep = fast_sets<P>(12);
  RestorationTile tile;
  Guarded<P> source = Guarded<P>(8, 1);
  alignas(64) Table2<int16_t, 2, kRestorationBlock * kRestorationStride> differences;
  int bits = 8, width = 8, height = 1;
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(Restoration, Pixels);

TYPED_TEST(Restoration, WienerEqualsScalar) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>())
    for (int round = 0; round < 1000; round++) {
      this->shape();
      const WienerTaps taps = this->any_taps();
      const int offset = this->random.in(0, 3);
      Guarded<P> out[2] = {{this->width, this->height, offset}, {this->width, this->height, offset}};
      for (int i : {0, 1})
        (i ? set.table : this->scalar).restoration.wiener(out[i].data(), out[i].stride(), this->tile.at(0, 0), taps, this->width, this->height, this->bits);
      ASSERT_TRUE(out[0] == out[1] && out[1].intact()) << set.name << ' ' << this->width << 'x' << this->height;
    }
}

TYPED_TEST(Restoration, BoxFiltersEqualScalar) {
  const auto sums = std::make_unique<Array<BoxSums, 2>>();
  for (const auto& set : fast_sets<TypeParam>())
    for (int round = 0; round < 1000; round++) {
      this->shape();
      const int radius = this->random.in(1, 2), w = this->width, h = this->height;
      Guarded<int16_t> out[2] = {{int(kRestorationStride), h}, {int(kRestorationStride), h}};
      alignas(64) static int16_t made[2][kRestorationBlock * kRestorationStride];
      const int eps = Sgr_Params[radius == 2 ? this->random.in(0, 9) : this->random.in(0, 13)][radius == 2 ? 1 : 3];
      for (int i : {0, 1}) {
        const auto& table = (i ? set.table : this->scalar).restoration;
        table.box_sums((*sums)[i], this->tile.at(0, 0), radius, w, h);
        table.box_filter(made[i], (*sums)[i], this->tile.at(0, 0), radius, eps, w, h, this->bits);
      }
      for (int y = -1; y <= h; y += radius)
        for (int x = -1; x <= w; x++) {
          ASSERT_EQ((*sums)[0].squares[BoxSums::at(x, y)], (*sums)[1].squares[BoxSums::at(x, y)]) << set.name;
          ASSERT_EQ((*sums)[0].samples[BoxSums::at(x, y)], (*sums)[1].samples[BoxSums::at(x, y)]) << set.name;
        }
      for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++)
          ASSERT_EQ(made[0][y * kRestorationStride + x], made[1][y * kRestorationStride + x])
              << set.name << " radius " << radius << " eps " << eps << " (" << x << ", " << y << ") of " << w << 'x' << h;
    }
}

TYPED_TEST(Restoration, SelfGuidedEqualsScalar) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>())
    for (int round = 0; round < 1000; round++) {
      this->shape();
      this->fill_differences();
      const int offset = this->random.in(0, 3), w0 = this->random.in(-96, 31), w2 = 128 - w0 - this->random.in(-32, 95);
      Guarded<P> out[2] = {{this->width, this->height, offset}, {this->width, this->height, offset}};
      const int16_t* const both[2] = {this->differences[0].data(), this->differences[1].data()};
      for (int i : {0, 1})
        (i ? set.table : this->scalar)
            .restoration.self_guided(out[i].data(), out[i].stride(), this->tile.at(0, 0), both, w0, w2, this->width, this->height, this->bits);
      ASSERT_TRUE(out[0] == out[1] && out[1].intact()) << set.name << ' ' << this->width << 'x' << this->height;
    }
}

TYPED_TEST(Restoration, SumsEqualScalar) {
  for (int round = 0; round < 2000; round++)
    for (const auto& set : round % 2 ? this->deep : this->usual) {
      this->shape(sizeof(TypeParam) == 1 ? 8 : round % 2 ? 12 : 10);
      this->fill_differences();
      const int reach = this->random.in(2, 3), step = this->random.in(1, 4);
      const int16_t* const both[2] = {this->differences[0].data(), this->differences[1].data()};
      WienerSums wiener[2] = {};
      ProjectionSums projection[2];
      for (int i : {0, 1}) {
        const auto& table = (i ? set.table : this->scalar).restoration;
        table.wiener_sums(wiener[i], this->tile.at(0, 0), this->source.data(), this->source.stride(), reach, step, this->width, this->height);
        table.projection_sums(projection[i], this->tile.at(0, 0), both, this->source.data(), this->source.stride(), this->width, this->height);
      }
      for (int i = 0; i < kWienerValues; i++)
        for (int j = 0; j <= i; j++)
          ASSERT_EQ(wiener[0][i][j], wiener[1][i][j]) << set.name << ' ' << i << ' ' << j << " reach " << reach << ' ' << this->width << 'x' << this->height;
      const auto all = [](const ProjectionSums& s) { return std::array<int64_t, 5>{s.d00, s.d01, s.d11, s.s0, s.s1}; };
      ASSERT_EQ(all(projection[0]), all(projection[1])) << set.name << ' ' << this->width << 'x' << this->height;
    }
}

}  // namespace
}  // namespace tessera::test
