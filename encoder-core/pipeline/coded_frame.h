// A frame as reference slots know it, from the time it is planned. The memory of its reconstruction is taken only when
// its coding starts and goes back with the last lease: plans reach dozens of frames ahead, pictures do not.
#pragma once

#include <atomic>

#include "base/pool.h"
#include "frame/reference_frame.h"

namespace tessera {

template <Pixel P>
struct CodedFrame {
  Lease<ReferenceFrame<P>> reference;  ///< from the start of coding on
  std::atomic<bool> complete = false;  ///< coded and filtered: later frames may read the reference
  int base_q_idx = 0;
  Array<uint64_t, kPlanes> squared_error = {};  ///< against the source picture, where it was asked for

  /// The pool calls it when nobody needs the frame any more.
  void retire() { reference.reset(); }
};

}  // namespace tessera
