// wavefront.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/wavefront.h"

namespace tessera {
namespace {

/// Rows of strands of rows; notes in which order cells were done.
struct Cells {
  explicit Cells(WorkerPool& pool) : workers(pool) {}

  void add_strand(int rows, int cells) {
    for (int r = 0; r < rows; r++) {
      order.add_row(cells, r > 0);
      length.push_back(cells);
      follows.push_back(r > 0);
    }
  }
  void run() {
    done = std::vector<std::atomic<int>>(length.size());
    ended = 0;
    TaskGroup group;
    order.start(workers, group, [](void* context, int) { static_cast<Cells*>(context)->work(); }, this);
    workers.wait(group);
  }
  void work() {
    at_work++;
    EXPECT_LE(at_work.load(), workers.threads());
    Wavefront::Turn turn = order.take();
    while (turn) {
      const auto row = static_cast<size_t>(turn.row);
      int cell = turn.cell;
      do {
        EXPECT_EQ(done[row].load(), cell) << "a cell out of its turn";
        if (follows[row]) {
          EXPECT_GE(done[row - 1].load(), std::min(cell + Wavefront::kLead, length[row - 1])) << "too close to the row above";
        }
        done[row]++;
        cell++;
      } while (order.advance(turn.row));
      turn = order.take(turn.row);
    }
    at_work--;
    if (!turn.last) return;
    ended++;
    for (size_t r = 0; r < length.size(); r++) EXPECT_EQ(done[r].load(), length[r]) << "row " << r;
  }

  WorkerPool& workers;
  Wavefront order;
  std::vector<int> length;
  std::vector<bool> follows;
  std::vector<std::atomic<int>> done;
  std::atomic<int> ended{0}, at_work{0};
};

class Wavefronts : public testing::TestWithParam<int> {};

TEST_P(Wavefronts, KeepTheLead) {
  WorkerPool pool(GetParam());
  for (const auto& [rows, columns] : {std::pair{12, 20}, {1, 1}, {5, 1}, {40, 2}, {3, 100}, {1, 30}}) {
    Cells cells(pool);
    cells.add_strand(rows, columns);
    for (int round = 0; round < 20; round++) {
      cells.run();
      EXPECT_EQ(cells.ended.load(), 1);
    }
  }
}

TEST_P(Wavefronts, GoThroughStrandsSideBySide) {
  WorkerPool pool(GetParam());
  Cells cells(pool);
  for (int strand = 0; strand < 4; strand++) cells.add_strand(1 + 3 * strand, 9 - strand);
  for (int round = 0; round < 50; round++) {
    cells.run();
    EXPECT_EQ(cells.ended.load(), 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, Wavefronts, testing::Values(1, 2, 3, 8));

TEST(Wavefront, TakesRowsOfTheSameStrandFirst) {
  WorkerPool pool(3);
  TaskGroup group;
  Wavefront order;
  for (bool follows : {false, true, false, true}) order.add_row(4, follows);
  order.start(pool, group, [](void*, int) {}, nullptr);
  EXPECT_EQ(order.take(3).row, 2);
  EXPECT_TRUE(order.advance(2));
  EXPECT_EQ(order.take(3).row, 0) << "row 3 cannot begin before two cells of row 2";
  EXPECT_TRUE(order.advance(2));
  EXPECT_EQ(order.take(2).row, 3);
  EXPECT_FALSE(order.advance(3)) << "its lead is used up";
  const Wavefront::Turn none = order.take(3);
  EXPECT_FALSE(none);
  EXPECT_FALSE(none.last);
  pool.wait(group);
}

}  // namespace
}  // namespace tessera
