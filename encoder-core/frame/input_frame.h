// A picture as the caller lends it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "frame/frame_metadata.h"
#include "frame/quantiser_region.h"

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
  int64_t duration_ns = -1;      ///< until the next picture, as far as known; -1: unknown
  bool force_key_frame = false;
  FrameMetadata metadata;        ///< copied before send_frame() returns
  /// Where to code finer or coarser; copied before send_frame() returns. Superblocks of 64x64 that several touch take the
  /// finest. Without effect on lossless frames.
  const QuantiserRegion* regions = nullptr;
  int num_regions = 0;
  /// True: the encoder may keep reading the planes after send_frame() returns and calls `release` when done.
  /// False: it copies what it needs before send_frame() returns.
  bool may_hold = false;
  void* lease = nullptr;
  void (*release)(void* lease) = nullptr;
};

}  // namespace tessera
