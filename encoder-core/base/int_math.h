// Integer helpers of the specification (section 4.7) and alignment arithmetic.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace tessera {

/// spec 4.7: Round2( x, n ), arithmetic shift for signed values.
template <class T>
constexpr T round2(T x, int n) {
  return n == 0 ? x : static_cast<T>((x + (T{1} << (n - 1))) >> n);
}
/// spec 4.7: Round2Signed( x, n ).
template <class T>
constexpr T round2_signed(T x, int n) {
  // A half is rounded away from zero: below it, one less reaches the next.
  return n == 0 ? x : static_cast<T>((x + (T{1} << (n - 1)) - (x < 0)) >> n);
}
template <class T>
constexpr T clip3(T lo, T hi, T x) {
  return x < lo ? lo : x > hi ? hi : x;
}
template <class P>
constexpr P clip_pixel(int x, int bit_depth) {
  const int top = (1 << bit_depth) - 1;
  return static_cast<P>(x < 0 ? 0 : x > top ? top : x);
}
/// spec 4.7: FloorLog2( x ), x > 0.
constexpr int floor_log2(uint32_t x) { return 31 - std::countl_zero(x); }
/// spec 4.7: CeilLog2( x ).
constexpr int ceil_log2(uint32_t x) { return x < 2 ? 0 : 32 - std::countl_zero(x - 1); }
constexpr int align_up(int x, int to) { return (x + to - 1) / to * to; }
constexpr int div_ceil(int x, int by) { return (x + by - 1) / by; }

}  // namespace tessera
