// A temporal unit as the caller gets it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera {

enum class ShownFrameType : uint8_t {
  kKey,           ///< key frame
  kInter,         ///< coded in this unit and shown at once
  kShowExisting,  ///< coded hidden in an earlier unit
};

/// A pyramid's layers, and one to spare.
inline constexpr int kMaxFramesInUnit = 8;

/// One temporal unit: exactly one shown frame, hidden frames in front of it. The bytes belong to the encoder
/// and stay valid until the packet is given back with Encoder::recycle().
struct Packet {
  const uint8_t* data = nullptr;
  size_t size = 0;
  uint64_t frame_id = 0;
  bool key_frame = false;        ///< a shown key frame: decoding can start here
  bool has_sequence_header = false;
  bool droppable = false;        ///< no other frame depends on it
  uint8_t temporal_id = 0;       ///< with temporal_layers: units of higher layers may be left out from any point on
  uint8_t base_q_idx = 0;        ///< of the shown frame
  uint8_t coded_frames = 1;      ///< frame headers with tile data in this unit (0 for a bare show-existing)
  ShownFrameType frame_type = ShownFrameType::kInter;
  /// Where each frame of the unit ends, in bytes; the last is the shown one and ends with the unit.
  uint32_t frame_end[kMaxFramesInUnit] = {};
  uint8_t num_frames = 1;
  /// With EncoderConfig::compute_psnr: squared errors of the shown picture's samples against its source, by plane.
  uint64_t squared_error[3] = {};
  void* slot = nullptr;          ///< encoder's own
  /// With EncoderConfig::keep_reconstruction: the shown picture, tightly packed planes, 1 or 2 bytes a sample.
  const uint8_t* reconstruction = nullptr;
  size_t reconstruction_size = 0;
};

}  // namespace tessera
