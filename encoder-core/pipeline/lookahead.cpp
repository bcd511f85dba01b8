#include "pipeline/lookahead.h"

#include <algorithm>

#include "base/int_math.h"

namespace tessera {
namespace {

/// Of what the last base picture gave to its mini-GOP, how much the next one is taken to give in turn.
constexpr float kFuture = 0.8f;

/// Mini-GOPs longer than `length` are halved where their last picture, predicted from before them, still costs more than `far` of
/// intra coding, and the one in their middle less than `near`: where that too is hardly predicted, two base pictures would be
/// paid for in place of one. 16 apart the cost is 0.43 to 0.69 in foreman, supertux, bbb and others, which lose 0.5 to 4 % by
/// mini-GOPs of 8, and 0.71 to 0.91 in goprowalk, dronecoast and redtree, which gain 2.5 to 7 %; halfway it is 0.55 to 0.81 in
/// these, but 0.83 and more in clips of people and cars that cross the picture, which lose up to 4 %. 8 apart only redtree (0.8,
/// halfway 0.7) gains enough by mini-GOPs of 4 (2.4 % for 4 % of instructions).
struct Halving {
  int length;
  double far, near;
};
constexpr Halving kHalvings[] = {{8, 0.70, 0.82}, {4, 0.75, 0.73}};

/// A base picture that no mini-GOP follows serves those before it alone: the further back they reach, the dearer it is for each.
constexpr int kLongestLast = 8;

}  // namespace

void PictureAnalysis::make_room(const PictureFormat& format) {
  for (Motion& m : motion) m.field.resize(format.width, format.height);
  if (importance.superblock.width() != format.sb_cols() || importance.superblock.height() != format.sb_rows())
    importance.superblock.resize(format.sb_cols(), format.sb_rows());
}

const CoarseMotion* PictureAnalysis::motion_towards(int order_hint, int hint_mask) const {
  for (const Motion& m : motion)
    if (m.known && (static_cast<int>(m.towards) & hint_mask) == order_hint) return &m.field;
  return nullptr;
}

void Lookahead::make_room(const PictureFormat& format) {
  for (ImportancePicture& p : group_) p.resize(CoarseMotion::div_units(format.width), CoarseMotion::div_units(format.height));
  resize_luma_pyramid(format.width, format.height, last_base_);
}

void Lookahead::analyse(Span<const Picture> pictures, uint64_t first, bool starts_with_key, bool more) {
  const int length = static_cast<int>(pictures.size()) - starts_with_key;
  const auto picture = [&](int i) { return pictures[i - !starts_with_key]; };
  for (int i = 0; i <= length; i++) {
    group_[i].pyramid = i > 0 || starts_with_key ? picture(i).pyramid : &last_base_;
    group_[i].noise = i > 0 || starts_with_key ? picture(i).noise : 0;
    group_[i].ref = {-1, -1};
  }
  Array<int, kMaxMiniGop + 1> order = {};
  int coded = 1;
  const GopSteps steps = make_pyramid(1, length);
  for (int s = 0; s < steps.count; s++) {
    if (steps.step[s].show_existing) continue;
    const int at = static_cast<int>(steps.step[s].display_index);
    Array<int, 2>& ref = group_[at].ref;
    for (int k = 0; k < coded; k++) {
      if (order[k] < at && order[k] > ref[0]) ref[0] = order[k];
      if (order[k] > at && (ref[1] < 0 || order[k] < ref[1])) ref[1] = order[k];
    }
    for (int r = 0; r < 2; r++) {
      PictureAnalysis::Motion& motion = picture(at).analysis->motion[r];
      motion.known = ref[r] >= 0;
      motion.towards = first + static_cast<uint64_t>(std::max(ref[r], 0));
      group_[at].motion[r] = &motion.field;
    }
    order[coded++] = at;
  }
  measure(pictures, length + 1);
  propagate_importance({group_.data(), coded}, {order.data(), coded}, more ? kFuture : 0);
  for (int i = !starts_with_key; i <= length; i++) summarise_importance(group_[i], picture(i).analysis->importance);
}

int Lookahead::choose_length(Span<const Picture> pictures, bool starts_with_key, bool more) {
  const LumaPyramid& from = starts_with_key ? *pictures[0].pyramid : last_base_;
  int length = static_cast<int>(pictures.size()) - starts_with_key;
  if (!more && length > kLongestLast) return kLongestLast;
  const auto cost_at = [&](int distance) { return cost_ratio(from, pictures[starts_with_key + distance - 1]); };
  double cost = length > kHalvings[1].length ? cost_at(length) : 0;
  for (const Halving& h : kHalvings) {
    if (length <= h.length || cost <= h.far) continue;
    const int half = div_ceil(length, 2);
    const double nearer = cost_at(half);
    if (nearer >= h.near) break;
    length = half;
    cost = nearer;
  }
  return length;
}

/// Cost of a picture predicted from another one, over that of intra coding.
double Lookahead::cost_ratio(const LumaPyramid& from, const Picture& picture) {
  group_[0].pyramid = &from;
  ImportancePicture& p = group_[1];
  p.pyramid = picture.pyramid;
  p.ref = {0, -1};
  p.motion[0] = &picture.analysis->motion[0].field;
  measure({&picture, 1}, 2);
  uint64_t intra = 0, inter = 0;
  for (int row = 0; row < p.rows(); row++)
    for (int col = 0; col < p.cols(); col++) intra += p.intra.at(col, row), inter += p.inter.at(col, row);
  return static_cast<double>(inter) / static_cast<double>(intra);
}

void Lookahead::remember(const LumaPyramid& pyramid) { copy_luma_pyramid(pyramid, last_base_); }

/// Motion and costs of every picture, in bands.
void Lookahead::measure(Span<const Picture> pictures, int count) {
  const int rows = group_[0].rows(), bands = div_ceil(rows, kMotionBandUnits), skipped = count - static_cast<int>(pictures.size());
  workers_.run_parallel((count - skipped) * bands, [&](int i) {
    const int index = i / bands + skipped, begin = i % bands * kMotionBandUnits, end = std::min(begin + kMotionBandUnits, rows);
    const Picture& picture = pictures[i / bands];
    const InterSettings& set = *picture.settings;
    const PyramidSearchSettings coarse = {.range_x = set.coarse_reach_x, .range_y = set.coarse_reach_y, .close = set.coarse_close};
    for (int r = 0; r < 2; r++) {
      CoarseMotion& field = picture.analysis->motion[r].field;
      if (const int ref = group_[index].ref[r]; ref >= 0)
        search_pyramid(*group_[index].pyramid, *group_[ref].pyramid, dsp_, coarse, field.rows(begin, end), field);
    }
    measure_block_costs({group_.data(), count}, index, dsp_, begin, end);
  });
}

}  // namespace tessera
