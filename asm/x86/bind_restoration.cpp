#include <cstring>

#include "asm/x86/bind.h"
#include "base/cpu_features.h"
#include "dsp/restoration.h"
#include "dsp/subpel.h"

namespace tessera {
namespace {

/// What the kernels of asm/x86/wiener_avx2.asm work with. Taps are pairs of words, limits words twice in their 32 bits.
struct WienerWork {
  uint32_t across[2], down[2];
  int32_t round[2];
  uint32_t low, high, top;
  uint32_t rest[7];
  alignas(32) int16_t rows[(kRestorationBlock + 6) * 16];
};
static_assert(sizeof(WienerWork) == 64 + 70 * 32);

/// What those of asm/x86/self_guided_avx2.asm do.
struct SelfGuidedWork {
  int32_t scale = 0, half_squares = 0, half_samples = 0;
  uint32_t weights = 0, top = 0, rest = 0;
  int64_t shift_squares = 0, shift_samples = 0;
  const int32_t* shares = nullptr;
};
static_assert(sizeof(SelfGuidedWork) == 48);

/// The rows of a2 and b2 above, at and below some samples.
struct ShareRows {
  const int32_t* a[3];
  const int32_t* b[3];
};

}  // namespace
}  // namespace tessera

#pragma GCC visibility push(hidden)
extern "C" {
#define TESSERA_DECLARE(name) void tessera_wiener##name##_avx2(void* dst, ptrdiff_t stride_bytes, const int16_t* src, tessera::WienerWork*, int rows);
TESSERA_DECLARE(8_w16)
TESSERA_DECLARE(8_w8)
TESSERA_DECLARE(16_w16)
TESSERA_DECLARE(16_w8)
TESSERA_DECLARE(12_w16)
TESSERA_DECLARE(12_w8)
#undef TESSERA_DECLARE
#define TESSERA_DECLARE(level)                                                                                                \
  void tessera_wiener_values2_##level(int16_t* values, const int16_t* src, const int16_t* source, int groups);                \
  void tessera_wiener_values3_##level(int16_t* values, const int16_t* src, const int16_t* source, int groups);                \
  void tessera_wiener_products_##level(int64_t* sums, const int16_t* value, const int16_t* values, const uint32_t* others, int64_t groups);
TESSERA_DECLARE(sse4)
TESSERA_DECLARE(avx2)
#undef TESSERA_DECLARE
void tessera_wiener_products_avx512(int64_t* sums, const int16_t* value, const int16_t* values, const uint32_t* others, int64_t groups);
void tessera_box_shares1_avx2(int32_t* a, int32_t* b, const int32_t* squares, const int32_t* samples, const tessera::SelfGuidedWork*, int64_t groups);
void tessera_box_shares2_avx2(int32_t* a, int32_t* b, const int32_t* squares, const int32_t* samples, const tessera::SelfGuidedWork*, int64_t groups);
void tessera_box_weigh1_avx2(int16_t* dst, const int16_t* src, const tessera::ShareRows*, int64_t groups);
void tessera_box_weigh2_avx2(int16_t* dst, const int16_t* src, const tessera::ShareRows*, int64_t groups);
void tessera_box_weigh2_odd_avx2(int16_t* dst, const int16_t* src, const tessera::ShareRows*, int64_t groups);
void tessera_self_guided8_avx2(void* dst, const int16_t* src, const int16_t*, const int16_t*, const tessera::SelfGuidedWork*, int groups);
void tessera_self_guided16_avx2(void* dst, const int16_t* src, const int16_t*, const int16_t*, const tessera::SelfGuidedWork*, int groups);
void tessera_projection_avx2(int64_t* sums, const int16_t* src, const int16_t*, const int16_t*, const int16_t* source, int width);
}
#pragma GCC visibility pop

