// The inverse transforms against section 7.13 written out naively: one column at a time, 64-bit arithmetic.
#include "dsp/inverse_tx.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "base/int_math.h"
#include "spec/tx_geometry.h"

namespace tessera {
namespace {

/// The array T of section 7.13.2 with the processes that work on it.
struct NaiveTransform {
  std::vector<int64_t> T;
  int r;
  bool conforming = true;  ///< whether B( ) and the ADST4 kept within r bits

  void require_bits(int64_t value, int bits) {
    if (value < -(int64_t{1} << (bits - 1)) || value >= int64_t{1} << (bits - 1)) conforming = false;
  }

  static int brev(int bits, int x) {
    int t = 0;
    for (int i = 0; i < bits; ++i)
      if (x >> i & 1) t |= 1 << (bits - 1 - i);
    return t;
  }
  static int64_t cosine(int angle) { return std::lround(4096 * std::cos(angle * M_PI / 128)); }
  static int64_t sine(int angle) { return std::lround(4096 * std::sin(angle * M_PI / 128)); }

  void B(int a, int b, int angle, int flip) {
    const int64_t x = T[a] * cosine(angle) - T[b] * sine(angle);
    const int64_t y = T[a] * sine(angle) + T[b] * cosine(angle);
    T[a] = round2(x, 12);
    T[b] = round2(y, 12);
    require_bits(T[a], r);
    require_bits(T[b], r);
    if (flip) std::swap(T[a], T[b]);
  }
  void H(int a, int b, int flip) {
    if (flip) std::swap(a, b);
    const int64_t x = T[a], y = T[b], top = (int64_t{1} << (r - 1)) - 1;
    T[a] = clip3(-top - 1, top, x + y);
    T[b] = clip3(-top - 1, top, x - y);
  }

