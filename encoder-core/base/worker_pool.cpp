#include "base/worker_pool.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

thread_local int current_thread = 0;
thread_local int job_depth = 0;
thread_local int64_t job_rank = 0;

}  // namespace

WorkerPool::WorkerPool(int threads) {
  queue_.reserve(256);
  workers_.reserve(static_cast<size_t>(std::max(threads - 1, 0)));
  for (int i = 1; i < threads; i++) workers_.emplace_back([this, i] { work(i); });
}

WorkerPool::~WorkerPool() {
  {
    std::unique_lock lock(mutex_);
    while (run_one(lock, nullptr)) continue;
    ending_ = true;
  }
  changed_.notify_all();
  workers_.clear();
}

int WorkerPool::this_thread() { return current_thread; }

void WorkerPool::set_rank(int64_t rank) { job_rank = rank; }

void WorkerPool::submit(TaskGroup& group, JobFn fn, void* context, int begin, int end) {
  submit_ranked(job_rank, group, fn, context, begin, end);
}

void WorkerPool::submit_ranked(int64_t rank, TaskGroup& group, JobFn fn, void* context, int begin, int end) {
  if (begin >= end) return;
  {
    const std::lock_guard lock(mutex_);
    const auto behind = std::upper_bound(queue_.begin(), queue_.end(), rank, [](int64_t r, const Job& j) { return r < j.rank; });
    queue_.insert(behind, {&group, fn, context, begin, end, rank});
    group.pending_.fetch_add(end - begin, std::memory_order_relaxed);
  }
  changed_.notify_all();
}

/// Runs the first queued index (of group `only`, unless null) with the lock released; false if there is none.
bool WorkerPool::run_one(std::unique_lock<std::mutex>& lock, const TaskGroup* only) {
  const auto job = std::find_if(queue_.begin(), queue_.end(),
                                [only](const Job& j) { return only == nullptr || j.group == only; });
  if (job == queue_.end()) return false;
  const auto [group, fn, context, index, end, rank] = *job;
  if (++job->next == end) queue_.erase(job);

  lock.unlock();
  const int64_t outer_rank = std::exchange(job_rank, rank);
  job_depth++;
  fn(context, index);
  job_depth--;
  job_rank = outer_rank;
  lock.lock();
  // Under the lock, and the last that touches the group: who waits may destroy it at once.
  if (group->pending_.fetch_sub(1, std::memory_order_release) == 1) changed_.notify_all();
  return true;
}

void WorkerPool::wait(TaskGroup& group) {
  std::unique_lock lock(mutex_);
  const TaskGroup* only = job_depth > 0 ? &group : nullptr;
  while (!group.done()) {
    if (!run_one(lock, only) && !group.done()) changed_.wait(lock);
  }
}

void WorkerPool::wait(TaskGroup& group, const std::atomic<bool>& closed) {
  std::unique_lock lock(mutex_);
  while (!closed.load(std::memory_order_acquire) || !group.done()) {
    if (!run_one(lock, nullptr)) changed_.wait(lock);
  }
}

void WorkerPool::work(int thread) {
  current_thread = thread;
  std::unique_lock lock(mutex_);
  for (;;) {
    if (run_one(lock, nullptr)) continue;
    if (ending_) return;
    changed_.wait(lock);
  }
}

}  // namespace tessera
