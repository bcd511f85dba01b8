// Eight samples in 16-bit lanes, for the loop filters. Masks are 0 or -1 a lane.
#pragma once

#include "dsp/lanes.h"

namespace tessera {

using Samples = LanesOf<int16_t, 8>;
using SamplesU = LanesOf<uint16_t, 8>;
using SampleBytes = LanesOf<uint8_t, 8>;

TESSERA_INLINE Samples splat(int v) {
  return Samples{} + static_cast<int16_t>(v);
}
TESSERA_INLINE Samples lanes_min(Samples a, Samples b) {
  return a < b ? a : b;
}
TESSERA_INLINE Samples lanes_max(Samples a, Samples b) {
  return a > b ? a : b;
}
TESSERA_INLINE Samples lanes_abs(Samples a) {
  return lanes_max(a, -a);
}
/// Lanes of `a` where the mask is set, of `b` elsewhere.
TESSERA_INLINE Samples lanes_select(Samples mask, Samples a, Samples b) {
  return (mask & a) | (~mask & b);
}

TESSERA_INLINE bool lanes_any(Samples mask) {
  uint64_t halves[2];
  std::memcpy(halves, &mask, sizeof mask);
  return (halves[0] | halves[1]) != 0;
}

/// N (4 or 8) samples; the other lanes are zero.
template <int N, class T>
TESSERA_INLINE Samples load_samples(const T* src) {
  if constexpr (sizeof(T) == 1) {
    SampleBytes bytes = {};
    std::memcpy(&bytes, src, N);
    return __builtin_convertvector(bytes, Samples);
  } else {
    Samples v = {};
    std::memcpy(&v, src, N * sizeof(T));
    return v;
  }
}
/// The first N (4 or 8) lanes, which are in the range of T.
template <int N, class T>
TESSERA_INLINE void store_samples(T* dst, Samples v) {
  if constexpr (sizeof(T) == 1) {
    const SampleBytes bytes = __builtin_convertvector(v, SampleBytes);
    std::memcpy(dst, &bytes, N);
  } else {
    std::memcpy(dst, &v, N * sizeof(T));
  }
}

/// Lane j of v[ i ] changes places with lane i of v[ j ].
TESSERA_INLINE void transpose_samples(Samples (&v)[8]) {
  for (int stage = 0; stage < 3;
       stage++) {  // each interleaving of i with i + 4 rotates the six index bits by one
    Samples w[8];
    for (int i = 0; i < 4; i++) {
      w[2 * i] = __builtin_shufflevector(v[i], v[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
      w[2 * i + 1] = __builtin_shufflevector(v[i], v[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
    }
    for (int i = 0; i < 8; i++) v[i] = w[i];
  }
}

}  // namespace tessera