  void dct(int n) {
    const std::vector<int64_t> copy = T;
    for (int i = 0; i < 1 << n; ++i) T[i] = copy[brev(n, i)];
    if (n == 6)
      for (int i = 0; i < 16; ++i) B(32 + i, 63 - i, 63 - 4 * brev(4, i), 0);
    if (n >= 5)
      for (int i = 0; i < 8; ++i) B(16 + i, 31 - i, 6 + (brev(3, 7 - i) << 3), 0);
    if (n == 6)
      for (int i = 0; i < 16; ++i) H(32 + i * 2, 33 + i * 2, i & 1);
    if (n >= 4)
      for (int i = 0; i < 4; ++i) B(8 + i, 15 - i, 12 + (brev(2, 3 - i) << 4), 0);
    if (n >= 5)
      for (int i = 0; i < 8; ++i) H(16 + 2 * i, 17 + 2 * i, i & 1);
    if (n == 6)
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 2; ++j) B(62 - i * 4 - j, 33 + i * 4 + j, 60 - 16 * brev(2, i) + 64 * j, 1);
    if (n >= 3)
      for (int i = 0; i < 2; ++i) B(4 + i, 7 - i, 56 - 32 * i, 0);
    if (n >= 4)
      for (int i = 0; i < 4; ++i) H(8 + 2 * i, 9 + 2 * i, i & 1);
    if (n >= 5)
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) B(30 - 4 * i - j, 17 + 4 * i + j, 24 + (j << 6) + ((1 - i) << 5), 1);
    if (n == 6)
      for (int i = 0; i < 8; ++i)
        for (int j = 0; j < 2; ++j) H(32 + i * 4 + j, 35 + i * 4 - j, i & 1);
    for (int i = 0; i < 2; ++i) B(2 * i, 2 * i + 1, 32 + 16 * i, 1 - i);
    if (n >= 3)
      for (int i = 0; i < 2; ++i) H(4 + 2 * i, 5 + 2 * i, i);
    if (n >= 4)
      for (int i = 0; i < 2; ++i) B(14 - i, 9 + i, 48 + 64 * i, 1);
    if (n >= 5)
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 2; ++j) H(16 + 4 * i + j, 19 + 4 * i - j, i & 1);
    if (n == 6)
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 4; ++j) B(61 - i * 8 - j, 34 + i * 8 + j, 56 - i * 32 + (j >> 1) * 64, 1);
    for (int i = 0; i < 2; ++i) H(i, 3 - i, 0);
    if (n >= 3) B(6, 5, 32, 1);
    if (n >= 4)
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) H(8 + 4 * i + j, 11 + 4 * i - j, i);
    if (n >= 5)
      for (int i = 0; i < 4; ++i) B(29 - i, 18 + i, 48 + (i >> 1) * 64, 1);
    if (n == 6)
      for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 4; ++j) H(32 + 8 * i + j, 39 + 8 * i - j, i & 1);
    if (n >= 3)
      for (int i = 0; i < 4; ++i) H(i, 7 - i, 0);
    if (n >= 4)
      for (int i = 0; i < 2; ++i) B(13 - i, 10 + i, 32, 1);
    if (n >= 5)
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 4; ++j) H(16 + i * 8 + j, 23 + i * 8 - j, i);
    if (n == 6)
      for (int i = 0; i < 8; ++i) B(59 - i, 36 + i, i < 4 ? 48 : 112, 1);
    if (n >= 4)
      for (int i = 0; i < 8; ++i) H(i, 15 - i, 0);
    if (n >= 5)
      for (int i = 0; i < 4; ++i) B(27 - i, 20 + i, 32, 1);
    if (n == 6)
      for (int i = 0; i < 8; ++i) {
        H(32 + i, 47 - i, 0);
        H(48 + i, 63 - i, 1);
      }
    if (n >= 5)
      for (int i = 0; i < 16; ++i) H(i, 31 - i, 0);
    if (n == 6)
      for (int i = 0; i < 8; ++i) B(55 - i, 40 + i, 32, 1);
    if (n == 6)
      for (int i = 0; i < 32; ++i) H(i, 63 - i, 0);
  }

  void adst4() {
    const int64_t a7 = T[0] - T[2], b7 = a7 + T[3];
    const int64_t s0 = 1321 * T[0] + 3803 * T[2] + 2482 * T[3];
    const int64_t s1 = 2482 * T[0] - 1321 * T[2] - 3803 * T[3];
    const int64_t s3 = 3344 * T[1];
    T[2] = round2(3344 * b7, 12);
    T[0] = round2(s0 + s3, 12);
    T[1] = round2(s1 + s3, 12);
    T[3] = round2(s0 + s1 - s3, 12);
    require_bits(b7, r);
    for (int64_t v : T) require_bits(v, r);
  }
  void adst_input(int n) {
    const std::vector<int64_t> copy = T;
    for (int i = 0; i < 1 << n; ++i) T[i] = copy[(i & 1) ? i - 1 : (1 << n) - i - 1];
  }
  void adst_output(int n) {
    const std::vector<int64_t> copy = T;
    for (int i = 0; i < 1 << n; ++i) {
      const int a = (i >> 3) & 1;
      const int b = ((i >> 2) & 1) ^ ((i >> 3) & 1);
      const int c = ((i >> 1) & 1) ^ ((i >> 2) & 1);
      const int d = (i & 1) ^ ((i >> 1) & 1);
      const int idx = ((d << 3) | (c << 2) | (b << 1) | a) >> (4 - n);
      T[i] = (i & 1) ? -copy[idx] : copy[idx];
    }
  }
  void adst8() {
    adst_input(3);
    for (int i = 0; i < 4; ++i) B(2 * i, 2 * i + 1, 60 - 16 * i, 1);
    for (int i = 0; i < 4; ++i) H(i, 4 + i, 0);
    for (int i = 0; i < 2; ++i) B(4 + 3 * i, 5 + i, 48 - 32 * i, 1);
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 2; ++j) H(4 * j + i, 2 + 4 * j + i, 0);
    for (int i = 0; i < 2; ++i) B(2 + 4 * i, 3 + 4 * i, 32, 1);
    adst_output(3);
  }
  void adst16() {
    adst_input(4);
    for (int i = 0; i < 8; ++i) B(2 * i, 2 * i + 1, 62 - 8 * i, 1);
    for (int i = 0; i < 8; ++i) H(i, 8 + i, 0);
    for (int i = 0; i < 2; ++i) {
      B(8 + 2 * i, 9 + 2 * i, 56 - 32 * i, 1);
      B(13 + 2 * i, 12 + 2 * i, 8 + 32 * i, 1);
    }
    for (int i = 0; i < 4; ++i)
      for (int j = 0; j < 2; ++j) H(8 * j + i, 4 + 8 * j + i, 0);
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 2; ++j) B(4 + 8 * j + 3 * i, 5 + 8 * j + i, 48 - 32 * i, 1);
    for (int i = 0; i < 2; ++i)
      for (int j = 0; j < 4; ++j) H(4 * j + i, 2 + 4 * j + i, 0);
    for (int i = 0; i < 4; ++i) B(2 + 4 * i, 3 + 4 * i, 32, 1);
    adst_output(4);
  }
  void identity(int n) {
    for (int64_t& v : T)
      v = n == 2 ? round2(v * 5793, 12) : n == 3 ? v * 2 : n == 4 ? round2(v * 11586, 12) : v * 4;
  }
  void wht(int shift) {
    int64_t a = T[0] >> shift, c = T[1] >> shift, d = T[2] >> shift, b = T[3] >> shift;
    a += c;
    d -= b;
    const int64_t e = (a - d) >> 1;
    b = e - b;
    c = e - c;
    a -= b;
    d += c;
    T = {a, b, c, d};
  }

  enum Kind { kDctKind, kAdstKind, kIdentityKind };
  void run(Kind kind, int n) {
    if (kind == kDctKind) return dct(n);
    if (kind == kIdentityKind) return identity(n);
    n == 2 ? adst4() : n == 3 ? adst8() : adst16();
  }
};

