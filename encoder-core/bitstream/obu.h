// Open bitstream units of the low-overhead format: header, size, payload.
#pragma once

#include "bitstream/bit_writer.h"
#include "spec/enums.h"

namespace tessera {

/// spec 5.3.3: obu_extension_header( ). Absent unless the stream has layers.
struct ObuExtension {
  bool present = false;
  uint8_t temporal_id = 0;
  uint8_t spatial_id = 0;
};

/// spec 5.3.2: obu_header( ) with obu_has_size_field = 1.
void write_obu_header(BitWriter& w, ObuType type, const ObuExtension& ext);

/// One OBU appended to `out`: the header at once, obu_size when it ends, with the payload moved up by the
/// length of its leb128 (only when that is longer than the byte kept for it).
class SizedObu {
 public:
  SizedObu(ByteVector& out, ObuType type, const ObuExtension& ext = {});
  SizedObu(const SizedObu&) = delete;
  SizedObu& operator=(const SizedObu&) = delete;
  ~SizedObu();

  BitWriter& bits() { return bits_; }

 private:
  ByteVector& out_;
  BitWriter bits_;
  size_t payload_start_;
};

/// spec 5.6: temporal_delimiter_obu( ).
void write_temporal_delimiter(ByteVector& out);

}  // namespace tessera
