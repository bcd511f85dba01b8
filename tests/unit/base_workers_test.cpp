// worker_pool.h and progress.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/progress.h"
#include "base/worker_pool.h"

namespace tessera {
namespace {

constexpr int kRows = 20, kCols = 30;  ///< of the wavefront

class Workers : public testing::TestWithParam<int> {};

TEST_P(Workers, RunEveryIndexOnce) {
  WorkerPool pool(GetParam());
  EXPECT_EQ(pool.threads(), GetParam());
  for (int round = 0; round < 50; round++) {
    std::vector<std::atomic<int>> runs(100);
    pool.run_parallel(100, [&](int i) {
      EXPECT_GE(WorkerPool::this_thread(), 0);
      EXPECT_LT(WorkerPool::this_thread(), pool.threads());
      runs[i]++;
    });
    for (const auto& r : runs) EXPECT_EQ(r.load(), 1);
  }
}

TEST_P(Workers, RunNestedGroups) {
  WorkerPool pool(GetParam());
  std::atomic<int> sum{0};
  pool.run_parallel(8, [&](int i) { pool.run_parallel(8, [&](int j) { sum += 8 * i + j; }); });
  EXPECT_EQ(sum.load(), 63 * 64 / 2);
}

/// A wavefront: row r may start column c once row r - 1 has finished column c + 1.
TEST_P(Workers, FollowProgressOfEarlierJobs) {
  struct Wave {
    RowProgress progress[kRows];
    int cell[kRows][kCols] = {};
  };
  for (int round = 0; round < 20; round++) {
    Wave wave;
    WorkerPool pool(GetParam());
    TaskGroup group;
    pool.submit(group, [](void* context, int r) {
      Wave& w = *static_cast<Wave*>(context);
      for (int c = 0; c < kCols; c++) {
        if (r > 0) w.progress[r - 1].wait_for(std::min(c + 2, kCols));
        w.cell[r][c] = 1 + (r > 0 ? w.cell[r - 1][std::min(c + 1, kCols - 1)] : 0);
        w.progress[r].publish(c + 1);
      }
    }, &wave, 0, kRows);
    pool.wait(group);
    EXPECT_TRUE(group.done());
    for (int c = 0; c < kCols; c++) EXPECT_EQ(wave.cell[kRows - 1][c], kRows);
  }
}

TEST_P(Workers, KeepGroupsApart) {
  WorkerPool pool(GetParam());
  TaskGroup a, b;
  std::atomic<int> done_a{0}, done_b{0};
  const JobFn count = [](void* context, int) { ++*static_cast<std::atomic<int>*>(context); };
  for (int i = 0; i < 30; i++) {
    pool.submit(a, count, &done_a, 0, 10);
    pool.submit(b, count, &done_b);
  }
  pool.submit(b, count, &done_b, 5, 5);  // nothing
  pool.wait(b);
  EXPECT_EQ(done_b.load(), 30);
  pool.wait(a);
  EXPECT_EQ(done_a.load(), 300);
}

TEST_P(Workers, FinishWhatIsQueued) {
  TaskGroup group;
  std::atomic<int> runs{0};
  {
    WorkerPool pool(GetParam());
    pool.submit(group, [](void* context, int) { ++*static_cast<std::atomic<int>*>(context); }, &runs, 0, 25);
  }
  EXPECT_EQ(runs.load(), 25);
}

INSTANTIATE_TEST_SUITE_P(Threads, Workers, testing::Values(1, 2, 3, 8));

TEST(WorkerPool, AloneRunsInOrder) {
  WorkerPool pool(1);
  std::vector<int> order;
  pool.run_parallel(5, [&](int i) { order.push_back(i); });
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace tessera
