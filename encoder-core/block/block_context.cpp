#include "block/block_context.h"

#include <cstring>

namespace tessera {
namespace {

constexpr int kSbMask = kSbMi - 1;

/// Sets `count` bytes; block and transform sides, so that each case is one or two stores.
template <class T>
void set_run(Array<T, kSbMi>& row, int from, int count, int value) {
  check(from >= 0 && from + count <= kSbMi, "context run outside its superblock");
  T* p = row.data() + from;
  switch (count) {
    case 1: *p = static_cast<T>(value); break;
    case 2: std::memset(p, value, 2); break;
    case 4: std::memset(p, value, 4); break;
    case 8: std::memset(p, value, 8); break;
    case 16: std::memset(p, value, 16); break;
    default: std::memset(p, value, static_cast<size_t>(count)); break;
  }
}

void enter_edge(ContextEdge& edge, const BlockInfo& info, int from, int count, int size_log2, int flags) {
  set_run(edge.size_log2, from, count, size_log2);
  set_run(edge.flags, from, count, flags);
  set_run(edge.y_mode, from, count, info.is_inter ? DC_PRED : info.y_mode);
  set_run(edge.filters, from, count, info.interp_filter[0] | info.interp_filter[1] << 4);
  set_run(edge.ref_frame0, from, count, info.ref_frame[0]);
  set_run(edge.ref_frame1, from, count, info.ref_frame[1]);
}

}  // namespace

void ContextEdge::reset() {
  std::memset(this, 0, sizeof(*this));
  size_log2.fill(7);  // wider than any block: never asks for a split
  tx_log2.fill(6);
  ref_frame1.fill(NONE);
}

void BlockContext::resize(const TileRect& tile) {
  room_.resize(static_cast<size_t>((tile.mi_col_end - tile.mi_col_start + kSbMi - 1) / kSbMi));
  above_ = room_.span();
}

void BlockContext::start_tile(const TileRect& tile, int base_q_idx) {
  tile_ = tile;
  above_ = room_.span();
  check(column_of(tile.mi_col_end - 1) < above_.size(),
        "block context smaller than its tile");
  for (ContextEdge& edge : above_) edge.reset();
  left_.reset();
  sb = {.qindex = static_cast<uint8_t>(base_q_idx)};
}

void BlockContext::enter_block(const BlockInfo& info) {
  const int flags = (info.skip ? kCtxSkip : 0) | (info.skip_mode ? kCtxSkipMode : 0) |
                    (info.is_inter ? kCtxIsInter : 0) | (info.is_masked() ? kCtxCompGroupIdx : 0) |
                    (info.compound_type != COMPOUND_DISTANCE ? kCtxCompoundIdx : 0) |
                    (info.palette_size[0] ? kCtxPaletteY : 0);
  enter_edge(above(info.mi_col), info, info.mi_col & kSbMask, Num_4x4_Blocks_Wide[info.size],
             Mi_Width_Log2[info.size], flags);
  enter_edge(left_, info, info.mi_row & kSbMask, Num_4x4_Blocks_High[info.size], Mi_Height_Log2[info.size],
             flags);
}

void BlockContext::enter_tx_size(int mi_row, int mi_col, int width_mi, int height_mi, int tx_width_log2,
                                 int tx_height_log2) {
  set_run(above(mi_col).tx_log2, mi_col & kSbMask, width_mi, tx_width_log2);
  set_run(left_.tx_log2, mi_row & kSbMask, height_mi, tx_height_log2);
}

void BlockContext::clear_coefficients(const BlockInfo& info, int subsampling_x, int subsampling_y) {
  ContextEdge& up = above(info.mi_col);
  const int bw4 = Num_4x4_Blocks_Wide[info.size], bh4 = Num_4x4_Blocks_High[info.size];
  const int col = info.mi_col & kSbMask, row = info.mi_row & kSbMask;
  for (int plane = 0; plane < (info.has_chroma ? 3 : 1); plane++) {
    const int ss_x = plane ? subsampling_x : 0, ss_y = plane ? subsampling_y : 0;
    set_run(up.coef[plane], col >> ss_x, (bw4 + ss_x) >> ss_x, 0);
    set_run(left_.coef[plane], row >> ss_y, (bh4 + ss_y) >> ss_y, 0);
  }
}

void BlockContext::enter_coefficients(int plane, int x4, int y4, int w4, int h4, int value, int subsampling_x,
                                      int subsampling_y) {
  const int ss_x = plane ? subsampling_x : 0, ss_y = plane ? subsampling_y : 0;
  set_run(above(x4 << ss_x).coef[plane], x4 & (kSbMask >> ss_x), w4, value);
  set_run(left_.coef[plane], y4 & (kSbMask >> ss_y), h4, value);
}

Neighbours::Neighbours(const BlockContext& context, int mi_row, int mi_col)
    : avail_u(mi_row > context.tile().mi_row_start), avail_l(mi_col > context.tile().mi_col_start) {
  const ContextEdge &above = context.above(mi_col), &left = context.left();
  const int col = mi_col & kSbMask, row = mi_row & kSbMask;
  above_flags = above.flags[col];
  left_flags = left.flags[row];
  above_ref[0] = above.ref_frame0[col];
  above_ref[1] = above.ref_frame1[col];
  left_ref[0] = left.ref_frame0[row];
  left_ref[1] = left.ref_frame1[row];
}

int partition_ctx(const BlockContext& context, int mi_row, int mi_col, BlockSize size) {
  const int bsl = Mi_Width_Log2[size];
  const bool above = context.above(mi_col).size_log2[mi_col & kSbMask] < bsl;
  const bool left = context.left().size_log2[mi_row & kSbMask] < bsl;
  return left * 2 + above;
}

IntraModeContexts intra_mode_ctx(const BlockContext& context, int mi_row, int mi_col) {
  return {Intra_Mode_Context[context.above(mi_col).y_mode[mi_col & kSbMask]],
          Intra_Mode_Context[context.left().y_mode[mi_row & kSbMask]]};
}

int tx_depth_ctx(const BlockContext& context, const Neighbours& near, const BlockInfo& info) {
  const TxSize max_size = Max_Tx_Size_Rect[info.size];
  const int col = info.mi_col & kSbMask, row = info.mi_row & kSbMask;
  const ContextEdge &above = context.above(info.mi_col), &left = context.left();
  // Log2 of samples; an inter neighbour counts with its block, a missing one not at all.
  const int above_w = !near.avail_u                    ? 0
                      : near.above_flags & kCtxIsInter ? above.size_log2[col] + MI_SIZE_LOG2
                                                       : above.tx_log2[col];
  const int left_h = !near.avail_l                   ? 0
                     : near.left_flags & kCtxIsInter ? left.size_log2[row] + MI_SIZE_LOG2
                                                     : left.tx_log2[row];
  return (above_w >= Tx_Width_Log2[max_size]) + (left_h >= Tx_Height_Log2[max_size]);
}

int txfm_split_ctx(const BlockContext& context, BlockSize mi_size, int mi_row, int mi_col, TxSize tx_size) {
  const bool above = context.above(mi_col).tx_log2[mi_col & kSbMask] < Tx_Width_Log2[tx_size];
  const bool left = context.left().tx_log2[mi_row & kSbMask] < Tx_Height_Log2[tx_size];
  const int max_square = std::min<int>(TX_64X64, std::max(Mi_Width_Log2[mi_size], Mi_Height_Log2[mi_size]));
  return (Tx_Size_Sqr_Up[tx_size] != max_square) * 3 + (TX_64X64 - max_square) * 6 + above + left;
}

int is_inter_ctx(const Neighbours& near) {
  if (near.avail_u && near.avail_l)
    return near.left_intra() && near.above_intra() ? 3 : near.left_intra() || near.above_intra();
  if (near.avail_u || near.avail_l) return 2 * (near.avail_u ? near.above_intra() : near.left_intra());
  return 0;
}

int interp_filter_ctx(const BlockContext& context, const BlockInfo& info, int dir) {
  const int wanted = info.ref_frame[0];
  auto type_of = [&](const ContextEdge& edge, int at) {
    const bool same = edge.ref_frame0[at] == wanted || edge.ref_frame1[at] == wanted;
    return same ? edge.filters[at] >> (4 * dir) & 15 : 3;
  };
  const int ctx = (dir * 2 + (info.ref_frame[1] > INTRA_FRAME)) * 4;
  const int left = type_of(context.left(), info.mi_row & kSbMask);
  const int above = type_of(context.above(info.mi_col), info.mi_col & kSbMask);
  if (left == above) return ctx + left;
  if (left == 3) return ctx + above;
  return above == 3 ? ctx + left : ctx + 3;
}

int comp_group_idx_ctx(const Neighbours& near) {
  auto part = [](bool single, int ref, uint8_t flags) {
    return !single ? (flags & kCtxCompGroupIdx) != 0 : ref == ALTREF_FRAME ? 3 : 0;
  };
  return std::min(5, part(near.above_single(), near.above_ref[0], near.above_flags) +
                         part(near.left_single(), near.left_ref[0], near.left_flags));
}

int compound_idx_ctx(const Neighbours& near, bool same_distance) {
  auto part = [](bool single, int ref, uint8_t flags) {
    return !single ? (flags & kCtxCompoundIdx) != 0 : ref == ALTREF_FRAME;
  };
  return (same_distance ? 3 : 0) + part(near.above_single(), near.above_ref[0], near.above_flags) +
         part(near.left_single(), near.left_ref[0], near.left_flags);
}

bool has_overlappable_candidates(const BlockContext& context, const BlockInfo& info, int mi_rows,
                                 int mi_cols) {
  const ContextEdge &above = context.above(info.mi_col), &left = context.left();
  const int col_end = std::min(mi_cols, info.mi_col + Num_4x4_Blocks_Wide[info.size]);
  const int row_end = std::min(mi_rows, info.mi_row + Num_4x4_Blocks_High[info.size]);
  if (info.mi_row > context.tile().mi_row_start)
    for (int col = info.mi_col; col < col_end; col += 2)
      if (above.ref_frame0[(col | 1) & kSbMask] > INTRA_FRAME) return true;
  if (info.mi_col > context.tile().mi_col_start)
    for (int row = info.mi_row; row < row_end; row += 2)
      if (left.ref_frame0[(row | 1) & kSbMask] > INTRA_FRAME) return true;
  return false;
}

namespace {

constexpr uint64_t kEveryByte = 0x0101010101010101u;

/// The coefficient contexts along one side of a transform, 16 bytes at most.
struct CoefRun {
  uint64_t lo = 0, hi = 0;

