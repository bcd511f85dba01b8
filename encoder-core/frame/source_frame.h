// A picture to be coded: its samples where they lie (lent by the caller, or a pooled copy), and an 8-bit luma
// pyramid made once, on which look-ahead and the first stages of motion search work at any depth.
#pragma once

#include <atomic>

#include "base/array2d.h"
#include "dsp/pixel_ops.h"
#include "frame/input_frame.h"
#include "frame/plane.h"
#include "frame/quantiser_offsets.h"

namespace tessera {

inline constexpr int kPyramidLevels = 3;   ///< half, quarter and eighth size
inline constexpr int kPyramidMargin = 32;  ///< replicated samples around each level

struct LumaPyramid {
  Array2d<uint8_t> level[kPyramidLevels];  ///< [ 0 ] half, [ 1 ] quarter, [ 2 ] eighth of width and height, rounded up
};

/// Makes room for the pyramid of a picture.
void resize_luma_pyramid(int width, int height, LumaPyramid& pyramid);
/// Copies all levels, margins included, and makes room for them.
void copy_luma_pyramid(const LumaPyramid& from, LumaPyramid& to);
/// Half, quarter and eighth sizes of `luma`, samples brought to 8 bit, edges replicated into the margins.
template <Pixel P>
void build_luma_pyramid(const PixelOpsTable<P>& ops, PlaneView<const P> luma, int bit_depth, LumaPyramid& pyramid);

template <Pixel P>
struct SourceFrame {
  PictureFormat format;
  PlaneView<const P> plane[kPlanes];  ///< exactly the picture; no margin, any stride
  Picture<P> copy;                    ///< owner of the samples that were not lent in place
  LumaPyramid pyramid;
  QuantiserOffsets offsets;           ///< of its regions
  InputFrame input;                   ///< its lease is released when coding no longer needs the samples
  bool leased = false;
  uint64_t display_index = 0;
  std::atomic<int> readers = 0;       ///< frames whose temporal filter still reads it: it is coded after them

  /// Takes `input` over: reads its planes in place where they are planar and may be held, else copies them.
  void take(const InputFrame& input_frame, const PictureFormat& picture_format, const PixelOpsTable<P>& ops);
  /// Gives the lent planes back; the pyramid stays.
  void release_samples();
};

extern template struct SourceFrame<uint8_t>;
extern template struct SourceFrame<uint16_t>;

}  // namespace tessera
