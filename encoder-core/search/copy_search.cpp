#include "search/copy_search.h"

#include <algorithm>

namespace tessera {
namespace {

/// Whether the difference between a vector and its prediction can be coded.
bool reaches(Mv mv, Mv pred) {
  return std::abs(mv.row - pred.row) < kMaxMvDiff && std::abs(mv.col - pred.col) < kMaxMvDiff;
}

}  // namespace

template <Pixel P>
void CopySearch<P>::offer(Mv mv, const CopyTarget& target) {
  if (vectors_.full() || !may_copy(s_.tile, target, mv.col / 8, mv.row / 8)) return;
  if (std::find(vectors_.begin(), vectors_.end(), mv) == vectors_.end()) vectors_.push_back(mv);
}

template <Pixel P>
bool CopySearch<P>::find(const BlockInfo& block, InterCandidate& best) {
  const int w = block_width(block.size), h = block_height(block.size);
  if (std::min(w, h) < CopyMap::kCell) return false;
  const CopyTarget target = {block.mi_col * MI_SIZE, block.mi_row * MI_SIZE, w, h};
  // Cells of the picture under the corners and the centre.
  vectors_.clear();
  constexpr int kCell = CopyMap::kCell;
  const int last_x = std::min(target.x + w, s_.frame.format.width) - kCell, last_y = std::min(target.y + h, s_.frame.format.height) - kCell;
  const auto take_cell = [&](int x, int y) {
    for (const Mv mv : s_.copies->vectors(x, y)) offer(mv, target);
  };
  if (last_x < target.x || last_y < target.y) return false;
  take_cell(target.x, target.y);
  take_cell((target.x + last_x) / 2, (target.y + last_y) / 2);
  take_cell(last_x, last_y);
  take_cell(last_x, target.y);
  take_cell(target.x, last_y);

  BlockInfo info = block;
  info.use_intrabc = info.is_inter = 1;
  info.interp_filter = {BILINEAR, BILINEAR};
  info.tx_size = s_.lossless() ? TX_4X4 : Max_Tx_Size_Rect[info.size];
  near_.prepare(s_.ref_mv_frame, s_.tile, {info.mi_row, info.mi_col, info.size, info.partition});
  RefMvs refs;
  near_.find_mv_stack(INTRA_FRAME, NONE, refs);
  const Mv pred = info.mv_ctx.pred_mv[0] = intrabc_pred_mv(refs, s_.tile, info.mi_row);
  for (int i = 0; i < std::min(2, refs.num_mv_found); i++) offer(refs.stack[i].mv[0], target);
  if (vectors_.empty()) return false;
  bool found = false;
  for (const Mv mv : vectors_) {
    if (!reaches(mv, pred)) continue;
    info.mv[0] = mv;
    const InterCandidate c = rank_candidate(s_, info);
    if (found && c.cost >= best.cost) continue;
    best = c;
    found = true;
  }
  return found;
}

template <Pixel P>
bool CopySearch<P>::repeats_exactly(const BlockInfo& copy) const {
  const int x = copy.mi_col * MI_SIZE, y = copy.mi_row * MI_SIZE, dx = copy.mv[0].col / 8, dy = copy.mv[0].row / 8;
  const PlaneView<const P> luma = s_.frame.source_plane[0];
  const int w = std::min(block_width(copy.size), s_.frame.format.width - x), h = std::min(block_height(copy.size), s_.frame.format.height - y);
  // Whole blocks of 8x8 may be copied from, so vectors lead up to 7 samples past the picture's edge, where there is no source.
  if (x + dx + w > luma.width() || y + dy + h > luma.height()) return false;
  for (int r = 0; r < h; r++)
    if (!std::equal(luma.ptr(x, y + r, w, 1), luma.ptr(x, y + r) + w, luma.ptr(x + dx, y + dy + r, w, 1))) return false;
  return true;
}

template class CopySearch<uint8_t>;
template class CopySearch<uint16_t>;

}  // namespace tessera
