#include "dsp/inverse_tx.h"

#include "dsp/tx_1d.h"
#include "spec/tx_geometry.h"

namespace tessera {
namespace {

template <class V>
using Inverse1dFn = void(V* x, V low, V high);

template <int N, class V>
void inverse_identity(V* x, V, V) {
  for (int i = 0; i < N; ++i) x[i] = identity_lanes<N>(x[i]);
}

/// The transform of one kind and length that reads the first `non_zero` (4, 8, 16, 32) inputs.
template <int N, class V>
Inverse1dFn<V>* inverse_1d(Tx1d kind, int non_zero) {
  if constexpr (N <= 16) {
    if (kind == Tx1d::kAdst) {
      if constexpr (N == 4)
        return inverse_adst4<V>;
      else
        return run_inverse<kTxProgram<Tx1d::kAdst, N>, N, V>;
    }
  }
  if constexpr (N <= 32)
    if (kind == Tx1d::kIdentity) return inverse_identity<N, V>;
  constexpr auto& dct = kTxProgram<Tx1d::kDct, N>;
  if constexpr (N > 4)
    if (non_zero <= 4) return run_inverse<dct, 4, V>;
  if constexpr (N > 8)
    if (non_zero <= 8) return run_inverse<dct, 8, V>;
  if constexpr (N > 16)
    if (non_zero <= 16) return run_inverse<dct, 16, V>;
  return run_inverse<dct, N < 32 ? N : 32, V>;
}

/// Number of positions on the first `count` anti-diagonals of a w x h block.
constexpr int diagonal_positions(int w, int h, int count) {
  int positions = 0;
  for (int d = 0; d < count && d < w + h - 1; ++d) {
    int on_diagonal = d + 1;
    if (d >= w) on_diagonal -= d - w + 1;
    if (d >= h) on_diagonal -= d - h + 1;
    positions += on_diagonal;
  }
  return positions;
}

struct Extent {
  int rows, columns;
};

/// The top-left rectangle that holds every coefficient before `eob`; sides 4, 8, 16, 32, at most W x H.
template <int W, int H>
Extent coded_extent(TxType type, int eob) {
  const auto side = [](int n, int limit) { return std::min(n <= 4 ? 4 : n <= 8 ? 8 : n <= 16 ? 16 : 32, limit); };
  const TxClass tx_class = get_tx_class(type);
  if (tx_class == TX_CLASS_VERT) return {side((eob + W - 1) / W, H), W};
  if (tx_class == TX_CLASS_HORIZ) return {H, side((eob + H - 1) / H, W)};
  int diagonals = 32;
  if (eob <= diagonal_positions(W, H, 16)) diagonals = 16;
  if (eob <= diagonal_positions(W, H, 8)) diagonals = 8;
  if (eob <= diagonal_positions(W, H, 4)) diagonals = 4;
  return {std::min(diagonals, H), std::min(diagonals, W)};
}

/// Adds a row of residuals in 16-bit lanes. Limiting a residual to the range of pixels first changes no sum's clip,
/// and keeps sums within 16 bits.
template <int W, Pixel P>
TESSERA_INLINE void add_row(P* dst, const int16_t* residual, int bit_depth) {
  constexpr int kWords = std::min(W, 2 * kNativeLanes);
  using Words = LanesOf<int16_t, kWords>;
  using PixelLanes = LanesOf<P, kWords>;
  const Words zero = {}, top = zero + static_cast<int16_t>((1 << bit_depth) - 1);
  for (int x = 0; x < W; x += kWords) {
    const Words pixels = __builtin_convertvector(load_lanes<PixelLanes>(dst + x), Words);
    const Words sum = pixels + clamp_lanes(load_lanes<Words>(residual + x), -top, top);
    store_lanes(dst + x, __builtin_convertvector(clamp_lanes(sum, zero, top), PixelLanes));
  }
}

/// The whole transform when only the first coefficient of a DCT_DCT is not zero: a constant.
template <Pixel P, int W, int H>
void add_dc(P* dst, ptrdiff_t dst_stride, Coeff dc, int bit_depth) {
  constexpr TxSize size = find_tx_size(W, H);
  const auto halve = [](int x) { return static_cast<int>((int64_t{x} * 2896 + 2048) >> 12); };
  const int column_top = (1 << (std::max(bit_depth + 6, 16) - 1)) - 1;
  if (W == 2 * H || H == 2 * W) dc = halve(dc);
  dc = clip3(-column_top - 1, column_top, round2(halve(dc), Transform_Row_Shift[size]));
  dc = round2(halve(dc), 4);
  int16_t residual[W];
  std::fill_n(residual, W, static_cast<int16_t>(dc));
  for (int y = 0; y < H; ++y, dst += dst_stride) add_row<W>(dst, residual, bit_depth);
}

/// spec 7.13.3: 2D inverse transform process, and step 3 of 7.12.3.
template <Pixel P, int W, int H>
void inverse_add(P* dst, ptrdiff_t dst_stride, const Coeff* dequantised, TxType type, int eob, int bit_depth) {
  constexpr TxSize size = find_tx_size(W, H);
  constexpr int kCodedW = std::min(W, 32), kCodedH = std::min(H, 32);
  constexpr int kLanes = std::min({kNativeLanes, W, H});
  using V = Lanes<kLanes>;
  using Words = LanesOf<int16_t, kLanes>;
  if (type == DCT_DCT && eob == 1) return add_dc<P, W, H>(dst, dst_stride, dequantised[0], bit_depth);

  const Tx2d tx = kTx2d[type];
  const Extent extent = coded_extent<kCodedW, kCodedH>(type, eob);
  alignas(32) int32_t middle[kCodedH * W];
  V t[std::max(W, H)], square[kLanes];

  const V zero = {};
  const V row_top = zero + ((1 << (bit_depth + 7)) - 1);
  const V column_top = zero + ((1 << (std::max(bit_depth + 6, 16) - 1)) - 1);

  const auto row_transform = inverse_1d<W, V>(tx.row, extent.columns);
  for (int y = 0; y < extent.rows; y += kLanes) {
    for (int x = 0; x < extent.columns; x += kLanes) {
      for (int k = 0; k < kLanes; ++k) {
        square[k] = load_lanes<V>(dequantised + (y + k) * kCodedW + x);
        if constexpr (W == 2 * H || H == 2 * W) square[k] = scale_q12<2896>(square[k]);
      }
      transpose_lanes(square);
      for (int k = 0; k < kLanes; ++k) t[x + k] = square[k];
    }
    if (tx.row != Tx1d::kDct)
      for (int x = extent.columns; x < W; ++x) t[x] = zero;
    row_transform(t, ~row_top, row_top);
    for (int x = 0; x < W; x += kLanes) {
      for (int k = 0; k < kLanes; ++k) {
        const V value = t[tx.flip_lr ? W - 1 - x - k : x + k];
        square[k] = clamp_lanes(round_shift_lanes(value, Transform_Row_Shift[size]), ~column_top, column_top);
      }
      transpose_lanes(square);
      for (int k = 0; k < kLanes; ++k) store_lanes(middle + (y + k) * W + x, square[k]);
    }
  }

  const auto column_transform = inverse_1d<H, V>(tx.column, extent.rows);
  // Residuals fit 16 bits at any depth: the column range is 16 (18) bits, the largest gain, of the identity, 4 / 16.
  alignas(32) int16_t residual[W * H];
  for (int x = 0; x < W; x += kLanes) {
    for (int y = 0; y < extent.rows; ++y) t[y] = load_lanes<V>(middle + y * W + x);
    if (tx.column != Tx1d::kDct)
      for (int y = extent.rows; y < H; ++y) t[y] = zero;
    column_transform(t, ~column_top, column_top);
    for (int y = 0; y < H; ++y)
      store_lanes(residual + y * W + x, __builtin_convertvector(round_shift_lanes(t[y], 4), Words));
  }
  for (int y = 0; y < H; ++y)
    add_row<W>(dst + (tx.flip_ud ? H - 1 - y : y) * dst_stride, residual + y * W, bit_depth);
}

/// spec 7.13.2.10: inverse Walsh-Hadamard transform process.
template <class V>
TESSERA_INLINE void inverse_wht(V* t, int shift) {
  V a = t[0] >> shift, c = t[1] >> shift, d = t[2] >> shift, b = t[3] >> shift;
  a += c;
  d -= b;
  const V e = (a - d) >> 1;
  b = e - b;
  c = e - c;
  t[0] = a - b;
  t[1] = b;
  t[2] = c;
  t[3] = d + c;
}

/// spec 7.13.3 with Lossless equal to 1.
template <Pixel P>
void inverse_wht_add(P* dst, ptrdiff_t dst_stride, const Coeff* dequantised, TxType, int, int bit_depth) {
  using V = Lanes<4>;
  const V zero = {}, top = zero + ((1 << (std::max(bit_depth + 6, 16) - 1)) - 1);
  V t[4];
  for (int i = 0; i < 4; ++i) t[i] = load_lanes<V>(dequantised + 4 * i);
  transpose_lanes(t);
  inverse_wht(t, 2);
  for (V& v : t) v = clamp_lanes(v, ~top, top);
  transpose_lanes(t);
  inverse_wht(t, 0);
  int16_t residual[16];
  for (int y = 0; y < 4; ++y) store_lanes(residual + 4 * y, __builtin_convertvector(t[y], LanesOf<int16_t, 4>));
  for (int y = 0; y < 4; ++y) add_row<4>(dst + y * dst_stride, residual + 4 * y, bit_depth);
}

}  // namespace

template <Pixel P>
void bind_inverse_tx_scalar(InverseTxTable<P>& table) {
  unroll<TX_SIZES_ALL>([&]<int size>() { table.add[size] = inverse_add<P, Tx_Width[size], Tx_Height[size]>; });
  table.wht = inverse_wht_add<P>;
}

template void bind_inverse_tx_scalar<uint8_t>(InverseTxTable<uint8_t>&);
template void bind_inverse_tx_scalar<uint16_t>(InverseTxTable<uint16_t>&);

}  // namespace tessera
