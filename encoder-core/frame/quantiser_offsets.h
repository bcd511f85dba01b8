// What the superblocks of a picture add to the frame's qindex.
#pragma once

#include "frame/plane.h"
#include "frame/quantiser_region.h"
#include "spec/frame_header.h"

namespace tessera {

class QuantiserOffsets {
 public:
  /// Makes room for a picture; no superblock has an offset. Allocates only when the picture's size changes.
  void start(const PictureFormat& format);
  /// The same offsets as another's.
  void start(const QuantiserOffsets& like);
  /// Superblocks that the region touches get `offset`, -255 .. 255, unless they have a lower one.
  void add(const QuantiserRegion& region, int offset);
  /// One superblock gets `offset`, -255 .. 255, on top of what it has.
  void add(int sb_col, int sb_row, int offset);

  /// delta_q_present where some offset is not 0, and the coarsest delta_q_res in which all can be told.
  DeltaParams delta_params() const;
  /// 1 .. 255: base + offset, or the nearest within these limits that is whole steps of `delta_q_res` away from the base,
  /// so that it can be reached from every other superblock's.
  int qindex(int base_q_idx, int delta_q_res, int sb_col, int sb_row) const;

 private:
  static constexpr int16_t kNone = 256;  ///< higher than any

  Array2d<int16_t> offset_;  ///< by superblock
  PictureFormat format_;
  bool added_ = false;       ///< else what offset_ holds is old
};

}  // namespace tessera
