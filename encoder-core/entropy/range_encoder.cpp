#include "entropy/range_encoder.h"

#include <cmath>

namespace tessera {

void RangeEncoder::carry(ByteBuffer& buffer) {
  uint8_t* last = buffer.data() + buffer.size();
  while (++*--last == 0) {
  }
}

uint64_t RangeEncoder::flush(ByteBuffer& buffer, uint64_t low, int pending) {
  const uint64_t top = low >> (15 + pending);
  if (top >> 32) carry(buffer);
  const uint32_t big_endian = __builtin_bswap32(static_cast<uint32_t>(top));
  std::memcpy(buffer.extend(4), &big_endian, 4);
  return low & ((uint64_t{1} << (15 + pending)) - 1);
}

size_t RangeEncoder::finish() {
  // The exit process finds a 1 with weight 2^14 of the interval, and zeros from there on: the smallest such
  // code word that is not below low_. It lies inside the interval, whose range is at least 2^15.
  const uint64_t code = ((low_ + 0x3fff) >> 14) | 1;
  const int bits = pending_ + 1, bytes = (bits + 7) / 8;
  const uint64_t padded = code << (8 * bytes - bits);
  if (padded >> (8 * bytes)) carry(*buffer_);
  uint8_t* const out = buffer_->extend(bytes);
  for (int i = 0; i < bytes; ++i) out[i] = static_cast<uint8_t>(padded >> (8 * (bytes - 1 - i)));
  return buffer_->size() - start_;
}

uint64_t RangeEncoder::bits512() const {
  const double whole = 8.0 * static_cast<double>(buffer_->size() - start_) + pending_ + 15;
  return static_cast<uint64_t>(std::lround(512 * (whole - std::log2(range_))));
}

#ifdef TESSERA_SYMBOL_TRACE
void RangeEncoder::trace(int symbols, int value, const uint16_t* words) const {
  const uint16_t* const base = reinterpret_cast<const uint16_t*>(context_);
  const uint16_t offset = words ? static_cast<uint16_t>(words - base) : SymbolRecord::kNoOffset;
  trace_(trace_user_,
         {offset, static_cast<uint8_t>(symbols), static_cast<uint8_t>(value), static_cast<uint16_t>(range_)});
}
#endif

}  // namespace tessera
