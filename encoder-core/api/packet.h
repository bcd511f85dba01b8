// What goes in and what comes out.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tessera {

/// How the samples of an input picture lie in memory. kPlanar and 10 bit: low bits of little-endian words.
enum class PixelLayout : uint8_t {
  kPlanar,          ///< Y, U, V planes (Y alone when monochrome)
  kSemiPlanar,      ///< Y, then interleaved UV (NV12)
  kSemiPlanarHigh,  ///< the same in 16-bit words with the samples in the high bits (P010)
};

/// A picture lent to the encoder. It stays readable until `release` is called (from any thread, once).
struct InputFrame {
  const void* plane[3] = {};
  ptrdiff_t stride_bytes[3] = {};
  PixelLayout layout = PixelLayout::kPlanar;
  uint64_t frame_id = 0;         ///< comes back in the packet that shows this picture
  int64_t pts_ns = -1;           ///< presentation time; -1: unknown
  bool force_key_frame = false;
  /// True: the encoder may keep reading the planes after send_frame() returns and calls `release` when done.
  /// False: it copies what it needs before send_frame() returns.
  bool may_hold = false;
  void* lease = nullptr;
  void (*release)(void* lease) = nullptr;
};

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
