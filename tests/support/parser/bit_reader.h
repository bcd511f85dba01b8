// The descriptors of section 4.10, reading.
#pragma once

#include <cstdint>

#include "base/view.h"
#include "tests/support/parser/grid.h"

namespace tessera::parser {

using Bytes = Span<const uint8_t>;

class BitReader {
 public:
  explicit BitReader(Bytes data) : data_(data) {}

  /// spec 8.1: f(n).
  uint32_t f(int n) {
    uint32_t x = 0;
    for (int i = 0; i < n; i++) x = 2 * x + bit();
    return x;
  }
  bool flag() { return f(1) != 0; }
  int su(int n) {
    const int value = static_cast<int>(f(n)), sign = 1 << (n - 1);
    return value & sign ? value - 2 * sign : value;
  }
  uint32_t ns(uint32_t n) {
    int w = 0;
    for (uint32_t x = n; x != 0; x >>= 1) w++;
    const uint32_t m = (1u << w) - n, v = f(w - 1);
    return v < m ? v : (v << 1) - m + f(1);
  }
  uint32_t uvlc() {
    int leading_zeros = 0;
    while (!flag()) leading_zeros++;
    return leading_zeros >= 32 ? UINT32_MAX : f(leading_zeros) + (1u << leading_zeros) - 1;
  }
  uint32_t le(int n) {
    uint32_t t = 0;
    for (int i = 0; i < n; i++) t += f(8) << (8 * i);
    return t;
  }
  uint64_t leb128() {
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
      const uint64_t byte = f(8);
      value |= (byte & 0x7f) << (7 * i);
      if (!(byte & 0x80)) return value;
    }
    throw ParseError("leb128 of more than 8 bytes");
  }
  void byte_alignment() {
    while (position_ & 7) require(f(1) == 0, "zero_bit is one");
  }

  /// In bits from the start.
  int64_t position() const { return position_; }
  int64_t bits_left() const { return 8 * int64_t{data_.size()} - position_; }
  bool bit_at(int64_t pos) const { return (data_.data()[pos >> 3] >> (7 - (pos & 7))) & 1; }
  void skip(int64_t bits) { position_ += bits; }
  /// The bytes from here on; byte aligned.
  Bytes rest() const { return data_.sub(position_ >> 3, data_.size() - (position_ >> 3)); }

 private:
  uint32_t bit() {
    require(position_ < 8 * int64_t{data_.size()}, "read past the end of the data");
    return bit_at(position_++);
  }

  Bytes data_;
  int64_t position_ = 0;
};

}  // namespace tessera::parser
