// Random intra block copies for tests of what writes them. Their vectors need not point at anything decoded.
#pragma once

#include <random>

#include "block/ref_mv.h"

namespace tessera {

inline void decide_copy(BlockInfo& info, const RefMvFrame& frame, const TileRect& tile, std::mt19937& rng) {
  const auto random = [&](int n) { return static_cast<int>(rng() % static_cast<unsigned>(n)); };
  info.use_intrabc = info.is_inter = 1;
  info.interp_filter = {BILINEAR, BILINEAR};
  RefMvNeighbourhood near;
  near.prepare(frame, tile, {info.mi_row, info.mi_col, info.size, info.partition});
  RefMvs refs;
  near.find_mv_stack(INTRA_FRAME, NONE, refs);
  const Mv pred = info.mv_ctx.pred_mv[0] = intrabc_pred_mv(refs, tile, info.mi_row);
  const int reach = random(2) ? 4 : 250;
  // Often the same as the prediction in one direction or both.
  info.mv[0] = pred;
  if (random(3)) info.mv[0].row = static_cast<int16_t>(pred.row + 8 * (random(2 * reach + 1) - reach));
  if (random(3)) info.mv[0].col = static_cast<int16_t>(pred.col + 8 * (random(2 * reach + 1) - reach));
}

}  // namespace tessera
