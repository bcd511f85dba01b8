// Rows of cells worked on side by side: a cell may begin when the one before it in its row is done and, in a row that
// follows another, that one is kLead cells ahead or at its end. Nobody ever waits: a row that cannot go on is put aside,
// and whoever finds it able to again takes it up.
#pragma once

#include <mutex>
#include <vector>

#include "base/worker_pool.h"

namespace tessera {

class Wavefront {
 public:
  static constexpr int kLead = 2;

  /// Room for as many rows without allocating.
  void reserve(int rows) { rows_.reserve(static_cast<size_t>(rows)); }
  void clear() { rows_.clear(); }
  /// `follows`: the row added before it. What does not follow begins a strand of its own.
  void add_row(int cells, bool follows) { rows_.push_back({.cells = cells, .follows = follows}); }
  int rows() const { return static_cast<int>(rows_.size()); }

  /// Begins with the first cell of every strand: queues work( context, i ) in at most as many jobs at a time as there are
  /// threads. Each takes rows until there are none, and does cells of a row until advance() says no more.
  void start(WorkerPool& workers, TaskGroup& group, JobFn work, void* context);

  /// What a job goes on with. Nothing: it must end, and if it is the last, every cell is done.
  struct Turn {
    int row = -1, cell = 0;
    bool last = false;
    explicit operator bool() const { return row >= 0; }
  };
  /// The first row that can go on, of the strand of row `near` if there is one. It is the caller's alone.
  Turn take(int near = 0);
  /// The cell of the caller's row is done. Whether it goes on with the next; otherwise the row is not its own any more.
  bool advance(int row);

 private:
  struct Row {
    int cells = 0;
    bool follows = false, taken = false;
    int done = 0;
  };
  bool can_go_on(int row) const;
  int find(int begin, int end) const;
  void call_for_help(std::unique_lock<std::mutex>& lock, int spare);

  std::mutex mutex_;
  std::vector<Row> rows_;
  int jobs_ = 0;   ///< queued or at work
  int ready_ = 0;  ///< rows that can go on and are nobody's
  WorkerPool* workers_ = nullptr;
  TaskGroup* group_ = nullptr;
  JobFn work_ = nullptr;
  void* context_ = nullptr;
};

}  // namespace tessera
