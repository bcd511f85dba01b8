// The forward transforms against orthonormal bases in floating point, and through the inverse back to the
// residual.
#include "dsp/forward_tx.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "dsp/inverse_tx.h"
#include "spec/coef_tables.h"

namespace tessera {
namespace {

bool allowed(TxSize size, TxType type) {
  const int longer = std::max(Tx_Width[size], Tx_Height[size]);
  return longer == 64 ? type == DCT_DCT : longer == 32 ? type == DCT_DCT || type == IDTX : true;
}

enum Basis { kDct, kAdst, kFlipAdst, kIdentity };
constexpr Basis kColumn[TX_TYPES] = {kDct,      kAdst,     kDct,      kAdst,     kFlipAdst, kDct,
                                     kFlipAdst, kAdst,     kFlipAdst, kIdentity, kDct,      kIdentity,
                                     kAdst,     kIdentity, kFlipAdst, kIdentity};
constexpr Basis kRow[TX_TYPES] = {kDct,      kDct,      kAdst,     kAdst,     kDct,      kFlipAdst,
                                  kFlipAdst, kFlipAdst, kAdst,     kIdentity, kIdentity, kDct,
                                  kIdentity, kAdst,     kIdentity, kFlipAdst};

/// Sample x of the k-th orthonormal basis function of length n.
double basis(Basis kind, int n, int k, int x) {
  if (kind == kFlipAdst) return basis(kAdst, n, k, n - 1 - x);
  if (kind == kIdentity) return k == x;
  if (kind == kDct) return std::sqrt((k ? 2.0 : 1.0) / n) * std::cos(M_PI * k * (2 * x + 1) / (2 * n));
  if (n == 4) return std::sqrt(8.0 / 9) * std::sin(M_PI * (2 * k + 1) * (x + 1) / 9) * std::sqrt(0.5);
  return std::sqrt(2.0 / n) * std::sin(M_PI * (2 * k + 1) * (2 * x + 1) / (4 * n));
}

std::vector<double> reference(const std::vector<int16_t>& residual, TxSize size, TxType type) {
  const int w = Tx_Width[size], h = Tx_Height[size], cw = std::min(w, 32), ch = std::min(h, 32);
  std::vector<double> middle(ch * w), out(ch * cw);
  for (int v = 0; v < ch; ++v)
    for (int y = 0; y < h; ++y) {
      const double b = basis(kColumn[type], h, v, y);
      for (int x = 0; x < w; ++x) middle[v * w + x] += b * residual[y * w + x];
    }
  for (int u = 0; u < cw; ++u)
    for (int x = 0; x < w; ++x) {
      const double b = basis(kRow[type], w, u, x) * (8 >> dequant_shift(size));
      for (int v = 0; v < ch; ++v) out[v * cw + u] += b * middle[v * w + x];
    }
  return out;
}

class ForwardTx : public ::testing::Test {
 protected:
  ForwardTx() {
    bind_forward_tx_scalar(forward);
    bind_inverse_tx_scalar(inverse);
  }
  template <class F>
  void for_each_type(F f) {
    for (int size = 0; size < TX_SIZES_ALL; ++size)
      for (int type = 0; type < TX_TYPES; ++type)
        if (allowed(TxSize(size), TxType(type))) {
          SCOPED_TRACE(::testing::Message()
                       << int{Tx_Width[size]} << "x" << int{Tx_Height[size]} << " type " << type);
          f(TxSize(size), TxType(type));
        }
  }
  std::vector<int16_t> random_residual(int n, int top, int style) {
    std::vector<int16_t> r(n);
    for (int16_t& v : r)
      v = static_cast<int16_t>(style == 0   ? int(rng() % (2 * top + 1)) - top
                               : style == 1 ? (rng() & 1 ? top : -top)
                                            : top);
    return r;
  }
  std::vector<Coeff> transform(const std::vector<int16_t>& residual, TxSize size, TxType type,
                               int bit_depth) {
    std::vector<Coeff> c(max_eob(size) + 1, 0x5a5a5a5a);
    forward.transform[size](residual.data(), Tx_Width[size], c.data(), type, bit_depth);
    EXPECT_EQ(c.back(), 0x5a5a5a5a);
    c.pop_back();
    return c;
  }

