// Affine motion models: fitted to a block's neighbours, and taken apart into the shears that prediction
// applies (sections 7.11.3.6 to 7.11.3.8).
#pragma once

#include "base/array.h"
#include "block/warp_samples.h"
#include "dsp/warp_affine.h"
#include "spec/enums.h"

namespace tessera {

/// LocalWarpParams or gm_params: x' = p[2] x + p[3] y + p[0], y' = p[4] x + p[5] y + p[1], in luma samples
/// and 1/65536.
using WarpParams = Array<int, 6>;

/// spec 7.11.3.6: setup shear process. Returns warpValid.
bool setup_shear(const WarpParams& params, WarpShear& shear);

/// spec 7.11.3.8: warp estimation process, for a block with the vector `mv` (Mv[ 0 ]). Returns LocalValid;
/// the model is usable when setup_shear() agrees as well.
bool estimate_local_warp(const WarpSamples& samples, int mi_row, int mi_col, BlockSize size, Mv mv,
                         WarpParams& params);

}  // namespace tessera
