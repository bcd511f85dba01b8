#include "search/partition_guide.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/fast_log2.h"
#include "search/partition_models.h"

namespace tessera {
namespace {

namespace models = partition_models;
constexpr float kLn2 = 0.69314718f;
constexpr int kInterSigns = 32, kIntraSigns = 27;  ///< of gather_inter(), gather_intra()
constexpr int kFirstNeighbourSign = 10;            ///< of gather_inter()

float odds(const PartitionModel& model, const PartitionSigns& f, int count) {
  float x = model.bias;
  for (int i = 0; i < count; i++) x += model.weight[i] * f[i];
  return 1.0f / (1.0f + std::exp(-x));
}

}  // namespace

template <Pixel P>
void PartitionGuide<P>::start_superblock() {
  const int depth_shift = 2 * (s_.bit_depth() - 8);
  for (int r = 0; r < 8; r++)
    for (int c = 0; c < 8; c++) {
      uint32_t sum;
      uint64_t squares;
      s_.dsp.distortion.sum_sse[BLOCK_8X8](s_.source[0] + 8 * (r * s_.source_stride[0] + c), s_.source_stride[0], &sum, &squares);
      const uint64_t scaled = (64 * squares - static_cast<uint64_t>(sum) * sum) >> depth_shift;
      const float v = static_cast<float>(scaled) / 4096.0f;
      const float mean = static_cast<float>(sum >> (s_.bit_depth() - 8)) / 64.0f;
      texture_[square_index(3, r, c)] = {v, kLn2 * fast_log2(1.0f + v), v, mean, mean * mean};
    }
  for (int level = 2; level >= 0; level--)
    for (int r = 0; r < 1 << level; r++)
      for (int c = 0; c < 1 << level; c++) {
        Texture t;
        for (int i = 0; i < 4; i++) {
          const Texture& part = texture_[square_index(level + 1, 2 * r + (i >> 1), 2 * c + (i & 1))];
          t = {t.variance + part.variance / 4, t.log_variance + part.log_variance / 4, std::max(t.peak, part.peak),
               t.mean + part.mean / 4, t.square_mean + part.square_mean / 4};
        }
        texture_[square_index(level, r, c)] = t;
      }
}

/// The luma quantiser's, on the scale of 8 bit.
template <Pixel P>
float PartitionGuide<P>::step() const {
  return static_cast<float>(s_.quant.step[0].ac.step) / static_cast<float>(8 << (s_.bit_depth() - 8));
}

template <Pixel P>
int PartitionGuide<P>::guiding_references() const {
  return std::min({2, s_.plan.num_search_refs, s_.settings().inter.max_references});
}

/// On the better of the guiding references.
template <Pixel P>
SquareMotion PartitionGuide<P>::best_motion(int level, int row, int col) const {
  SquareMotion best;
  for (int i = 0; i < guiding_references(); i++) {
    const SquareMotion& m = s_.motion[s_.plan.search_refs[i]].square[square_index(level, row, col)];
    if (m.cost < best.cost) best = m;
  }
  return best;
}

/// Blocks along one side of the square: how large they are against it on average and at least, how many are skipped, how many intra.
template <Pixel P>
int PartitionGuide<P>::gather_edge(int mi_row, int mi_col, int level, bool above, PartitionSigns& f, int n) const {
  const auto& blocks = std::as_const(s_.frame.blocks);
  const int cells = (64 >> level) / 8;
  int area = 0, least = 8 - 2 * level, skipped = 0, intra = 0;
  for (int i = 0; i < cells; i++) {
    const int row = above ? mi_row - 1 : std::min(mi_row + 2 * i, blocks.mi_rows() - 1);
    const int col = above ? std::min(mi_col + 2 * i, blocks.mi_cols() - 1) : mi_col - 1;
    const BlockInfo& block = blocks.at(row, col);
    const int log_area = Mi_Width_Log2[block.size] + Mi_Height_Log2[block.size];
    area += log_area;
    least = std::min(least, log_area);
    skipped += block.skip;
    intra += !block.is_inter;
  }
  const float part = 1.0f / static_cast<float>(cells), own = static_cast<float>(4 - level);
  f[n++] = 0.5f * part * static_cast<float>(area) - own;
  f[n++] = 0.5f * static_cast<float>(least) - own;
  f[n++] = part * static_cast<float>(skipped);
  f[n++] = part * static_cast<float>(intra);
  return n;
}

/// What both kinds of frame look at: the neighbours, the quantiser and what a bit is worth.
template <Pixel P>
int PartitionGuide<P>::gather_surroundings(int mi_row, int mi_col, int level, PartitionSigns& f, int n) const {
  const bool has_above = mi_row > s_.tile.mi_row_start, has_left = mi_col > s_.tile.mi_col_start;
  const auto& blocks = std::as_const(s_.frame.blocks);
  const auto relative = [&](int neighbour) { return fast_log2(static_cast<float>(neighbour) / static_cast<float>(64 >> level)); };
  f[n++] = has_above ? relative(block_width(blocks.at(mi_row - 1, mi_col).size)) : 0;
  f[n++] = has_left ? relative(block_height(blocks.at(mi_row, mi_col - 1).size)) : 0;
  f[n++] = has_above;
  f[n++] = has_left;
  for (const bool above : {true, false}) {
    if (above ? has_above : has_left) n = gather_edge(mi_row, mi_col, level, above, f, n);
    else
      for (int i = 0; i < 4; i++) f[n++] = 0;
  }
  const float step = this->step(), bit = static_cast<float>(512 * s_.lambda) / static_cast<float>(1 << 2 * (s_.bit_depth() - 8));
  f[n++] = fast_log2(step);
  f[n++] = fast_log2(bit / (step * step));
  return n;
}

/// Of intra frames: texture at all scales.
template <Pixel P>
int PartitionGuide<P>::gather_intra(int mi_row, int mi_col, int level, PartitionSigns& f) const {
  const int side_mi = (64 >> level) / MI_SIZE, row = (mi_row - s_.sb_mi_row) / side_mi, col = (mi_col - s_.sb_mi_col) / side_mi;
  const Texture& t = texture_[square_index(level, row, col)];
  const float log_step = fast_log2(step());
  Array<float, 4> part;
  for (int i = 0; i < 4; i++) part[i] = texture_[square_index(level + 1, 2 * row + (i >> 1), 2 * col + (i & 1))].total_variance();
  const float whole = fast_log2(1 + std::max(0.0f, t.total_variance())) - 2 * log_step;
  int n = gather_surroundings(mi_row, mi_col, level, f, 0);
  f[n++] = whole;
  f[n++] = whole * whole;
  f[n++] = fast_log2(1 + t.variance) - 2 * log_step;
  f[n++] = t.log_variance / kLn2 - 2 * log_step;
  f[n++] = fast_log2(1 + t.peak) - 2 * log_step;
  f[n++] = variance_spread(level + 1, 2 * row, 2 * col, 2);
  f[n++] = fast_log2(1 + std::max(0.0f, (part[0] + part[1] + part[2] + part[3]) / 4)) - 2 * log_step;
  f[n++] = log_step * log_step;
  const int cells = 8 >> level;
  float calm = 1e9f;
  int flat = 0;
  for (int r = 0; r < cells; r++)
    for (int c = 0; c < cells; c++) {
      const float v = texture_[square_index(3, cells * row + r, cells * col + c)].variance;
      calm = std::min(calm, v);
      flat += fast_log2(1 + v) - 2 * log_step < -1;
    }
  f[n++] = level < 2 ? variance_spread(level + 2, 4 * row, 4 * col, 4) : 0;
  f[n++] = static_cast<float>(flat) / static_cast<float>(cells * cells);
  f[n++] = fast_log2(1 + calm) - 2 * log_step;
  f[n++] = std::abs(fast_log2((1 + part[0] + part[1]) / (1 + part[2] + part[3])));
  f[n++] = std::abs(fast_log2((1 + part[0] + part[2]) / (1 + part[1] + part[3])));
  return n;
}

/// log2 of the largest to the least variance of `count` x `count` squares of a level.
template <Pixel P>
float PartitionGuide<P>::variance_spread(int level, int row, int col, int count) const {
  float least = 1e9f, most = 0;
  for (int i = 0; i < count * count; i++) {
    const float v = texture_[square_index(level, row + i / count, col + i % count)].total_variance();
    least = std::min(least, v);
    most = std::max(most, v);
  }
  return fast_log2((1 + most) / (1 + std::max(0.0f, least)));
}

template <Pixel P>
int PartitionGuide<P>::gather_inter(int mi_row, int mi_col, int level, PartitionSigns& f) const {
  const int side = 64 >> level, side_mi = side / MI_SIZE;
  const int row = (mi_row - s_.sb_mi_row) / side_mi, col = (mi_col - s_.sb_mi_col) / side_mi;
  const float depth_scale = 1.0f / static_cast<float>(1 << (s_.bit_depth() - 8));
  const float step = this->step();
  const SquareMotion whole = best_motion(level, row, col);
  float part_sad = 0, part_cost = 0, part_least = 1e9f, part_peak = 0, disagree = 0, quarter_sad = 0;
  for (int i = 0; i < 4; i++) {
    const SquareMotion m = best_motion(level + 1, 2 * row + (i >> 1), 2 * col + (i & 1));
    part_sad += static_cast<float>(m.sad);
    part_cost += static_cast<float>(m.cost);
    part_least = std::min(part_least, static_cast<float>(m.sad));
    part_peak = std::max(part_peak, static_cast<float>(m.sad));
    disagree += static_cast<float>(std::abs(m.mv.row - whole.mv.row) + std::abs(m.mv.col - whole.mv.col));
  }
  if (level < 2)
    for (int i = 0; i < 16; i++) quarter_sad += static_cast<float>(best_motion(level + 2, 4 * row + (i >> 2), 4 * col + (i & 3)).sad);
  const float sad = static_cast<float>(whole.sad);
  const Texture& t = texture_[square_index(level, row, col)];
  const float log_step = fast_log2(step), log_sad = fast_log2(sad + 1);
  const auto error_of = [&](float parts) { return fast_log2((parts * depth_scale / static_cast<float>(side * side) + 0.05f) / step); };
  const float error = error_of(sad);
  int n = 0;
  f[n++] = error;
  f[n++] = error * error;
  f[n++] = fast_log2((part_cost + 1) / (static_cast<float>(whole.cost) + 1));
  f[n++] = fast_log2(part_sad + 1) - log_sad;
  f[n++] = level < 2 ? fast_log2(quarter_sad + 1) - log_sad : 0;
  f[n++] = fast_log2(4 * part_peak / (part_sad + 1) + 0.001f);
  f[n++] = fast_log2(1 + disagree / 8);
  f[n++] = fast_log2(1 + t.peak / (step * step));
  f[n++] = fast_log2(1 + t.variance) - t.log_variance / kLn2;
  f[n++] = t.log_variance - 2 * kLn2 * log_step;
  n = gather_surroundings(mi_row, mi_col, level, f, n);
  for (int layer = 0; layer < 4; layer++) f[n++] = s_.plan.pyramid_layer == layer;
  f[n++] = error_of(4 * part_least);
  f[n++] = error_of(4 * part_peak);
  f[n++] = fast_log2(1 + std::max(0.0f, t.total_variance())) - 2 * log_step;
  f[n++] = variance_spread(level + 1, 2 * row, 2 * col, 2);
  return n;
}

template <Pixel P>
float PartitionGuide<P>::split_odds(int mi_row, int mi_col, BlockSize size) {
  const int level = 4 - Mi_Width_Log2[size];
  PartitionSigns& f = signs_[level];
  if (s_.header().frame_is_intra()) return odds(models::kIntra[level], f, gather_intra(mi_row, mi_col, level, f));
  return odds(models::kBefore[level], f, gather_inter(mi_row, mi_col, level, f));
}

/// Puts what a block whole came to behind the signs of its square: number of all.
template <Pixel P>
int PartitionGuide<P>::add_whole(int level, const RdCost& whole, bool whole_skips, PartitionSigns& f) const {
  const int side = 64 >> level;
  const float step = static_cast<float>(s_.quant.step[0].ac.step) / 8.0f, area = static_cast<float>(side * side);
  const float distortion = static_cast<float>(whole.distortion), bits = static_cast<float>(whole.rate) / 512.0f;
  const float depth_scale = 1.0f / static_cast<float>(1 << 2 * (s_.bit_depth() - 8));
  const float error = fast_log2((distortion * depth_scale / area + 0.01f) / (step * step * depth_scale));
  int n = kInterSigns;
  f[n++] = error;
  f[n++] = error * error;
  f[n++] = whole_skips;
  f[n++] = fast_log2(1 + bits / area * 64);
  f[n++] = fast_log2(static_cast<float>(whole.j) / area / (step * step) + 0.001f);
  f[n++] = fast_log2((bits + 1) / (distortion / static_cast<float>(512 * s_.lambda) + 1));
  f[n++] = whole_skips ? f[0] : 0;
  f[n++] = whole_skips ? f[2] : 0;
  return n;
}

template <Pixel P>
float PartitionGuide<P>::split_odds_after(BlockSize size, const RdCost& whole, bool whole_skips) const {
  const int level = 4 - Mi_Width_Log2[size];
  PartitionSigns f = signs_[level];
  const int n = add_whole(level, whole, whole_skips, f);
  return odds(models::kAfter[level], f, n);
}

/// Puts what tells whether a square is better cut along its rows (columns, if `vertical`) behind its signs, which are brought
/// to that direction: number of all.
template <Pixel P>
int PartitionGuide<P>::add_cut(int mi_row, int mi_col, int level, bool vertical, const Tried& tried, PartitionSigns& f) const {
  const bool intra = s_.header().frame_is_intra();
  if (vertical) {  // rows and columns change places: first of the neighbours
    const int first = intra ? 0 : kFirstNeighbourSign;
    std::swap(f[first], f[first + 1]);
    std::swap(f[first + 2], f[first + 3]);
    std::swap_ranges(&f[first + 4], &f[first + 4] + 4, &f[first + 4] + 4);
  }
  int n = intra ? kIntraSigns : kInterSigns;
  if (intra) {
    if (vertical) std::swap(f[n - 2], f[n - 1]);
  } else {
    const int side_mi = (64 >> level) / MI_SIZE, row = (mi_row - s_.sb_mi_row) / side_mi, col = (mi_col - s_.sb_mi_col) / side_mi;
    const auto half = [&](Half h) {
      uint32_t best = ~0u;
      for (int i = 0; i < guiding_references(); i++)
        best = std::min(best, s_.motion[s_.plan.search_refs[i]].half[4 * square_index(level, row, col) + h].cost);
      return static_cast<float>(best);
    };
    const float log_whole = fast_log2(static_cast<float>(best_motion(level, row, col).cost) + 1);
    const float rows = fast_log2(half(HALF_TOP) + half(HALF_BOTTOM) + 1) - log_whole;
    const float cols = fast_log2(half(HALF_LEFT) + half(HALF_RIGHT) + 1) - log_whole;
    f[n++] = vertical ? cols : rows;
    f[n++] = vertical ? rows : cols;
  }
  const float ratio = std::clamp(fast_log2(static_cast<float>(tried.whole_j / tried.split_j)), -1.0f, 1.0f);
  f[n++] = ratio;
  f[n++] = std::abs(ratio);
  return n;
}

template <Pixel P>
float PartitionGuide<P>::halves_odds(int mi_row, int mi_col, BlockSize size, bool vertical, const Tried& tried) const {
  const int level = 4 - Mi_Width_Log2[size];
  PartitionSigns f = signs_[level];
  const int n = add_cut(mi_row, mi_col, level, vertical, tried, f);
  return odds(s_.header().frame_is_intra() ? models::kIntraHalves[level] : models::kHalves[level], f, n);
}

template <Pixel P>
float PartitionGuide<P>::quarters_odds(int mi_row, int mi_col, BlockSize size, bool vertical, const Tried& tried) const {
  const int level = 4 - Mi_Width_Log2[size];
  if (level == 0) return 0;
  PartitionSigns f = signs_[level];
  const int n = add_cut(mi_row, mi_col, level, vertical, tried, f);
  return odds(s_.header().frame_is_intra() ? models::kIntraQuarters[level - 1] : models::kQuarters[level - 1], f, n);
}

#ifdef TESSERA_PARTITION_LOG
template <Pixel P>
void PartitionGuide<P>::describe(int mi_row, int mi_col, BlockSize size, const RdCost& whole, bool whole_skips, PartitionLogRow& row) const {
  row.intra = s_.header().frame_is_intra();
  row.level = 4 - Mi_Width_Log2[size];
  row.bit_lambda = 512 * s_.lambda;
  PartitionSigns f = {};
  const auto copy = [&](int from, int to) {
    for (int i = from; i < to; i++) row.sign[row.count++] = f[i];
  };
  if (row.intra) {
    copy(0, gather_intra(mi_row, mi_col, row.level, f));
  } else {
    gather_inter(mi_row, mi_col, row.level, f);
    add_cut(mi_row, mi_col, row.level, false, {1, 1}, f);
    copy(0, kInterSigns + 2);
    copy(kInterSigns, add_whole(row.level, whole, whole_skips, f));
  }
}
#endif

template class PartitionGuide<uint8_t>;
template class PartitionGuide<uint16_t>;

}  // namespace tessera
