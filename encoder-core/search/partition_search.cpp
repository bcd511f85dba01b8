#include "search/partition_search.h"

#include <algorithm>
#include <limits>

#include "block/write_block.h"
#include "block/write_partition.h"
#include "entropy/cost_counter.h"

namespace tessera {

/// One square on its way through the candidates.
template <Pixel P>
struct PartitionSearch<P>::Node {
  int mi_row, mi_col;
  BlockSize size;
  int side_mi;
  bool has_rows, has_cols;  ///< the lower and the right half begin inside the frame
  RegionStart start;
  double budget;

  RdCost best = {.j = std::numeric_limits<double>::infinity()};
  bool best_is_current = false;  ///< the frame holds the best candidate, not its snapshot
  bool tried_none = false, none_skips = false;
  bool guided = false;
  bool logged = false;
#ifdef TESSERA_PARTITION_LOG
  Array<RdCost, PARTITION_TYPES> cost = {};
#endif
  float split_odds = 0.5f;
  double none_j = 0, split_j = 0;
  /// Costs of the parts that were coded, up to where the candidate was abandoned: SPLIT's last one may be a lower bound then.
  Array<double, 4> split_part = kUnknown;
  Array<double, 4> horz_part = kUnknown, vert_part = kUnknown;

  static constexpr double kNever = std::numeric_limits<double>::infinity();
  static constexpr Array<double, 4> kUnknown = {kNever, kNever, kNever, kNever};
};

template <Pixel P>
uint64_t PartitionSearch<P>::partition_rate(const Node& node, Partition partition) {
  if (s_.settings().tx.exact_counting) {
    CostCounter counter(s_.cdfs, s_.journal);
    write_partition(counter, s_.wc, node.mi_row, node.mi_col, node.size, partition);
    return counter.bits512();
  }
  FrozenCostCounter counter = s_.counter();
  write_partition(counter, s_.wc, node.mi_row, node.mi_col, node.size, partition);
  return counter.bits512();
}

template <Pixel P>
bool PartitionSearch<P>::allowed(const Node& node, Partition partition) const {
  if (node.size == BLOCK_8X8 && partition > PARTITION_SPLIT) return false;
  if ((!node.has_rows || !node.has_cols) && partition != PARTITION_SPLIT && !(partition == PARTITION_HORZ && node.has_cols) &&
      !(partition == PARTITION_VERT && node.has_rows))
    return false;
  // HORZ_4 and VERT_4 of a 128-wide block do not exist, of an 8-wide one neither.
  const BlockSize sub = Partition_Subsize[partition][node.size];
  if (sub == BLOCK_INVALID) return false;
  // The chroma of a rectangle must exist as a block, which 4:2:2 does not grant.
  return get_plane_residual_size(sub, s_.frame.format.subsampling_x, s_.frame.format.subsampling_y) != BLOCK_INVALID;
}

/// Whether an 8x8 that was tried as a whole costs enough for its parts to gain something.
template <Pixel P>
bool PartitionSearch<P>::small_pays(const Node& node) const {
  const double step = s_.quant.step[0].ac.step / 8.0, area = 64;
  return !node.tried_none || node.none_j > s_.settings().partition.small_above * area * step * step;
}

/// Whether the cells at its corner and its centre both repeat what came before.
template <Pixel P>
bool PartitionSearch<P>::may_be_copy(const Node& node) const {
  if (!s_.header().allow_intrabc) return false;
  const int x = node.mi_col * MI_SIZE, y = node.mi_row * MI_SIZE, half = node.side_mi / 2 * MI_SIZE;
  return !s_.copies->vectors(x, y).empty() && !s_.copies->vectors(x + half, y + half).empty();
}

/// Odds of SPLIT under which a square is not divided. SPLIT stays where NONE is not tried.
template <Pixel P>
float PartitionSearch<P>::none_below(const Node& node) const {
  const PartitionSettings& set = s_.settings().partition;
  if (s_.header().frame_is_intra()) return set.intra.none_below;
  const PartitionRules& rules = set.inter;
  return node.size == BLOCK_16X16 ? std::min(std::max(rules.none_below, set.small_none_below), rules.split_above) : rules.none_below;
}

template <Pixel P>
bool PartitionSearch<P>::worth_trying(const Node& node, Partition partition) const {
  const PartitionSettings& set = s_.settings().partition;
  const bool intra = s_.header().frame_is_intra();
  const PartitionRules& rules = intra ? set.intra : set.inter;
  const bool forced = !node.has_rows || !node.has_cols;
  if (forced) return partition == PARTITION_SPLIT ? node.size > BLOCK_8X8 : rules.rect || node.size == BLOCK_8X8;
  switch (partition) {
    case PARTITION_NONE:
      if (!intra && node.size > set.max) return false;
      return !node.guided || node.size <= set.min || node.split_odds <= rules.split_above || may_be_copy(node);
    case PARTITION_SPLIT:
      if (node.size == BLOCK_8X8) return set.min == BLOCK_4X4 && small_pays(node);
      return node.size > set.min && !(node.guided && node.split_odds < none_below(node));
    case PARTITION_HORZ:
    case PARTITION_VERT:
      if (node.size == BLOCK_8X8 && (set.min > BLOCK_4X4 || !small_pays(node))) return false;
      if (!rules.rect || node.size > set.rect_max || node.none_skips) return false;
      if (!node.guided || rules.halves_above <= 0) return true;
      // Where the guide was sure of one of the two there is nothing between them.
      return node.tried_none && node.split_j > 0 &&
             guide_.halves_odds(node.mi_row, node.mi_col, node.size, partition == PARTITION_VERT,
                                {node.none_j, node.split_j}) > rules.halves_above;
    case PARTITION_HORZ_4:
    case PARTITION_VERT_4:
      if (!set.four_way || node.none_skips) return false;
      if (!node.guided || rules.quarters_above <= 0) return true;
      return node.tried_none && node.split_j > 0 &&
             guide_.quarters_odds(node.mi_row, node.mi_col, node.size, partition == PARTITION_VERT_4,
                                  {node.none_j, node.split_j}) > rules.quarters_above;
    default:
      if (!set.ab || node.none_skips) return false;
      return set.ab_margin <= 0 || foreseen_j(node, partition) < set.ab_margin * node.best.j;
  }
}

/// What a three-way partition will cost, by what its parts did in others; infinite where one of them is not known.
template <Pixel P>
double PartitionSearch<P>::foreseen_j(const Node& node, Partition partition) {
  const Array<double, 4>& s = node.split_part;
  switch (partition) {
    case PARTITION_HORZ_A: return s[0] + s[1] + node.horz_part[1];
    case PARTITION_HORZ_B: return node.horz_part[0] + s[2] + s[3];
    case PARTITION_VERT_A: return s[0] + s[2] + node.vert_part[1];
    default: return node.vert_part[0] + s[1] + s[3];
  }
}

template <Pixel P>
RdCost PartitionSearch<P>::code_parts(const Node& node, Partition partition, double budget, Array<double, 4>& parts) {
  RdCost sum;
  int count = 0;
  sum.rate = partition_rate(node, partition);
  sum.j = s_.j(0, sum.rate);
  const int half = node.side_mi / 2, quarter = node.side_mi / 4;
  const BlockSize sub = Partition_Subsize[partition][node.size];
  const BlockSize split = Partition_Subsize[PARTITION_SPLIT][node.size];
  const auto add = [&](const RdCost& part) {
    sum.distortion += part.distortion;
    sum.rate += part.rate;
    sum.j += part.j;
    parts[count++] = part.j;
  };
  const auto block = [&](int row, int col, BlockSize size) {
    const int r = node.mi_row + row, c = node.mi_col + col;
    if (sum.j < budget && r < s_.header().size.mi_rows && c < s_.header().size.mi_cols) add(blocks_.search(r, c, size, partition));
  };
  const auto child = [&](int row, int col) {
    if (sum.j < budget) add(search(node.mi_row + row, node.mi_col + col, split, budget - sum.j));
  };
  switch (partition) {
    case PARTITION_NONE: block(0, 0, sub); break;
    case PARTITION_HORZ: block(0, 0, sub), block(half, 0, sub); break;
    case PARTITION_VERT: block(0, 0, sub), block(0, half, sub); break;
    case PARTITION_SPLIT:
      if (node.size == BLOCK_8X8) block(0, 0, split), block(0, half, split), block(half, 0, split), block(half, half, split);
      else child(0, 0), child(0, half), child(half, 0), child(half, half);
      break;
    case PARTITION_HORZ_A: block(0, 0, split), block(0, half, split), block(half, 0, sub); break;
    case PARTITION_HORZ_B: block(0, 0, sub), block(half, 0, split), block(half, half, split); break;
    case PARTITION_VERT_A: block(0, 0, split), block(half, 0, split), block(0, half, sub); break;
    case PARTITION_VERT_B: block(0, 0, sub), block(0, half, split), block(half, half, split); break;
    case PARTITION_HORZ_4:
      for (int i = 0; i < 4; i++) block(i * quarter, 0, sub);
      break;
    case PARTITION_VERT_4:
      for (int i = 0; i < 4; i++) block(0, i * quarter, sub);
      break;
    default: break;
  }
  return sum;
}

template <Pixel P>
void PartitionSearch<P>::try_partition(Node& node, Partition partition) {
  const int slot = Mi_Width_Log2[node.size];
  if (node.best_is_current) {
    s_.kept[slot].save(s_, node.start, node.mi_row, node.mi_col, node.side_mi);
    node.best_is_current = false;
  }
  rewind_region(s_, node.start);
  const double bar = kPartitionLog ? Node::kNever : std::min(node.best.j, node.budget);
  Array<double, 4> parts = Node::kUnknown;
  const RdCost cost = code_parts(node, partition, bar, parts);
#ifdef TESSERA_PARTITION_LOG
  node.cost[partition] = cost;
#endif
  if (partition == PARTITION_NONE) {
    node.tried_none = true;
    node.none_j = cost.j;
    node.none_skips = blocks_.last_was_plain_skip();
  }
  if (partition == PARTITION_SPLIT) {
    node.split_j = cost.j;
    node.split_part = parts;
  }
  if (partition == PARTITION_HORZ) node.horz_part = parts;
  if (partition == PARTITION_VERT) node.vert_part = parts;
  if (cost.j < node.best.j && (cost.j < bar || node.best.j == std::numeric_limits<double>::infinity())) {
    node.best = cost;
    node.best_is_current = true;
  }
}

template <Pixel P>
void PartitionSearch<P>::start_superblock() {
  if (kPartitionLog || s_.settings().partition.guided()) guide_.start_superblock();
}

/// Squares of 8x8 and those that the frame's edge cuts are left to trial.
template <Pixel P>
void PartitionSearch<P>::ask_guide(Node& node) {
  const bool known = !s_.lossless() && node.has_rows && node.has_cols && node.size >= BLOCK_16X16;
  node.logged = kPartitionLog && known;
  node.guided = s_.settings().partition.guided() && known && !kPartitionLog;
  if (node.guided) node.split_odds = guide_.split_odds(node.mi_row, node.mi_col, node.size);
}

/// A whole block without residual that is close enough to the source needs no finer division.
template <Pixel P>
bool PartitionSearch<P>::stop_after_none(const Node& node) const {
  const PartitionSettings& set = s_.settings().partition;
  if (blocks_.last_was_exact_copy()) return true;
  const float below = node.size == BLOCK_16X16 ? std::max(set.stop_below, set.small_stop_below) : set.stop_below;
  if (node.guided && below > 0 && !s_.header().frame_is_intra() && node.split_odds >= none_below(node) &&
      guide_.split_odds_after(node.size, node.best, node.none_skips) < below)
    return true;
  const float stop = set.skip_stop;
  if (!node.none_skips || stop <= 0) return false;
  const double step = s_.quant.step[0].ac.step / 8.0, area = 16.0 * node.side_mi * node.side_mi;
  return static_cast<double>(node.best.distortion) < stop * area * step * step;
}

/// Lets the probabilities adapt to a candidate that was put back.
template <Pixel P>
void PartitionSearch<P>::replay(const Node& node) {
  s_.context.restore(node.start.context);
  s_.wc.coef_cursor = node.start.coefs;
  CostCounter counter(s_.cdfs, s_.journal);
  write_partition_tree(counter, s_.wc, node.mi_row, node.mi_col, node.size);
}

#ifdef TESSERA_PARTITION_LOG
template <Pixel P>
void PartitionSearch<P>::log(const Node& node) const {
  PartitionLogRow row;
  guide_.describe(node.mi_row, node.mi_col, node.size, node.cost[PARTITION_NONE], node.none_skips, row);
  for (int p = 0; p < PARTITION_TYPES; p++) row.j[p] = node.cost[p].j;
  row.append();
}
#endif

template <Pixel P>
RdCost PartitionSearch<P>::search(int mi_row, int mi_col, BlockSize size, double budget) {
  if (mi_row >= s_.header().size.mi_rows || mi_col >= s_.header().size.mi_cols) return {};
  const int side = Num_4x4_Blocks_Wide[size];
  Node node = {.mi_row = mi_row,
               .mi_col = mi_col,
               .size = size,
               .side_mi = side,
               .has_rows = mi_row + side / 2 < s_.header().size.mi_rows,
               .has_cols = mi_col + side / 2 < s_.header().size.mi_cols,
               .start = mark_region(s_, mi_col),
               .budget = budget};
  ask_guide(node);
  constexpr Array<Partition, PARTITION_TYPES> kOrder = {
      PARTITION_NONE,   PARTITION_SPLIT,  PARTITION_HORZ,   PARTITION_VERT,   PARTITION_HORZ_A,
      PARTITION_HORZ_B, PARTITION_VERT_A, PARTITION_VERT_B, PARTITION_HORZ_4, PARTITION_VERT_4};
  for (Partition p : kOrder) {
    if (!allowed(node, p) || !worth_trying(node, p)) continue;
    try_partition(node, p);
    if (p == PARTITION_NONE && !node.logged && stop_after_none(node)) break;
  }
#ifdef TESSERA_PARTITION_LOG
  if (node.logged) log(node);
#endif
  // A result that reaches the budget may be unfinished: the caller rewinds it, and there is nothing to put back.
  if (!(node.best.j < budget)) return node.best;
  if (!node.best_is_current) {
    rewind_region(s_, node.start);
    s_.kept[Mi_Width_Log2[size]].restore(s_);
    if (s_.settings().tx.exact_counting) replay(node);
  }
  return node.best;
}

template class PartitionSearch<uint8_t>;
template class PartitionSearch<uint16_t>;

}  // namespace tessera
