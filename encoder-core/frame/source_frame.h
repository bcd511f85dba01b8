// A picture to be coded: its samples where they lie (lent by the caller, or a pooled copy), and an 8-bit luma
// pyramid made once, on which look-ahead and the first stages of motion search work at any depth.
#pragma once

#include "frame/input_frame.h"
#include "base/array2d.h"
#include "frame/plane.h"

namespace tessera {

inline constexpr int kPyramidLevels = 2;   ///< half and quarter size
inline constexpr int kPyramidMargin = 32;  ///< replicated samples around each level

struct LumaPyramid {
  Array2d<uint8_t> level[kPyramidLevels];  ///< [ 0 ] half, [ 1 ] quarter of width and height, rounded up
};

template <Pixel P>
struct SourceFrame {
  PictureFormat format;
  PlaneView<const P> plane[kPlanes];  ///< exactly the picture; no margin, any stride
  Picture<P> copy;                    ///< owner of the samples that were not lent in place
  LumaPyramid pyramid;
  InputFrame input;                   ///< its lease is released when coding no longer needs the samples
  bool leased = false;
  uint64_t display_index = 0;
};

}  // namespace tessera