  CoefRun(const Array<uint8_t, kSbMi>& row, int from, int count) {
    check(from >= 0 && from + count <= kSbMi, "context run outside its superblock");
    const uint8_t* p = row.data() + from;
    switch (count) {
      case 1: lo = *p; break;
      case 2: std::memcpy(&lo, p, 2); break;
      case 4: std::memcpy(&lo, p, 4); break;
      case 8: std::memcpy(&lo, p, 8); break;
      default:
        std::memcpy(&lo, p, 8);
        std::memcpy(&hi, p + 8, 8);
        break;
    }
  }
  bool any(int bits) const { return ((lo | hi) & kEveryByte * static_cast<uint64_t>(bits)) != 0; }
};

/// How many bytes of both runs have bit number `bit` set: 32 at most, so that a byte holds every sum.
int count(const CoefRun& a, const CoefRun& b, int bit) {
  const auto ones = [bit](uint64_t bytes) { return (bytes >> bit) & kEveryByte; };
  return static_cast<int>((ones(a.lo) + ones(a.hi) + ones(b.lo) + ones(b.hi)) * kEveryByte >> 56);
}

}  // namespace

TxbContexts txb_contexts(const BlockContext& context, int plane, BlockSize plane_size, TxSize tx_size, int x4,
                         int y4, int subsampling_x, int subsampling_y) {
  const int ss_x = plane ? subsampling_x : 0, ss_y = plane ? subsampling_y : 0;
  const int w_log2 = Tx_Width_Log2[tx_size], h_log2 = Tx_Height_Log2[tx_size];
  const CoefRun top(context.above(x4 << ss_x).coef[plane], x4 & (kSbMask >> ss_x), 1 << (w_log2 - 2));
  const CoefRun side(context.left().coef[plane], y4 & (kSbMask >> ss_y), 1 << (h_log2 - 2));

  const int dc_sign = count(top, side, 7) - count(top, side, 6);
  TxbContexts out;
  out.dc_sign = dc_sign < 0 ? 1 : dc_sign > 0 ? 2 : 0;

  const int bw_log2 = block_width_log2(plane_size), bh_log2 = block_height_log2(plane_size);
  int ctx;
  if (plane > 0) {
    ctx = 7 + top.any(0xff) + side.any(0xff) + (bw_log2 + bh_log2 > w_log2 + h_log2 ? 3 : 0);
  } else if (bw_log2 == w_log2 && bh_log2 == h_log2) {
    ctx = 0;
  } else {
    const bool top_any = top.any(0x3f), side_any = side.any(0x3f);
    const bool top_big = top.any(0x3c), side_big = side.any(0x3c);  // some level above 3
    ctx = !top_any && !side_any   ? 1
          : !top_any || !side_any ? 2 + (top_big || side_big)
          : !top_big && !side_big ? 4
          : !top_big || !side_big ? 5
                                  : 6;
  }
  out.all_zero = static_cast<uint8_t>(ctx);
  return out;
}

}  // namespace tessera
