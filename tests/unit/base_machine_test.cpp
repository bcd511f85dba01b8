// array.h, view.h, int_math.h, cpu_features.h and log.h.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/array.h"
#include "base/cpu_features.h"
#include "base/int_math.h"
#include "base/log.h"
#include "base/view.h"
#include "tests/support/decoders.h"

namespace tessera {
namespace {

TEST(IntMath, MatchesTheSpecification) {
  // spec 4.7: Round2( x, n ) = ( x + 2^(n-1) ) / 2^n with an arithmetic shift.
  for (int x = -100; x <= 100; x++)
    for (int n = 1; n < 6; n++) {
      const double half_up = std::floor(x / std::exp2(n) + 0.5);
      EXPECT_EQ(round2(x, n), half_up);
      EXPECT_EQ(round2_signed(x, n), x < 0 ? -std::floor(-x / std::exp2(n) + 0.5) : half_up);
    }
  for (uint32_t x = 1; x < 5000; x++) {
    EXPECT_LE(1u << floor_log2(x), x);
    EXPECT_GT(2u << floor_log2(x), x);
    EXPECT_GE(1u << ceil_log2(x), x);
    if (x > 1) {
      EXPECT_LT(1u << (ceil_log2(x) - 1), x);
    }
  }
  EXPECT_EQ(floor_log2(~0u), 31);
  EXPECT_EQ(clip_pixel<uint8_t>(-3, 8), 0);
  EXPECT_EQ(clip_pixel<uint16_t>(2000, 10), 1023);
  EXPECT_EQ(clip3(2, 5, 9), 5);
  EXPECT_EQ(align_up(65, 64), 128);
  EXPECT_EQ(div_ceil(65, 64), 2);
}

TEST(View2d, BlockSharesMemory) {
  int cells[6 * 8];
  for (int i = 0; i < 48; i++) cells[i] = i;
  const View2d<int> all(cells, 8, 8, 6);
  const View2d<const int> part = all.block(2, 1, 3, 4);
  EXPECT_EQ(part.width(), 3);
  EXPECT_EQ(part.height(), 4);
  EXPECT_EQ(part.at(0, 0), 10);
  all.at(4, 4) = -1;
  EXPECT_EQ(part.at(2, 3), -1);
}

TEST(Array, IsAnAggregate) {
  constexpr Table2<int, 2, 3> t = {{{1, 2, 3}, {4, 5, 6}}};
  static_assert(t[1][0] == 4 && t.size() == 2 && t[0].size() == 3);
  Array<int, 3> a = {};
  a.fill(4);
  EXPECT_EQ(a, (Array<int, 3>{4, 4, 4}));
}

TEST(CpuFeatures, AgreeWithTheCompiler) {
#if defined(__x86_64__)
  EXPECT_EQ(cpu_has(cpu_flags(), kCpuAvx2), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(cpu_has(cpu_flags(), kCpuSsse3), __builtin_cpu_supports("ssse3") != 0);
  EXPECT_EQ(cpu_has(cpu_flags(), kCpuSse41), __builtin_cpu_supports("sse4.1") != 0);
  EXPECT_EQ(cpu_has(cpu_flags(), kCpuAvx512),
            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd") &&
                __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512vbmi") &&
                __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vnni") &&
                __builtin_cpu_supports("avx512bitalg") && __builtin_cpu_supports("avx512vpopcntdq"));
#endif
  EXPECT_TRUE(cpu_has(kCpuAvx2Level, kCpuAvx2));
  EXPECT_TRUE(cpu_has(kCpuAvx2Level, kCpuSse4Level));
  EXPECT_TRUE(cpu_has(kCpuAvx512Level, kCpuAvx2Level));
  EXPECT_FALSE(cpu_has(kCpuAvx2Level, kCpuAvx512Level));
  EXPECT_FALSE(cpu_has(kCpuSse4Level, kCpuAvx2Level));
  EXPECT_FALSE(cpu_has(kCpuSsse3, kCpuSse4Level));
}

TEST(LogFile, TakesItsLinesWhereTheVariableNamesOne) {
  const test::ScratchDir dir;
  const std::string path = dir.file("log");
  const auto line = [](std::FILE* file) { std::fputs("line\n", file); };
  ASSERT_EQ(setenv("TESSERA_TEST_LOG", path.c_str(), 1), 0);
  test::write_file(path, {'o', 'l', 'd'});
  LogFile log("TESSERA_TEST_LOG", "head ");
  log.append(line);
  log.append(line);
  const std::vector<uint8_t> bytes = test::read_file(path);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "head line\nline\n") << "while it is open";
  ASSERT_EQ(unsetenv("TESSERA_TEST_LOG"), 0);
  LogFile("TESSERA_TEST_LOG").append([](std::FILE*) { FAIL() << "there is no file"; });
}

#ifdef TESSERA_HARDENED
TEST(HardenedDeathTest, NamesThePlace) {
  Array<int, 2> a = {};
  EXPECT_DEATH(a[2] = 0, "base_machine_test.cpp");
  EXPECT_DEATH((void)narrow<uint8_t>(256), "narrowing");
}
#endif

}  // namespace
}  // namespace tessera
