// The same bytes whatever the number of threads and the kernels in use; two encoders side by side; no allocation once
// the first frames are through, and few and small ones before.
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>

#include "base/cpu_features.h"
#include "tests/support/test_video.h"

namespace {
std::atomic<bool> counting = false;
std::atomic<int> allocations = 0;
std::atomic<int64_t> live = 0, live_bytes = 0, most_live = 0, most_live_bytes = 0;

void raise_to(std::atomic<int64_t>& most, int64_t value) {
  int64_t seen = most.load(std::memory_order_relaxed);
  while (seen < value && !most.compare_exchange_weak(seen, value, std::memory_order_relaxed)) continue;
}

void* counted_allocation(size_t size, size_t alignment) {
  if (counting.load(std::memory_order_relaxed)) allocations.fetch_add(1, std::memory_order_relaxed);
  void* p = alignment > alignof(std::max_align_t) ? std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)
                                                  : std::malloc(size ? size : 1);
  if (!p) throw std::bad_alloc();
  const auto bytes = static_cast<int64_t>(malloc_usable_size(p));
  raise_to(most_live, live.fetch_add(1, std::memory_order_relaxed) + 1);
  raise_to(most_live_bytes, live_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes);
  return p;
}

void counted_free(void* p) {
  if (!p) return;
  live.fetch_sub(1, std::memory_order_relaxed);
  live_bytes.fetch_sub(static_cast<int64_t>(malloc_usable_size(p)), std::memory_order_relaxed);
  std::free(p);
}
}  // namespace

void* operator new(size_t size) { return counted_allocation(size, 0); }
void* operator new[](size_t size) { return counted_allocation(size, 0); }
void* operator new(size_t size, std::align_val_t a) { return counted_allocation(size, static_cast<size_t>(a)); }
void* operator new[](size_t size, std::align_val_t a) { return counted_allocation(size, static_cast<size_t>(a)); }
void operator delete(void* p) noexcept { counted_free(p); }
void operator delete[](void* p) noexcept { counted_free(p); }
void operator delete(void* p, size_t) noexcept { counted_free(p); }
void operator delete[](void* p, size_t) noexcept { counted_free(p); }
void operator delete(void* p, std::align_val_t) noexcept { counted_free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { counted_free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { counted_free(p); }
void operator delete[](void* p, size_t, std::align_val_t) noexcept { counted_free(p); }

namespace tessera::test {
namespace {

/// What is left to use: scalar kernels, or those of CPUs without AVX2 or without AVX-512.
constexpr uint32_t kCpuMasks[] = {0, kCpuSse4Level, kCpuAvx2Level};

EncoderConfig config_of(UsageProfile profile, int threads) {
  EncoderConfig c;
  c.width = 200;
  c.height = 140;
  c.fps_numerator = 30;
  c.usage_profile = profile;
  c.threads = threads;
  c.tile_columns_log2 = 1;
  c.runtime.cpu_used = 7;
  return c;
}

std::vector<uint8_t> encoded(const EncoderConfig& c, int frames) {
  Status status;
  const EncodedSequence s = encode_test_video(c, frames, &status, 13);
  EXPECT_TRUE(status.ok()) << status.message();
  return s.bytes();
}

TEST(Determinism, BytesDoNotDependOnThreads) {
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime}) {
    const std::vector<uint8_t> one = encoded(config_of(profile, 1), 40);
    for (int threads : {2, 3, 8}) EXPECT_TRUE(encoded(config_of(profile, threads), 40) == one) << threads << " threads";
  }
}

/// One tile, whose superblock rows are searched side by side: with costs that adapt along them and that stay as they are
/// (inter frames from 7 on), and with a rate that has frames coded twice.
TEST(Determinism, RowsOfATileSideBySide) {
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime})
    for (int cpu_used : {1, 4, 6, 8, 10}) {
      EncoderConfig c = config_of(profile, 1);
      c.width = 328;
      c.height = 264;
      c.tile_columns_log2 = 0;
      c.runtime.cpu_used = cpu_used;
      if (cpu_used == 8) c.runtime.target_bitrate_kbps = 150;
      constexpr int kFrames = 8;
      const std::vector<uint8_t> one = encoded(c, kFrames);
      for (int threads : {2, 3, 8}) {
        c.threads = threads;
        EXPECT_TRUE(encoded(c, kFrames) == one) << "cpu-used " << cpu_used << ", " << threads << " threads";
      }
    }
}

