#include "search/plane_weights.h"

#include <algorithm>
#include <cmath>

#include "spec/quant_tables.h"

namespace tessera {
namespace {

/// Squared steps of error that a coefficient with more energy than that keeps.
constexpr double kErrorOfStep = 0.04;
/// What a plane of chroma counts for beside luma: a sixth in PSNR averaged 6:1:1, and a little more, since what is foreseen of
/// its error is on the high side. 0.25 against a sixth: -0.6 % BD-rate by PSNR of all planes, +0.6 % by that of luma.
constexpr double kChromaShare = 0.2;
constexpr int kLeast = 16, kMost = 128;
/// One block in this many, in each direction.
constexpr int kStride = 2;

/// Mean error per sample foreseen for a plane, in squared samples.
template <Pixel P>
double foreseen_error(const ForwardTxTable<P>& dsp, PlaneView<const P> plane, double limit, int bit_depth) {
  alignas(64) Array<int16_t, 64> samples;
  alignas(64) Array<Coeff, 64> coeffs;
  const int mid = 1 << (bit_depth - 1);
  const auto most = static_cast<int>(std::min(64 * limit, 1e9));  // coefficients are 8 times the orthonormal ones
  uint64_t sum = 0, blocks = 0;
  for (int y = 0; y + 8 <= plane.height(); y += 8 * kStride)
    for (int x = 0; x + 8 <= plane.width(); x += 8 * kStride) {
      const P* const at = plane.ptr(x, y, 8, 8);
      for (int i = 0; i < 64; i++) samples[i] = static_cast<int16_t>(at[(i >> 3) * plane.stride() + (i & 7)] - mid);
      dsp.transform[TX_8X8](samples.data(), 8, coeffs.data(), DCT_DCT, bit_depth);
      coeffs[0] = 1 << 15;  // the mean of a block is foreseen by nothing here
      for (int i = 0; i < 64; i++) {
        const int c = std::min(std::abs(coeffs[i]), 1 << 15);
        sum += static_cast<uint32_t>(std::min(c * c, most));
      }
      blocks++;
    }
  return blocks == 0 ? 0.0 : static_cast<double>(sum) / (64.0 * 64 * static_cast<double>(blocks));
}

}  // namespace

template <Pixel P>
PlaneWeights plane_weights(const ForwardTxTable<P>& dsp, const FrameWork<P>& frame) {
  PlaneWeights weights = kEvenWeights;
  if (frame.header.coded_lossless || frame.format.monochrome) return weights;
  const int depth = frame.format.bit_depth;
  const double step = ac_q(frame.header.quantization.base_q_idx, depth) / 8.0, limit = kErrorOfStep * step * step;
  const double luma = foreseen_error(dsp, frame.source_plane[0], limit, depth);
  const int samples = 1 << (frame.format.subsampling_x + frame.format.subsampling_y);
  for (int p = 1; p < frame.format.planes(); p++) {
    const double chroma = foreseen_error(dsp, frame.source_plane[p], limit, depth);
    if (chroma > 0) weights[p] = static_cast<int>(std::clamp(16 * kChromaShare * samples * luma / chroma, double{kLeast}, double{kMost}));
  }
  return weights;
}

template PlaneWeights plane_weights(const ForwardTxTable<uint8_t>&, const FrameWork<uint8_t>&);
template PlaneWeights plane_weights(const ForwardTxTable<uint16_t>&, const FrameWork<uint16_t>&);

}  // namespace tessera
