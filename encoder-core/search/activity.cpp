#include "search/activity.h"

#include <algorithm>
#include <cmath>

#include "base/fast_log2.h"
#include "base/int_math.h"

namespace tessera {
namespace {

/// Variance on the scale of 8 bit that is noise to the eye: below it blocks are alike.
constexpr float kNoise = 8.0f;
constexpr float kMostOctaves = 1.0f;
/// Scales are multiples of 1 / kUnit, so that the last bit of a logarithm decides nothing.
constexpr float kUnit = 64.0f;

int blocks_within(int picture, int sb) { return std::min(picture / 8 - sb * kSbSize / 8, kSbSize / 8); }

/// log2 of the variance of a superblock's 8x8 blocks, summed over those that lie in the picture whole.
template <Pixel P>
float sum_activity(const DspTable<P>& dsp, PlaneView<const P> luma, int sb_col, int sb_row, int bit_depth) {
  const float scale = 1.0f / static_cast<float>(4096 << 2 * (bit_depth - 8));
  float activity = 0;
  for (int r = 0; r < blocks_within(luma.height(), sb_row); r++)
    for (int c = 0; c < blocks_within(luma.width(), sb_col); c++) {
      uint32_t sum;
      uint64_t squares;
      dsp.distortion.sum_sse[BLOCK_8X8](luma.ptr(sb_col * kSbSize + 8 * c, sb_row * kSbSize + 8 * r, 8, 8), luma.stride(), &sum, &squares);
      activity += fast_log2(kNoise + scale * static_cast<float>(64 * squares - uint64_t{sum} * sum));
    }
  return activity;
}

}  // namespace

template <Pixel P>
void scale_by_activity(const DspTable<P>& dsp, float strength, FrameWork<P>& frame, WorkerPool& workers) {
  Array2d<float>& scale = frame.lambda_scale;
  const PlaneView<const P> luma = frame.source_plane[0];
  const int blocks = (luma.width() / 8) * (luma.height() / 8);
  if (strength == 0 || frame.header.coded_lossless || blocks == 0) {
    scale.fill(1.0f);
    return;
  }
  workers.run_parallel(scale.height(), [&](int row) {
    for (int col = 0; col < scale.width(); col++) scale.at(col, row) = sum_activity(dsp, luma, col, row, frame.format.bit_depth);
  });
  float sum = 0;
  for (int row = 0; row < scale.height(); row++)
    for (int col = 0; col < scale.width(); col++) sum += scale.at(col, row);
  const float mean = sum / static_cast<float>(blocks);
  for (int row = 0; row < scale.height(); row++)
    for (int col = 0; col < scale.width(); col++) {
      const int here = std::max(blocks_within(luma.width(), col), 0) * std::max(blocks_within(luma.height(), row), 0);
      const float beyond = here > 0 ? scale.at(col, row) / static_cast<float>(here) - mean : 0.0f;
      scale.at(col, row) = std::round(kUnit * std::exp2(clip3(-kMostOctaves, kMostOctaves, strength * beyond))) / kUnit;
    }
}

template void scale_by_activity(const DspTable<uint8_t>&, float, FrameWork<uint8_t>&, WorkerPool&);
template void scale_by_activity(const DspTable<uint16_t>&, float, FrameWork<uint16_t>&, WorkerPool&);

}  // namespace tessera
