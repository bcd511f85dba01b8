// The symbol decoder of section 8.2, word for word: slow, and independent of the encoder's arithmetic. CDFs
// are in the specification's form, N + 1 words.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tessera::test {

class SymbolDecoder {
 public:
  /// spec 8.2.2: init_symbol( sz ).
  SymbolDecoder(const uint8_t* data, size_t sz, bool disable_cdf_update = false)
      : data_(data), disable_cdf_update_(disable_cdf_update) {
    const int num_bits = static_cast<int>(std::min<size_t>(sz * 8, 15));
    const int buf = f(num_bits);
    const int padded_buf = buf << (15 - num_bits);
    symbol_value_ = ((1 << 15) - 1) ^ padded_buf;
    symbol_range_ = 1 << 15;
    symbol_max_bits_ = 8 * static_cast<int64_t>(sz) - 15;
  }

  /// spec 8.2.6: read_symbol( cdf ).
  int read_symbol(uint16_t* cdf, int n) {
    int cur = symbol_range_, prev, symbol = -1;
    do {
      symbol++;
      prev = cur;
      const int f = (1 << 15) - cdf[symbol];
      cur = ((symbol_range_ >> 8) * (f >> 6)) >> (7 - 6);
      cur += 4 * (n - symbol - 1);
    } while (symbol_value_ < cur);
    symbol_range_ = prev - cur;
    symbol_value_ = symbol_value_ - cur;
    int bits = 0;
    while ((symbol_range_ << bits) < (1 << 15)) bits++;
    symbol_range_ <<= bits;
    const int num_bits = static_cast<int>(std::min<int64_t>(bits, std::max<int64_t>(0, symbol_max_bits_)));
    const int new_data = f(num_bits);
    const int padded_data = new_data << (bits - num_bits);
    symbol_value_ = padded_data ^ (((symbol_value_ + 1) << bits) - 1);
    symbol_max_bits_ -= bits;
    if (!disable_cdf_update_) update(cdf, n, symbol);
    return symbol;
  }

  /// The update of read_symbol on its own.
  static void update(uint16_t* cdf, int n, int symbol) {
    int floor_log2_n = 0;
    while ((n >> (floor_log2_n + 1)) > 0) floor_log2_n++;
    const int rate = 3 + (cdf[n] > 15) + (cdf[n] > 31) + std::min(floor_log2_n, 2);
    int tmp = 0;
    for (int i = 0; i < n - 1; i++) {
      tmp = (i == symbol) ? (1 << 15) : tmp;
      if (tmp < cdf[i])
        cdf[i] = static_cast<uint16_t>(cdf[i] - ((cdf[i] - tmp) >> rate));
      else
        cdf[i] = static_cast<uint16_t>(cdf[i] + ((tmp - cdf[i]) >> rate));
    }
    cdf[n] = static_cast<uint16_t>(cdf[n] + (cdf[n] < 32));
  }

  /// spec 8.2.3: read_bool( ), and the CDF of split_or_horz and its kind.
  int read_bool(int cdf0 = 1 << 14) {
    uint16_t cdf[3] = {static_cast<uint16_t>(cdf0), 1 << 15, 0};
    return read_symbol(cdf, 2);
  }
  /// spec 8.2.5: read_literal( n ).
  uint32_t read_literal(int n) {
    uint32_t x = 0;
    for (int i = 0; i < n; i++) x = 2 * x + static_cast<uint32_t>(read_bool());
    return x;
  }

  /// spec 8.2.4: exit_symbol( ). Whether the stream ends as it must.
  bool exit_symbol() {
    if (symbol_max_bits_ < -14) return false;
    const int64_t trailing = position_ - std::min<int64_t>(15, symbol_max_bits_ + 15);
    position_ += std::max<int64_t>(0, symbol_max_bits_);
    if (position_ % 8 != 0 || bit(trailing) != 1) return false;
    for (int64_t x = trailing + 1; x < position_; x++)
      if (bit(x) != 0) return false;
    return true;
  }

 private:
  int bit(int64_t position) const { return (data_[position / 8] >> (7 - position % 8)) & 1; }
  int f(int n) {
    int x = 0;
    for (int i = 0; i < n; i++) x = 2 * x + bit(position_++);
    return x;
  }

  const uint8_t* data_;
  bool disable_cdf_update_;
  int64_t position_ = 0;
  int symbol_value_, symbol_range_;
  int64_t symbol_max_bits_;
};

}  // namespace tessera::test
