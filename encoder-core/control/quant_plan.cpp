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

int cq_level_to_qindex(int cq_level) {
  if (cq_level >= 62) return cq_level == 62 ? 249 : 255;
  return 4 * cq_level;
}

int level_delta_to_qindex(int delta) { return delta < 0 ? -cq_level_to_qindex(-delta) : cq_level_to_qindex(delta); }

int layer_qindex(int leaf_qindex, int layer, bool key, bool low_delay, int bit_depth) {
  if (leaf_qindex == 0) return 0;
  const int pct = low_delay ? (key ? kLowDelayKeyFinerPct : kLowDelayLayerFinerPct[std::min(layer, 2)])
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

double frame_lambda(int qindex, int layer, bool key, bool low_delay, int bit_depth) {
  const double step = dc_q(qindex, bit_depth) / 8.0;
  double weight = key ? kKeyLambda : layer == 0 ? kBaseLambda : layer >= 4 ? kLeafLambda : kInnerLambda;
  if (low_delay && !key) weight = kInnerLambda;
  return weight * step * step;
}

}  // namespace tessera
