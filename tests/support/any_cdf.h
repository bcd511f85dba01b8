// CDFs of a context picked at run time, for tests that do not care which they are.
#pragma once

#include <utility>
#include <vector>

#include "entropy/cdf_context.h"

namespace tessera::test {

struct CdfPlace {
  int offset;  ///< in words
  int symbols;
};

inline std::vector<CdfPlace> all_cdfs() {
  static CdfContext context;
  std::vector<CdfPlace> places;
  for_each_cdf(context, [&]<int N>(const Cdf<N>& cdf) { places.push_back({cdf_offset(context, cdf), N}); });
  return places;
}

/// Calls f(cdf) with the CDF at `place`, typed.
template <class F>
void with_cdf(CdfContext& context, CdfPlace place, F&& f) {
  uint16_t* const words = reinterpret_cast<uint16_t*>(&context) + place.offset;
  [&]<int... N>(std::integer_sequence<int, N...>) {
    ((place.symbols == N + 2 ? f(*reinterpret_cast<Cdf<N + 2>*>(words)) : void()), ...);
  }
  (std::make_integer_sequence<int, 15>{});
}

/// The same CDF in the specification's form.
inline std::vector<uint16_t> spec_form(const CdfContext& context, CdfPlace place) {
  const uint16_t* const w = reinterpret_cast<const uint16_t*>(&context) + place.offset;
  std::vector<uint16_t> cdf;
  for (int i = 0; i < place.symbols - 1; ++i) cdf.push_back(static_cast<uint16_t>(32768 - w[i]));
  cdf.push_back(32768);
  cdf.push_back(w[place.symbols - 1]);
  return cdf;
}

}  // namespace tessera::test
