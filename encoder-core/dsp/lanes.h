// Lane vectors: fixed-width SIMD in the compiler's own vector extension. Arithmetic and comparisons work lane by lane;
// the compiler maps them to the registers of its target, whatever that is.
#pragma once

#include <cstring>
#include <utility>

#include "dsp/pixel.h"

// Lanes differ with the instruction set a file is compiled for; so must the names of what is made of them.
#if defined(__AVX2__)
#define TESSERA_LANES lanes8
#else
#define TESSERA_LANES lanes4
#endif

namespace tessera {
inline namespace TESSERA_LANES {

#if defined(__AVX2__)
inline constexpr int kNativeLanes = 8;
#else
inline constexpr int kNativeLanes = 4;
#endif

#define TESSERA_INLINE [[gnu::always_inline]] inline

template <class T, int L>
struct LaneTypes {
  typedef T Vector __attribute__((vector_size(sizeof(T) * L)));
};
template <class T, int L>
using LanesOf = typename LaneTypes<T, L>::Vector;
template <int L>
using Lanes = LanesOf<int32_t, L>;
template <class V>
inline constexpr int kLaneCount = sizeof(V) / sizeof(int32_t);
template <class V>
using UnsignedLanes = LanesOf<uint32_t, kLaneCount<V>>;

template <class V, class T>
TESSERA_INLINE V load_lanes(const T* from) {
  V v;
  std::memcpy(&v, from, sizeof(v));
  return v;
}
template <class V, class T>
TESSERA_INLINE void store_lanes(T* to, V v) {
  std::memcpy(to, &v, sizeof(v));
}
template <class V>
TESSERA_INLINE V clamp_lanes(V v, V low, V high) {
  v = v < low ? low : v;
  return v > high ? high : v;
}
/// Round2 for any n >= 0.
template <class V>
TESSERA_INLINE V round_shift_lanes(V v, int n) {
  return (v + ((1 << n) >> 1)) >> n;
}
/// Transposes a square of lanes in place: lane j of v[i] changes places with lane i of v[j].
TESSERA_INLINE void transpose_lanes(Lanes<4>* v) {
  using V = Lanes<4>;
  const V a = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5), b = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
  const V c = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5), d = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  v[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  v[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  v[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  v[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}
#if defined(__AVX2__)
TESSERA_INLINE void transpose_lanes(Lanes<8>* v) {
  using V = Lanes<8>;
  V p[8], q[8];
  for (int i = 0; i < 8; i += 2) {
    p[i] = __builtin_shufflevector(v[i], v[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    p[i + 1] = __builtin_shufflevector(v[i], v[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 4) {
    q[i] = __builtin_shufflevector(p[i], p[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    q[i + 1] = __builtin_shufflevector(p[i], p[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    q[i + 2] = __builtin_shufflevector(p[i + 1], p[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
    q[i + 3] = __builtin_shufflevector(p[i + 1], p[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (int i = 0; i < 4; ++i) {
    v[i] = __builtin_shufflevector(q[i], q[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    v[i + 4] = __builtin_shufflevector(q[i], q[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}
#endif

/// Calls f<0>() .. f<N-1>().
template <int N, class F>
TESSERA_INLINE void unroll(F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (f.template operator()<I>(), ...);
  }(std::make_integer_sequence<int, N>{});
}

}  // namespace TESSERA_LANES
}  // namespace tessera
