// Hashes of runs of samples that move on by one: a polynomial in kHashFactor, mixed once it is to be looked up.
#pragma once

#include <algorithm>
#include <cstdint>

namespace tessera {

inline constexpr uint32_t kHashFactor = 0x9E3779B1u;

constexpr uint32_t hash_power(uint32_t base, int n) {
  uint32_t p = 1;
  while (n-- > 0) p *= base;
  return p;
}

/// Spreads what the low bits of a polynomial know over all of them; never 0, which means none.
constexpr uint32_t finish_hash(uint32_t h) {
  h = (h ^ h >> 15) * 0xC2B2AE3Du;
  return std::max(h ^ h >> 13, 1u);
}

}  // namespace tessera
