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

/// What is queued runs lowest rank first, and within a rank in order; jobs hand their rank on unless they change it.
TEST(WorkerPoolRanks, DecideTheOrder) {
  WorkerPool pool(1);
  struct Trace {
    WorkerPool& pool;
    TaskGroup group;
    std::vector<int> ran;
  } trace{pool, {}, {}};
  const JobFn note = [](void* t, int i) { static_cast<Trace*>(t)->ran.push_back(i); };
  const JobFn spawn = [](void* t, int i) {
    Trace& tr = *static_cast<Trace*>(t);
    tr.ran.push_back(i);
    const JobFn child = [](void* c, int k) { static_cast<Trace*>(c)->ran.push_back(k); };
    tr.pool.submit(tr.group, child, t, 100, 101);
    WorkerPool::set_rank(-1);
    tr.pool.submit(tr.group, child, t, 200, 201);
  };
  pool.submit_ranked(7, trace.group, note, &trace, 70, 72);
  pool.submit_ranked(5, trace.group, spawn, &trace, 50, 51);
  pool.submit_ranked(5, trace.group, note, &trace, 51, 52);
  pool.submit_ranked(3, trace.group, note, &trace, 30, 31);
  pool.wait(trace.group);
  EXPECT_EQ(trace.ran, (std::vector<int>{30, 50, 200, 51, 100, 70, 71}));
}

/// A group that is empty at first and grows by a job of another group: its waiter stays until it is closed.
TEST_P(Workers, WaitForGroupsThatGrow) {
  for (int round = 0; round < 50; round++) {
    WorkerPool pool(GetParam());
    struct Chain {
      WorkerPool& pool;
      TaskGroup first, group;
      std::atomic<bool> closed = false;
      std::atomic<int> steps = 0;
      static void step(void* c, int) {
        Chain& chain = *static_cast<Chain*>(c);
        if (++chain.steps == 20) chain.closed = true;
        else chain.pool.submit(chain.group, step, c);
      }
    } chain{pool, {}, {}};
    pool.submit(chain.first, [](void* c, int) { static_cast<Chain*>(c)->pool.submit(static_cast<Chain*>(c)->group, Chain::step, c); }, &chain);
    pool.wait(chain.group, chain.closed);
    EXPECT_EQ(chain.steps.load(), 20);
    EXPECT_TRUE(chain.group.done());
    pool.wait(chain.first);
  }
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
