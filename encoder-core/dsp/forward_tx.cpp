#include "dsp/forward_tx.h"

#include <type_traits>

#include "dsp/tx_1d.h"
#include "spec/coef_tables.h"

namespace tessera {
namespace {

template <class V>
using Forward1dFn = void(V* x);

template <int N, class V>
void forward_identity(V* x) {
  for (int i = 0; i < N; ++i) x[i] = identity_lanes<N, 0>(x[i]);
}

template <int N, class V>
constexpr Forward1dFn<V>* forward_1d(Tx1d kind) {
  if constexpr (N == 4) {
    if (kind == Tx1d::kAdst) return forward_adst4<V>;
  } else if constexpr (N <= 16) {
    if (kind == Tx1d::kAdst) return run_forward<kTxProgram<Tx1d::kAdst, N>, N, V>;
  }
  if constexpr (N <= 32)
    if (kind == Tx1d::kIdentity) return forward_identity<N, V>;
  return run_forward<kTxProgram<Tx1d::kDct, N>, std::min(N, 32), V>;
}

template <int N, class V>
TESSERA_INLINE void forward_lanes(V* t, Tx1d kind) {
  if constexpr (N > 8) return forward_1d<N, V>(kind)(t);
  // Small enough to be part of the caller.
  if (kind == Tx1d::kIdentity)
    forward_1d<N, V>(Tx1d::kIdentity)(t);
  else if (kind == Tx1d::kAdst)
    forward_1d<N, V>(Tx1d::kAdst)(t);
  else
    forward_1d<N, V>(Tx1d::kDct)(t);
}

/// Where the bits go: the residual is scaled up by `before`, and down after the columns and after the rows.
struct Shifts {
  int before, middle, after;
};

/// A 1-D transform of N multiplies the largest value by at most N / sqrt(2), so these shifts use `bits`
/// signed bits in full: 20, because products with 12-bit factors have to fit 32; or 16 where the noise
/// allows, for the sake of kernels that work on words.
template <int W, int H>
constexpr Shifts forward_shifts(int bit_depth) {
  constexpr TxSize size = find_tx_size(W, H);
  constexpr int w_log2 = Tx_Width_Log2[size], h_log2 = Tx_Height_Log2[size];
  // The two passes give sqrt(W * H) / 2 times the orthonormal transform; 2896 / 4096 makes odd powers whole.
  constexpr int gain_log2 = (w_log2 + h_log2) / 2 - 1, wanted_log2 = 3 - dequant_shift(size);
  const int bits = bit_depth == 8 && W <= 16 && H <= 16 ? 16 : 20;
  const int before = bits - 1 - bit_depth - h_log2, middle = w_log2 - 1;
  return {before, middle, gain_log2 + before - wanted_log2 - middle};
}

/// Round2, where the sum does not overflow.
template <class V>
TESSERA_INLINE V round_lanes_by(V v, int n) {
  return (v + static_cast<std::remove_reference_t<decltype(v[0])>>((1 << n) >> 1)) >> n;
}

template <class V>
TESSERA_INLINE void store_coeffs(Coeff* to, V v) {
  if constexpr (kIsWords<V>) {
    constexpr int kHalf = kLaneCount<V> / 2;
    if constexpr (kHalf == 8) {  // interleaving works within 16 bytes
      using Quarters = LanesOf<int64_t, 4>;
      v = (V)__builtin_shufflevector((Quarters)v, (Quarters)v, 0, 2, 1, 3);
    }
    const V low = interleave_lanes<int16_t, false>(v, v);
    const V high = interleave_lanes<int16_t, true>(v, v);
    store_lanes(to, (Lanes<kHalf>)low >> 16);
    store_lanes(to + kHalf, (Lanes<kHalf>)high >> 16);
  } else {
    store_lanes(to, v);
  }
}

template <class Sample, int W, int H>
void forward_in(const int16_t* residual, ptrdiff_t stride, Coeff* coeffs, TxType type, const Shifts& shifts) {
  constexpr int kCodedW = std::min(W, 32), kCodedH = std::min(H, 32);
  constexpr int kLanes = std::min({sizeof(Sample) == 2 ? 2 * kNativeLanes : kNativeLanes, W, H});
  using V = LanesOf<Sample, kLanes>;
  const Tx2d tx = kTx2d[type];
  alignas(32) Sample middle[kCodedH * W];
  V t[std::max(W, H)], square[kLanes];

  const ptrdiff_t step = tx.flip_ud ? -stride : stride;
  const int16_t* const first_row = tx.flip_ud ? residual + (H - 1) * stride : residual;
  for (int x = 0; x < W; x += kLanes) {
    const int16_t* in = first_row + x;
    for (int y = 0; y < H; ++y, in += step)
      t[y] = __builtin_convertvector(load_lanes<Words<kLanes>>(in), V) << shifts.before;
    forward_lanes<H>(t, tx.column);
    for (int y = 0; y < kCodedH; ++y) store_lanes(middle + y * W + x, round_lanes_by(t[y], shifts.middle));
  }

  for (int y = 0; y < kCodedH; y += kLanes) {
    for (int x = 0; x < W; x += kLanes) {
      for (int k = 0; k < kLanes; ++k) square[k] = load_lanes<V>(middle + (y + k) * W + x);
      transpose_lanes(square);
      for (int k = 0; k < kLanes; ++k) t[x + k] = square[k];
    }
    if (tx.flip_lr) std::reverse(t, t + W);
    forward_lanes<W>(t, tx.row);
    for (int x = 0; x < kCodedW; x += kLanes) {
      for (int k = 0; k < kLanes; ++k) {
        square[k] = t[x + k];
        if constexpr (W == 2 * H || H == 2 * W) square[k] = scale_q12<2896>(square[k]);
        square[k] = round_lanes_by(square[k], shifts.after);
      }
      transpose_lanes(square);
      for (int k = 0; k < kLanes; ++k) store_coeffs(coeffs + (y + k) * kCodedW + x, square[k]);
    }
  }
}

template <int W, int H>
[[gnu::flatten]] void forward(const int16_t* residual, ptrdiff_t stride, Coeff* coeffs, TxType type,
                              int bit_depth) {
  forward_in<int32_t, W, H>(residual, stride, coeffs, type, forward_shifts<W, H>(bit_depth));
}

/// The same for a bit depth of 8: the shifts keep these sizes within 16 bits.
template <int W, int H>
[[gnu::flatten]] void forward_words(const int16_t* residual, ptrdiff_t stride, Coeff* coeffs, TxType type,
                                    int) {
  constexpr Shifts kShifts = forward_shifts<W, H>(8);
  forward_in<int16_t, W, H>(residual, stride, coeffs, type, kShifts);
}

/// Undoes inverse_wht with a shift of 0, step by step from its end.
template <class V>
TESSERA_INLINE void forward_wht(V* t) {
  const V d = t[3] - t[2], a = t[0] + t[1], e = (a - d) >> 1;
  const V c = e - t[2], b = e - t[1];
  t[0] = a - c;
  t[1] = c;
  t[2] = d + b;
  t[3] = b;
}

void forward_wht_4x4(const int16_t* residual, ptrdiff_t stride, Coeff* coeffs, TxType, int) {
  using V = Lanes<4>;
  V t[4];
  for (int y = 0; y < 4; ++y)
    t[y] = __builtin_convertvector(load_lanes<LanesOf<int16_t, 4>>(residual + y * stride), V);
  forward_wht(t);
  transpose_lanes(t);
  forward_wht(t);
  transpose_lanes(t);
  for (int y = 0; y < 4; ++y) store_lanes(coeffs + 4 * y, t[y] << 2);
}

}  // namespace

template <Pixel P>
void bind_forward_tx_scalar(ForwardTxTable<P>& table) {
  unroll<TX_SIZES_ALL>([&]<int size>() {
    constexpr int w = Tx_Width[size], h = Tx_Height[size];
    if constexpr (sizeof(P) == 1 && std::min(w, h) >= 8 && std::max(w, h) <= 16)
      table.transform[size] = forward_words<w, h>;
    else
      table.transform[size] = forward<w, h>;
  });
  table.wht = forward_wht_4x4;
}

template void bind_forward_tx_scalar<uint8_t>(ForwardTxTable<uint8_t>&);
template void bind_forward_tx_scalar<uint16_t>(ForwardTxTable<uint16_t>&);

}  // namespace tessera
