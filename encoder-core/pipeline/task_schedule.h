// Which frames run when. A frame is ready as soon as the frames it refers to are complete. A thread begins another one
// only when there is nothing to do for those begun, so that no more are under way than there are threads; of the ready
// ones it takes that for which most others wait.
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
  bool done(const FrameJob<P>& job) const { return job.finished.load(std::memory_order_acquire) && job.group.done(); }
  /// Works until the job is done.
  void wait(FrameJob<P>& job) { workers_.wait(job.group, job.finished); }
  void finish_all();
  /// Takes frames that have not started off the schedule, their jobs as they are, and works until the others are done.
  void finish_started();

 private:
  static bool ready(const FrameJob<P>& job);
  void offer_ready();
  void begin_most_urgent();
  void end(FrameJob<P>& job);

  static constexpr int kMaxInFlight = 96;

  WorkerPool& workers_;
  FrameEncoder<P>& encoder_;
  std::mutex mutex_;
  FixedVector<FrameJob<P>*, kMaxInFlight> in_flight_;  ///< coding order
  TaskGroup offers_;                                   ///< one job for each frame that is ready and not begun
  int64_t coded_ = 0;
};

extern template class TaskSchedule<uint8_t>;
extern template class TaskSchedule<uint16_t>;

}  // namespace tessera
