// CDEF: faster kernels against the scalar ones.
#include <gtest/gtest.h>

#include "filter/cdef_pass.h"
#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

template <class P>
class Cdef : public testing::Test {
 public:
  int any_bits() { return sizeof(P) == 1 ? 8 : random.in(0, 1) ? 10 : 12; }

  /// Samples of any kind, and on a side or two none.
  void fill_tile(int bits) {
    const Fill fill = Fill(random.in(0, int(Fill::kFills) - 1));
    const int near = random.in(0, (1 << bits) - 1), spread = random.in(0, 2);
    for (int16_t& s : tile.samples) {
      const int v = spread ? near + random.in(-8 * spread, 8 * spread) : random.sample(fill, bits);
      s = static_cast<int16_t>(std::clamp(v, 0, (1 << bits) - 1));
    }
    const auto mark = [&](int x, int y) { *tile.at(x, y) = kCdefUnavailable; };
    for (int i = -kCdefBorder; i < 8 + kCdefBorder; i++)
      for (int d = 1; d <= kCdefBorder; d++) {
        if (sides & 1) mark(i, -d);
        if (sides & 2) mark(i, 7 + d);
        if (sides & 4) mark(-d, i);
        if (sides & 8) mark(7 + d, i);
      }
  }

  Random random;
  const DspTable<P> scalar = scalar_set<P>().table;
  CdefTile tile;
  int sides = 0;
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(Cdef, Pixels);

TYPED_TEST(Cdef, DirectionsEqualScalar) {
  for (const auto& set : fast_sets<TypeParam>())
    for (int round = 0; round < 4000; round++) {
      const int bits = this->any_bits();
      this->fill_tile(bits);
      if (round % 4 == 0) {  // lines of every slope, so that every direction wins
        const int slope = round / 4 % 8;
        for (int y = 0; y < 8; y++)
          for (int x = 0; x < 8; x++) {
            const int line = slope < 4 ? x * slope + 2 * y : (slope - 4) * x - 3 * y + 24;
            *this->tile.at(x, y) = static_cast<int16_t>(line / 3 % 2 ? (1 << bits) - 1 : 0);
          }
      }
      const CdefDirection wanted = this->scalar.cdef.direction(this->tile.at(0, 0), bits), got = set.table.cdef.direction(this->tile.at(0, 0), bits);
      ASSERT_EQ(got.dir, wanted.dir) << set.name << ", " << bits << " bits";
      ASSERT_EQ(got.var, wanted.var) << set.name << ", " << bits << " bits";
    }
}

TYPED_TEST(Cdef, FiltersEqualScalar) {
  using P = TypeParam;
  Random& rng = this->random;
  for (const auto& set : fast_sets<P>())
    for (int round = 0; round < 8000; round++) {
      const int bits = this->any_bits(), ss_x = rng.in(0, 1), ss_y = rng.in(0, 1), offset = rng.in(0, 3);
      this->sides = rng.in(0, 1) ? rng.in(0, 15) : 0;
      this->fill_tile(bits);
      int pri = rng.in(0, 15) << (bits - 8), sec = (rng.in(0, 3) * 5 + 2) / 4 << (bits - 8);
      if (pri == 0 && sec == 0) pri = 1;
      const int damping = rng.in(2, 6) + bits - 8, dir = rng.in(0, 7);
      Guarded<P> out[2] = {{8 >> ss_x, 8 >> ss_y, offset}, {8 >> ss_x, 8 >> ss_y, offset}};
      for (int i : {0, 1})
        (i ? set.table : this->scalar).cdef.filter[ss_x][ss_y](out[i].data(), out[i].stride(), this->tile.at(0, 0), pri, sec, dir, damping, bits);
      ASSERT_TRUE(out[0] == out[1] && out[1].intact()) << set.name << ' ' << (8 >> ss_x) << 'x' << (8 >> ss_y) << ", " << bits << " bits, " << pri
                                                       << ' ' << sec << " direction " << dir;
    }
}

}  // namespace
}  // namespace tessera::test
