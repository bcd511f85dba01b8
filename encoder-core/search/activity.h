// How much is going on in the parts of a picture, and what error weighs there.
#pragma once

#include "base/worker_pool.h"
#include "dsp/dsp_table.h"
#include "frame/frame_work.h"

namespace tessera {

/// Fills frame.lambda_scale: where little is going on, error shows more and the Lagrangian is lower. `strength`: log2 of the
/// Lagrangian's change per octave of variance (8x8 luma blocks, mean of their logarithms) beyond the picture's mean; at most an
/// octave either way. 0, lossless: 1 throughout.
template <Pixel P>
void scale_by_activity(const DspTable<P>& dsp, float strength, FrameWork<P>& frame, WorkerPool& workers);

extern template void scale_by_activity(const DspTable<uint8_t>&, float, FrameWork<uint8_t>&, WorkerPool&);
extern template void scale_by_activity(const DspTable<uint16_t>&, float, FrameWork<uint16_t>&, WorkerPool&);

}  // namespace tessera
