#include "dsp/temporal_blend.h"

#include <algorithm>
#include <cstdlib>

namespace tessera {
namespace {

constexpr int kReach = 2;  ///< samples of the window to each side

/// round(256 * exp(-i / 16)), and nothing from the end on.
constexpr Array<uint32_t, kTemporalWeights + 1> kWeight = [] {
  Array<uint32_t, kTemporalWeights + 1> t = {};
  double w = kTemporalUnit;
  for (int i = 0; i < kTemporalWeights; i++, w *= 0.939413062813475786) t[i] = static_cast<uint32_t>(w + 0.5);
  return t;
}();

template <Pixel P>
void blend(const P* __restrict src, ptrdiff_t src_stride, const P* __restrict pred, ptrdiff_t pred_stride, int w, int h,
           const TemporalWeight& weight, uint32_t* __restrict sum, uint32_t* __restrict count) {
  constexpr int kStride = kMaxTemporalBlock + 2 * kReach;
  uint32_t squares[kMaxTemporalBlock][kStride];
  for (int y = 0; y < h; y++) {
    uint32_t* const row = squares[y] + kReach;
    for (int x = 0; x < w; x++) {
      const int d = src[y * src_stride + x] - pred[y * pred_stride + x];
      row[x] = static_cast<uint32_t>(d * d);
    }
    for (int i = 1; i <= kReach; i++) {
      row[-i] = row[0];
      row[w - 1 + i] = row[w - 1];
    }
  }
  const uint32_t scale = weight.scale, base = weight.base, limit = weight.limit, factor = weight.factor;
  for (int y = 0; y < h; y++) {
    const uint32_t *rows[2 * kReach + 1], end = kTemporalWeights;
    for (int i = -kReach; i <= kReach; i++) rows[i + kReach] = squares[std::clamp(y + i, 0, h - 1)];
    uint32_t column[kStride], index[kMaxTemporalBlock];
    for (int x = 0; x < w + 2 * kReach; x++)
      column[x] = rows[0][x] + rows[1][x] + rows[2][x] + rows[3][x] + rows[4][x];
    for (int x = 0; x < w; x++) {
      const uint32_t window = column[x] + column[x + 1] + column[x + 2] + column[x + 3] + column[x + 4];
      index[x] = std::min((std::min(window, limit) * scale + base) >> kTemporalScaleBits, end);
    }
    for (int x = 0; x < w; x++) index[x] = kWeight[index[x]];
    for (int x = 0; x < w; x++) {
      const uint32_t k = (index[x] * factor + kTemporalUnit / 2) / kTemporalUnit;
      sum[y * kMaxTemporalBlock + x] += k * pred[y * pred_stride + x];
      count[y * kMaxTemporalBlock + x] += k;
    }
  }
}

template <Pixel P>
void mean(const uint32_t* __restrict sum, const uint32_t* __restrict count, int w, int h, P* __restrict dst,
          ptrdiff_t dst_stride) {
  for (int y = 0; y < h; y++) {
    const uint32_t *const s = sum + y * kMaxTemporalBlock, *const c = count + y * kMaxTemporalBlock;
    // Both are below 2^24, so single precision is exact but for the quotient's last bit, which no sample reaches.
    for (int x = 0; x < w; x++) {
      const auto weighted = static_cast<float>(static_cast<int>(s[x] + c[x] / 2));
      dst[y * dst_stride + x] = static_cast<P>(static_cast<int>(weighted / static_cast<float>(static_cast<int>(c[x]))));
    }
  }
}

template <Pixel P>
void noise(const P* src, ptrdiff_t stride, int w, int h, int row_step, int bit_depth, uint64_t* sum, uint64_t* count) {
  constexpr int kEdge = 50;  ///< Sobel gradient of 8-bit samples from which on they are taken for an edge
  const int edge = kEdge << (bit_depth - 8);
  uint64_t total = 0, samples = 0;
  for (int y = 1; y < h - 1; y += row_step) {
    const P *const a = src + (y - 1) * stride, *const b = a + stride, *const c = b + stride;
    int row_sum = 0, row_count = 0;
    for (int x = 1; x < w - 1; x++) {
      const int gx = a[x - 1] - a[x + 1] + c[x - 1] - c[x + 1] + 2 * (b[x - 1] - b[x + 1]);
      const int gy = a[x - 1] - c[x - 1] + a[x + 1] - c[x + 1] + 2 * (a[x] - c[x]);
      const int corners = a[x - 1] + a[x + 1] + c[x - 1] + c[x + 1];
      const int laplacian = 4 * b[x] - 2 * (a[x] + b[x - 1] + b[x + 1] + c[x]) + corners;
      const int flat = std::abs(gx) + std::abs(gy) < edge;
      row_sum += flat * std::abs(laplacian);
      row_count += flat;
    }
    total += static_cast<uint64_t>(row_sum);
    samples += static_cast<uint64_t>(row_count);
  }
  *sum = total >> (bit_depth - 8);
  *count = samples;
}

}  // namespace

template <Pixel P>
void bind_temporal_scalar(TemporalTable<P>& table) {
  table = {blend<P>, mean<P>, noise<P>};
}

template void bind_temporal_scalar(TemporalTable<uint8_t>&);
template void bind_temporal_scalar(TemporalTable<uint16_t>&);

}  // namespace tessera
