// Chooses CDEF strengths for the frame and one of them for every 64x64 block, from the quantiser or tried.
#pragma once

#include "base/worker_pool.h"
#include "filter/cdef_pass.h"
#include "frame/frame_plan.h"

namespace tessera {

inline constexpr int kMaxCdefCandidates = 12;
/// Chroma planes are tried and signalled as one.
enum CdefPlaneKind : uint8_t { CDEF_LUMA, CDEF_CHROMA, CDEF_PLANE_KINDS };

/// Squared errors of one 64x64 block by strength candidate.
using CdefErrors = Table2<uint64_t, CDEF_PLANE_KINDS, kMaxCdefCandidates>;

/// Memory of a search, reused from frame to frame.
struct CdefTrial {
  std::vector<CdefErrors> errors;  ///< raster of superblocks
  std::vector<int> filtered;       ///< those that have anything to filter

  void make_room(int superblocks) {
    errors.resize(static_cast<size_t>(superblocks));
    filtered.reserve(static_cast<size_t>(superblocks));
  }
};

/// Sets frame.header.cdef and frame.cdef_idx (-1 where everything is skipped) for the deblocked
/// reconstruction.
template <Pixel P>
void choose_cdef(FrameWork<P>& frame, const FramePlan& plan, const DspTable<P>& dsp, WorkerPool& workers,
                 CdefTrial& trial);

/// The strengths that suit a quantiser: [ CdefPlaneKind ].
Array<CdefStrength, CDEF_PLANE_KINDS> cdef_strengths_of_quantiser(const FrameHeader& header);

#define TESSERA_DECLARE(P)                                                                           \
  extern template void choose_cdef(FrameWork<P>&, const FramePlan&, const DspTable<P>&, WorkerPool&, \
                                   CdefTrial&);
TESSERA_DECLARE(uint8_t)
TESSERA_DECLARE(uint16_t)
#undef TESSERA_DECLARE

}  // namespace tessera
