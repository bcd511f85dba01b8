#include "dsp/restoration.h"

#include "base/int_math.h"
#include "dsp/fixed_width.h"
#include "dsp/subpel.h"
#include "spec/constants.h"

namespace tessera {
namespace {

inline constexpr int SGRPROJ_RST_BITS = 4;
inline constexpr int SGRPROJ_PRJ_BITS = 7;
inline constexpr int SGRPROJ_MTABLE_BITS = 20;
inline constexpr int SGRPROJ_SGR_BITS = 8;
inline constexpr int SGRPROJ_RECIP_BITS = 12;

/// spec 7.17.5: Wiener coefficient process.
Array<int, 7> wiener_filter(const Array<int8_t, 3>& coeff) {
  Array<int, 7> filter;
  filter[3] = 128;
  for (int i = 0; i < 3; i++) {
    filter[i] = filter[6 - i] = coeff[i];
    filter[3] -= 2 * coeff[i];
  }
  return filter;
}

/// spec 7.17.4: Wiener filter process.
template <Pixel P>
void wiener(P* dst, ptrdiff_t dst_stride, const int16_t* src, const WienerTaps& taps, int width, int height, int bit_depth) {
  const int round0 = inter_round0(bit_depth), round1 = 14 - round0;
  const Array<int, 7> vfilter = wiener_filter(taps[0]), hfilter = wiener_filter(taps[1]);
  const int offset = 1 << (bit_depth + 7 - round0 - 1), limit = (1 << (bit_depth + 1 + 7 - round0)) - 1;
  alignas(64) int16_t intermediate[(kRestorationBlock + 6) * kRestorationBlock];
  for (int r = 0; r < height + 6; r++) {
    const int16_t* const in = src + (r - 3) * kRestorationStride;
    for (int c = 0; c < width; c++) {
      int s = hfilter[3] * in[c];
      for (int t = 0; t < 3; t++) s += hfilter[t] * (in[c + t - 3] + in[c + 3 - t]);
      intermediate[r * kRestorationBlock + c] = static_cast<int16_t>(clip3(-offset, limit - offset, (s + (1 << round0 >> 1)) >> round0));
    }
  }
  for (int r = 0; r < height; r++)
    for (int c = 0; c < width; c++) {
      const int16_t* const in = intermediate + r * kRestorationBlock + c;
      int s = 0;
      for (int t = 0; t < 7; t++) s += vfilter[t] * in[t * kRestorationBlock];
      dst[r * dst_stride + c] = clip_pixel<P>((s + (1 << (round1 - 1))) >> round1, bit_depth);
    }
}

template <int kRadius>
void box_sums_of(BoxSums& sums, const int16_t* src, int width, int height) {
  alignas(64) int32_t column[kRestorationStride], column_squares[kRestorationStride];
  for (int y = -1; y < height + 1; y += kRadius) {
    for (int x = -3; x < width + 3; x++) {
      int sum = 0, square = 0;
      for (int dy = -kRadius; dy <= kRadius; dy++) {
        const int c = src[(y + dy) * kRestorationStride + x];
        sum += c;
        square += c * c;
      }
      column[BoxSums::kLeft + x] = sum;
      column_squares[BoxSums::kLeft + x] = square;
    }
    const ptrdiff_t row = BoxSums::at(0, y) - BoxSums::kLeft;
    for (int x = BoxSums::kLeft - 1; x < BoxSums::kLeft + width + 1; x++) {
      int sum = 0, square = 0;
      for (int dx = -kRadius; dx <= kRadius; dx++) {
        sum += column[x + dx];
        square += column_squares[x + dx];
      }
      sums.samples[row + x] = sum;
      sums.squares[row + x] = square;
    }
  }
}

void box_sums(BoxSums& sums, const int16_t* src, int radius, int width, int height) {
  (radius == 2 ? box_sums_of<2> : box_sums_of<1>)(sums, src, width, height);
}

/// a2 of spec 7.17.3 by z.
constexpr auto kShares = [] {
  Array<int32_t, 256> shares = {};
  for (int z = 0; z < 256; z++) shares[z] = z == 255 ? 256 : z == 0 ? 1 : ((z << SGRPROJ_SGR_BITS) + z / 2) / (z + 1);
  return shares;
}();

/// A and B of spec 7.17.3 of one row, from column -1.
template <int kRadius>
void share_row(int32_t* a_row, int32_t* b_row, const BoxSums& sums, int y, int s, int width, int bit_depth) {
  constexpr int n = (2 * kRadius + 1) * (2 * kRadius + 1);
  constexpr uint32_t oneOverN = ((1 << SGRPROJ_RECIP_BITS) + n / 2) / n;
  const int depth = bit_depth - 8, half = (1 << depth) >> 1, half2 = (1 << 2 * depth) >> 1;
  const int32_t* const squares = sums.squares + BoxSums::at(-1, y);
  const int32_t* const samples = sums.samples + BoxSums::at(-1, y);
  const int32_t* const shares = kShares.data();
  for (int x = 0; x < width + 2; x++) {
    const int a = (squares[x] + half2) >> 2 * depth, d = (samples[x] + half) >> depth;
    const auto p = static_cast<uint32_t>(std::max(0, a * n - d * d));
    const uint32_t z = (p * static_cast<uint32_t>(s) + (1u << (SGRPROJ_MTABLE_BITS - 1))) >> SGRPROJ_MTABLE_BITS;
    const int a2 = shares[std::min(z, 255u)];
    a_row[x] = a2;
    const uint32_t b2 = static_cast<uint32_t>((1 << SGRPROJ_SGR_BITS) - a2) * static_cast<uint32_t>(samples[x]) * oneOverN;
    b_row[x] = static_cast<int32_t>((b2 + (1u << (SGRPROJ_RECIP_BITS - 1))) >> SGRPROJ_RECIP_BITS);
  }
}

inline constexpr int kShareStride = kRestorationBlock + 16;

void box_filter_2(int16_t* out, const BoxSums& sums, const int16_t* src, int s, int width, int height, int bit_depth) {
  // Rows -1, 1, 3 ... in turns.
  alignas(64) int32_t a[2][kShareStride], b[2][kShareStride];
  share_row<2>(a[0], b[0], sums, -1, s, width, bit_depth);
  for (int y = 0; y < height; y++, src += kRestorationStride, out += kRestorationStride) {
    const int below = (y / 2 + 1) & 1;
    if ((y & 1) == 0) share_row<2>(a[below], b[below], sums, y + 1, s, width, bit_depth);
    const int32_t *const a0 = a[below], *const b0 = b[below], *const a1 = a[below ^ 1], *const b1 = b[below ^ 1];
    if (y & 1)
      for (int x = 0; x < width; x++) {
        const int va = 6 * a0[x + 1] + 5 * (a0[x] + a0[x + 2]), vb = 6 * b0[x + 1] + 5 * (b0[x] + b0[x + 2]);
        out[x] = static_cast<int16_t>(((va * src[x] + vb + (1 << 7)) >> 8) - (src[x] << SGRPROJ_RST_BITS));
      }
    else
      for (int x = 0; x < width; x++) {
        const int va = 6 * (a0[x + 1] + a1[x + 1]) + 5 * (a0[x] + a0[x + 2] + a1[x] + a1[x + 2]);
        const int vb = 6 * (b0[x + 1] + b1[x + 1]) + 5 * (b0[x] + b0[x + 2] + b1[x] + b1[x + 2]);
        out[x] = static_cast<int16_t>(((va * src[x] + vb + (1 << 8)) >> 9) - (src[x] << SGRPROJ_RST_BITS));
      }
  }
}

void box_filter_1(int16_t* out, const BoxSums& sums, const int16_t* src, int s, int width, int height, int bit_depth) {
  alignas(64) int32_t a[3][kShareStride], b[3][kShareStride];
  for (int y : {-1, 0}) share_row<1>(a[y + 1], b[y + 1], sums, y, s, width, bit_depth);
  for (int y = 0; y < height; y++, src += kRestorationStride, out += kRestorationStride) {
    const int i0 = y % 3, i1 = (y + 1) % 3, i2 = (y + 2) % 3;
    share_row<1>(a[i2], b[i2], sums, y + 1, s, width, bit_depth);
    const auto weigh = [&](const int32_t* r0, const int32_t* r1, const int32_t* r2, int x) {
      return 4 * (r0[x + 1] + r1[x] + r1[x + 1] + r1[x + 2] + r2[x + 1]) + 3 * (r0[x] + r0[x + 2] + r2[x] + r2[x + 2]);
    };
    for (int x = 0; x < width; x++) {
      const int va = weigh(a[i0], a[i1], a[i2], x), vb = weigh(b[i0], b[i1], b[i2], x);
      out[x] = static_cast<int16_t>(((va * src[x] + vb + (1 << 8)) >> 9) - (src[x] << SGRPROJ_RST_BITS));
    }
  }
}

/// spec 7.17.3: box filter process.
void box_filter(int16_t* differences, const BoxSums& sums, const int16_t* src, int radius, int eps, int width, int height, int bit_depth) {
  const int n = (2 * radius + 1) * (2 * radius + 1), n2e = n * n * eps;
  const int s = ((1 << SGRPROJ_MTABLE_BITS) + n2e / 2) / n2e;
  (radius == 2 ? box_filter_2 : box_filter_1)(differences, sums, src, s, width, height, bit_depth);
}

/// spec 7.17.2: self guided filter process.
template <Pixel P>
void self_guided(P* dst, ptrdiff_t dst_stride, const int16_t* src, const int16_t* const (&differences)[2], int w0, int w2, int width, int height,
                 int bit_depth) {
  constexpr int kBits = SGRPROJ_RST_BITS + SGRPROJ_PRJ_BITS;
  for (int y = 0; y < height; y++) {
    const int16_t* const in = src + y * kRestorationStride;
    const int16_t* const d0 = differences[0] + y * kRestorationStride;
    const int16_t* const d1 = differences[1] + y * kRestorationStride;
    for (int x = 0; x < width; x++)
      dst[y * dst_stride + x] = clip_pixel<P>(in[x] + ((w0 * d0[x] + w2 * d1[x] + (1 << (kBits - 1))) >> kBits), bit_depth);
  }
}

/// The values of one row, each in a row of its own.
template <Pixel P>
void wiener_values(int16_t (&values)[kWienerValues][kRestorationBlock], const int16_t* src, const P* source, int reach, int width) {
  for (int dy = 0; dy <= reach; dy++) {
    const int16_t* const up = src - dy * kRestorationStride;
    const int16_t* const down = src + dy * kRestorationStride;
    for (int dx = 0; dx <= reach; dx++) {
      int16_t* const out = values[4 * dy + dx];
      if (dx == 0 && dy == 0)
        for (int x = 0; x < width; x++) out[x] = static_cast<int16_t>(source[x] - src[x]);
      else if (dy == 0)
        for (int x = 0; x < width; x++) out[x] = static_cast<int16_t>(src[x - dx] + src[x + dx] - 2 * src[x]);
      else if (dx == 0)
        for (int x = 0; x < width; x++) out[x] = static_cast<int16_t>(up[x] + down[x] - 2 * src[x]);
      else
        for (int x = 0; x < width; x++)
          out[x] = static_cast<int16_t>(up[x - dx] + up[x + dx] + down[x - dx] + down[x + dx] - 4 * src[x]);
    }
  }
}

template <Pixel P>
void wiener_sums(WienerSums& sums, const int16_t* src, const P* source, ptrdiff_t source_stride, int reach, int step, int width, int height) {
  alignas(64) int16_t values[kWienerValues][kRestorationBlock];
  for (int y = 0; y < height; y += step) {
    wiener_values(values, src + y * kRestorationStride, source + y * source_stride, reach, width);
    for (int i = 0; i < kWienerValues; i++) {
      if (i % 4 > reach || i / 4 > reach) continue;
      for (int j = 0; j <= i; j++) {
        if (j % 4 > reach) continue;
        std::conditional_t<sizeof(P) == 1, int32_t, int64_t> sum = 0;  // 64 squares of 4 * 4095
        for (int x = 0; x < width; x++) sum += values[i][x] * values[j][x];
        sums[i][j] += sum;
      }
    }
  }
}

template <Pixel P>
void projection_sums(ProjectionSums& sums, const int16_t* src, const int16_t* const (&differences)[2], const P* source, ptrdiff_t source_stride,
                     int width, int height) {
  for (int y = 0; y < height; y++) {
    const int16_t* const in = src + y * kRestorationStride;
    const int16_t* const d0 = differences[0] + y * kRestorationStride;
    const int16_t* const d1 = differences[1] + y * kRestorationStride;
    int64_t d00 = 0, d01 = 0, d11 = 0, s0 = 0, s1 = 0;
    for (int x = 0; x < width; x++) {
      const int a = d0[x], b = d1[x], s = (source[y * source_stride + x] - in[x]) * (1 << SGRPROJ_RST_BITS);
      d00 += a * a;
      d01 += a * b;
      d11 += b * b;
      s0 += a * s;
      s1 += b * s;
    }
    sums.d00 += d00;
    sums.d01 += d01;
    sums.d11 += d11;
    sums.s0 += s0;
    sums.s1 += s1;
  }
}

}  // namespace

template <Pixel P>
void bind_restoration_scalar(RestorationTable<P>& table) {
  table = {wiener<P>, box_sums, box_filter, self_guided<P>, wiener_sums<P>, projection_sums<P>};
}

template void bind_restoration_scalar(RestorationTable<uint8_t>&);
template void bind_restoration_scalar(RestorationTable<uint16_t>&);

}  // namespace tessera
