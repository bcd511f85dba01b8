#include "dsp/deblock_edge.h"

#include "base/int_math.h"
#include "dsp/sample_lanes.h"

namespace tessera {
namespace {

/// Samples that a filter reads on each side of the edge.
constexpr int side_of(DeblockTaps taps) {
  return taps == DEBLOCK_4 ? 2 : taps == DEBLOCK_6 ? 3 : taps == DEBLOCK_8 ? 4 : 7;
}

inline Samples differ(Samples a, Samples b, Samples most) {
  return lanes_abs(a - b) > most;
}

/// spec 7.14.6.3: narrow filter process; `s` points at q0, s[ -1 ] is p0.
inline void narrow_filter(Samples* s, Samples mask, Samples hev, int bit_depth) {
  const Samples lo = splat(-(1 << (bit_depth - 1))), hi = ~lo;
  const Samples p1 = s[-2], p0 = s[-1], q0 = s[0], q1 = s[1];
  // Differences need no bias, and clamping a biased sample is clipping the plain one.
  const auto clip = [top = splat((1 << bit_depth) - 1)](Samples v) { return clamp_lanes(v, Samples{}, top); };
  Samples filter = clamp_lanes(p1 - q1, lo, hi) & hev;
  filter = clamp_lanes(filter + (q0 - p0) * 3, lo, hi) & mask;
  const Samples filter1 = lanes_min(filter + 4, hi) >> 3, filter2 = lanes_min(filter + 3, hi) >> 3;
  s[0] = clip(q0 - filter1);
  s[-1] = clip(p0 + filter2);
  const Samples outer = ((filter1 + 1) >> 1) & ~hev;
  s[1] = clip(q1 - outer);
  s[-2] = clip(p1 + outer);
}

/// spec 7.14.6.4: wide filter process with N and N2 as there; `s` points at q0, results go to f[ 0 .. 2 * N -
/// 1 ].
template <int N, int N2>
inline void wide_filter(const Samples* s, Samples* f) {
  constexpr int kLog2Size = N == 6 ? 4 : 3;
  // Sixteen samples of 12 bits fill all bits of a lane.
  const auto at = [&](int i) { return reinterpret_cast<SamplesU>(s[clip3(-(N + 1), N, i)]); };
  SamplesU t = reinterpret_cast<SamplesU>(splat(1 << (kLog2Size - 1)));
  for (int j = -N; j <= N; j++) t += at(j - N);
  for (int j = -N2; j <= N2; j++) t += at(j - N);
  for (int i = -N; i < N; i++) {
    f[i + N] = reinterpret_cast<Samples>(t >> kLog2Size);
    t += at(i + 1 + N) - at(i - N) + at(i + 1 + N2) - at(i - N2);
  }
}

/// spec 7.14.6.1, 7.14.6.2: the masks of eight samples along an edge and the filters that they choose. `s`
/// points at q0. False when nothing changed.
template <DeblockTaps TAPS>
inline bool filter_lanes(Samples* s, const DeblockLimits& limits, int bit_depth) {
  constexpr int kSide = side_of(TAPS);
  const auto p = [s](int i) { return s[-1 - i]; };
  const auto q = [s](int i) { return s[i]; };
  const int shift = bit_depth - 8;
  const Samples limit = splat(limits.limit << shift), one = splat(1 << shift);

  Samples beyond = differ(p(1), p(0), limit) | differ(q(1), q(0), limit);
  beyond |= lanes_abs(p(0) - q(0)) * 2 + (lanes_abs(p(1) - q(1)) >> 1) > splat(limits.blimit << shift);
  for (int i = 2; i < std::min(kSide, 4); i++)
    beyond |= differ(p(i), p(i - 1), limit) | differ(q(i), q(i - 1), limit);
  const Samples mask = ~beyond;
  if (!lanes_any(mask)) return false;

  const Samples thresh = splat(limits.thresh << shift);
  const Samples hev = differ(p(1), p(0), thresh) | differ(q(1), q(0), thresh);
  if constexpr (TAPS == DEBLOCK_4) {
    narrow_filter(s, mask, hev, bit_depth);
  } else {
    Samples uneven = {};
    for (int i = 1; i < std::min(kSide, 4); i++) uneven |= differ(p(i), p(0), one) | differ(q(i), q(0), one);
    const Samples flat = ~uneven & mask;
    if (!lanes_any(flat)) {
      narrow_filter(s, mask, hev, bit_depth);
      return true;
    }
    constexpr int kN = TAPS == DEBLOCK_6 ? 2 : 3;
    Samples wide[2 * kN], widest[12];
    wide_filter<kN, TAPS == DEBLOCK_6 ? 1 : 0>(s, wide);
    Samples flat2 = {};
    if constexpr (TAPS == DEBLOCK_14) {
      for (int i = 4; i < 7; i++) flat2 |= differ(p(i), p(0), one) | differ(q(i), q(0), one);
      flat2 = ~flat2 & flat;
      if (lanes_any(flat2)) wide_filter<6, 1>(s, widest);
    }
    if (lanes_any(mask & ~flat)) narrow_filter(s, mask, hev, bit_depth);
    for (int i = -kN; i < kN; i++) s[i] = lanes_select(flat, wide[i + kN], s[i]);
    if constexpr (TAPS == DEBLOCK_14)
      if (lanes_any(flat2))
        for (int i = -6; i < 6; i++) s[i] = lanes_select(flat2, widest[i + 6], s[i]);
  }
  return true;
}

/// N samples down a vertical edge: rows are transposed so that lanes run along it.
template <Pixel P, DeblockTaps TAPS, int N>
inline void filter_vertical(P* edge, ptrdiff_t stride, const DeblockLimits& limits, int bit_depth) {
  constexpr int kTiles = TAPS == DEBLOCK_14 ? 2 : 1;
  Samples tile[kTiles][8] = {};
  P* const from = edge - 4 * kTiles;
  for (int t = 0; t < kTiles; t++) {
    for (int y = 0; y < N; y++) tile[t][y] = load_samples<8>(from + y * stride + 8 * t);
    transpose_samples(tile[t]);
  }
  if (!filter_lanes<TAPS>(&tile[0][0] + 4 * kTiles, limits, bit_depth)) return;
  for (int t = 0; t < kTiles; t++) {
    transpose_samples(tile[t]);
    for (int y = 0; y < N; y++) store_samples<8>(from + y * stride + 8 * t, tile[t][y]);
  }
}

template <Pixel P, DeblockTaps TAPS, int N>
inline void filter_horizontal(P* edge, ptrdiff_t stride, const DeblockLimits& limits, int bit_depth) {
  constexpr int kSide = side_of(TAPS), kChanged = TAPS == DEBLOCK_4 ? 2 : kSide - 1;
  Samples s[2 * kSide];
  for (int i = 0; i < 2 * kSide; i++) s[i] = load_samples<N>(edge + (i - kSide) * stride);
  if (!filter_lanes<TAPS>(s + kSide, limits, bit_depth)) return;
  for (int i = -kChanged; i < kChanged; i++) store_samples<N>(edge + i * stride, s[i + kSide]);
}

/// spec 7.14.6: sample filtering process along an edge.
template <Pixel P, DeblockPass PASS, DeblockTaps TAPS>
void deblock_edge(P* edge, ptrdiff_t stride, int length, DeblockLimits limits, int bit_depth) {
  const ptrdiff_t along = PASS == DEBLOCK_VERTICAL_EDGES ? stride : 1;
  const auto run = [&]<int N>() {
    if constexpr (PASS == DEBLOCK_VERTICAL_EDGES)
      filter_vertical<P, TAPS, N>(edge, stride, limits, bit_depth);
    else
      filter_horizontal<P, TAPS, N>(edge, stride, limits, bit_depth);
  };
  for (; length >= 8; length -= 8, edge += 8 * along) run.template operator()<8>();
  if (length) run.template operator()<4>();
}

template <Pixel P, DeblockPass PASS>
void bind_pass(Array<DeblockFn<P>, DEBLOCK_TAPS>& edge) {
  edge[DEBLOCK_4] = deblock_edge<P, PASS, DEBLOCK_4>;
  edge[DEBLOCK_6] = deblock_edge<P, PASS, DEBLOCK_6>;
  edge[DEBLOCK_8] = deblock_edge<P, PASS, DEBLOCK_8>;
  edge[DEBLOCK_14] = deblock_edge<P, PASS, DEBLOCK_14>;
}

}  // namespace

template <Pixel P>
void bind_deblock_scalar(DeblockTable<P>& table) {
  bind_pass<P, DEBLOCK_VERTICAL_EDGES>(table.edge[DEBLOCK_VERTICAL_EDGES]);
  bind_pass<P, DEBLOCK_HORIZONTAL_EDGES>(table.edge[DEBLOCK_HORIZONTAL_EDGES]);
}

template void bind_deblock_scalar(DeblockTable<uint8_t>&);
template void bind_deblock_scalar(DeblockTable<uint16_t>&);

}  // namespace tessera
