// A whole stream, parsed without reconstruction: OBUs, headers, tiles, reference slots.
#pragma once

#include <memory>

#include "tests/support/parser/container.h"
#include "tests/support/parser/frame_state.h"

namespace tessera::parser {

class StreamParser {
 public:
  explicit StreamParser(Listener& listener) : listener_(listener), refs_(std::make_unique<References>()) {}

  /// Parses the OBUs of a temporal unit (or of several, one after the other). Throws ParseError.
  void parse(Bytes data);

  /// Frames with tile data so far.
  int frames() const { return next_frame_; }
  const References& references() const { return *refs_; }

 private:
  void parse_obu(const Obu& obu);
  int64_t parse_frame_header_obu(const Obu& obu);
  void start_frame(const FrameHeader& hdr);
  void tile_group(Bytes data);
  void finish_frame();
  void show_existing(const FrameHeader& hdr);

  Listener& listener_;
  bool have_sequence_ = false;
  SequenceHeader seq_;
  std::unique_ptr<References> refs_;
  std::unique_ptr<FrameState> frame_;  ///< while a frame is open
  int next_tile_ = 0;
  int next_frame_ = 0;
};

}  // namespace tessera::parser
