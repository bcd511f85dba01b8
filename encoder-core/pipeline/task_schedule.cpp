#include "pipeline/task_schedule.h"

namespace tessera {

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
  job->schedule = this;
  in_flight_.push_back(job);
  start_ready();
}

/// Called with the mutex held.
template <Pixel P>
void TaskSchedule<P>::start_ready() {
  for (FrameJob<P>* job : in_flight_) {
    if (job->state != FrameJob<P>::State::kWaiting || !ready(*job)) continue;
    job->state = FrameJob<P>::State::kRunning;
    workers_.submit(job->group, [](void* j, int) { auto* frame = static_cast<FrameJob<P>*>(j); frame->schedule->run(*frame); }, job);
  }
}

template <Pixel P>
void TaskSchedule<P>::run(FrameJob<P>& job) {
  encoder_.encode(job);
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
  start_ready();
}

template <Pixel P>
bool TaskSchedule<P>::done(const FrameJob<P>& job) {
  const std::lock_guard lock(mutex_);
  return job.state == FrameJob<P>::State::kDone && job.group.done();
}

template <Pixel P>
int TaskSchedule<P>::unfinished() {
  const std::lock_guard lock(mutex_);
  return in_flight_.size();
}

template <Pixel P>
void TaskSchedule<P>::wait(FrameJob<P>& job) {
  while (!done(job)) {
    FrameJob<P>* oldest = nullptr;
    {
      const std::lock_guard lock(mutex_);
      // The oldest job refers to nothing unfinished, so it runs or is queued.
      oldest = in_flight_.empty() ? &job : in_flight_[0];
    }
    workers_.wait(oldest->group);
  }
}

template <Pixel P>
void TaskSchedule<P>::finish_started() {
  {
    const std::lock_guard lock(mutex_);
    for (int i = static_cast<int>(in_flight_.size()); i-- > 0;)
      if (in_flight_[i]->state == FrameJob<P>::State::kWaiting) in_flight_.erase(i);
  }
  finish_all();
}

template <Pixel P>
void TaskSchedule<P>::finish_all() {
  for (;;) {
    FrameJob<P>* oldest = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (in_flight_.empty()) return;
      oldest = in_flight_[0];
    }
    workers_.wait(oldest->group);
  }
}

template class TaskSchedule<uint8_t>;
template class TaskSchedule<uint16_t>;

}  // namespace tessera