TEST(Determinism, BytesOfScreensDoNotDependOnThreadsOrKernels) {
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime}) {
    const auto screen = [&](int threads, uint32_t mask) {
      EncoderConfig c = config_of(profile, threads);
      c.cpu_mask = mask;
      Status status;
      return encode_screen_video(c, 20, &status).bytes();
    };
    const std::vector<uint8_t> one = screen(1, ~0u);
    EXPECT_TRUE(screen(3, ~0u) == one);
    for (uint32_t mask : kCpuMasks) EXPECT_TRUE(screen(2, mask) == one) << "mask " << mask;
  }
}

/// 4:2:2, 4:4:4 and 12 bits, with every family of kernels that the slow and the fast presets use.
TEST(Determinism, BytesOfOtherFormatsDoNotDependOnThreadsOrKernels) {
  for (ChromaFormat chroma : {ChromaFormat::k420, ChromaFormat::k422, ChromaFormat::k444})
    for (int depth : {8, 10, 12})
      for (int cpu_used : {3, 8}) {
        if (chroma == ChromaFormat::k420 && depth < 12) continue;
        const auto with = [&](int threads, uint32_t mask) {
          EncoderConfig c = config_of(UsageProfile::kGoodQuality, threads);
          c.bit_depth = depth;
          c.chroma = chroma;
          c.runtime.cpu_used = cpu_used;
          c.cpu_mask = mask;
          return encoded(c, 5);
        };
        const std::vector<uint8_t> one = with(1, ~0u);
        EXPECT_TRUE(with(3, ~0u) == one) << depth << kChromaNames[static_cast<int>(chroma)] << " cpu-used " << cpu_used;
        for (uint32_t mask : kCpuMasks)
          EXPECT_TRUE(with(2, mask) == one) << "mask " << mask << ", " << depth << kChromaNames[static_cast<int>(chroma)] << " cpu-used " << cpu_used;
      }
}

/// Copies take from what other superblock rows of their frame have decided.
TEST(Determinism, BytesOfDrawingsDoNotDependOnThreadsOrKernels) {
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime, UsageProfile::kAllIntra}) {
    const auto drawing = [&](int threads, uint32_t mask) {
      EncoderConfig c = config_of(profile, threads);
      c.width = 456;
      c.height = 328;
      c.cpu_mask = mask;
      Status status;
      return encode_pictures(c, 5, &status, [&](int i) { return make_drawn_picture(c, i); }).bytes();
    };
    const std::vector<uint8_t> one = drawing(1, ~0u);
    for (int threads : {2, 3}) EXPECT_TRUE(drawing(threads, ~0u) == one) << threads << " threads";
    for (uint32_t mask : kCpuMasks) EXPECT_TRUE(drawing(2, mask) == one) << "mask " << mask;
  }
}

/// A qindex for each superblock: which one comes before must not depend on who searches when.
TEST(Determinism, BytesWithRegionsDoNotDependOnThreads) {
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime})
    for (int cpu_used : {5, 8, 10}) {
      const auto with_regions = [&](int threads) {
        EncoderConfig c = config_of(profile, threads);
        c.width = 328;
        c.height = 264;
        c.tile_columns_log2 = cpu_used == 5 ? 1 : 0;
        c.runtime.cpu_used = cpu_used;
        if (cpu_used == 8) c.runtime.target_bitrate_kbps = 150;
        Status status;
        return encode_pictures(c, 8, &status, [&](int i) {
          TestPicture picture = make_test_picture(c, i);
          picture.regions = make_regions(c.width, c.height, i);
          return picture;
        }).bytes();
      };
      const std::vector<uint8_t> one = with_regions(1);
      for (int threads : {2, 3}) EXPECT_TRUE(with_regions(threads) == one) << "cpu-used " << cpu_used << ", " << threads << " threads";
    }
}

