#include "search/tx_split_guide.h"

#include <algorithm>

#include "base/fast_log2.h"
#include "spec/tx_geometry.h"

namespace tessera {
namespace {

/// Squared steps of error that quantisation leaves in a sample by itself: less than this sets no part off from the others.
constexpr float kFloor = 0.02f;

/// Logistic regression on `uneven`, how much more the largest part holds than the smallest, and `amount`, squared steps a sample, both as
/// log2, and log2 of the area.
struct SplitModel {
  float bias, uneven, amount, area, uneven_amount;
};

/// Fitted by tools/fit_tx_splits to 425000 trials of both in twelve clips (176x144 to 1280x720, cq-level 24 to 54, cpu-used 8), weighted by what the
/// wrong choice costs, each clip as much as another.
constexpr SplitModel kIntoFour = {-6.991f, 0.902f, 0.293f, 0.684f, -0.218f}, kIntoTwo = {-3.658f, 1.018f, 0.215f, 0.365f, -0.184f};

}  // namespace

float tx_split_log_odds(Span<const uint64_t> parts, TxSize size, float step) {
  const int area_log2 = Tx_Width_Log2[size] + Tx_Height_Log2[size];
  const float unit = step * step * static_cast<float>(1 << area_log2), floor = kFloor * unit / static_cast<float>(parts.size());
  uint64_t sum = 0, least = parts[0], most = parts[0];
  for (const uint64_t part : parts) {
    sum += part;
    least = std::min(least, part);
    most = std::max(most, part);
  }
  const float uneven = fast_log2((static_cast<float>(most) + floor) / (static_cast<float>(least) + floor));
  const float amount = fast_log2(static_cast<float>(sum) / unit + 0.01f);
  const SplitModel& m = parts.size() == 4 ? kIntoFour : kIntoTwo;
  return m.bias + m.uneven * uneven + m.amount * amount + m.area * static_cast<float>(area_log2) + m.uneven_amount * uneven * amount;
}

}  // namespace tessera
