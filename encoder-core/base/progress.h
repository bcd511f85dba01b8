// How many rows of something are ready, told to whoever waits for them.
#pragma once

#include <atomic>

namespace tessera {

class RowProgress {
 public:
  void reset() { rows_.store(0, std::memory_order_relaxed); }
  /// Rows 0 .. rows - 1 are ready, and what was written to them is visible to who waits. Never goes back.
  void publish(int rows) {
    rows_.store(rows, std::memory_order_release);
    rows_.notify_all();
  }
  int rows() const { return rows_.load(std::memory_order_acquire); }
  /// Blocks its thread: a job waits only for jobs submitted before it (worker_pool.h).
  void wait_for(int rows) const {
    for (int have = this->rows(); have < rows; have = this->rows()) rows_.wait(have, std::memory_order_acquire);
  }

 private:
  std::atomic<int> rows_{0};
};

}  // namespace tessera
