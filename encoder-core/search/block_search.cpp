#include "search/block_search.h"

#include <limits>

#include "block/write_block.h"

namespace tessera {
namespace {

constexpr float kNoBar = std::numeric_limits<float>::infinity();

}  // namespace

template <Pixel P>
RdCost BlockSearch<P>::search(int mi_row, int mi_col, BlockSize size, Partition partition) {
  const PictureFormat& format = s_.frame.format;
  BlockInfo info;
  info.mi_row = static_cast<uint16_t>(mi_row);
  info.mi_col = static_cast<uint16_t>(mi_col);
  info.size = size;
  info.partition = partition;
  info.has_chroma = block_has_chroma(size, mi_row, mi_col, format);
  info.qindex = static_cast<uint8_t>(s_.qindex);
  const BlockContext::Checkpoint before = s_.context.save(mi_col);
  const uint32_t first_coef = s_.coefs.used();
  BlockInfo intra = info;
  bool inter_wins = false;
  if (s_.header().frame_is_intra() || s_.plan.refresh.intra_only(info)) {
    const RdCost intra_cost = intra_.choose_luma(intra, kNoBar, s_.header().allow_intrabc);
    inter_wins = s_.header().allow_intrabc && copy_wins(info, intra_cost.j);
  } else {
    const float margin = s_.settings().intra.inter_margin, rank = inter_.rank(info);
    const RdCost intra_cost = intra_.choose_luma(intra, margin > 0 ? margin * rank : kNoBar, true);
    inter_wins = intra_cost.j == kNoBar;
    if (inter_wins) inter_.choose_alone(info);
    else inter_wins = rank < kNoBar && inter_.choose(info).j <= intra_cost.j;
  }
  if (!inter_wins) info = intra;
  RdCost coded = inter_wins ? inter_.code(info) : intra_.code(info);

  last_skip_ = info.is_inter && info.skip;
  last_copy_ = last_skip_ && info.use_intrabc && copies_.repeats_exactly(info);
  enter(info);
  if (s_.settings().tx.exact_counting) {
    s_.context.restore(before);
    coded.rate = count_exactly(s_.frame.blocks.at(mi_row, mi_col), first_coef);
    coded.j = s_.j(coded.distortion, coded.rate);
  }
  return coded;
}

/// Makes the block a copy where that costs less than `bar`.
template <Pixel P>
bool BlockSearch<P>::copy_wins(BlockInfo& info, double bar) {
  InterCandidate copy;
  if (!copies_.find(info, copy) || inter_.luma_trial(copy).j >= bar) return false;
  info = copy.info;
  return true;
}

/// Runs the block's syntax over the adapting probabilities: its true rate, and what the next blocks will find.
template <Pixel P>
uint64_t BlockSearch<P>::count_exactly(const BlockInfo& info, uint32_t first_coef) {
  CostCounter counter(s_.cdfs, s_.journal);
  s_.wc.coef_cursor = first_coef;
  write_block(counter, s_.wc, info);
  return counter.bits512();
}

/// Makes the decided block a neighbour of those to come.
template <Pixel P>
void BlockSearch<P>::enter(const BlockInfo& info) {
  s_.frame.blocks.place(info);
  s_.context.enter_block(info);
  const TxSize tx = info.tx_size;
  const int w4 = Num_4x4_Blocks_Wide[info.size], h4 = Num_4x4_Blocks_High[info.size];
  if (info.is_inter && info.skip)
    s_.context.enter_tx_size(info.mi_row, info.mi_col, w4, h4, block_width_log2(info.size), block_height_log2(info.size));
  else if (!info.is_inter)
    s_.context.enter_tx_size(info.mi_row, info.mi_col, w4, h4, Tx_Width_Log2[tx], Tx_Height_Log2[tx]);
  const PictureFormat& f = s_.frame.format;
  if (!info.is_inter) return;  // intra marks unit by unit, as each becomes the next one's edge
  for (int p = 0; p < (info.has_chroma ? f.planes() : 1); p++) {
    const int x4 = (info.mi_col - s_.sb_mi_col) >> f.ss_x(p), y4 = (info.mi_row - s_.sb_mi_row) >> f.ss_y(p);
    s_.decoded.mark(p, x4, y4, std::max(w4 >> f.ss_x(p), 1), std::max(h4 >> f.ss_y(p), 1));
  }
}

template class BlockSearch<uint8_t>;
template class BlockSearch<uint16_t>;

}  // namespace tessera