/// The second scene is harder, which frames coded beforehand tell while others are being coded; the third is not.
TEST(Determinism, ScenesTriedBeforehandDoNotDependOnThreads) {
  for (EndUsage usage : {EndUsage::kVbr, EndUsage::kCbr}) {
    const auto scenes = [&](int threads) {
      EncoderConfig c = config_of(UsageProfile::kGoodQuality, threads);
      c.end_usage = usage;
      c.runtime.cpu_used = 10;
      c.runtime.target_bitrate_kbps = 200;
      Status status;
      return encode_pictures(c, 150, &status, [&](int i) {
        return i / 50 == 1 ? make_test_picture(c, i) : make_drawn_picture(c, i);
      }).bytes();
    };
    const std::vector<uint8_t> one = scenes(1);
    for (int threads : {2, 5}) EXPECT_TRUE(scenes(threads) == one) << threads << " threads, usage " << int(usage);
  }
}

TEST(Determinism, BytesDoNotDependOnKernels) {
  for (int depth : {8, 10}) {
    EncoderConfig c = config_of(UsageProfile::kGoodQuality, 2);
    c.bit_depth = depth;
    c.runtime.cpu_used = 4;
    const std::vector<uint8_t> best = encoded(c, 12);
    for (uint32_t mask : kCpuMasks) {
      c.cpu_mask = mask;
      EXPECT_TRUE(encoded(c, 12) == best) << "depth " << depth << ", mask " << mask;
    }
  }
}

TEST(Determinism, TwoEncodersDoNotDisturbEachOther) {
  const std::vector<uint8_t> alone = encoded(config_of(UsageProfile::kGoodQuality, 2), 20);
  std::vector<uint8_t> a, b;
  std::thread other([&] { b = encoded(config_of(UsageProfile::kGoodQuality, 2), 20); });
  a = encoded(config_of(UsageProfile::kGoodQuality, 2), 20);
  other.join();
  EXPECT_TRUE(a == alone);
  EXPECT_TRUE(b == alone);
}

enum class Content { kVideo, kScreen, kDrawing, kVideoWithRegions, kScenes };

/// Heap allocations while frames `from` and later pass through.
int allocations_after(UsageProfile profile, int threads, int from, int frames, uint32_t target_kbps = 0, Content content = Content::kVideo,
                      ChromaFormat chroma = ChromaFormat::k420, int bit_depth = 8) {
  EncoderConfig c = config_of(profile, threads);
  c.chroma = chroma;
  c.bit_depth = bit_depth;
  c.runtime.target_bitrate_kbps = target_kbps;
  if (content == Content::kDrawing) {
    c.width = c.height = 330;  // wide enough for copies
    c.runtime.keyframe_max_dist = 5;
    c.runtime.cq_level = 50;  // no frame outgrows the room for its bytes
  }
  std::unique_ptr<Encoder> encoder;
  EXPECT_TRUE(Encoder::create(c, &encoder).ok());
  std::vector<TestPicture> pictures;
  for (int i = 0; i < frames; i++) {
    pictures.push_back(content == Content::kScreen    ? make_screen_picture(c, i)
                       : content == Content::kDrawing || (content == Content::kScenes && i / 50 % 2) ? make_drawn_picture(c, i)
                                                      : make_test_picture(c, i));
    // Mild ones, so that no frame outgrows the room for its bytes.
    if (content == Content::kVideoWithRegions)
      pictures.back().regions = {{.x = 17 * i % c.width, .y = 9 * i % c.height, .width = 70, .height = 50, .delta = -6},
                                 {.width = 64, .height = 64, .delta = 5}};
  }
  allocations = 0;
  for (int i = 0; i < frames; i++) {
    counting = i >= from;
    EXPECT_TRUE(encoder->send_frame(pictures[static_cast<size_t>(i)].input(static_cast<uint64_t>(i))).ok());
    Packet packet;
    while (encoder->receive_packet(&packet).ok()) encoder->recycle(&packet);
  }
  counting = false;
  return allocations;
}

TEST(Allocation, NoneFromTheThirdFrameOnInRealtime) {
  for (int threads : {1, 2}) EXPECT_EQ(allocations_after(UsageProfile::kRealtime, threads, 3, 40), 0) << threads << " threads";
}

