// The sequence header as an OBU, and the configuration record that containers carry.
#pragma once

#include "bitstream/bit_writer.h"
#include "spec/sequence_header.h"

namespace tessera {

/// spec 5.5.1: sequence_header_obu( ) with its OBU header.
void write_sequence_header(ByteVector& out, const SequenceHeader& seq);

/// AV1CodecConfigurationRecord of "AV1 Codec ISO Media File Format Binding", section 2.3.3: four bytes, then
/// the sequence header as configOBUs.
void write_av1c(ByteVector& out, const SequenceHeader& seq);

}  // namespace tessera
