#include "control/quant_plan.h"

#include <algorithm>
#include <cmath>

#include "spec/quant_tables.h"

namespace tessera {
namespace {

/// Part of the leaf quantiser step taken off, in percent: key frames, then layers 0, 1, ... of a pyramid. Measured on three
/// clips of 240p and less, 33 frames, cpu-used 8: against 62; 54, 36, 25, 14 -1.7 % BD-rate by PSNR, -5.4 % by SSIM; steeper
/// still (80; 72, 52, 34, 20) +1.5 and -0.5.
constexpr int kKeyFinerPct = 76;
constexpr Array<int, 6> kLayerFinerPct = {66, 44, 28, 15, 0, 0};
/// The same without reordering, where nothing is hidden and each layer is seen: milder.
constexpr int kLowDelayKeyFinerPct = 58;
constexpr Array<int, 3> kLowDelayLayerFinerPct = {20, 6, 0};

/// Pyramids whose leaves are coded at a level's own quantiser are better than the peers' make of that level, but for this one
/// and those over it. At 4, 14, 24, 34, 44, 54 libaom's cpu-used 6 is equal by PSNR to ours at 6.3, 20.4, 28.9, 37.2, 45.3,
/// 53.5, SVT-AV1 4.2's preset 8 to 6.4, 20.4, 29.9, 38.7, 46.7, 54.3 (means of seven clips, cpu-used 8), this curve's values
/// are 7.9, 19.9, 29.6, 38.4, 46.4, 54. Without reordering libaom's realtime mode is equal at 5.1, 15.9, 25.3, 34.9, 43.5, 51.2.
constexpr int kLevelOfEqualQuality = 54;
constexpr double kQualityExponent = 0.74;

/// Importance of the frames that these parts fit: the same clips' mean. Key frames, then layers 0, 1, ...
constexpr float kUsualKeyImportance = 3.1f;
constexpr Array<float, 6> kUsualImportance = {2.7f, 2.35f, 1.6f, 0.83f, 0, 0};

/// Lambda over squared step: what frames refer to weighs error more (lower lambda).
constexpr double kKeyLambda = 0.081, kBaseLambda = 0.092, kInnerLambda = 0.102, kLeafLambda = 0.116;

int nearest_qindex(double step, int bit_depth) {
  int q = 0, high = 255;
  while (q < high) {
    const int mid = (q + high) / 2;
    if (ac_q(mid, bit_depth) < step) q = mid + 1;
    else high = mid;
  }
  if (q > 0 && step - ac_q(q - 1, bit_depth) < ac_q(q, bit_depth) - step) q--;
  return q;
}

}  // namespace

int quantizer_to_qindex(int quantizer) {
  if (quantizer >= 62) return quantizer == 62 ? 249 : 255;
  return 4 * quantizer;
}

int quantizer_delta_to_qindex(int delta) { return delta < 0 ? -quantizer_to_qindex(-delta) : quantizer_to_qindex(delta); }

int cq_level_to_qindex(int cq_level, Layering layering) {
  if (is_low_delay(layering) || cq_level >= kLevelOfEqualQuality) return quantizer_to_qindex(cq_level);
  const double part = static_cast<double>(cq_level) / kLevelOfEqualQuality;
  return static_cast<int>(std::lround(quantizer_to_qindex(kLevelOfEqualQuality) * std::pow(part, kQualityExponent)));
}

int layer_qindex(int leaf_qindex, int layer, bool key, Layering layering, int bit_depth) {
  if (leaf_qindex == 0 || layering == Layering::kAllIntra) return leaf_qindex;
  const int pct = layering == Layering::kLowDelay ? (key ? kLowDelayKeyFinerPct : kLowDelayLayerFinerPct[std::min(layer, 2)])
                                                  : (key ? kKeyFinerPct : kLayerFinerPct[std::min(layer, 5)]);
  return std::max(1, nearest_qindex(ac_q(leaf_qindex, bit_depth) * (100 - pct) / 100.0, bit_depth));
}

float importance_change(float importance, int layer, bool key, float strength) {
  return strength * ((key ? kUsualKeyImportance : kUsualImportance[std::min(layer, 5)]) - importance);
}

int change_qindex(int qindex, float log2_change, int bit_depth) {
  if (qindex == 0 || log2_change == 0) return qindex;
  return std::max(1, nearest_qindex(ac_q(qindex, bit_depth) * std::exp2(static_cast<double>(log2_change)), bit_depth));
}

double frame_lambda(int qindex, int layer, bool key, Layering layering, int bit_depth) {
  const double step = dc_q(qindex, bit_depth) / 8.0;
  double weight = key ? kKeyLambda : layer == 0 ? kBaseLambda : layer >= 4 ? kLeafLambda : kInnerLambda;
  if (is_low_delay(layering) && !key) weight = kInnerLambda;
  return weight * step * step;
}

}  // namespace tessera