/// With look-ahead the pools fill while pictures collect: they are full when a few mini-GOPs are through.
TEST(Allocation, NoneInSteadyStateWithLookAhead) {
  for (int threads : {1, 2}) EXPECT_EQ(allocations_after(UsageProfile::kGoodQuality, threads, 90, 150), 0) << threads << " threads";
}

TEST(Allocation, NoneForKeepingToARate) {
  EXPECT_EQ(allocations_after(UsageProfile::kRealtime, 1, 3, 40, 300), 0);
  EXPECT_EQ(allocations_after(UsageProfile::kGoodQuality, 2, 90, 150, 300), 0);
}

TEST(Allocation, NoneForOtherFormats) {
  EXPECT_EQ(allocations_after(UsageProfile::kRealtime, 1, 3, 20, 0, Content::kVideo, ChromaFormat::k444), 0);
  EXPECT_EQ(allocations_after(UsageProfile::kGoodQuality, 2, 90, 120, 0, Content::kVideo, ChromaFormat::k422, 12), 0);
}

/// Scenes that take turns, of which the first frames are coded beforehand.
TEST(Allocation, NoneForScenesTriedBeforehand) {
  EXPECT_EQ(allocations_after(UsageProfile::kGoodQuality, 1, 140, 250, 300, Content::kScenes), 0);
}

TEST(Allocation, NoneForScreens) {
  EXPECT_EQ(allocations_after(UsageProfile::kRealtime, 1, 3, 20, 0, Content::kScreen), 0);
  EXPECT_EQ(allocations_after(UsageProfile::kGoodQuality, 2, 90, 120, 0, Content::kScreen), 0);
}

TEST(Allocation, NoneForDrawings) {
  EXPECT_EQ(allocations_after(UsageProfile::kRealtime, 1, 3, 20, 0, Content::kDrawing), 0);
  EXPECT_EQ(allocations_after(UsageProfile::kGoodQuality, 2, 60, 80, 0, Content::kDrawing), 0);
}

TEST(Allocation, NoneForRegions) {
  EXPECT_EQ(allocations_after(UsageProfile::kRealtime, 1, 3, 20, 0, Content::kVideoWithRegions), 0);
  EXPECT_EQ(allocations_after(UsageProfile::kGoodQuality, 2, 90, 120, 0, Content::kVideoWithRegions), 0);
}

struct Footprint {
  int64_t allocations, bytes;
};

/// The most that an encoder of 640x360 holds at a time on the heap, by numbers and in bytes.
Footprint footprint(UsageProfile profile, int frames) {
  EncoderConfig c = config_of(profile, 2);
  c.width = 640;
  c.height = 360;
  c.runtime.cpu_used = 10;
  TestPicture picture = make_test_picture(c, 0);
  const int64_t before = live, before_bytes = live_bytes;
  most_live = before;
  most_live_bytes = before_bytes;
  std::unique_ptr<Encoder> encoder;
  EXPECT_TRUE(Encoder::create(c, &encoder).ok());
  for (int i = 0; i < frames; i++) {
    EXPECT_TRUE(encoder->send_frame(picture.input(static_cast<uint64_t>(i))).ok());
    Packet packet;
    while (encoder->receive_packet(&packet).ok()) encoder->recycle(&packet);
  }
  return {most_live - before, most_live_bytes - before_bytes};
}

/// Bytes in pictures of 4:2:0: with look-ahead some 29 wait or are being coded and 12 are references, in realtime 9
/// are; the rest is what two threads work with, 2 what the analysis of mini-GOPs takes,
/// 3 the eighth size pictures with their margins, 4 what fits restoration to key frames, and 3 the copy maps of two key frames.
TEST(Allocation, FewAndSmallAtAnyTime) {
  constexpr int64_t kPicture = 640 * 360 * 3 / 2;
  const Footprint good = footprint(UsageProfile::kGoodQuality, 80), live_video = footprint(UsageProfile::kRealtime, 20);
  EXPECT_LT(good.allocations, 1000);
  EXPECT_LT(live_video.allocations, 1000);
  EXPECT_LT(good.bytes / kPicture, 135);
  EXPECT_LT(live_video.bytes / kPicture, 61);
}

}  // namespace
}  // namespace tessera::test
