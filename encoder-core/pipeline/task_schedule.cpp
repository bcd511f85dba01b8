#include "pipeline/task_schedule.h"

#include <limits>

#include "control/gop.h"

namespace tessera {
namespace {

/// Frames of coding order that a frame may overtake, by pyramid layer: what others refer to comes before leaves of the
/// mini-GOP before, which then fill the gaps that a chain of references leaves.
constexpr Array<int, kMaxPyramidLayers> kHeadStart = {24, 16, 8, 0, 0};

}  // namespace

template <Pixel P>
bool TaskSchedule<P>::ready(const FrameJob<P>& job) {
  const FrameHeader& h = job.plan.header;
  if (job.source->readers.load(std::memory_order_acquire) > 0) return false;
  if (h.frame_is_intra()) return true;
  for (int i = 0; i < REFS_PER_FRAME; i++)
    if (!job.slots[h.ref_frame_idx[i]]->complete.load(std::memory_order_acquire)) return false;
  return true;
}

template <Pixel P>
void TaskSchedule<P>::add(FrameJob<P>* job) {
  const std::lock_guard lock(mutex_);
  job->state = FrameJob<P>::State::kWaiting;
  job->finished.store(false, std::memory_order_relaxed);
  job->schedule = this;
  job->rank = coded_++ - kHeadStart[job->plan.pyramid_layer];
  in_flight_.push_back(job);
  offer_ready();
}

/// Called with the mutex held.
template <Pixel P>
void TaskSchedule<P>::offer_ready() {
  for (FrameJob<P>* job : in_flight_) {
    if (job->state != FrameJob<P>::State::kWaiting || !ready(*job)) continue;
    job->state = FrameJob<P>::State::kReady;
    constexpr int64_t kLast = std::numeric_limits<int64_t>::max();  // after all work on frames that have begun
    workers_.submit_ranked(kLast, offers_, [](void* schedule, int) { static_cast<TaskSchedule*>(schedule)->begin_most_urgent(); }, this);
  }
}

template <Pixel P>
void TaskSchedule<P>::begin_most_urgent() {
  FrameJob<P>* best = nullptr;
  {
    const std::lock_guard lock(mutex_);
    for (FrameJob<P>* job : in_flight_)
      if (job->state == FrameJob<P>::State::kReady && (!best || job->rank < best->rank)) best = job;
    if (!best) return;  // it was taken off
    best->state = FrameJob<P>::State::kRunning;
  }
  WorkerPool::set_rank(best->rank);
  encoder_.start(*best, [](FrameJob<P>& job) { job.schedule->end(job); });
}

template <Pixel P>
void TaskSchedule<P>::end(FrameJob<P>& job) {
  const std::lock_guard lock(mutex_);
  job.coded->complete.store(true, std::memory_order_release);
  job.coded.reset();
  for (auto& slot : job.slots) slot.reset();
  job.state = FrameJob<P>::State::kDone;
  for (int i = 0; i < in_flight_.size(); i++)
    if (in_flight_[i] == &job) {
      in_flight_.erase(i);
      break;
    }
  offer_ready();
  job.finished.store(true, std::memory_order_release);
}

template <Pixel P>
void TaskSchedule<P>::finish_started() {
  {
    const std::lock_guard lock(mutex_);
    for (int i = static_cast<int>(in_flight_.size()); i-- > 0;)
      if (in_flight_[i]->state != FrameJob<P>::State::kRunning) in_flight_.erase(i);
  }
  finish_all();
}

template <Pixel P>
void TaskSchedule<P>::finish_all() {
  for (;;) {
    FrameJob<P>* oldest = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (!in_flight_.empty()) oldest = in_flight_[0];
    }
    if (!oldest) break;
    wait(*oldest);
  }
  workers_.wait(offers_);
}

template class TaskSchedule<uint8_t>;
template class TaskSchedule<uint16_t>;

}  // namespace tessera