namespace tessera {
namespace {

constexpr uint32_t pair(int low, int high) { return static_cast<uint32_t>(high) << 16 | (static_cast<uint32_t>(low) & 0xffff); }

/// spec 7.17.4: Wiener filter process.
template <Pixel P>
void wiener_avx2(P* dst, ptrdiff_t dst_stride, const int16_t* src, const WienerTaps& taps, int width, int height, int bit_depth) {
  constexpr int kOne = 128;
  const int round0 = inter_round0(bit_depth), round1 = 14 - round0;
  // Between the passes samples are less by this, so that the sum of two fits a word.
  const int bias = 1 << (bit_depth + 6 - round0), top = (1 << bit_depth) - 1;
  WienerWork work;
  const auto middle = [](const Array<int8_t, 3>& t) { return kOne - 2 * (t[0] + t[1] + t[2]); };
  work.across[0] = pair(taps[1][0], taps[1][1]);
  work.across[1] = pair(taps[1][2], middle(taps[1]));
  work.down[0] = pair(taps[0][0], taps[0][1]);
  work.down[1] = pair(taps[0][2], middle(taps[0]));
  work.round[0] = (1 << (round0 - 1)) - (bias << round0);
  work.round[1] = (1 << (round1 - 1)) + kOne * bias;
  work.low = pair(-2 * bias, -2 * bias);
  work.high = pair(2 * bias - 1, 2 * bias - 1);
  work.top = pair(top, top);
  const ptrdiff_t stride = dst_stride * static_cast<ptrdiff_t>(sizeof(P));
  int x = 0;
  const bool deep = bit_depth == 12;
  const auto w16 = sizeof(P) == 1 ? tessera_wiener8_w16_avx2 : deep ? tessera_wiener12_w16_avx2 : tessera_wiener16_w16_avx2;
  const auto w8 = sizeof(P) == 1 ? tessera_wiener8_w8_avx2 : deep ? tessera_wiener12_w8_avx2 : tessera_wiener16_w8_avx2;
  for (; x + 16 <= width; x += 16) w16(dst + x, stride, src + x, &work, height);
  if (x < width) w8(dst + x, stride, src + x, &work, height);
}

/// A row of samples as words.
template <Pixel P>
void widen(int16_t* to, const P* from, int width) {
  for (int x = 0; x < width; x += 8)
    for (int i = 0; i < 8; i++) to[x + i] = static_cast<int16_t>(from[x + i]);
}

/// Kernels of the sums that the Wiener filter is fitted to; groups of values and of products are as many words.
struct SumsSse4 {
  static constexpr int kGroup = 8, kProductGroup = 8;
  static constexpr auto *kValues2 = tessera_wiener_values2_sse4, *kValues3 = tessera_wiener_values3_sse4;
  static constexpr auto* kProducts = tessera_wiener_products_sse4;
};
struct SumsAvx2 {
  static constexpr int kGroup = 16, kProductGroup = 16;
  static constexpr auto *kValues2 = tessera_wiener_values2_avx2, *kValues3 = tessera_wiener_values3_avx2;
  static constexpr auto* kProducts = tessera_wiener_products_avx2;
};
struct SumsAvx512 {
  static constexpr int kGroup = SumsAvx2::kGroup, kProductGroup = 64;
  static constexpr auto *kValues2 = SumsAvx2::kValues2, *kValues3 = SumsAvx2::kValues3;
  static constexpr auto* kProducts = tessera_wiener_products_avx512;
};

template <class Kernels, Pixel P>
void wiener_sums(WienerSums& sums, const int16_t* src, const P* source, ptrdiff_t source_stride, int reach, int step, int width, int height) {
  constexpr int kRows = 8, kSize = kRows * kRestorationBlock, kGroup = Kernels::kGroup, kProductGroup = Kernels::kProductGroup;
  alignas(64) int16_t values[kWienerValues * kSize + 16];
  alignas(64) int16_t words[kRestorationBlock];
  int used[kWienerValues], count = 0;
  for (int i = 0; i < kWienerValues; i++)
    if (i % 4 <= reach && i / 4 <= reach) used[count++] = i;
  for (int y = 0; y < height;) {
    int size = 0;
    for (int row = 0; row < kRows && y < height; row++, y += step, size += width) {
      widen(words, source + y * source_stride, width);
      (reach == 3 ? Kernels::kValues3 : Kernels::kValues2)(values + size, src + y * kRestorationStride, words, (width + kGroup - 1) / kGroup);
    }
    const int groups = (size + kProductGroup - 1) / kProductGroup, rest = groups * kProductGroup - size;
    for (int i = 0; i < count && rest > 0; i++) std::fill_n(values + used[i] * kSize + size, rest, int16_t{0});
    for (int i = 0; i < count; i++)
      for (int j = 0; j <= i; j += 4) {
        uint32_t others[4];
        int64_t products[4];
        for (int k = 0; k < 4; k++) others[k] = static_cast<uint32_t>(used[std::min(j + k, i)]) * kSize * sizeof(int16_t);
        Kernels::kProducts(products, values + used[i] * kSize, values, others, groups);
        for (int k = 0; k < 4 && j + k <= i; k++) sums[used[i]][used[j + k]] += products[k];
      }
  }
}

/// a2 of spec 7.17.3 by z.
constexpr auto kShares = [] {
  Array<int32_t, 256> shares = {};
  for (int z = 0; z < 256; z++) shares[z] = z == 255 ? 256 : z == 0 ? 1 : ((z << 8) + z / 2) / (z + 1);
  return shares;
}();

/// spec 7.17.3: box filter process.
void box_filter_avx2(int16_t* differences, const BoxSums& sums, const int16_t* src, int radius, int eps, int width, int height, int bit_depth) {
  constexpr int kTableBits = 20, kShareStride = kRestorationStride;
  const int n = (2 * radius + 1) * (2 * radius + 1), n2e = n * n * eps, depth = bit_depth - 8;
  SelfGuidedWork work;
  work.scale = ((1 << kTableBits) + n2e / 2) / n2e;
  work.half_squares = (1 << 2 * depth) >> 1;
  work.half_samples = (1 << depth) >> 1;
  work.shift_squares = 2 * depth;
  work.shift_samples = depth;
  work.shares = kShares.data();
  // Four rows in turns: those above, at and below a sample, by their number.
  alignas(64) int32_t a[4][kShareStride], b[4][kShareStride];
  const int share_groups = (width + 2 + 7) / 8, groups = width / 8;
  const auto make = [&](int y) {
    (radius == 2 ? tessera_box_shares2_avx2 : tessera_box_shares1_avx2)(a[y & 3], b[y & 3], sums.squares + BoxSums::at(-1, y),
                                                                        sums.samples + BoxSums::at(-1, y), &work, share_groups);
  };
  make(-1);
  if (radius == 1) make(0);
  for (int y = 0; y < height; y++) {
    if (radius == 1 || (y & 1) == 0) make(y + 1);
    const int above = (y - 1) & 3, at = y & 3, below = (y + 1) & 3;
    const ShareRows rows = {{a[above], a[at], a[below]}, {b[above], b[at], b[below]}};
    (radius == 1 ? tessera_box_weigh1_avx2
     : y & 1     ? tessera_box_weigh2_odd_avx2
                 : tessera_box_weigh2_avx2)(differences + y * kRestorationStride, src + y * kRestorationStride, &rows, groups);
  }
}

/// spec 7.17.2: self guided filter process.
template <Pixel P>
void self_guided_avx2(P* dst, ptrdiff_t dst_stride, const int16_t* src, const int16_t* const (&differences)[2], int w0, int w2, int width, int height,
                      int bit_depth) {
  SelfGuidedWork work;
  const int top = (1 << bit_depth) - 1;
  work.weights = pair(w0, w2);
  work.top = pair(top, top);
  for (int y = 0; y < height; y++) {
    const ptrdiff_t row = y * kRestorationStride;
    (sizeof(P) == 1 ? tessera_self_guided8_avx2 : tessera_self_guided16_avx2)(dst + y * dst_stride, src + row, differences[0] + row,
                                                                              differences[1] + row, &work, width / 8);
  }
}

template <Pixel P>
void projection_sums_avx2(ProjectionSums& sums, const int16_t* src, const int16_t* const (&differences)[2], const P* source, ptrdiff_t source_stride,
                          int width, int height) {
  alignas(64) int16_t words[kRestorationBlock];
  alignas(32) int64_t parts[5][4] = {};
  for (int y = 0; y < height; y++) {
    const ptrdiff_t row = y * kRestorationStride;
    widen(words, source + y * source_stride, width);
    tessera_projection_avx2(parts[0], src + row, differences[0] + row, differences[1] + row, words, width);
  }
  int64_t* const totals[5] = {&sums.d00, &sums.d01, &sums.d11, &sums.s0, &sums.s1};
  for (int i = 0; i < 5; i++)
    for (const int64_t part : parts[i]) *totals[i] += part;
}

template <Pixel P>
void bind(uint32_t cpu_flags, RestorationTable<P>& table) {
  if (cpu_has(cpu_flags, kCpuSse4Level)) table.wiener_sums = wiener_sums<SumsSse4, P>;
  if (!cpu_has(cpu_flags, kCpuAvx2Level)) return;
  table.wiener = wiener_avx2<P>;
  table.box_filter = box_filter_avx2;
  table.self_guided = self_guided_avx2<P>;
  table.wiener_sums = wiener_sums<SumsAvx2, P>;
  table.projection_sums = projection_sums_avx2<P>;
  if (cpu_has(cpu_flags, kCpuAvx512Level)) table.wiener_sums = wiener_sums<SumsAvx512, P>;
}

}  // namespace

template <>
void bind_restoration_x86(uint32_t cpu_flags, RestorationTable<uint8_t>& table) {
  bind(cpu_flags, table);
}
template <>
void bind_restoration_x86(uint32_t cpu_flags, RestorationTable<uint16_t>& table) {
  bind(cpu_flags, table);
}

}  // namespace tessera
