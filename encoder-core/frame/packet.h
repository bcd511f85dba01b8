// A temporal unit as the caller gets it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera {

/// One temporal unit: exactly one shown frame, hidden frames in front of it. The bytes belong to the encoder
/// and stay valid until the packet is given back with Encoder::recycle().
struct Packet {
  const uint8_t* data = nullptr;
  size_t size = 0;
  uint64_t frame_id = 0;
  bool key_frame = false;        ///< a shown key frame: decoding can start here
  bool has_sequence_header = false;
  bool droppable = false;        ///< no other frame depends on it
  uint8_t base_q_idx = 0;        ///< of the shown frame
  uint8_t coded_frames = 1;      ///< frame headers with tile data in this unit (0 for a bare show-existing)
  void* slot = nullptr;          ///< encoder's own
  /// With EncoderConfig::keep_reconstruction: the shown picture, tightly packed planes, 1 or 2 bytes a sample.
  const uint8_t* reconstruction = nullptr;
  size_t reconstruction_size = 0;
};

}  // namespace tessera
