#include "bitstream/bit_writer.h"

#include "base/check.h"
#include "base/int_math.h"

namespace tessera {

void BitWriter::f(int n, uint32_t value) {
  check(n >= 0 && n <= 32 && (n == 32 || value >> n == 0), "value does not fit its field");
  while (n > 0) {
    if (bits_in_last_byte_ == 0) out_.push_back(0);
    const int room = 8 - bits_in_last_byte_;
    const int take = std::min(n, room);
    const uint32_t chunk = value >> (n - take) & ((1u << take) - 1);
    out_.back() = static_cast<uint8_t>(out_.back() | chunk << (room - take));
    bits_in_last_byte_ = (bits_in_last_byte_ + take) & 7;
    n -= take;
  }
}

void BitWriter::su(int n, int value) {
  check(value >= -(1 << (n - 1)) && value < 1 << (n - 1), "value does not fit its signed field");
  f(n, static_cast<uint32_t>(value) & ((1u << n) - 1));
}

void BitWriter::ns(uint32_t n, uint32_t value) {
  check(n > 0 && value < n, "value outside its non-symmetric range");
  const int w = floor_log2(n) + 1;
  const uint32_t m = (1u << w) - n;
  if (value < m)
    f(w - 1, value);
  else
    f(w, value + m);
}

void BitWriter::uvlc(uint32_t value) {
  check(value != UINT32_MAX, "value outside uvlc");
  const int leading_zeros = floor_log2(value + 1);
  f(leading_zeros, 0);
  f(leading_zeros + 1, value + 1);
}

void BitWriter::le(int bytes, uint32_t value) {
  check(aligned() && (bytes == 4 || value >> 8 * bytes == 0), "value does not fit its bytes");
  for (int i = 0; i < bytes; i++) out_.push_back(static_cast<uint8_t>(value >> 8 * i));
}

void BitWriter::leb128(uint32_t value) {
  check(aligned(), "leb128 off a byte boundary");
  for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<uint8_t>(value | 0x80));
  out_.push_back(static_cast<uint8_t>(value));
}

void BitWriter::bytes(Span<const uint8_t> data) {
  check(aligned(), "bytes off a byte boundary");
  out_.insert(out_.end(), data.begin(), data.end());
}

void BitWriter::trailing_bits() {
  f(1, 1);
  byte_alignment();
}

int leb128_size(uint32_t value) {
  int n = 1;
  for (; value >= 0x80; value >>= 7) n++;
  return n;
}

}  // namespace tessera
