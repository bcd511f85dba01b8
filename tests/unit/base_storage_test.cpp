// Owners of memory: aligned_buffer.h, array2d.h, fixed_vector.h, pool.h, scratch.h.
#include <gtest/gtest.h>

#include <thread>
#include <type_traits>

#include "base/array2d.h"
#include "base/fixed_vector.h"
#include "base/pool.h"
#include "base/scratch.h"

namespace tessera {
namespace {

bool aligned(const void* p) { return reinterpret_cast<uintptr_t>(p) % kAlignment == 0; }

TEST(AlignedBuffer, IsAlignedMovesAndKeepsItsMemory) {
  AlignedBuffer<uint16_t> a(1000);
  EXPECT_TRUE(aligned(a.data()));
  a.fill(7);
  EXPECT_EQ(a[999], 7);
  const uint16_t* memory = a.data();
  a.resize(10);
  EXPECT_EQ(a.size(), 10u);
  a.resize(1000);
  EXPECT_EQ(a.data(), memory);
  AlignedBuffer<uint16_t> b = std::move(a);
  EXPECT_EQ(b.data(), memory);
  EXPECT_EQ(a.data(), nullptr);
  EXPECT_EQ(a.size(), 0u);
  EXPECT_FALSE(std::is_copy_constructible_v<AlignedBuffer<int>>);
}

TEST(AlignedBuffer, RefusesImpossibleSizes) {
  AlignedBuffer<uint64_t> a(4);
  EXPECT_THROW(a.resize(SIZE_MAX / 4), std::bad_alloc);
  EXPECT_EQ(a.size(), 0u);
}

TEST(AlignedBuffer, RunsDefaultInitialisers) {
  struct Record {
    int x = 5;
  };
  AlignedBuffer<Record> a(3);
  EXPECT_EQ(a[2].x, 5);
}

template <class T>
void check_array2d(int width, int height, int margin_x, int margin_y) {
  Array2d<T> a(width, height, margin_x, margin_y);
  if (kAlignment % sizeof(T) == 0) {
    EXPECT_TRUE(aligned(a.view().ptr(0, 0)));
    EXPECT_EQ(a.stride() * sizeof(T) % kAlignment, 0u);
  }
  EXPECT_GE(a.stride(), width + 2 * margin_x);
  // Every element of rectangle and margin has memory of its own; sanitizers see what leaves the buffer.
  int n = 0;
  for (int y = -margin_y; y < height + margin_y; y++)
    for (int x = -margin_x; x < width + margin_x; x++) a.at(x, y) = static_cast<T>(n++);
  n = 0;
  for (int y = -margin_y; y < height + margin_y; y++)
    for (int x = -margin_x; x < width + margin_x; x++) ASSERT_EQ(a.view().at(x, y), static_cast<T>(n++));
}

TEST(Array2d, HoldsRectangleAndMargin) {
  for (int width : {1, 7, 64, 2048 - 64})
    for (int margin : {0, 3, 32}) {
      check_array2d<uint8_t>(width, 5, margin, 2);
      check_array2d<uint16_t>(width, 5, margin, 0);
      check_array2d<uint32_t>(width, 3, margin, margin);
    }
}

TEST(Array2d, SurvivesAMove) {
  Array2d<int> a(4, 4, 1, 1);
  a.fill(3);
  a.at(-1, -1) = 9;
  const Array2d<int> b = std::move(a);
  EXPECT_EQ(b.at(-1, -1), 9);
  EXPECT_EQ(b.at(4, 4), 3);
}

TEST(FixedVector, InsertsAndErasesInOrder) {
  FixedVector<int, 4> v;
  EXPECT_TRUE(v.empty());
  for (int i : {1, 3, 4}) v.push_back(i);
  v.insert(1, 2);
  EXPECT_TRUE(v.full());
  for (int i = 0; i < 4; i++) EXPECT_EQ(v[i], i + 1);
  v.erase(0);
  EXPECT_EQ(v.size(), 3);
  EXPECT_EQ(v[0], 2);
  EXPECT_EQ(v.back(), 4);
  v.pop_back();
  EXPECT_EQ(v.back(), 3);
}

TEST(Pool, GivesBackWhatTheLastLeaseLeaves) {
  Pool<int> pool;
  Lease<int> a = pool.acquire();
  *a = 42;
  int* const first = a.get();
  Lease<int> b = a;
  a.reset();
  EXPECT_FALSE(a);
  EXPECT_NE(pool.acquire().get(), first);  // b still holds it
  b = Lease<int>();
  std::vector<Lease<int>> both = {pool.acquire(), pool.acquire()};
  EXPECT_EQ(pool.size(), 2);
  EXPECT_TRUE(both[0].get() == first || both[1].get() == first);
  EXPECT_EQ(*first, 42);
}

TEST(Pool, StopsGrowing) {
  Pool<int> pool;
  for (int i = 0; i < 100; i++) {
    Lease<int> a = pool.acquire(), b = pool.acquire();
    EXPECT_FALSE(a == b);
  }
  EXPECT_EQ(pool.size(), 2);
}

TEST(Pool, IsSharedByThreads) {
  Pool<int> pool;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; t++)
      threads.emplace_back([&pool, t] {
        for (int i = 0; i < 2000; i++) {
          Lease<int> a = pool.acquire();
          *a = t;
          const Lease<int> b = a;
          a.reset();
          ASSERT_EQ(*b, t);
        }
      });
  }
  EXPECT_LE(pool.size(), 4);
}

TEST(Scratch, NestsAndAligns) {
  Scratch scratch(4096);
  const ScratchFrame outer(scratch);
  uint8_t* a = scratch.take<uint8_t>(3);
  const size_t used = scratch.used();
  int* b;
  {
    const ScratchFrame inner(scratch);
    b = scratch.take<int>(100);
    EXPECT_TRUE(aligned(a) && aligned(b));
    EXPECT_GE(reinterpret_cast<uint8_t*>(b), a + 3);
  }
  EXPECT_EQ(scratch.used(), used);
  EXPECT_EQ(scratch.take<int>(1), b);
}

#ifdef TESSERA_HARDENED
TEST(HardenedDeathTest, StopsWhatLeavesItsBounds) {
  EXPECT_DEATH(AlignedBuffer<int>(3)[3] = 0, "out of bounds");
  EXPECT_DEATH((Array2d<int>(3, 3, 1, 0).at(0, -1) = 0), "outside view");
  EXPECT_DEATH((FixedVector<int, 1>()[0] = 0), "out of bounds");
  EXPECT_DEATH(Scratch(64).take<char>(65), "too small");
}
#endif

}  // namespace
}  // namespace tessera
