// What squared error of a plane weighs in a picture's Lagrangians.
#pragma once

#include "base/array.h"
#include "base/worker_pool.h"
#include "dsp/dsp_table.h"
#include "frame/frame_work.h"

namespace tessera {

/// Error counts in proportion to the error that its plane is left with: that is what PSNR, a logarithm, makes of it. A smooth
/// plane is left with less at the same step, so that each part of it weighs more. What a plane will be left with
/// is foreseen by reverse water-filling: of each 8x8 coefficient in a part of its blocks the energy, but at most what
/// the step leaves. Weights are in 1/16: 16 for luma, 16 to 128 for chroma.
template <Pixel P>
PlaneWeights plane_weights(const DspTable<P>& dsp, const FrameWork<P>& frame, WorkerPool& workers);

extern template PlaneWeights plane_weights(const DspTable<uint8_t>&, const FrameWork<uint8_t>&, WorkerPool&);
extern template PlaneWeights plane_weights(const DspTable<uint16_t>&, const FrameWork<uint16_t>&, WorkerPool&);

}  // namespace tessera