NaiveTransform::Kind row_kind(TxType t) {
  if (t == DCT_DCT || t == ADST_DCT || t == FLIPADST_DCT || t == H_DCT) return NaiveTransform::kDctKind;
  if (t == IDTX || t == V_DCT || t == V_ADST || t == V_FLIPADST) return NaiveTransform::kIdentityKind;
  return NaiveTransform::kAdstKind;
}
NaiveTransform::Kind column_kind(TxType t) {
  if (t == DCT_DCT || t == DCT_ADST || t == DCT_FLIPADST || t == V_DCT) return NaiveTransform::kDctKind;
  if (t == IDTX || t == H_DCT || t == H_ADST || t == H_FLIPADST) return NaiveTransform::kIdentityKind;
  return NaiveTransform::kAdstKind;
}

/// Sections 7.13.3 and 7.12.3, step 3. Returns whether the coefficients conform.
template <Pixel P>
bool naive_reconstruct(std::vector<P>& frame, int stride, const std::vector<Coeff>& dequant, TxSize size,
                       TxType type, bool lossless, int bit_depth) {
  const int log2w = Tx_Width_Log2[size], log2h = Tx_Height_Log2[size], w = 1 << log2w, h = 1 << log2h;
  const int row_shift = lossless ? 0 : Transform_Row_Shift[size], column_shift = lossless ? 0 : 4;
  const int column_range = std::max(bit_depth + 6, 16);
  const int64_t top = (int64_t{1} << (column_range - 1)) - 1;
  std::vector<int64_t> residual(w * h);
  bool conforming = true;
  for (int i = 0; i < h; ++i) {
    NaiveTransform row{std::vector<int64_t>(w), bit_depth + 8};
    for (int j = 0; j < w; ++j) row.T[j] = i < 32 && j < 32 ? dequant[i * std::min(w, 32) + j] : 0;
    if (std::abs(log2w - log2h) == 1)
      for (int64_t& v : row.T) v = round2(v * 2896, 12);
    lossless ? row.wht(2) : row.run(row_kind(type), log2w);
    conforming &= row.conforming;
    for (int j = 0; j < w; ++j) residual[i * w + j] = clip3(-top - 1, top, round2(row.T[j], row_shift));
  }
  for (int j = 0; j < w; ++j) {
    NaiveTransform column{std::vector<int64_t>(h), column_range};
    for (int i = 0; i < h; ++i) column.T[i] = residual[i * w + j];
    lossless ? column.wht(0) : column.run(column_kind(type), log2h);
    conforming &= column.conforming;
    for (int i = 0; i < h; ++i) residual[i * w + j] = round2(column.T[i], column_shift);
  }
  const bool flip_ud =
      type == FLIPADST_DCT || type == FLIPADST_ADST || type == V_FLIPADST || type == FLIPADST_FLIPADST;
  const bool flip_lr =
      type == DCT_FLIPADST || type == ADST_FLIPADST || type == H_FLIPADST || type == FLIPADST_FLIPADST;
  for (int i = 0; i < h; ++i)
    for (int j = 0; j < w; ++j) {
      P& pixel = frame[(flip_ud ? h - 1 - i : i) * stride + (flip_lr ? w - 1 - j : j)];
      pixel = static_cast<P>(clip3<int64_t>(0, (1 << bit_depth) - 1, pixel + residual[i * w + j]));
    }
  return conforming;
}

bool allowed(TxSize size, TxType type) {
  const int longer = std::max(Tx_Width[size], Tx_Height[size]);
  return longer == 64 ? type == DCT_DCT : longer == 32 ? type == DCT_DCT || type == IDTX : true;
}

/// Positions in an order with the extents of get_scan( txSz ): anti-diagonals, rows or columns.
std::vector<int> scan_like(TxSize size, TxType type) {
  const int w = std::min<int>(Tx_Width[size], 32), h = std::min<int>(Tx_Height[size], 32);
  std::vector<int> scan(w * h);
  std::iota(scan.begin(), scan.end(), 0);
  const TxClass c = get_tx_class(type);
  const auto key = [&](int p) {
    return c == TX_CLASS_VERT ? p : c == TX_CLASS_HORIZ ? p % w * h + p / w : p / w + p % w;
  };
  std::stable_sort(scan.begin(), scan.end(), [&](int a, int b) { return key(a) < key(b); });
  return scan;
}

