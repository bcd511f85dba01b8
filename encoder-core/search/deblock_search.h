// Chooses the loop filter's levels, from the quantiser or by trial on a part of the frame.
#pragma once

#include <vector>

#include "base/worker_pool.h"
#include "filter/deblock_pass.h"
#include "frame/frame_plan.h"

namespace tessera {

/// Memory of a search, reused from frame to frame.
template <Pixel P>
struct DeblockTrial {
  Picture<P> filtered;
  std::vector<uint64_t> errors;  ///< of superblock rows

  void make_room(const PictureFormat& format) {
    if (filtered.format() == format) return;
    filtered.resize(format, 0);
    errors.reserve(static_cast<size_t>(format.sb_rows()));
  }
};

/// Sets the levels of frame.header from what is reconstructed so far; frame.deblock_edges are found. Sharpness and deltas stay.
template <Pixel P>
void choose_deblock(FrameWork<P>& frame, const FramePlan& plan, const DspTable<P>& dsp, WorkerPool& workers,
                    DeblockTrial<P>& trial);

/// The luma level that suits a quantiser.
int deblock_level_of_quantiser(const FrameHeader& header);

#define TESSERA_DECLARE(P)                                                                              \
  extern template void choose_deblock(FrameWork<P>&, const FramePlan&, const DspTable<P>&, WorkerPool&, \
                                      DeblockTrial<P>&);
TESSERA_DECLARE(uint8_t)
TESSERA_DECLARE(uint16_t)
#undef TESSERA_DECLARE

}  // namespace tessera
