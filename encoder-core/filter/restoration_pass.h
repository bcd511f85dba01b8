// Loop restoration over a frame (section 7.17), in place: stripes of 64 luma rows in any order and side by side, because
// what they read of each other, deblocked but without CDEF, is saved beforehand.
#pragma once

#include "dsp/dsp_table.h"
#include "frame/frame_work.h"

namespace tessera {

/// spec 5.9.20: may the frame be restored at all?
inline bool allows_restoration(const SequenceHeader& sequence, const FrameHeader& header) {
  return sequence.enable_restoration && !header.all_lossless && !header.allow_intrabc;
}

/// Stripes begin this many luma rows above superblock rows.
inline constexpr int kStripeOffset = 8;
inline int num_stripes(const PictureFormat& format) { return div_ceil(format.height + kStripeOffset, kSbSize); }

/// The two rows on either side of each boundary between stripes, deblocked.
template <Pixel P>
class StripeLines {
 public:
  static constexpr int kRows = 2;  ///< on a side

  void make_room(const PictureFormat& format);
  /// When the frame is deblocked and before its CDEF. Makes room where there is none.
  void save(FrameWork<P>& frame);
  /// Row `y` of a plane counted from the top of `stripe`, -kRows .. kRows - 1; not of the first stripe.
  const P* row(int plane, int stripe, int y) const { return lines_[plane].view().ptr(0, (stripe - 1) * 2 * kRows + kRows + y); }

 private:
  Array2d<P> lines_[kPlanes];
};

/// The part of a stripe in one column of superblocks: what a kernel is called for.
struct StripeBlock {
  int stripe;
  int x, y, width, height;  ///< samples of the plane; no rows where the stripe begins below it
  int plane_width, plane_height;
  int stripe_start, stripe_end;  ///< StripeStartY, StripeEndY

  StripeBlock(const PictureFormat& format, int plane, int stripe, int column);
  /// Columns that kernels make: into the padding of the plane where it is narrower.
  int kernel_width() const { return align_up(width, 8); }
};

/// A block with its border, as the kernels read it.
struct RestorationTile {
  static constexpr int kLeft = 8;  ///< columns before the block: the border, aligned
  alignas(64) int16_t samples[(kRestorationBlock + 2 * kRestorationBorder) * kRestorationStride] = {};

  int16_t* at(int x, int y) { return samples + (y + kRestorationBorder) * kRestorationStride + kLeft + x; }
  const int16_t* at(int x, int y) const { return samples + (y + kRestorationBorder) * kRestorationStride + kLeft + x; }
};

/// spec 7.17.6: fills a tile. `keep_left`: it holds the block on the left, whose last columns become the border.
template <Pixel P>
void load_restoration_tile(FrameWork<P>& frame, const StripeLines<P>& lines, int plane, const StripeBlock& block, bool keep_left,
                           RestorationTile& tile);

/// The restoration unit that a block belongs to.
template <Pixel P>
const RestorationUnit& restoration_unit_of(const FrameWork<P>& frame, int plane, const StripeBlock& block);

/// Memory of the self-guided filter.
struct SelfGuidedScratch {
  BoxSums sums;
  Table2<int16_t, 2, kRestorationBlock * kRestorationStride> differences;
};

/// Restores a stripe of all planes; `lines` were saved.
template <Pixel P>
void restore_stripe(FrameWork<P>& frame, const DspTable<P>& dsp, const StripeLines<P>& lines, int stripe);

#define TESSERA_DECLARE(P)                                                                                                         \
  extern template class StripeLines<P>;                                                                                            \
  extern template void load_restoration_tile(FrameWork<P>&, const StripeLines<P>&, int, const StripeBlock&, bool, RestorationTile&); \
  extern template const RestorationUnit& restoration_unit_of(const FrameWork<P>&, int, const StripeBlock&);                        \
  extern template void restore_stripe(FrameWork<P>&, const DspTable<P>&, const StripeLines<P>&, int);
TESSERA_DECLARE(uint8_t)
TESSERA_DECLARE(uint16_t)
#undef TESSERA_DECLARE

}  // namespace tessera