template <Pixel P>
class InverseTx : public ::testing::Test {
 protected:
  InverseTx() { bind_inverse_tx_scalar(table); }

  void compare(TxSize size, TxType type, bool lossless, int bit_depth, int eob, int magnitude,
               int sparsity = 4) {
    const int w = Tx_Width[size], h = Tx_Height[size], stride = w + 9, top = (1 << bit_depth) - 1;
    const std::vector<int> scan = scan_like(size, type);
    std::vector<Coeff> coeffs(scan.size());
    std::uniform_int_distribution<int> value(-magnitude, magnitude - 1), choice(0, sparsity - 1);
    const auto draw = [&](int c) {
      return c == 0 ? magnitude - 1 : c == 1 ? -magnitude : c == 2 ? value(rng) : 0;
    };
    for (int c = 0; c < eob; ++c) coeffs[scan[c]] = draw(choice(rng));
    if (coeffs[scan[eob - 1]] == 0) coeffs[scan[eob - 1]] = eob & 1 ? draw(eob >> 1 & 1) : 1;
    std::vector<P> expected(stride * (h + 1) + 4);
    for (P& p : expected) p = static_cast<P>(rng() & top);
    std::vector<P> actual = expected;
    std::vector<P> window(expected.begin() + 4, expected.end());
    const bool conforming = naive_reconstruct(window, stride, coeffs, size, type, lossless, bit_depth);
    ++tried;
    if (!conforming && sizeof(P) == 1) return;  // without meaning, and 16-bit lanes show it
    ++compared;
    std::copy(window.begin(), window.end(), expected.begin() + 4);
    (lossless ? table.wht : table.add[size])(actual.data() + 4, stride, coeffs.data(), type, eob, bit_depth);
    ASSERT_EQ(actual, expected) << w << "x" << h << " type " << int{type} << " eob " << eob << " depth "
                                << bit_depth << " magnitude " << magnitude;
  }

  void sweep(int bit_depth, int largest) {
    for (int size = 0; size < TX_SIZES_ALL; ++size)
      for (int type = 0; type < TX_TYPES; ++type) {
        if (!allowed(TxSize(size), TxType(type))) continue;
        const int n = static_cast<int>(scan_like(TxSize(size), TxType(type)).size());
        for (int magnitude = 16; magnitude <= largest; magnitude *= 4)
          for (int eob : {1, 2, 5, 10, 11, 36, 37, 136, 137, n - 1, n, 1 + int(rng() % n)})
            if (eob <= n) {
              ASSERT_NO_FATAL_FAILURE(compare(TxSize(size), TxType(type), false, bit_depth, eob, magnitude));
            }
      }
  }

  InverseTxTable<P> table;
  std::mt19937 rng{1};
  int tried = 0, compared = 0;
};

using InverseTx8 = InverseTx<uint8_t>;
using InverseTx16 = InverseTx<uint16_t>;

TEST_F(InverseTx8, EqualsSpecification) {
  sweep(8, 1 << 13);
  EXPECT_GT(compared, tried * 3 / 4);
}
/// Few coefficients, but the largest that there are: sums clamp, and still conform.
TEST_F(InverseTx8, EqualsSpecificationAtTheLimits) {
  for (int size = 0; size < TX_SIZES_ALL; ++size)
    for (int type = 0; type < TX_TYPES; ++type)
      if (allowed(TxSize(size), TxType(type)))
        for (int trial = 0; trial < 120; ++trial) {
          const int eob = 1 + trial % 16;
          ASSERT_NO_FATAL_FAILURE(
              compare(TxSize(size), TxType(type), false, 8, eob, 1 << (15 - trial % 2), 12 + trial % 90));
        }
  EXPECT_GT(compared, tried / 4);
}
TEST_F(InverseTx16, EqualsSpecificationAt10Bit) {
  sweep(10, 1 << 17);
}
TEST_F(InverseTx16, EqualsSpecificationAt8BitInWords) {
  sweep(8, 1 << 13);
}
// Beyond this magnitude random 12-bit coefficients break the conformance limits of section 7.13.2.1.
TEST_F(InverseTx16, EqualsSpecificationAt12Bit) {
  sweep(12, 1 << 14);
}

TEST_F(InverseTx8, LosslessEqualsSpecification) {
  for (int i = 0; i < 200; ++i) compare(TX_4X4, DCT_DCT, true, 8, 16, 16 << (i % 8));
}
TEST_F(InverseTx16, LosslessEqualsSpecification) {
  for (int i = 0; i < 200; ++i) compare(TX_4X4, DCT_DCT, true, 10, 16, 16 << (i % 10));
}

}  // namespace
}  // namespace tessera
