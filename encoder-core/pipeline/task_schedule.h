// Which frames run when: jobs stand in coding order, each starts as soon as the frames it refers to are complete, on
// any free thread.
#pragma once

#include <mutex>

#include "base/fixed_vector.h"
#include "pipeline/frame_encoder.h"

namespace tessera {

template <Pixel P>
class TaskSchedule {
 public:
  TaskSchedule(WorkerPool& workers, FrameEncoder<P>& encoder) : workers_(workers), encoder_(encoder) {}
  /// Runs what is still scheduled to its end.
  ~TaskSchedule() { finish_all(); }

  void add(FrameJob<P>* job);
  bool done(const FrameJob<P>& job);
  /// Works until the job is done.
  void wait(FrameJob<P>& job);
  void finish_all();
  /// Takes frames that have not started off the schedule, their jobs as they are, and works until the others are done.
  void finish_started();
  /// Frames scheduled and not done.
  int unfinished();

 private:
  static bool ready(const FrameJob<P>& job);
  void start_ready();
  void run(FrameJob<P>& job);

  static constexpr int kMaxInFlight = 96;

  WorkerPool& workers_;
  FrameEncoder<P>& encoder_;
  std::mutex mutex_;
  FixedVector<FrameJob<P>*, kMaxInFlight> in_flight_;  ///< coding order
};

extern template class TaskSchedule<uint8_t>;
extern template class TaskSchedule<uint16_t>;

}  // namespace tessera
