// Quantisation by its definition with plain divisions; dequantisation by section 7.12.3.
#include "dsp/quantize.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "spec/coef_tables.h"
#include "spec/scan.h"

namespace tessera {
namespace {

TEST(StepDivisor, DividesExactlyByEveryStep) {
  std::mt19937 rng(1);
  for (int q = 4; q <= 21387; ++q) {
    const StepDivisor d(q);
    const auto expect = [&](uint32_t n) {
      ASSERT_EQ(d.divide(n), static_cast<int>(n / q)) << n << " / " << q;
    };
    for (uint32_t n : {0u, 1u, 0x7fffffffu, 0x7ffffffeu, static_cast<uint32_t>(rng() >> 1)}) expect(n);
    for (uint32_t k :
         {1u, 2u, 3u, 100u, 0x7fffffffu / q, static_cast<uint32_t>(rng() % (0x7fffffffu / q) + 1)}) {
      expect(k * q);
      expect(k * q - 1);
    }
  }
  EXPECT_EQ(StepDivisor().divide(43), 10);
}

/// Section 7.12.3, step 1 c to f.
int64_t naive_dequant(int64_t level, int64_t q, int shift, int bit_depth) {
  const int64_t dq = level * q, sign = dq < 0 ? -1 : 1;
  const int64_t dq2 = sign * (std::abs(dq) & 0xFFFFFF) / (1 << shift);
  const int64_t low = -(int64_t{1} << (7 + bit_depth));
  return dq2 < low ? low : dq2 > -low - 1 ? -low - 1 : dq2;
}

class Quantise : public ::testing::Test {
 protected:
  Quantise() { bind_quantise_scalar(table); }

  template <class F>
  void for_each_case(F f) {
    for (int bit_depth : {8, 10, 12})
      for (int size = 0; size < TX_SIZES_ALL; ++size)
        for (int trial = 0; trial < 40; ++trial) {
          const int q = std::max(4, int(rng() % (trial % 2 ? 300 : 1336 << (bit_depth - 8))));
          f(TxSize(size), QuantStep(std::max(4, q - int(rng() % 9)), q, bit_depth), bit_depth, trial);
        }
  }
  std::vector<Coeff> random_coeffs(int n, int bit_depth, int trial) {
    const int limit = 1 << std::min(bit_depth + 7, 4 + trial);
    std::uniform_int_distribution<int> value(-limit, limit - 1);
    std::vector<Coeff> c(n);
    for (Coeff& v : c) v = rng() % 4 ? value(rng) : 0;
    if (trial % 5 == 0) std::fill(c.begin() + 1, c.end(), 0);
    if (trial % 7 == 0) c[0] = 0;
    return c;
  }

  QuantiseTable<uint8_t> table;
  std::mt19937 rng{2};
};

TEST_F(Quantise, LevelsErrorAndEndOfBlock) {
  for_each_case([&](TxSize size, const QuantStep& step, int bit_depth, int trial) {
    const int n = max_eob(size), shift = dequant_shift(size);
    const Scan& scan = get_scan(
        size, Tx_Size_Sqr_Up[size] <= TX_16X16 && trial % 3 ? (trial % 3 == 1 ? V_DCT : H_ADST) : DCT_DCT);
    const auto c = random_coeffs(n, bit_depth, trial);
    const QuantRounding rounding = {int(rng() % 129), int(rng() % 129)};
    std::vector<Level> levels(n + 1, 99);
    const Quantised result = table.quantise(c.data(), {&step, scan.ranks, rounding, n, shift}, levels.data());
    int expected_eob = 0;
    uint64_t error = 0, energy = 0;
    for (int i = 0; i < n; ++i) {
      const int64_t q = i ? step.ac.step : step.dc.step, offset = q * (i ? rounding.ac : rounding.dc) / 256;
      const int64_t magnitude = std::min<int64_t>(((int64_t{std::abs(c[i])} << shift) + offset) / q, 32767);
      const int64_t level = c[i] < 0 ? -magnitude : magnitude;
      ASSERT_EQ(levels[i], level) << i;
      const int64_t difference = c[i] - naive_dequant(level, q, shift, bit_depth);
      error += static_cast<uint64_t>(difference * difference);
      energy += static_cast<uint64_t>(int64_t{c[i]} * c[i]);
      if (level) expected_eob = std::max(expected_eob, scan.ranks[i] + 1);
    }
    ASSERT_EQ(result.eob, expected_eob);
    ASSERT_EQ(result.error, error);
    ASSERT_EQ(result.energy, energy);
    EXPECT_EQ(levels[n], 99);
  });
}

TEST_F(Quantise, DequantiseFollowsTheSpecificationForEveryLevel) {
  for_each_case([&](TxSize size, const QuantStep& step, int bit_depth, int) {
    const int n = max_eob(size), shift = dequant_shift(size);
    std::vector<Level> levels(n);
    for (Level& v : levels) v = static_cast<Level>(std::max(-32767, int(rng() % 65536) - 32768));
    levels[n - 1] = 32767;
    std::vector<Coeff> out(n);
    table.dequantise(levels.data(), n, step, shift, out.data());
    for (int i = 0; i < n; ++i) {
      const int q = i ? step.ac.step : step.dc.step;
      ASSERT_EQ(out[i], naive_dequant(levels[i], q, shift, bit_depth));
      ASSERT_EQ(out[i], dequantise_level(levels[i], q, shift, step.limit));
    }
  });
}

TEST_F(Quantise, RoundingToNearestStaysWithinHalfAStep) {
  const QuantStep step(100, 120, 8);
  for (TxSize size : {TX_8X8, TX_32X32, TX_64X64}) {
    const int n = max_eob(size), shift = dequant_shift(size);
    const auto c = random_coeffs(n, 8, 9);
    std::vector<Level> levels(n);
    std::vector<Coeff> dequantised(n);
    table.quantise(c.data(), {&step, get_scan(size, DCT_DCT).ranks, {128, 128}, n, shift}, levels.data());
    table.dequantise(levels.data(), n, step, shift, dequantised.data());
    for (int i = 0; i < n; ++i) ASSERT_LE(std::abs(c[i] - dequantised[i]) << shift, 60 + (1 << shift));
  }
}

TEST_F(Quantise, CappedEnergyCountsEachSquareUpToTheMost) {
  for (int trial = 0; trial < 60; ++trial) {
    const int n = 16 << (trial % 7), most = 1 << (trial % 31);
    auto c = random_coeffs(n, 10, trial);
    c[0] = trial % 2 ? 1 << 15 : -(1 << 20);
    uint64_t expected = 0;
    for (int i = 0; i < n; ++i) expected += static_cast<uint64_t>(std::min<int64_t>(int64_t{c[i]} * c[i], most));
    EXPECT_EQ(table.capped_energy(c.data(), n, most), expected);
  }
}

TEST(Quantised, SumsBecomeSixteenthsOfSquaredPixels) {
  for (int shift : {0, 1, 2})
    for (uint64_t squares : {uint64_t{0}, uint64_t{1}, uint64_t{2}, uint64_t{63}, uint64_t{64}, uint64_t{1} << 40}) {
      const double scale = 4.0 / (8 >> shift);
      EXPECT_NEAR(static_cast<double>(in_sixteenths(squares, shift)), static_cast<double>(squares) * scale * scale, 0.5);
    }
}

}  // namespace
}  // namespace tessera
