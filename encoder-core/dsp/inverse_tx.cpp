#include "dsp/inverse_tx.h"

#include <type_traits>

#include "dsp/tx_1d.h"
#include "spec/tx_geometry.h"

namespace tessera {
namespace {

template <class V>
using Inverse1dFn = void(V* x, V low, V high);

/// The DCT or ADST of N elements that reads the first `non_zero` (4, 8, 16, 32).
template <int N, class V>
constexpr Inverse1dFn<V>* inverse_1d(Tx1d kind, int non_zero) {
  if constexpr (N == 4) {
    if (kind == Tx1d::kAdst) return inverse_adst4<V>;
  } else if constexpr (N <= 16) {
    if (kind == Tx1d::kAdst) return run_inverse<kTxProgram<Tx1d::kAdst, N>, V>;
  }
  if constexpr (N > 4)
    if (non_zero <= 4) return run_inverse<kTxProgram<Tx1d::kDct, N, 4>, V>;
  if constexpr (N > 8)
    if (non_zero <= 8) return run_inverse<kTxProgram<Tx1d::kDct, N, 8>, V>;
  if constexpr (N > 16)
    if (non_zero <= 16) return run_inverse<kTxProgram<Tx1d::kDct, N, 16>, V>;
  return run_inverse<kTxProgram<Tx1d::kDct, N, std::min(N, 32)>, V>;
}

/// Transforms t[0 .. N), of which the first `non_zero` are given, and rounds by kShift.
template <int N, int kShift, class V>
TESSERA_INLINE void inverse_lanes(V* t, Tx1d kind, int non_zero, V low, V high) {
  if (N <= 8 || kind != Tx1d::kDct)
    for (int i = non_zero; i < N; ++i) t[i] = V{};
  if (kind == Tx1d::kIdentity) {
    if constexpr (N <= 32)
      for (int i = 0; i < non_zero; ++i) t[i] = identity_lanes<N, kShift>(t[i]);
    return;
  }
  if constexpr (N <= 8) {  // small enough to be part of the caller
    if (kind == Tx1d::kAdst)
      inverse_1d<N, V>(Tx1d::kAdst, N)(t, low, high);
    else
      inverse_1d<N, V>(Tx1d::kDct, N)(t, low, high);
  } else {
    inverse_1d<N, V>(kind, non_zero)(t, low, high);
  }
  for (int i = 0; i < N; ++i) t[i] = round_lanes<kShift>(t[i]);
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
  const auto side = [](int n, int limit) {
    return std::min(n <= 4 ? 4 : n <= 8 ? 8 : n <= 16 ? 16 : 32, limit);
  };
  const TxClass tx_class = get_tx_class(type);
  if (tx_class == TX_CLASS_VERT) return {side((eob + W - 1) / W, H), W};
  if (tx_class == TX_CLASS_HORIZ) return {H, side((eob + H - 1) / H, W)};
  int diagonals = 32;
  if (eob <= diagonal_positions(W, H, 16)) diagonals = 16;
  if (eob <= diagonal_positions(W, H, 8)) diagonals = 8;
  if (eob <= diagonal_positions(W, H, 4)) diagonals = 4;
  return {std::min(diagonals, H), std::min(diagonals, W)};
}

/// Adds residuals to as many pixels. Limiting a residual to the range of pixels first changes no sum's clip,
/// and keeps sums within 16 bits.
template <Pixel P, class V>
TESSERA_INLINE void add_words(P* dst, V residual, int bit_depth) {
#if TESSERA_X86_LANES
  if constexpr (sizeof(P) == 1 && kLaneCount<V> >= 8) return add_to_bytes(dst, residual);
#endif
  using PixelLanes = LanesOf<P, kLaneCount<V>>;
  const V top = V{} + static_cast<int16_t>((1 << bit_depth) - 1);
  const V sum = __builtin_convertvector(load_lanes<PixelLanes>(dst), V) + clamp_lanes(residual, -top, top);
  store_lanes(dst, __builtin_convertvector(clamp_lanes(sum, V{}, top), PixelLanes));
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
  constexpr int kLanes = std::min(W, 2 * kNativeLanes);
  const Words<kLanes> residual = Words<kLanes>{} + static_cast<int16_t>(dc);
  for (int y = 0; y < H; ++y, dst += dst_stride)
    for (int x = 0; x < W; x += kLanes) add_words(dst + x, residual, bit_depth);
}

/// Coefficients as lanes; 16 bits hold them all at a bit depth of 8 (7.12.3, step 1 f).
template <class V>
TESSERA_INLINE V load_coeffs(const Coeff* from) {
  if constexpr (kIsWords<V>) {
    using Half = Lanes<kLaneCount<V> / 2>;
    return narrow_lanes(load_lanes<Half>(from), load_lanes<Half>(from + kLaneCount<V> / 2));
  } else {
    return load_lanes<V>(from);
  }
}

/// spec 7.13.3: 2D inverse transform process, and step 3 of 7.12.3. Bytes are transformed in 16-bit lanes,
/// except where a side of 4 would leave half of them idle.
template <Pixel P, int W, int H>
[[gnu::flatten]] void inverse_add(P* dst, ptrdiff_t dst_stride, const Coeff* dequantised, TxType type,
                                  int eob, int bit_depth) {
  constexpr TxSize size = find_tx_size(W, H);
  constexpr int kCodedW = std::min(W, 32), kCodedH = std::min(H, 32);
  constexpr bool kInWords = sizeof(P) == 1 && std::min(W, H) >= 8;
  constexpr int kLanes = std::min({kInWords ? 2 * kNativeLanes : kNativeLanes, W, H});
  using Sample = std::conditional_t<kInWords, int16_t, int32_t>;
  using V = LanesOf<Sample, kLanes>;
  if (type == DCT_DCT && eob == 1) return add_dc<P, W, H>(dst, dst_stride, dequantised[0], bit_depth);

  const Tx2d tx = kTx2d[type];
  const Extent extent = coded_extent<kCodedW, kCodedH>(type, eob);
  alignas(32) Sample middle[kCodedH * W];
  V t[std::max(W, H)], square[kLanes];
  const V row_top = V{} + static_cast<Sample>((1 << (bit_depth + 7)) - 1);
  const V column_top = V{} + static_cast<Sample>((1 << (std::max(bit_depth + 6, 16) - 1)) - 1);

  for (int y = 0; y < extent.rows; y += kLanes) {
    for (int x = 0; x < extent.columns; x += kLanes) {
      for (int k = 0; k < kLanes; ++k) {
        square[k] = load_coeffs<V>(dequantised + (y + k) * kCodedW + x);
        if constexpr (W == 2 * H || H == 2 * W) square[k] = scale_q12<2896>(square[k]);
      }
      transpose_lanes(square);
      for (int k = 0; k < kLanes; ++k) t[x + k] = square[k];
    }
    inverse_lanes<W, Transform_Row_Shift[size]>(t, tx.row, extent.columns, ~row_top, row_top);
    if (tx.flip_lr) std::reverse(t, t + W);
    for (int x = 0; x < W; x += kLanes) {
      for (int k = 0; k < kLanes; ++k) {
        square[k] = t[x + k];
        if constexpr (!kInWords) square[k] = clamp_lanes(square[k], ~column_top, column_top);
      }
      transpose_lanes(square);
      for (int k = 0; k < kLanes; ++k) store_lanes(middle + (y + k) * W + x, square[k]);
    }
  }

  const ptrdiff_t step = tx.flip_ud ? -dst_stride : dst_stride;
  if (tx.flip_ud) dst += (H - 1) * dst_stride;
  for (int x = 0; x < W; x += kLanes) {
    for (int y = 0; y < extent.rows; ++y) t[y] = load_lanes<V>(middle + y * W + x);
    inverse_lanes<H, 4>(t, tx.column, extent.rows, ~column_top, column_top);
    // Residuals fit 16 bits at any depth: column values have 18 at most, and no gain exceeds 4 / 16.
    for (int y = 0; y < H; ++y)
      add_words(dst + y * step + x, __builtin_convertvector(t[y], Words<kLanes>), bit_depth);
  }
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
  for (int y = 0; y < 4; ++y)
    add_words(dst + y * dst_stride, __builtin_convertvector(t[y], Words<4>), bit_depth);
}

}  // namespace

template <Pixel P>
void bind_inverse_tx_scalar(InverseTxTable<P>& table) {
  unroll<TX_SIZES_ALL>(
      [&]<int size>() { table.add[size] = inverse_add<P, Tx_Width[size], Tx_Height[size]>; });
  table.wht = inverse_wht_add<P>;
}

template void bind_inverse_tx_scalar<uint8_t>(InverseTxTable<uint8_t>&);
template void bind_inverse_tx_scalar<uint16_t>(InverseTxTable<uint16_t>&);

}  // namespace tessera
