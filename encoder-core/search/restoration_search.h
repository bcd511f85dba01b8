// Chooses loop restoration: for every unit none, a Wiener filter or the self-guided one with its coefficients, and the
// units' size, from sums that are gathered once for squares of 64 luma samples.
#pragma once

#include <vector>

#include "base/worker_pool.h"
#include "entropy/cdf_context.h"
#include "filter/restoration_pass.h"
#include "frame/frame_plan.h"

namespace tessera {

inline constexpr int kSelfGuidedSets = 16;
/// Sizes of units: 64 luma samples and their chroma, and twice, four and, for chroma, eight times as much each way.
inline constexpr int kRestorationLevels = 4;

/// What was gathered of one block of a stripe.
struct RestorationSums {
  int samples = 0;
  WienerSums wiener;
  Array<ProjectionSums, kSelfGuidedSets> projection;  ///< of the sets that are tried

  void add(const RestorationSums& other);
};

/// Units of one size in one plane, and what they save.
struct RestorationChoice {
  RestorationType frame_type = RESTORE_NONE;
  double cost = 0;  ///< of error, less than without restoration
  std::vector<RestorationUnit> units;  ///< raster
};

/// Memory of a search, reused from frame to frame.
struct RestorationTrial {
  Array<std::vector<RestorationSums>, kPlanes> blocks;  ///< raster: column, stripe
  Array<std::vector<RestorationSums>, kPlanes> units;   ///< the same of the units at hand
  Array<std::vector<RestorationUnit>, kPlanes> attempt;
  Table2<RestorationChoice, kPlanes, kRestorationLevels> choices;

  void make_room(const PictureFormat& format);
};

/// Sets frame.header.lr and frame.restoration_units() for the reconstruction after CDEF; `lines` were saved before it. `cdfs`: what
/// the frame's tiles start from.
template <Pixel P>
void choose_restoration(FrameWork<P>& frame, const FramePlan& plan, const DspTable<P>& dsp, const StripeLines<P>& lines,
                        const CdfContext& cdfs, WorkerPool& workers, RestorationTrial& trial);

#define TESSERA_DECLARE(P)                                                                                                           \
  extern template void choose_restoration(FrameWork<P>&, const FramePlan&, const DspTable<P>&, const StripeLines<P>&, const CdfContext&, \
                                          WorkerPool&, RestorationTrial&);
TESSERA_DECLARE(uint8_t)
TESSERA_DECLARE(uint16_t)
#undef TESSERA_DECLARE

}  // namespace tessera
