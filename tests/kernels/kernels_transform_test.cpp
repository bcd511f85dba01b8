// Transforms, quantisation and coefficient contexts: faster kernels against the scalar ones.
#include <gtest/gtest.h>

#include "spec/scan.h"
#include "tests/support/kernel_sets.h"

namespace tessera::test {
namespace {

template <class P>
class Transform : public testing::Test {
 public:
  static constexpr int kBits = sizeof(P) == 1 ? 8 : 10;
  Random random;
  const DspTable<P> scalar = scalar_set<P>().table;

  static bool allowed(TxSize size, TxType type) {
    const TxSize up = Tx_Size_Sqr_Up[size];
    return up == TX_64X64 ? type == DCT_DCT : up == TX_32X32 ? type == DCT_DCT || type == IDTX : true;
  }
  /// Calls body(set, size, type) for every fast set, and every size with every type that it permits.
  template <class Body>
  void for_types(Body body) {
    for (const auto& set : fast_sets<P>())
      for (int size = 0; size < TX_SIZES_ALL; size++)
        for (int type = 0; type < TX_TYPES; type++) {
          if (!allowed(TxSize(size), TxType(type))) continue;
          SCOPED_TRACE(testing::Message() << set.name << " " << int(Tx_Width[size]) << "x"
                                          << int(Tx_Height[size]) << " type " << type);
          body(set.table, TxSize(size), TxType(type));
        }
  }
  Guarded<int16_t> residual(TxSize size, int top) {
    const int w = Tx_Width[size], h = Tx_Height[size], style = random.in(0, 3);
    Guarded<int16_t> r(w, h, random.in(0, 3));
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++)
        r.at(x, y) = static_cast<int16_t>(style == 0   ? random.in(-top, top)
                                          : style == 1 ? (random.in(0, 1) ? top : -top)
                                          : style == 2 ? top
                                                       : random.in(-9, 9));
    return r;
  }
  /// Coefficients of a residual, so that they conform, and cut to zero from `eob` on.
  AlignedBuffer<Coeff> coeffs(TxSize size, TxType type, int eob) {
    AlignedBuffer<Coeff> c;
    c.resize(static_cast<size_t>(max_eob(size)));
    const auto r = residual(size, (1 << kBits) - 1);
    scalar.forward_tx.transform[size](r.data(), r.stride(), c.data(), type, kBits);
    const Scan& scan = get_scan(size, type);
    for (int rank = eob; rank < scan.size; rank++) c.data()[scan[rank]] = 0;
    return c;
  }
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(Transform, Pixels);

TYPED_TEST(Transform, Inverse) {
  using P = TypeParam;
  this->for_types([&](const DspTable<P>& fast, TxSize size, TxType type) {
    const int w = Tx_Width[size], h = Tx_Height[size], n = max_eob(size);
    for (int eob : {1, 2, 3, 10, 11, 36, 37, 136, n - 1, n, this->random.in(1, n)}) {
      if (eob > n) continue;
      const auto c = this->coeffs(size, type, eob);
      const int offset = this->random.in(0, 3);
      Guarded<P> expected(w, h, offset), actual(w, h, offset);
      this->random.fill(expected, w, h, Fill(this->random.in(0, 3)), this->kBits);
      for (int y = 0; y < h; y++) std::copy_n(&expected.at(0, y), w, &actual.at(0, y));
      this->scalar.inverse_tx.add[size](expected.data(), expected.stride(), c.data(), type, eob, this->kBits);
      fast.inverse_tx.add[size](actual.data(), actual.stride(), c.data(), type, eob, this->kBits);
      EXPECT_TRUE(actual == expected && actual.intact()) << "eob " << eob;
    }
  });
}

TYPED_TEST(Transform, Forward) {
  using P = TypeParam;
  this->for_types([&](const DspTable<P>& fast, TxSize size, TxType type) {
    const int n = max_eob(size);
    for (int round = 0; round < 8; round++) {
      const auto r = this->residual(size, (1 << this->kBits) - 1);
      Guarded<Coeff> expected(n, 1), actual(n, 1);
      this->scalar.forward_tx.transform[size](r.data(), r.stride(), expected.data(), type, this->kBits);
      fast.forward_tx.transform[size](r.data(), r.stride(), actual.data(), type, this->kBits);
      EXPECT_TRUE(actual == expected && actual.intact());
    }
  });
}

TYPED_TEST(Transform, WalshHadamard) {
  using P = TypeParam;
  for (const auto& set : fast_sets<P>())
    for (int round = 0; round < 50; round++) {
      SCOPED_TRACE(set.name);
      const auto r = this->residual(TX_4X4, (1 << this->kBits) - 1);
      Guarded<Coeff> expected(16, 1), actual(16, 1);
      this->scalar.forward_tx.wht(r.data(), r.stride(), expected.data(), DCT_DCT, this->kBits);
      set.table.forward_tx.wht(r.data(), r.stride(), actual.data(), DCT_DCT, this->kBits);
      EXPECT_TRUE(actual == expected && actual.intact());
      Guarded<P> a(4, 4, 1), b(4, 4, 1);
      this->random.fill(a, 4, 4, Fill::kRandom, this->kBits);
      for (int y = 0; y < 4; y++) std::copy_n(&a.at(0, y), 4, &b.at(0, y));
      this->scalar.inverse_tx.wht(a.data(), a.stride(), expected.data(), DCT_DCT, 16, this->kBits);
      set.table.inverse_tx.wht(b.data(), b.stride(), expected.data(), DCT_DCT, 16, this->kBits);
      EXPECT_TRUE(a == b && b.intact());
    }
}

TYPED_TEST(Transform, QuantiseAndError) {
  using P = TypeParam;
  this->for_types([&](const DspTable<P>& fast, TxSize size, TxType type) {
    const int n = max_eob(size), shift = dequant_shift(size);
    const auto c = this->coeffs(size, type, this->random.in(1, n));
    const int q = this->random.in(4, this->random.in(0, 1) ? 60 : 1800);
    const QuantStep step(std::max(4, q - 3), q, this->kBits);
    const QuantTask task = {
        &step, get_scan(size, type).ranks, {this->random.in(0, 128), this->random.in(0, 128)}, n, shift};
    Guarded<Level> levels[2] = {{n, 1}, {n, 1}};
    Guarded<Coeff> values[2] = {{n, 1}, {n, 1}};
    const Quantised expected = this->scalar.quantise.quantise(c.data(), task, levels[0].data());
    const Quantised actual = fast.quantise.quantise(c.data(), task, levels[1].data());
    EXPECT_EQ(actual.eob, expected.eob);
    EXPECT_EQ(actual.error, expected.error);
    EXPECT_EQ(actual.energy, expected.energy);
    EXPECT_TRUE(levels[0] == levels[1] && levels[1].intact());
    this->scalar.quantise.dequantise(levels[0].data(), n, step, shift, values[0].data());
    fast.quantise.dequantise(levels[0].data(), n, step, shift, values[1].data());
    EXPECT_TRUE(values[0] == values[1] && values[1].intact());
    const int most = this->random.in(1, 1 << this->random.in(4, 30));
    EXPECT_EQ(fast.quantise.capped_energy(c.data(), n, most), this->scalar.quantise.capped_energy(c.data(), n, most));
  });
}

TYPED_TEST(Transform, CoefficientContexts) {
  using P = TypeParam;
  this->for_types([&](const DspTable<P>& fast, TxSize size, TxType type) {
    const int n = max_eob(size), w = std::min<int>(Tx_Width[size], 32), h = n / w, rows = this->random.in(1, h);
    Guarded<Level> levels(n, 1);
    for (int i = 0; i < n; i++)
      levels.data()[i] =
          static_cast<Level>(this->random.in(0, 2) ? this->random.in(-4, 4) : this->random.in(-200, 200));
    const int map_size = level_map_size(w, rows), stride = level_stride(w);
    Guarded<uint8_t> map[2] = {{map_size, 1}, {map_size, 1}};
    this->scalar.coef_levels.build_levels(levels.data(), w, rows, map[0].data());
    fast.coef_levels.build_levels(levels.data(), w, rows, map[1].data());
    EXPECT_TRUE(std::equal(map[0].data(), map[0].data() + stride * (rows + kLevelPad), map[1].data()));
    EXPECT_TRUE(map[1].intact());
    for (auto sums : {&CoefLevelsTable<P>::base_sums, &CoefLevelsTable<P>::symbols}) {
      Guarded<uint8_t> out[2] = {{map_size, 1}, {map_size, 1}};
      (this->scalar.coef_levels.*sums)(map[0].data(), size, get_tx_class(type), rows, out[0].data());
      (fast.coef_levels.*sums)(map[0].data(), size, get_tx_class(type), rows, out[1].data());
      for (int i = 0; i < rows * stride; i++) {
        if (i % stride < w) {
          ASSERT_EQ(out[1].data()[i], out[0].data()[i]) << i;
        }
      }
      EXPECT_TRUE(out[1].intact());
    }
  });
}

TYPED_TEST(Transform, LevelRate) {
  using P = TypeParam;
  uint16_t base[42 * 4], br[21 * 16], base_eob[3];
  for (uint16_t& c : base) c = static_cast<uint16_t>(this->random.in(512, 9000));
  for (uint16_t& c : br) c = static_cast<uint16_t>(this->random.in(0, 30000));
  for (uint16_t& c : base_eob) c = static_cast<uint16_t>(this->random.in(0, 9000));
  this->for_types([&](const DspTable<P>& fast, TxSize size, TxType type) {
    const Scan& scan = get_scan(size, type);
    for (int round = 0; round < 20; round++) {
      const int eob = this->random.in(1, round & 1 ? std::min(scan.size, 12) : scan.size), reach = 1 << this->random.in(0, 15);
      Guarded<Level> levels(scan.size, 1);
      for (int i = 0; i < scan.size; i++)
        levels.data()[scan[i]] = static_cast<Level>(i >= eob || this->random.in(0, 1) ? 0 : this->random.in(1 - reach, reach - 1));
      if (levels.data()[scan[eob - 1]] == 0) levels.data()[scan[eob - 1]] = -1;
      const LevelRateTask task = {levels.data(), scan.positions, eob, size, get_tx_class(type), base, base_eob, br, 512};
      EXPECT_EQ(fast.coef_levels.rate(task), this->scalar.coef_levels.rate(task));
    }
  });
}

}  // namespace
}  // namespace tessera::test
