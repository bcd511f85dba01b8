// The range coder: the mirror of section 8.2's symbol decoder.
#pragma once

#include "base/check.h"
#include "entropy/byte_buffer.h"
#include "entropy/cdf_adapt.h"
#include "entropy/symbol_sink.h"

namespace tessera {

#ifdef TESSERA_SYMBOL_TRACE
/// One coded symbol, as a decoder can report it too. `offset` is the CDF's place in its context (see
/// cdf_info), or kNoOffset for a boolean; `range` is SymbolRange before the symbol.
struct SymbolRecord {
  static constexpr uint16_t kNoOffset = 0xffff;
  uint16_t offset;
  uint8_t symbols, value;
  uint16_t range;
};
using SymbolTraceFn = void (*)(void* user, const SymbolRecord& record);
#endif

/// Appends one tile's symbols to a buffer. The buffer must not be touched until finish(). A loop may go on with a copy, if it
/// puts that back.
class RangeEncoder {
 public:
  /// `adapt` is !disable_cdf_update.
  RangeEncoder(ByteBuffer& buffer, CdfContext& context, bool adapt = true)
      : buffer_(&buffer), context_(&context), start_(buffer.size()), adapt_(adapt) {}

  template <int N>
  void symbol(Cdf<N>& cdf, int value) {
    check(value >= 0 && value < N, "symbol outside its alphabet");
    // Shifted, word N-1, the counter of at most 32, becomes the 0 that belongs there.
    const int first = (value - 1) >> 31;  // all ones for symbol 0: a select that stays free of branches
    const uint32_t above = part(cdf.w[value - 1 - first], N - value);
    const uint32_t high = above ^ ((above ^ range_) & static_cast<uint32_t>(first));
    encode(high, part(cdf.w[value], N - value - 1), N, value, cdf.w);
    if (adapt_) adapt_cdf(cdf, value);
  }
  void boolean(uint16_t word, int bit) {
    const uint32_t split = part(word, 1);
    encode(bit ? split : range_, bit ? 0 : split, 2, bit, nullptr);
  }
  void boolean_equiprobable(int bit) { boolean(1 << 14, bit); }
  void literal(uint32_t value, int bits) {
    while (bits-- > 0) boolean_equiprobable((value >> bits) & 1);
  }

  /// spec 8.2.4: writes what is left and the trailing bit, and returns the number of bytes of this tile.
  size_t finish();

  /// Bits so far, the fraction included in 1/512 bit.
  uint64_t bits512() const;

#ifdef TESSERA_SYMBOL_TRACE
  void set_trace(SymbolTraceFn fn, void* user) {
    trace_ = fn;
    trace_user_ = user;
  }
#endif

 private:
  /// spec 8.2.6: `cur` for the inverse cumulative probability `word` with `symbols_left` after it.
  uint32_t part(int word, int symbols_left) const {
    return (((range_ >> 8) * static_cast<uint32_t>(word >> 6)) >> 1) +
           4 * static_cast<uint32_t>(symbols_left);
  }

  /// Narrows the interval to its part from range_ - high to range_ - low.
  void encode(uint32_t high, uint32_t low, [[maybe_unused]] int symbols, [[maybe_unused]] int value,
              [[maybe_unused]] const uint16_t* words) {
#ifdef TESSERA_SYMBOL_TRACE
    if (trace_) trace(symbols, value, words);
#endif
    low_ += range_ - high;
    range_ = high - low;
    const int shift = 15 ^ floor_log2(range_);  // up to 15, so that this is their difference
    range_ <<= shift;
    low_ <<= shift;
    pending_ += shift;
    if (pending_ > 32) {
      pending_ -= 32;
      low_ = flush(*buffer_, low_, pending_);
    }
  }

  /// Writes all but `pending` of the pending bits of `low`, 32 of them, and returns what is left. At least one is: with less,
  /// an interval of nearly 2^16 could carry twice.
  static uint64_t flush(ByteBuffer& buffer, uint64_t low, int pending);
  static void carry(ByteBuffer& buffer);
#ifdef TESSERA_SYMBOL_TRACE
  void trace(int symbols, int value, const uint16_t* words) const;
#endif

  ByteBuffer* buffer_;
  [[maybe_unused]] CdfContext* context_;
  size_t start_;
  uint64_t low_ = 0;          ///< 15 + pending_ bits of the code word's lower bound, and a carry
  uint32_t range_ = 1 << 15;  ///< SymbolRange
  int pending_ = 0;           ///< bits of low_ that are decided but for a carry, at most 32 between symbols
  bool adapt_;
#ifdef TESSERA_SYMBOL_TRACE
  SymbolTraceFn trace_ = nullptr;
  void* trace_user_ = nullptr;
#endif
};
static_assert(SymbolSink<RangeEncoder>);

}  // namespace tessera
