// Bits of the headers: the descriptors of section 4.10 in the writing direction, appended to a byte vector
// that its owner clears and reuses from frame to frame.
#pragma once

#include <cstdint>
#include <vector>

#include "base/view.h"

namespace tessera {

using ByteVector = std::vector<uint8_t>;

class BitWriter {
 public:
  /// Appends to `out`, which must outlive the writer; starts on a byte boundary.
  explicit BitWriter(ByteVector& out) : out_(out) {}

  /// spec 4.10.2: f(n), most significant bit first; 0 <= n <= 32, value < 2^n.
  void f(int n, uint32_t value);
  void flag(bool value) { f(1, value); }
  /// spec 4.10.6: su(n), two's complement in n bits.
  void su(int n, int value);
  /// spec 4.10.7: ns(n), value in 0..n-1.
  void ns(uint32_t n, uint32_t value);
  /// spec 4.10.3: uvlc(), value < 2^32 - 1.
  void uvlc(uint32_t value);
  /// spec 4.10.4: le(n), n bytes, least significant first; the writer must be byte aligned.
  void le(int bytes, uint32_t value);
  /// spec 4.10.5: leb128(), the shortest form; byte aligned.
  void leb128(uint32_t value);
  /// Copies whole bytes; byte aligned.
  void bytes(Span<const uint8_t> data);
  /// spec 5.3.5: byte_alignment( ).
  void byte_alignment() { bits_in_last_byte_ = 0; }
  /// spec 5.3.4: trailing_bits( ) up to the next byte boundary.
  void trailing_bits();

  bool aligned() const { return bits_in_last_byte_ == 0; }
  size_t byte_position() const { return out_.size(); }

 private:
  ByteVector& out_;
  int bits_in_last_byte_ = 0;  ///< 0: the next bit opens a byte
};

/// Length in bytes of leb128( value ).
int leb128_size(uint32_t value);

}  // namespace tessera
