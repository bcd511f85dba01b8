#include "control/scene_cut.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/int_math.h"

namespace tessera {
namespace {

/// Side of the matched blocks on the quarter-size picture: 32 luma samples.
constexpr int kSide = 8;
/// A cut needs inter cost >= (1 - bias) * intra cost. The bias grows from its least just after a key frame to its
/// most when one is due, as x264's does; measured there on broadcast material.
constexpr double kLeastBias = 0.10, kMostBias = 0.40;
/// Closer to a key frame than this a new one is not worth its bits.
constexpr int kShortestDistance = 5;
/// Where the longest distance is unlimited the bias grows over this many pictures.
constexpr int kUnlimitedRamp = 240;

struct Offset {
  int x = 0, y = 0;
};

/// Least SAD of the block over a few steps downhill from the best of standing still and its neighbour's motion.
uint32_t inter_cost(View2d<const uint8_t> cur, View2d<const uint8_t> ref, const DistortionTable<uint8_t>& dsp, int x, int y,
                    Offset& motion) {
  uint32_t best = ~0u;
  Offset at;
  const auto consider = [&](Offset o) {
    if (x + o.x < -ref.margin_x() || y + o.y < -ref.margin_y() || x + o.x + kSide > ref.width() + ref.margin_x() ||
        y + o.y + kSide > ref.height() + ref.margin_y())
      return;
    const uint32_t sad = dsp.sad[BLOCK_8X8](cur.ptr(x, y), cur.stride(), ref.ptr(x + o.x, y + o.y), ref.stride());
    if (sad < best) {
      best = sad;
      at = o;
    }
  };
  consider({});
  consider(motion);
  for (int step : {4, 2, 1, 1}) {
    const Offset c = at;
    for (const Offset d : {Offset{-step, 0}, Offset{step, 0}, Offset{0, -step}, Offset{0, step}}) consider({c.x + d.x, c.y + d.y});
  }
  motion = at;
  return best;
}

/// Least SAD of the block against its mean, the row above it and the column left of it.
uint32_t intra_cost(View2d<const uint8_t> cur, const DistortionTable<uint8_t>& dsp, int x, int y) {
  const uint8_t* const at = cur.ptr(x, y);
  uint32_t sum;
  uint64_t squares;
  dsp.sum_sse[BLOCK_8X8](at, cur.stride(), &sum, &squares);
  Array<uint8_t, kSide> mean;
  mean.fill(static_cast<uint8_t>((sum + 32) >> 6));
  Array<uint8_t, kSide * kSide> left;
  for (int r = 0; r < kSide; r++) std::memset(&left[kSide * r], at[r * cur.stride() - 1], kSide);
  const auto sad = [&](const uint8_t* from, ptrdiff_t stride) { return dsp.sad[BLOCK_8X8](at, cur.stride(), from, stride); };
  return std::min({sad(mean.data(), 0), sad(left.data(), kSide), sad(cur.ptr(x, y - 1), 0)});
}

}  // namespace

PictureCost SceneCutDetector::compare(const LumaPyramid& picture, const DistortionTable<uint8_t>& dsp) {
  const View2d<const uint8_t> cur = picture.level[1].view();
  const bool comparable = known_ && previous_.width() == cur.width() && previous_.height() == cur.height();
  const View2d<const uint8_t> ref = std::as_const(previous_).view();
  PictureCost cost;
  for (int y = 0; y < cur.height(); y += kSide) {
    Offset motion;
    for (int x = 0; x < cur.width(); x += kSide) {
      const uint32_t self = intra_cost(cur, dsp, x, y);
      cost.inter += comparable ? std::min(inter_cost(cur, ref, dsp, x, y, motion), self) : self;
      cost.intra += self;
    }
  }
  if (previous_.width() != cur.width() || previous_.height() != cur.height())
    previous_.resize(cur.width(), cur.height(), cur.margin_x(), cur.margin_y());
  for (int y = -cur.margin_y(); y < cur.height() + cur.margin_y(); y++)
    std::memcpy(previous_.view().ptr(-cur.margin_x(), y), cur.ptr(-cur.margin_x(), y), cur.width() + 2 * cur.margin_x());
  known_ = true;
  return cost;
}

bool SceneCutDetector::judge(const PictureCost& cost, int since_key, int longest) {
  if (cost.intra == 0 || since_key < kShortestDistance) return false;
  const double ramp = std::min(1.0, static_cast<double>(since_key) / (longest > 0 ? longest : kUnlimitedRamp));
  const double bias = kLeastBias + (kMostBias - kLeastBias) * ramp;
  return static_cast<double>(cost.inter) >= (1.0 - bias) * static_cast<double>(cost.intra);
}

bool SceneCutDetector::is_cut(const LumaPyramid& picture, const DistortionTable<uint8_t>& dsp, int since_key, int longest) {
  const bool first = !known_;
  const PictureCost cost = compare(picture, dsp);
  return !first && judge(cost, since_key, longest);
}

}  // namespace tessera
