// One step of coding order on its way from plan to bytes: a frame to code, or a hidden one to show.
#pragma once

#include "bitstream/bit_writer.h"
#include "control/temporal_filter.h"
#include "entropy/byte_buffer.h"
#include "frame/frame_work.h"
#include "base/worker_pool.h"

namespace tessera {

template <Pixel P>
class TaskSchedule;

template <Pixel P>
struct FrameJob {
  enum class State : uint8_t { kWaiting, kRunning, kDone };

  FramePlan plan;
  Lease<SourceFrame<P>> source;
  FixedVector<Lease<SourceFrame<P>>, kMaxTemporalNeighbours> neighbours;  ///< that its source is filtered with
  Lease<ReferenceFrame<P>> recon;                         ///< where the frame is reconstructed
  Array<Lease<ReferenceFrame<P>>, NUM_REF_FRAMES> slots;  ///< the eight slots as this frame finds them
  std::vector<ByteBuffer> tile_bytes;
  ByteVector obu;                                         ///< frame OBU, or the header that shows a hidden frame
  Lease<ReferenceFrame<P>> shown;                         ///< picture that this step displays, if any
  FrameStats stats;
  int base_q_idx = 0;                                     ///< of the shown picture
  TaskGroup group;
  TaskSchedule<P>* schedule = nullptr;                    ///< that runs it
  State state = State::kWaiting;                          ///< guarded by the schedule's mutex

  /// Bytes beforehand for a frame of usual size: half a bit a sample.
  void make_room(const PictureFormat& format, int num_tiles) {
    const size_t usual = static_cast<size_t>(format.width) * format.height / 16 + 4096;
    obu.reserve(usual);
    tile_bytes.resize(num_tiles);
    for (ByteBuffer& b : tile_bytes) b.reserve(usual);
  }
  bool codes() const { return !plan.header.show_existing_frame; }
};

}  // namespace tessera
