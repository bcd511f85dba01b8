// Adaptation of a CDF to a coded symbol, on the inverted and condensed form.
#pragma once

#include "base/int_math.h"
#include "entropy/cdf_context.h"

namespace tessera {

namespace detail {

typedef uint16_t Words4 __attribute__((vector_size(8)));
typedef uint16_t Words8 __attribute__((vector_size(16)));

/// Moves the first `count` lanes, which hold words `first`.. of a CDF, towards 32768 below `symbol` and
/// towards 0 from there on.
template <class Words>
inline Words adapted(Words w, int symbol, int rate, int first, int count) {
  using Lanes = decltype(Words{} < Words{});  // signed: what the instruction set compares fastest
  Lanes lane;
  Words live;
  for (int i = 0; i < int{sizeof(Words) / 2}; ++i) {
    lane[i] = static_cast<int16_t>(first + i);
    live[i] = i < count ? 0xffff : 0;
  }
  const Words below = reinterpret_cast<Words>(lane < static_cast<int16_t>(symbol));
  const Words up = (static_cast<uint16_t>(32768) - w) >> static_cast<uint16_t>(rate);
  const Words down = w >> static_cast<uint16_t>(rate);
  return w + (((up & below) - (down & ~below)) & live);
}

}  // namespace detail

/// spec 8.2.6: the cumulative distribution is updated. Larger CDFs are handled 8 or 16 words at a time, so
/// `cdf` must be part of a CdfContext.
template <int N>
inline void adapt_cdf(Cdf<N>& cdf, int symbol) {
  uint16_t* const w = cdf.w;
  const int count = w[N - 1];
  const int rate = 3 + (count > 15) + (count > 31) + std::min(floor_log2(N), 2);
  const auto next_count = static_cast<uint16_t>(count + (count < 32));
  if constexpr (N == 2) {
    // symbol ? w + ((32768 - w) >> rate) : w - (w >> rate), without a branch that nothing could predict.
    const int one = -symbol;
    const int step = (((w[0] ^ one) - one) + (one & 32768)) >> rate;
    w[0] = static_cast<uint16_t>(w[0] + ((step ^ ~one) - ~one));
  } else if constexpr (N <= 4) {
    detail::Words4 words;
    std::memcpy(&words, w, sizeof words);
    words = detail::adapted(words, symbol, rate, 0, N - 1);
    std::memcpy(w, &words, sizeof words);
  } else {
    detail::Words8 words;
    std::memcpy(&words, w, sizeof words);
    words = detail::adapted(words, symbol, rate, 0, std::min(N - 1, 8));
    std::memcpy(w, &words, sizeof words);
    if constexpr (N > 9) {
      std::memcpy(&words, w + 8, sizeof words);
      words = detail::adapted(words, symbol, rate, 8, N - 9);
      std::memcpy(w + 8, &words, sizeof words);
    }
  }
  w[N - 1] = next_count;
}

}  // namespace tessera
