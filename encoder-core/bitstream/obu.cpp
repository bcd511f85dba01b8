#include "bitstream/obu.h"

namespace tessera {

/// spec 5.3.2: OBU header syntax.
void write_obu_header(BitWriter& w, ObuType type, const ObuExtension& ext) {
  w.f(1, 0);  // obu_forbidden_bit
  w.f(4, type);
  w.flag(ext.present);
  w.f(1, 1);  // obu_has_size_field
  w.f(1, 0);  // obu_reserved_1bit
  if (ext.present) {
    w.f(3, ext.temporal_id);
    w.f(2, ext.spatial_id);
    w.f(3, 0);  // extension_header_reserved_3bits
  }
}

SizedObu::SizedObu(ByteVector& out, ObuType type, const ObuExtension& ext) : out_(out), bits_(out) {
  write_obu_header(bits_, type, ext);
  bits_.f(8, 0);
  payload_start_ = out_.size();
}

SizedObu::~SizedObu() {
  uint32_t size = static_cast<uint32_t>(out_.size() - payload_start_);
  const int length = leb128_size(size);
  out_.insert(out_.begin() + static_cast<ptrdiff_t>(payload_start_), static_cast<size_t>(length - 1), 0);
  uint8_t* at = out_.data() + payload_start_ - 1;
  for (int i = 0; i < length; i++, size >>= 7)
    at[i] = static_cast<uint8_t>((size & 0x7f) | (i + 1 < length ? 0x80 : 0));
}

/// spec 5.6: temporal delimiter OBU syntax.
void write_temporal_delimiter(ByteVector& out) {
  SizedObu obu(out, OBU_TEMPORAL_DELIMITER);
}

}  // namespace tessera
