// spec 8.2: the symbol decoder, written as the specification writes it: CDFs are cumulative, not inverted,
// with the counter behind them.
#pragma once

#include <algorithm>

#include "tests/support/parser/bit_reader.h"

namespace tessera::parser {

class SymbolDecoder {
 public:
  /// spec 8.2.2: init_symbol( sz ) for a tile of `tile.size()` bytes.
  SymbolDecoder(Bytes tile, bool disable_cdf_update)
      : bits_(tile), size_bits_(8 * int64_t{tile.size()}), adapt_(!disable_cdf_update) {
    const int num_bits = static_cast<int>(std::min<int64_t>(size_bits_, 15));
    value_ = ((1 << 15) - 1) ^ (bits_.f(num_bits) << (15 - num_bits));
    max_bits_ = size_bits_ - 15;
  }

  /// SymbolRange.
  uint32_t range() const { return range_; }

  /// spec 8.2.6: read_symbol( cdf ), cdf of n + 1 words.
  int symbol(uint16_t* cdf, int n) {
    uint32_t cur = range_, prev = 0;
    int symbol = -1;
    do {
      symbol++;
      prev = cur;
      const uint32_t f = (1u << 15) - cdf[symbol];
      cur = ((range_ >> 8) * (f >> 6) >> 1) + 4 * static_cast<uint32_t>(n - symbol - 1);
    } while (value_ < cur);
    range_ = prev - cur;
    value_ -= cur;
    renormalize();
    if (adapt_) adapt(cdf, n, symbol);
    return symbol;
  }
  /// spec 8.2.3: read_bool( ).
  int boolean() {
    uint16_t cdf[3] = {1 << 14, 1 << 15, 0};
    return symbol(cdf, 2);
  }

  /// spec 8.2.4: exit_symbol( ), the conformance requirements on what is left.
  void exit() {
    require(max_bits_ >= -14, "symbol decoder read past its padding");
    const int64_t trailing = bits_.position() - std::min<int64_t>(15, max_bits_ + 15);
    require(trailing >= 0 && trailing < size_bits_ && bits_.bit_at(trailing),
            "tile without its trailing bit");
    for (int64_t i = trailing + 1; i < size_bits_; i++) require(!bits_.bit_at(i), "tile padding is not zero");
  }

 private:
  void renormalize() {
    int bits = 0;
    while (range_ << bits < (1u << 15)) bits++;
    range_ <<= bits;
    const int num_bits = static_cast<int>(std::min<int64_t>(bits, std::max<int64_t>(0, max_bits_)));
    const uint32_t padded = bits_.f(num_bits) << (bits - num_bits);
    value_ = padded ^ (((value_ + 1) << bits) - 1);
    max_bits_ -= bits;
  }
  static void adapt(uint16_t* cdf, int n, int symbol) {
    const int rate = 3 + (cdf[n] > 15) + (cdf[n] > 31) + (n >= 4 ? 2 : 1);
    for (int i = 0; i < n - 1; i++) {
      const int target = i >= symbol ? 1 << 15 : 0;
      if (target < cdf[i])
        cdf[i] = static_cast<uint16_t>(cdf[i] - ((cdf[i] - target) >> rate));
      else
        cdf[i] = static_cast<uint16_t>(cdf[i] + ((target - cdf[i]) >> rate));
    }
    cdf[n] = static_cast<uint16_t>(cdf[n] + (cdf[n] < 32));
  }

  BitReader bits_;
  int64_t size_bits_;
  bool adapt_;
  uint32_t value_ = 0;
  uint32_t range_ = 1 << 15;
  int64_t max_bits_ = 0;
};

}  // namespace tessera::parser
