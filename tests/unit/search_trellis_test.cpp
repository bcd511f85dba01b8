// What the trellis promises: levels that are worth more than those it got, and their exact rate.
#include "search/trellis.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "block/coef_cost.h"
#include "entropy/cost_tables.h"
#include "spec/default_cdfs.h"
#include "spec/scan.h"

namespace tessera {
namespace {

class Trellis : public ::testing::Test {
 protected:
  Trellis() {
    auto cdfs = std::make_unique<CdfContext>();
    init_default(*cdfs, 120);
    build_cost_tables(*cdfs, costs);
    bind_coef_levels_scalar(kernels);
    bind_quantise_scalar(quantise);
  }

  /// Coefficients that fall off with frequency, some blocks with large ones.
  std::vector<Coeff> spectrum(TxSize size, int energy) {
    const int w = std::min<int>(Tx_Width[size], 32), n = max_eob(size);
    std::vector<Coeff> c(static_cast<size_t>(n));
    for (int i = 0; i < n; i++) {
      const int reach = energy / (1 + (i / w) * (i / w) + (i % w) * (i % w)) + 40;
      c[i] = static_cast<int>(rng() % (2 * static_cast<unsigned>(reach))) - reach;
    }
    return c;
  }

  CostTables costs;
  CoefLevelsTable<uint8_t> kernels;
  QuantiseTable<uint8_t> quantise;
  std::mt19937 rng{5};
};

TEST_F(Trellis, LevelsGetBetterAndTheirRateIsExact) {
  int changed = 0, shortened = 0, worse = 0;
  double sum_before = 0, sum_after = 0;
  for (int round = 0; round < 4000; round++) {
    const TxSize size = TxSize(rng() % TX_SIZES_ALL);
    TxType type = TxType(rng() % TX_TYPES);
    if (Tx_Size_Sqr_Up[size] > TX_16X16) type = DCT_DCT;
    const int plane = static_cast<int>(rng() % 3), q = 8 + static_cast<int>(rng() % 200), n = max_eob(size), shift = dequant_shift(size);
    const TxbContexts ctx = {static_cast<uint8_t>(rng() % 7), static_cast<uint8_t>(rng() % 3)};
    const std::vector<Coeff> coeff = spectrum(size, 200 << rng() % 8);
    const QuantStep step(q, q + 3, 8);
    const Scan& scan = get_scan(size, type);
    std::vector<Level> before(static_cast<size_t>(n)), after;
    std::vector<Coeff> value_before(static_cast<size_t>(n)), value_after(static_cast<size_t>(n));
    const int eob = quantise.quantise(coeff.data(), {&step, scan.ranks, {128, 120}, n, shift}, before.data()).eob;
    if (eob == 0) continue;
    after = before;
    const double lambda = q * q * 0.002 / 512;
    const OptimisedLevels result =
        optimise_levels({costs, kernels.build_levels, kernels.base_sums, step, lambda, plane, size, type, ctx, coeff.data()}, eob,
                        after.data());
    ASSERT_GT(result.eob, 0);
    ASSERT_LE(result.eob, eob);
    ASSERT_NE(after[scan[result.eob - 1]], 0);
    for (int i = 0; i < n; i++) {
      if (scan.ranks[i] >= result.eob) {
        ASSERT_EQ(after[i], 0);
      } else {
        ASSERT_TRUE(std::abs(before[i]) - std::abs(after[i]) <= 1 && before[i] * after[i] >= 0);
      }
    }
    quantise.dequantise(before.data(), n, step, shift, value_before.data());
    quantise.dequantise(after.data(), n, step, shift, value_after.data());
    int64_t error_change = 0;
    for (int i = 0; i < n; i++)
      error_change += int64_t{coeff[i] - value_after[i]} * (coeff[i] - value_after[i]) - int64_t{coeff[i]} * coeff[i];
    ASSERT_EQ(result.error_change, error_change);
    const auto rate = [&](const std::vector<Level>& levels, int end) {
      return coefficient_cost(costs, kernels.rate, {plane, size, type, ctx}, levels.data(), end) -
             costs.txb_skip[tx_size_ctx(size)][ctx.all_zero].bits[0];
    };
    ASSERT_EQ(result.rate, rate(after, result.eob)) << "size " << int(size) << " type " << int(type) << " eob " << eob;
    const auto cost = [&](const std::vector<Level>& levels, const std::vector<Coeff>& values, int end) {
      double error = 0;
      for (int i = 0; i < n; i++) error += static_cast<double>(coeff[i] - values[i]) * (coeff[i] - values[i]);
      return error + lambda * 64.0 / (1 << (2 * shift)) * rate(levels, end);
    };
    changed += after != before;
    shortened += result.eob < eob;
    // One greedy step may raise what later ones cost, but seldom, and not by much.
    const double was = cost(before, value_before, eob), is = cost(after, value_after, result.eob);
    ASSERT_LE(is, 1.2 * was);
    worse += is > was;
    sum_before += was;
    sum_after += is;
  }
  EXPECT_LT(sum_after, 0.98 * sum_before);
  EXPECT_LT(worse, 800);
  EXPECT_GT(changed, 1000);
  EXPECT_GT(shortened, 500);
}

}  // namespace
}  // namespace tessera
