// Adaptation of a CDF to a coded symbol, on the inverted and condensed form.
#pragma once

#include "base/int_math.h"
#include "entropy/cdf_context.h"

namespace tessera {

namespace detail {

typedef uint16_t Words4 __attribute__((vector_size(8)));
typedef uint16_t Words8 __attribute__((vector_size(16)));

/// Moves the first `count` lanes, which hold words `first`.. of a CDF, towards 32768 below `symbol` and
/// towards 0 from there on. More lanes than there are: all.
template <int kFirst, int kCount, class Words>
inline Words adapted(Words w, int symbol, int rate) {
  using Lanes = decltype(Words{} < Words{});  // signed: what the instruction set compares fastest
  constexpr int kLanes = sizeof(Words) / 2;
  Lanes lane;
  Words live;
  for (int i = 0; i < kLanes; ++i) {
    lane[i] = static_cast<int16_t>(kFirst + i);
    live[i] = i < kCount ? 0xffff : 0;
  }
  const Words below = reinterpret_cast<Words>(lane < static_cast<int16_t>(symbol));
  const Words up = (static_cast<uint16_t>(32768) - w) >> static_cast<uint16_t>(rate);
  const Words down = w >> static_cast<uint16_t>(rate);
  const Words change = (up & below) - (down & ~below);
  return w + (kCount < kLanes ? change & live : change);
}

}  // namespace detail

/// spec 8.2.6: the cumulative distribution is updated. Larger CDFs are handled 8 or 16 words at a time, so
/// `cdf` must be part of a CdfContext.
template <int N>
inline void adapt_cdf(Cdf<N>& cdf, int symbol) {
  uint16_t* const w = cdf.w;
  const int count = w[N - 1];
  const int rate = 3 + std::min(floor_log2(N), 2) + (count >> 4);  // one more from 16 on and at 32, where it stops
  const auto next_count = static_cast<uint16_t>(count + 1 - (count >> 5));
  if constexpr (N == 2) {
    // symbol ? w + ((32768 - w) >> rate) : w - (w >> rate), without a branch that nothing could predict.
    const int one = -symbol;
    const int step = (((w[0] ^ one) - one) + (one & 32768)) >> rate;
    w[0] = static_cast<uint16_t>(w[0] + ((step ^ ~one) - ~one));
    w[1] = next_count;
  } else {
    // The counter goes along: stored apart it would hold up the next load of the whole.
    using Words = std::conditional_t<N <= 4, detail::Words4, detail::Words8>;
    constexpr int kLanes = sizeof(Words) / 2;
    Words words;
    std::memcpy(&words, w, sizeof words);
    words = detail::adapted<0, N>(words, symbol, rate);
    if constexpr (N <= kLanes) words[N - 1] = next_count;
    std::memcpy(w, &words, sizeof words);
    if constexpr (N > kLanes) {
      std::memcpy(&words, w + kLanes, sizeof words);
      words = detail::adapted<kLanes, N - kLanes>(words, symbol, rate);
      words[N - 1 - kLanes] = next_count;
      std::memcpy(w + kLanes, &words, sizeof words);
    }
  }
}

}  // namespace tessera
