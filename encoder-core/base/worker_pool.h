// Threads that run jobs by rank, lowest first, and those of one rank in the order in which they were submitted.
//
// Rule against deadlock: a job may block only for jobs of its rank submitted before it (RowProgress), or for a group of
// jobs that it submitted itself (wait). The first unfinished job then never blocks for one not yet started, so there is
// progress with any number of threads, one included.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace tessera {

/// Runs index `index` of a job. Does not throw.
using JobFn = void (*)(void* context, int index);

/// Counts unfinished jobs. Reusable once done; outlives its jobs.
class TaskGroup {
 public:
  bool done() const { return pending_.load(std::memory_order_acquire) == 0; }

 private:
  friend class WorkerPool;
  std::atomic<int> pending_{0};
};

class WorkerPool {
 public:
  /// `threads` counts the caller, who works while it waits: threads - 1 are started.
  explicit WorkerPool(int threads);
  /// Runs what is still queued.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }
  /// 0 for the caller, 1 .. threads() - 1 inside workers: an index for per-thread memory. A job that waits for
  /// a group may run jobs of that group on top of itself, on the same index.
  static int this_thread();

  /// Queues fn(context, i) for i in begin .. end - 1 as part of `group`, with the rank of the job that submits them
  /// (0 outside jobs). Allocates only when the queue is longer than ever before.
  void submit(TaskGroup& group, JobFn fn, void* context, int begin, int end);
  void submit(TaskGroup& group, JobFn fn, void* context) { submit(group, fn, context, 0, 1); }
  void submit_ranked(int64_t rank, TaskGroup& group, JobFn fn, void* context, int begin = 0, int end = 1);
  /// Until the group is done: outside a job helps with whatever is queued, inside one only with `group`.
  void wait(TaskGroup& group);
  /// The same outside jobs, for a group that jobs still add to: until `closed`, which a job of the group sets, and done.
  void wait(TaskGroup& group, const std::atomic<bool>& closed);

  /// Gives the job that calls it another rank: that of what it submits from now on.
  static void set_rank(int64_t rank);

  void run_parallel(int n, JobFn fn, void* context) {
    TaskGroup group;
    submit(group, fn, context, 0, n);
    wait(group);
  }
  /// The same for a callable: fn(i).
  template <class F>
  void run_parallel(int n, F&& fn) {
    using Fn = std::remove_reference_t<F>;
    run_parallel(n, [](void* f, int i) { (*static_cast<Fn*>(f))(i); },
                 const_cast<void*>(static_cast<const void*>(&fn)));
  }

 private:
  struct Job {
    TaskGroup* group;
    JobFn fn;
    void* context;
    int next, end;
    int64_t rank;
  };
  bool run_one(std::unique_lock<std::mutex>& lock, const TaskGroup* only);
  void work(int thread);

  std::mutex mutex_;
  std::condition_variable changed_;  ///< a job was queued, a group became done, or the pool ends
  std::vector<Job> queue_;           ///< by rank, then oldest first
  bool ending_ = false;
  std::vector<std::jthread> workers_;
};

}  // namespace tessera
