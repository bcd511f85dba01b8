#include "asm/x86/bind.h"
#include "base/cpu_features.h"
#include "dsp/cdef_block.h"
#include "dsp/subpel.h"

namespace tessera {
namespace {

/// What the filters of asm/x86/cdef_*.asm work with. Pairs are primary, secondary; words stand twice in their 32 bits.
struct CdefWork {
  int64_t offset[6];  ///< bytes to the taps at both distances: primary, secondary on either side of it
  uint32_t threshold[2];
  uint32_t taps[2];   ///< primary, at either distance
  int32_t shift[2];
};
static_assert(sizeof(CdefWork) == 72);

}  // namespace
}  // namespace tessera

#pragma GCC visibility push(hidden)
extern "C" {
#define TESSERA_DECLARE(name)                                                                                                     \
  void tessera_cdef##name##_sse4(void* dst, ptrdiff_t stride_bytes, const int16_t*, const tessera::CdefWork*, int rows);          \
  void tessera_cdef##name##_avx2(void* dst, ptrdiff_t stride_bytes, const int16_t*, const tessera::CdefWork*, int rows);
TESSERA_DECLARE(8_w8_both)
TESSERA_DECLARE(8_w8_pri)
TESSERA_DECLARE(8_w8_sec)
TESSERA_DECLARE(8_w4_both)
TESSERA_DECLARE(8_w4_pri)
TESSERA_DECLARE(8_w4_sec)
TESSERA_DECLARE(16_w8_both)
TESSERA_DECLARE(16_w8_pri)
TESSERA_DECLARE(16_w8_sec)
TESSERA_DECLARE(16_w4_both)
TESSERA_DECLARE(16_w4_pri)
TESSERA_DECLARE(16_w4_sec)
#undef TESSERA_DECLARE
void tessera_cdef_direction_sse4(const int16_t* src, int shift, int32_t costs[8]);
void tessera_cdef_direction_avx2(const int16_t* src, int shift, int32_t costs[8]);
}
#pragma GCC visibility pop

namespace tessera {
namespace {

using FilterFn = decltype(tessera_cdef8_w8_both_avx2);

/// Filters of one width: secondary alone, primary alone, both.
#define TESSERA_KINDS(bits_width, level) \
  {tessera_cdef##bits_width##_sec_##level, tessera_cdef##bits_width##_pri_##level, tessera_cdef##bits_width##_both_##level}
/// By bytes of a sample less one, and whether blocks are narrow.
struct Sse4 {
  static constexpr FilterFn* kFilters[2][2][3] = {{TESSERA_KINDS(8_w8, sse4), TESSERA_KINDS(8_w4, sse4)},
                                                  {TESSERA_KINDS(16_w8, sse4), TESSERA_KINDS(16_w4, sse4)}};
};
struct Avx2 {
  static constexpr FilterFn* kFilters[2][2][3] = {{TESSERA_KINDS(8_w8, avx2), TESSERA_KINDS(8_w4, avx2)},
                                                  {TESSERA_KINDS(16_w8, avx2), TESSERA_KINDS(16_w4, avx2)}};
};

/// Taps of a direction and distance, in bytes from the sample.
constexpr auto kOffsets = [] {
  Table2<int64_t, 8, 2> offsets = {};
  for (int d = 0; d < 8; d++)
    for (int k = 0; k < 2; k++) offsets[d][k] = 2 * (Cdef_Directions[d][k][0] * kCdefTileStride + Cdef_Directions[d][k][1]);
  return offsets;
}();
static_assert(2 * kCdefTileStride == 160, "the kernels have this stride");

constexpr uint32_t twice(int word) { return static_cast<uint32_t>(word) * 0x10001u; }

/// spec 7.15.3: CDEF filter process.
template <class Level, Pixel P, int W, int H>
void filter(P* dst, ptrdiff_t dst_stride, const int16_t* src, int pri_str, int sec_str, int dir, int damping, int bit_depth) {
  const auto shift = [&](int strength) { return strength ? std::max(0, damping - floor_log2(static_cast<uint32_t>(strength))) : 0; };
  const auto& taps = Cdef_Pri_Taps[(pri_str >> (bit_depth - 8)) & 1];
  const auto &pri = kOffsets[dir], &left = kOffsets[(dir + 6) & 7], &right = kOffsets[(dir + 2) & 7];
  const CdefWork work = {{pri[0], pri[1], left[0], left[1], right[0], right[1]},
                         {twice(pri_str), twice(sec_str)},
                         {twice(taps[0]), twice(taps[1])},
                         {shift(pri_str), shift(sec_str)}};
  constexpr auto& kKinds = Level::kFilters[sizeof(P) - 1][W == 4];
  kKinds[pri_str == 0 ? 0 : sec_str == 0 ? 1 : 2](dst, dst_stride * static_cast<ptrdiff_t>(sizeof(P)), src, &work, H);
}

/// spec 7.15.2: CDEF direction process.
template <auto kCosts>
CdefDirection direction(const int16_t* src, int bit_depth) {
  constexpr int kPlace[8] = {0, 6, 5, 7, 4, 3, 1, 2};  // of each direction among the costs
  int32_t costs[8];
  kCosts(src, bit_depth - 8, costs);
  int best = 0;
  for (int d = 1; d < 8; d++)
    if (costs[kPlace[d]] > costs[kPlace[best]]) best = d;
  return {best, (costs[kPlace[best]] - costs[kPlace[best ^ 4]]) >> 10};
}

template <class Level, Pixel P>
void bind_filters(CdefTable<P>& table) {
  table.filter[0][0] = filter<Level, P, 8, 8>;
  table.filter[0][1] = filter<Level, P, 8, 4>;
  table.filter[1][0] = filter<Level, P, 4, 8>;
  table.filter[1][1] = filter<Level, P, 4, 4>;
}

template <Pixel P>
void bind(uint32_t cpu_flags, CdefTable<P>& table) {
  if (cpu_has(cpu_flags, kCpuSse4Level)) {
    table.direction = direction<tessera_cdef_direction_sse4>;
    bind_filters<Sse4>(table);
  }
  if (cpu_has(cpu_flags, kCpuAvx2Level)) {
    table.direction = direction<tessera_cdef_direction_avx2>;
    bind_filters<Avx2>(table);
  }
}

}  // namespace

template <>
void bind_cdef_x86(uint32_t cpu_flags, CdefTable<uint8_t>& table) {
  bind(cpu_flags, table);
}
template <>
void bind_cdef_x86(uint32_t cpu_flags, CdefTable<uint16_t>& table) {
  bind(cpu_flags, table);
}

}  // namespace tessera
