#include "pipeline/lookahead.h"

#include <algorithm>
#include <cstring>

#include "base/int_math.h"

namespace tessera {
namespace {

/// Of what the last base picture gave to its mini-GOP, how much the next one is taken to give in turn.
constexpr float kFuture = 0.8f;
/// Rows of 16x16 luma blocks in one job.
constexpr int kBand = 8;
/// Half of what coding itself looks at: what moves faster hands on little.
constexpr PyramidSearchSettings kReach = {.range_x = 32, .range_y = 24};

/// Margins included; both of one size.
void copy(const LumaPyramid& from, LumaPyramid& to) {
  for (int i = 0; i < kPyramidLevels; i++) {
    const View2d<const uint8_t> src = from.level[i].view();
    const int mx = src.margin_x(), my = src.margin_y();
    for (int y = -my; y < src.height() + my; y++)
      std::memcpy(to.level[i].view().ptr(-mx, y), src.ptr(-mx, y), src.width() + 2 * mx);
  }
}

}  // namespace

void Lookahead::analyse(Span<const Picture> pictures, bool starts_with_key, bool more) {
  const int length = static_cast<int>(pictures.size()) - starts_with_key;
  const LumaPyramid& size = *pictures[0].pyramid;
  make_room(2 * size.level[0].width(), 2 * size.level[0].height());
  for (int i = 0; i <= length; i++) {
    group_[i].pyramid = i > 0 ? pictures[i - !starts_with_key].pyramid : starts_with_key ? &size : &last_base_;
    group_[i].ref = {-1, -1};
  }
  Array<int, kMaxMiniGop + 1> order = {};
  int coded = 1;
  const GopSteps steps = make_pyramid(1, length);
  for (int s = 0; s < steps.count; s++) {
    if (steps.step[s].show_existing) continue;
    const int at = static_cast<int>(steps.step[s].display_index);
    for (int k = 0; k < coded; k++) {
      Array<int, 2>& ref = group_[at].ref;
      if (order[k] < at && order[k] > ref[0]) ref[0] = order[k];
      if (order[k] > at && (ref[1] < 0 || order[k] < ref[1])) ref[1] = order[k];
    }
    order[coded++] = at;
  }
  measure(length + 1);
  propagate_importance({group_.data(), coded}, {order.data(), coded}, more ? kFuture : 0);
  for (int i = !starts_with_key; i <= length; i++)
    summarise_importance(group_[i], *pictures[i - !starts_with_key].importance);
  copy(*group_[length].pyramid, last_base_);
}

void Lookahead::make_room(int width, int height) {
  for (int i = 0; i <= kMaxMiniGop; i++) {
    group_[i].resize(CoarseMotion::div_units(width), CoarseMotion::div_units(height));
    for (int r = 0; r < 2; r++) {
      coarse_[2 * i + r].resize(width, height);
      group_[i].coarse[r] = &coarse_[2 * i + r].mv;
    }
  }
  if (last_base_.level[0].width() != (width + 1) / 2 || last_base_.level[0].height() != (height + 1) / 2)
    resize_luma_pyramid(width, height, last_base_);
}

/// Motion and costs of every picture, in bands.
void Lookahead::measure(int count) {
  const int rows = group_[0].rows(), bands = div_ceil(rows, kBand);
  workers_.run_parallel(count * bands, [&](int i) {
    const int index = i / bands, begin = i % bands * kBand, end = std::min(begin + kBand, rows);
    ImportancePicture& p = group_[index];
    for (int r = 0; r < 2; r++)
      if (p.ref[r] >= 0)
        search_pyramid(*p.pyramid, *group_[p.ref[r]].pyramid, dsp_, kReach, begin, end, coarse_[2 * index + r]);
    measure_block_costs({group_.data(), count}, index, dsp_, begin, end);
  });
}

}  // namespace tessera