  ForwardTxTable<uint16_t> forward;
  InverseTxTable<uint16_t> inverse;
  std::mt19937 rng{1};
};

TEST_F(ForwardTx, EqualsOrthonormalBasesAtTheScaleOfDequant) {
  for (int bit_depth : {8, 10, 12})
    for (int style : {0, 1, 2})
      for_each_type([&](TxSize size, TxType type) {
        const auto residual = random_residual(Tx_Width[size] * Tx_Height[size], (1 << bit_depth) - 1, style);
        const auto expected = reference(residual, size, type);
        const auto actual = transform(residual, size, type, bit_depth);
        double error = 0, energy = 0;
        for (size_t i = 0; i < expected.size(); ++i) {
          error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
          energy += expected[i] * expected[i];
        }
        // Rounding makes noise of its own; factors of 12 fractional bits add some in proportion to the
        // signal.
        EXPECT_LT(error / expected.size(), 3 + energy / expected.size() * 2.5e-7) << "depth " << bit_depth;
      });
}

/// The residual that makes one coefficient as large as it can be, with every intermediate sum at its worst.
TEST_F(ForwardTx, NothingOverflows) {
  for (int bit_depth : {8, 10, 12})
    for_each_type([&](TxSize size, TxType type) {
      const int w = Tx_Width[size], h = Tx_Height[size], top = (1 << bit_depth) - 1;
      for (int trial = 0; trial < 12; ++trial) {
        const int u = trial ? rng() % std::min(w, 32) : 0, v = trial ? rng() % std::min(h, 32) : 0;
        double expected = 0;
        std::vector<int16_t> residual(w * h);
        for (int y = 0; y < h; ++y)
          for (int x = 0; x < w; ++x) {
            const double b = basis(kColumn[type], h, v, y) * basis(kRow[type], w, u, x);
            residual[y * w + x] = static_cast<int16_t>(b < 0 ? -top : top);
            expected += b * residual[y * w + x] * (8 >> dequant_shift(size));
          }
        const auto c = transform(residual, size, type, bit_depth);
        ASSERT_NEAR(c[v * std::min(w, 32) + u], expected, 8 + expected * 1e-3)
            << u << " " << v << " depth " << bit_depth;
        if (bit_depth != 8) continue;
        ForwardTxTable<uint8_t> for_bytes;
        bind_forward_tx_scalar(for_bytes);
        std::vector<Coeff> from_bytes(max_eob(size));
        for_bytes.transform[size](residual.data(), w, from_bytes.data(), type, 8);
        ASSERT_EQ(from_bytes, c);
      }
    });
}

TEST_F(ForwardTx, InverseReturnsTheResidual) {
  for (int bit_depth : {8, 10})
    for_each_type([&](TxSize size, TxType type) {
      if (Adjusted_Tx_Size[size] != size) return;
      const int w = Tx_Width[size], h = Tx_Height[size], top = (1 << bit_depth) - 1;
      for (int style : {0, 1, 2}) {
        const auto residual = random_residual(w * h, top, style);
        std::vector<uint16_t> pixels(w * h);
        std::vector<uint16_t> target(w * h);
        for (int i = 0; i < w * h; ++i) pixels[i] = static_cast<uint16_t>(residual[i] < 0 ? -residual[i] : 0);
        for (int i = 0; i < w * h; ++i) target[i] = static_cast<uint16_t>(pixels[i] + residual[i]);
        const auto c = transform(residual, size, type, bit_depth);
        inverse.add[size](pixels.data(), w, c.data(), type, w * h, bit_depth);
        double sse = 0;
        int worst = 0;
        for (int i = 0; i < w * h; ++i) {
          const int d = pixels[i] - target[i];
          sse += d * d;
          worst = std::max(worst, std::abs(d));
        }
        EXPECT_LE(worst, bit_depth == 8 ? 1 : 2) << "style " << style << " depth " << bit_depth;
        // At more than 8 bits full swings show the 12-bit factors.
        EXPECT_LT(sse / (w * h), bit_depth == 8 ? 0.12 : 1.01) << "style " << style << " depth " << bit_depth;
      }
    });
}

/// A residual without the upper half of the spectrum survives sizes with sides of 64 as well.
TEST_F(ForwardTx, LowFrequenciesSurviveSidesOf64) {
  for (TxSize size : {TX_64X64, TX_32X64, TX_64X32, TX_16X64, TX_64X16}) {
    const int w = Tx_Width[size], h = Tx_Height[size];
    std::vector<int16_t> residual(w * h);
    for (int y = 0; y < h; ++y)
      for (int x = 0; x < w; ++x)
        residual[y * w + x] = static_cast<int16_t>(std::lround(
            100 * std::cos(M_PI * 7 * (2 * x + 1) / (2 * w)) * std::cos(M_PI * 5 * (2 * y + 1) / (2 * h)) +
            20));
    std::vector<uint16_t> pixels(w * h, 128);
    const auto c = transform(residual, size, DCT_DCT, 8);
    inverse.add[size](pixels.data(), w, c.data(), DCT_DCT, max_eob(size), 8);
    for (int i = 0; i < w * h; ++i) ASSERT_NEAR(pixels[i] - 128, residual[i], 1) << i;
  }
}

TEST_F(ForwardTx, TableForBytesEqualsTableForWords) {
  ForwardTxTable<uint8_t> for_bytes;
  bind_forward_tx_scalar(for_bytes);
  for_each_type([&](TxSize size, TxType type) {
    for (int trial = 0; trial < 12; ++trial) {
      const auto residual = random_residual(Tx_Width[size] * Tx_Height[size], 255, trial % 3);
      std::vector<Coeff> c(max_eob(size));
      for_bytes.transform[size](residual.data(), Tx_Width[size], c.data(), type, 8);
      ASSERT_EQ(c, transform(residual, size, type, 8));
    }
  });
}

TEST_F(ForwardTx, ReadsThroughTheStride) {
  for_each_type([&](TxSize size, TxType type) {
    const int w = Tx_Width[size], h = Tx_Height[size], stride = w + 5;
    const auto residual = random_residual(w * h, 255, 0);
    std::vector<int16_t> spaced(stride * h, 12345);
    for (int y = 0; y < h; ++y) std::copy_n(&residual[y * w], w, &spaced[y * stride]);
    std::vector<Coeff> c(max_eob(size));
    forward.transform[size](spaced.data(), stride, c.data(), type, 8);
    EXPECT_EQ(c, transform(residual, size, type, 8));
  });
}

TEST_F(ForwardTx, WalshHadamardIsLossless) {
  for (int bit_depth : {8, 10, 12})
    for (int trial = 0; trial < 500; ++trial) {
      const int top = (1 << bit_depth) - 1;
      const auto residual = random_residual(16, top, trial % 3);
      std::vector<uint16_t> pixels(16), target(16);
      for (int i = 0; i < 16; ++i) pixels[i] = static_cast<uint16_t>(residual[i] < 0 ? -residual[i] : 0);
      for (int i = 0; i < 16; ++i) target[i] = static_cast<uint16_t>(pixels[i] + residual[i]);
      Coeff c[16];
      forward.wht(residual.data(), 4, c, DCT_DCT, bit_depth);
      for (Coeff v : c) ASSERT_EQ(v & 3, 0);
      inverse.wht(pixels.data(), 4, c, DCT_DCT, 16, bit_depth);
      ASSERT_EQ(pixels, target);
    }
}

}  // namespace
}  // namespace tessera
