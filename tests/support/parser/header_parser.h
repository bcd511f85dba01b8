// spec 5.5 and 5.9, reading: sequence headers and frame headers.
#pragma once

#include "spec/frame_header.h"
#include "tests/support/parser/bit_reader.h"
#include "tests/support/parser/frame_state.h"

namespace tessera::parser {

SequenceHeader parse_sequence_header(BitReader& r);

/// Everything a frame header is read against.
struct HeaderContext {
  const SequenceHeader& seq;
  const References& refs;
  int temporal_id = 0, spatial_id = 0;
};

/// spec 5.9.2: uncompressed_header( ).
FrameHeader parse_frame_header(BitReader& r, const HeaderContext& ctx);

/// spec 7.8: set frame refs process.
Array<uint8_t, REFS_PER_FRAME> set_frame_refs(const SequenceHeader& seq, const FrameHeader& hdr,
                                              int last_frame_idx, int gold_frame_idx);

}  // namespace tessera::parser
