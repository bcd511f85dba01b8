// A logarithm for decisions, which must be the same on every machine.
#pragma once

#include <bit>
#include <cstdint>

namespace tessera {

/// Within 0.001 of log2( x ) for positive normal x, and the same on every machine.
inline float fast_log2(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const float m = std::bit_cast<float>((bits & 0x7fffff) | 0x3f800000);  // 1 .. 2
  const float fraction = -2.153620718f + (3.047884161f + (-1.051875031f + 0.1582487046f * m) * m) * m;
  return static_cast<float>(static_cast<int>(bits >> 23) - 127) + fraction;
}

}  // namespace tessera
