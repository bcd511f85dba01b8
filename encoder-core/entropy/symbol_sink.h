// Where syntax goes: the writers in block/ are templates over a SymbolSink, which writes bits or counts them.
#pragma once

#include <concepts>

#include "base/int_math.h"
#include "entropy/cdf_context.h"

namespace tessera {

/// symbol(cdf, value)             S(): codes 0 <= value < N and, unless the sink is frozen, adapts `cdf`, a
/// member of
///                                the CdfContext that the sink was made for.
/// boolean(word, bit)             a bit of a CDF that is not stored: `word` is 32768 * P(bit = 1).
/// boolean_equiprobable(bit)      L(1)
/// literal(value, bits)           L(n), most significant bit first, 0 <= bits <= 32
/// Sinks are copied: a loop may work on one of its own and put it back.
template <class S>
concept SymbolSink = requires(S& sink, Cdf<2>& two, Cdf<16>& sixteen, int value, uint16_t word,
                              uint32_t bits) {
  sink.symbol(two, value);
  sink.symbol(sixteen, value);
  sink.boolean(word, value);
  sink.boolean_equiprobable(value);
  sink.literal(bits, value);
};

/// spec 5.11.39: golomb_length_bit and golomb_data_bit. `x` >= 1 is the level minus 14.
template <SymbolSink Sink>
void write_golomb(Sink& sink, uint32_t x) {
  const int length = floor_log2(x) + 1;
  sink.literal(0, length - 1);
  sink.literal(x, length);
}

/// spec 4.10.10: NS(n), a value of 0..n-1.
template <class Sink>
void write_ns(Sink& sink, uint32_t n, uint32_t value) {
  const int w = floor_log2(n) + 1;
  const uint32_t short_codes = (1u << w) - n;
  if (value < short_codes)
    sink.literal(value, w - 1);
  else
    sink.literal(value + short_codes, w);
}

}  // namespace tessera
