#include "base/wavefront.h"

#include <algorithm>

#include "base/check.h"

namespace tessera {

bool Wavefront::can_go_on(int row) const {
  const Row& r = rows_[static_cast<size_t>(row)];
  if (r.taken || r.done == r.cells) return false;
  if (!r.follows) return true;
  const Row& above = rows_[static_cast<size_t>(row) - 1];
  return above.done == above.cells || above.done >= r.done + kLead;
}

void Wavefront::start(WorkerPool& workers, TaskGroup& group, JobFn work, void* context) {
  workers_ = &workers;
  group_ = &group;
  work_ = work;
  context_ = context;
  for (Row& r : rows_) {
    r.taken = false;
    r.done = 0;
  }
  ready_ = 0;
  for (int r = 0; r < rows(); r++) ready_ += can_go_on(r);
  check(ready_ > 0, "a wavefront without rows");
  jobs_ = std::min(ready_, workers.threads());
  workers.submit(group, work, context, 0, jobs_);
}

int Wavefront::find(int begin, int end) const {
  for (int r = begin; r < end; r++)
    if (can_go_on(r)) return r;
  return -1;
}

Wavefront::Turn Wavefront::take(int near) {
  const std::lock_guard lock(mutex_);
  int row = -1;
  if (ready_ > 0) {
    int begin = near, end = near + 1;
    while (rows_[static_cast<size_t>(begin)].follows) begin--;
    while (end < rows() && rows_[static_cast<size_t>(end)].follows) end++;
    row = find(begin, end);
    if (row < 0) row = find(0, rows());
  }
  if (row < 0) return {.last = --jobs_ == 0};
  rows_[static_cast<size_t>(row)].taken = true;
  ready_--;
  return {.row = row, .cell = rows_[static_cast<size_t>(row)].done};
}

bool Wavefront::advance(int row) {
  std::unique_lock lock(mutex_);
  Row& r = rows_[static_cast<size_t>(row)];
  const bool next_could = row + 1 < rows() && can_go_on(row + 1);
  r.done++;
  r.taken = false;
  const bool goes_on = can_go_on(row);
  r.taken = goes_on;
  if (!next_could && row + 1 < rows() && can_go_on(row + 1)) ready_++;
  call_for_help(lock, goes_on ? ready_ : ready_ - 1);
  return goes_on;
}

/// Queues jobs for rows that nobody at work is about to take.
void Wavefront::call_for_help(std::unique_lock<std::mutex>& lock, int spare) {
  const int jobs = std::min(spare, workers_->threads() - jobs_);
  if (jobs <= 0) return;
  jobs_ += jobs;
  lock.unlock();
  workers_->submit(*group_, work_, context_, 0, jobs);
}

}  // namespace tessera
