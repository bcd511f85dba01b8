// One step of coding order on its way from plan to bytes: a frame to code, or a hidden one to show.
#pragma once

#include <atomic>

#include "bitstream/bit_writer.h"
#include "control/temporal_filter.h"
#include "entropy/byte_buffer.h"
#include "frame/frame_work.h"
#include "base/worker_pool.h"
#include "pipeline/coded_frame.h"
#include "pipeline/lookahead.h"

namespace tessera {

template <Pixel P>
class TaskSchedule;

/// Room beforehand for a coded frame: a bit a luma sample.
inline size_t usual_frame_bytes(const PictureFormat& format) {
  return static_cast<size_t>(format.width) * format.height / 8 + 4096;
}

template <Pixel P>
struct FrameJob {
  enum class State : uint8_t { kWaiting, kReady, kRunning, kDone };

  FramePlan plan;
  Lease<SourceFrame<P>> source;
  FixedVector<Lease<SourceFrame<P>>, kMaxTemporalNeighbours> neighbours;  ///< that its source is filtered with
  Lease<PictureAnalysis> analysis;                        ///< of its source, where there is one
  Lease<CodedFrame<P>> coded;                             ///< what this step makes, until it is made
  Array<Lease<CodedFrame<P>>, NUM_REF_FRAMES> slots;      ///< those that this frame refers to, as it finds them
  ByteVector obu;                                         ///< frame OBU, or the header that shows a hidden frame
  Lease<ByteVector> metadata;                             ///< OBUs in front of it, where it shows a picture that has some
  Lease<CodedFrame<P>> shown;                             ///< what this step displays, where its samples or their error are wanted
  FrameStats stats;
  int base_q_idx = 0;                                     ///< of the shown picture
  TaskGroup group;
  TaskSchedule<P>* schedule = nullptr;                    ///< that runs it
  int64_t rank = 0;                                       ///< of its work among that of other frames, lowest first
  std::atomic<bool> finished = false;                     ///< nothing is left to do but to pack it
  State state = State::kWaiting;                          ///< guarded by the schedule's mutex

  void make_room(const PictureFormat& format) { obu.reserve(usual_frame_bytes(format)); }
  bool codes() const { return !plan.header.show_existing_frame; }

  /// Gives back what a step holds that will never start. Nobody may read its source or its neighbours any more.
  void abandon() {
    for (auto& neighbour : neighbours) {
      neighbour->readers.fetch_sub(1, std::memory_order_relaxed);
      neighbour.reset();
    }
    neighbours.clear();
    if (source) source->release_samples();
    source.reset();
    analysis.reset();
    coded.reset();
    for (auto& slot : slots) slot.reset();
  }
};

}  // namespace tessera
