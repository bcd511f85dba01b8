// What a frame leaves behind for those that refer to it: samples, CDFs, motion vectors and the few header
// values that the specification saves (7.20). Shared, read-only once coded.
#pragma once

#include "entropy/cdf_context.h"
#include "frame/motion_field.h"
#include "frame/plane.h"
#include "frame/source_frame.h"
#include "spec/frame_header.h"

namespace tessera {

template <Pixel P>
struct ReferenceFrame {
  Picture<P> picture;          ///< final reconstruction, edges extended
  SavedMvs saved_mvs;
  CdfContext cdfs;             ///< after the exit process of the largest tile, counters cleared
  FrameType frame_type = KEY_FRAME;
  bool showable = false;
  int order_hint = 0;
  Array<uint8_t, TOTAL_REFS_PER_FRAME> saved_order_hints = {};  ///< OrderHints[] of that frame, by RefFrame
  LoopFilterParams loop_filter;                                 ///< deltas are inherited through primary_ref_frame
  int base_q_idx = 0;
  LumaPyramid pyramid;         ///< of the source picture, for motion search on sources
};

}  // namespace tessera
