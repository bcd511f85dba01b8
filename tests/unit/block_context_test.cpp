// Contexts of block syntax against the arrays of the specification, kept for the whole frame, over random
// partitions.
#include "block/block_context.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "block/ref_contexts.h"
#include "block/transform_blocks.h"
#include "block/write_partition.h"

namespace tessera {
namespace {

constexpr int kRows = 42, kCols = 56;  // the frame, in mode-info units

/// What decode_block( ) stores (section 5.11.5), and the contexts of section 8.3.2 read from it.
struct SpecFrame {
  TileRect tile;
  template <class T>
  using Map = Table2<T, kRows + 32, kCols + 32>;
  Map<BlockSize> MiSizes = {};
  Map<uint8_t> Skips = {}, SkipModes = {}, IsInters = {}, CompGroupIdxs = {}, CompoundIdxs = {};
  Map<PredictionMode> YModes = {};
  Map<TxSize> InterTxSizes = {};
  Map<Array<int, 2>> RefFrames = {}, InterpFilters = {};

  int MiRow = 0, MiCol = 0;
  bool AvailU = false, AvailL = false;
  int AboveRefFrame[2], LeftRefFrame[2];
  bool AboveIntra, LeftIntra, AboveSingle, LeftSingle;

  bool is_inside(int r, int c) const {
    return c >= tile.mi_col_start && c < tile.mi_col_end && r >= tile.mi_row_start && r < tile.mi_row_end;
  }
  void at(int r, int c) {
    MiRow = r;
    MiCol = c;
    AvailU = is_inside(r - 1, c);
    AvailL = is_inside(r, c - 1);
    for (int i = 0; i < 2; i++) {
      AboveRefFrame[i] = AvailU ? RefFrames[r - 1][c][i] : i ? int(NONE) : int(INTRA_FRAME);
      LeftRefFrame[i] = AvailL ? RefFrames[r][c - 1][i] : i ? int(NONE) : int(INTRA_FRAME);
    }
    AboveIntra = AboveRefFrame[0] <= INTRA_FRAME;
    LeftIntra = LeftRefFrame[0] <= INTRA_FRAME;
    AboveSingle = AboveRefFrame[1] <= INTRA_FRAME;
    LeftSingle = LeftRefFrame[1] <= INTRA_FRAME;
  }
  int partition_ctx(BlockSize bSize) const {
    const int bsl = Mi_Width_Log2[bSize];
    const bool above = AvailU && Mi_Width_Log2[MiSizes[MiRow - 1][MiCol]] < bsl;
    const bool left = AvailL && Mi_Height_Log2[MiSizes[MiRow][MiCol - 1]] < bsl;
    return left * 2 + above;
  }
  int sum(const Map<uint8_t>& map) const {
    return (AvailU ? map[MiRow - 1][MiCol] : 0) + (AvailL ? map[MiRow][MiCol - 1] : 0);
  }
  int get_above_tx_width(int row, int col) const {
    if (row == MiRow) {
      if (!AvailU) return 64;
      if (Skips[row - 1][col] && IsInters[row - 1][col]) return block_width(MiSizes[row - 1][col]);
    }
    return Tx_Width[InterTxSizes[row - 1][col]];
  }
  int get_left_tx_height(int row, int col) const {
    if (col == MiCol) {
      if (!AvailL) return 64;
      if (Skips[row][col - 1] && IsInters[row][col - 1]) return block_height(MiSizes[row][col - 1]);
    }
    return Tx_Height[InterTxSizes[row][col - 1]];
  }
  int tx_depth_ctx(BlockSize MiSize) const {
    const TxSize maxRectTxSize = Max_Tx_Size_Rect[MiSize];
    int aboveW = 0, leftH = 0;
    if (AvailU && IsInters[MiRow - 1][MiCol])
      aboveW = block_width(MiSizes[MiRow - 1][MiCol]);
    else if (AvailU)
      aboveW = get_above_tx_width(MiRow, MiCol);
    if (AvailL && IsInters[MiRow][MiCol - 1])
      leftH = block_height(MiSizes[MiRow][MiCol - 1]);
    else if (AvailL)
      leftH = get_left_tx_height(MiRow, MiCol);
    return (aboveW >= Tx_Width[maxRectTxSize]) + (leftH >= Tx_Height[maxRectTxSize]);
  }
  int txfm_split_ctx(BlockSize MiSize, int row, int col, TxSize txSz) const {
    const bool above = get_above_tx_width(row, col) < Tx_Width[txSz];
    const bool left = get_left_tx_height(row, col) < Tx_Height[txSz];
    const int size = std::min(64, std::max(block_width(MiSize), block_height(MiSize)));
    const int maxTxSz = find_tx_size(size, size);
    return (Tx_Size_Sqr_Up[txSz] != maxTxSz) * 3 + (5 - 1 - maxTxSz) * 6 + above + left;
  }
  int is_inter_ctx() const {
    if (AvailU && AvailL) return (LeftIntra && AboveIntra) ? 3 : LeftIntra || AboveIntra;
    if (AvailU || AvailL) return 2 * (AvailU ? AboveIntra : LeftIntra);
    return 0;
  }
  static bool check_backward(int ref) { return ref >= BWDREF_FRAME && ref <= ALTREF_FRAME; }
  int comp_mode_ctx() const {
    if (AvailU && AvailL) {
      if (AboveSingle && LeftSingle)
        return check_backward(AboveRefFrame[0]) ^ check_backward(LeftRefFrame[0]);
      if (AboveSingle) return 2 + (check_backward(AboveRefFrame[0]) || AboveIntra);
      if (LeftSingle) return 2 + (check_backward(LeftRefFrame[0]) || LeftIntra);
      return 4;
    }
    if (AvailU) return AboveSingle ? check_backward(AboveRefFrame[0]) : 3;
    if (AvailL) return LeftSingle ? check_backward(LeftRefFrame[0]) : 3;
    return 1;
  }
  int count_refs(std::initializer_list<int> types) const {
    int c = 0;
    for (int t : types)
      for (int i = 0; i < 2; i++) c += (AvailU && AboveRefFrame[i] == t) + (AvailL && LeftRefFrame[i] == t);
    return c;
  }
  int versus(std::initializer_list<int> a, std::initializer_list<int> b) const {
    const int counts0 = count_refs(a), counts1 = count_refs(b);
    return counts0 < counts1 ? 0 : counts0 == counts1 ? 1 : 2;
  }
  int interp_filter_ctx(const BlockInfo& info, int dir) const {
    int ctx = ((dir & 1) * 2 + (info.ref_frame[1] > INTRA_FRAME)) * 4, leftType = 3, aboveType = 3;
    if (AvailL && (RefFrames[MiRow][MiCol - 1][0] == info.ref_frame[0] ||
                   RefFrames[MiRow][MiCol - 1][1] == info.ref_frame[0]))
      leftType = InterpFilters[MiRow][MiCol - 1][dir];
    if (AvailU && (RefFrames[MiRow - 1][MiCol][0] == info.ref_frame[0] ||
                   RefFrames[MiRow - 1][MiCol][1] == info.ref_frame[0]))
      aboveType = InterpFilters[MiRow - 1][MiCol][dir];
    if (leftType == aboveType) return ctx + leftType;
    if (leftType == 3) return ctx + aboveType;
    if (aboveType == 3) return ctx + leftType;
    return ctx + 3;
  }
  int comp_group_idx_ctx() const {
    int ctx = 0;
    if (AvailU)
      ctx += !AboveSingle ? CompGroupIdxs[MiRow - 1][MiCol] : AboveRefFrame[0] == ALTREF_FRAME ? 3 : 0;
    if (AvailL)
      ctx += !LeftSingle ? CompGroupIdxs[MiRow][MiCol - 1] : LeftRefFrame[0] == ALTREF_FRAME ? 3 : 0;
    return std::min(5, ctx);
  }
  int compound_idx_ctx(bool same) const {
    int ctx = same ? 3 : 0;
    if (AvailU) ctx += !AboveSingle ? CompoundIdxs[MiRow - 1][MiCol] : AboveRefFrame[0] == ALTREF_FRAME;
    if (AvailL) ctx += !LeftSingle ? CompoundIdxs[MiRow][MiCol - 1] : LeftRefFrame[0] == ALTREF_FRAME;
    return ctx;
  }
  bool has_overlappable_candidates(BlockSize MiSize) const {
    if (AvailU)
      for (int x4 = MiCol; x4 < std::min(kCols, MiCol + Num_4x4_Blocks_Wide[MiSize]); x4 += 2)
        if (RefFrames[MiRow - 1][x4 | 1][0] > INTRA_FRAME) return true;
    if (AvailL)
      for (int y4 = MiRow; y4 < std::min(kRows, MiRow + Num_4x4_Blocks_High[MiSize]); y4 += 2)
        if (RefFrames[y4 | 1][MiCol - 1][0] > INTRA_FRAME) return true;
    return false;
  }
  void store(const BlockInfo& info) {
    for (int y = 0; y < Num_4x4_Blocks_High[info.size]; y++)
      for (int x = 0; x < Num_4x4_Blocks_Wide[info.size]; x++) {
        const int r = info.mi_row + y, c = info.mi_col + x;
        MiSizes[r][c] = info.size;
        Skips[r][c] = info.skip;
        SkipModes[r][c] = info.skip_mode;
        IsInters[r][c] = info.is_inter;
        CompGroupIdxs[r][c] = info.is_masked();
        CompoundIdxs[r][c] = info.compound_type != COMPOUND_DISTANCE;
        YModes[r][c] = info.is_inter ? DC_PRED : info.y_mode;
        for (int i = 0; i < 2; i++) {
          RefFrames[r][c][i] = info.ref_frame[i];
          InterpFilters[r][c][i] = info.interp_filter[i];
        }
      }
  }
};

class ContextWalk {
 public:
  ContextWalk(unsigned seed, const TileRect& tile) : rng_(seed) {
    spec_.tile = tile;
    context_.resize(tile);
    context_.start_tile(tile, 100);
  }
  void run() {
    const TileRect& tile = spec_.tile;
    for (int r = tile.mi_row_start; r < tile.mi_row_end; r += kSbMi) {
      context_.start_superblock_row();
      for (int c = tile.mi_col_start; c < tile.mi_col_end; c += kSbMi) {
        // A trial that is taken back must leave no trace: walk once, restore, walk again.
        const BlockContext::Checkpoint before = context_.save(c);
        const SpecFrame spec_before = spec_;
        node(r, c, BLOCK_64X64);
        context_.restore(before);
        spec_ = spec_before;
        node(r, c, BLOCK_64X64);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }

 private:
  int random(int n) { return static_cast<int>(rng_() % static_cast<unsigned>(n)); }

  void node(int r, int c, BlockSize size) {
    if (r >= kRows || c >= kCols || testing::Test::HasFatalFailure()) return;
    spec_.at(r, c);
    if (size >= BLOCK_8X8) {
      ASSERT_EQ(partition_ctx(context_, r, c, size), spec_.partition_ctx(size));
    }
    const int half = Num_4x4_Blocks_Wide[size] >> 1;
    const bool has_rows = r + half < kRows, has_cols = c + half < kCols;
    Partition p = PARTITION_SPLIT;
    if (size == BLOCK_4X4)
      p = PARTITION_NONE;
    else if (has_rows && has_cols)
      do p = static_cast<Partition>(random(size == BLOCK_8X8 ? 4 : PARTITION_TYPES));
      while (Partition_Subsize[p][size] == BLOCK_INVALID);
    else if (has_cols)
      p = random(2) ? PARTITION_SPLIT : PARTITION_HORZ;
    else if (has_rows)
      p = random(2) ? PARTITION_SPLIT : PARTITION_VERT;
    if (p == PARTITION_SPLIT) {
      for (int i = 0; i < 4; i++) node(r + (i >> 1) * half, c + (i & 1) * half, Partition_Subsize[p][size]);
      return;
    }
    int index = 0;
    for_each_block_of_partition(p, size, r, c, kRows, kCols, [&](int row, int col) {
      BlockSize sub = Partition_Subsize[p][size];
      const bool split_first = p == PARTITION_HORZ_A || p == PARTITION_VERT_A;
      const bool split_last = p == PARTITION_HORZ_B || p == PARTITION_VERT_B;
      if ((split_first && index < 2) || (split_last && index > 0))
        sub = Partition_Subsize[PARTITION_SPLIT][size];
      index++;
      block(row, col, sub);
    });
  }

  void block(int r, int c, BlockSize size) {
    BlockInfo info = random_block(r, c, size);
    spec_.at(r, c);
    const Neighbours near(context_, r, c);
    ASSERT_EQ(near.count(kCtxSkip), spec_.sum(spec_.Skips));
    ASSERT_EQ(near.count(kCtxSkipMode), spec_.sum(spec_.SkipModes));
    const IntraModeContexts intra = intra_mode_ctx(context_, r, c);
    ASSERT_EQ(intra.above, Intra_Mode_Context[spec_.AvailU ? spec_.YModes[r - 1][c] : DC_PRED]);
    ASSERT_EQ(intra.left, Intra_Mode_Context[spec_.AvailL ? spec_.YModes[r][c - 1] : DC_PRED]);
    ASSERT_EQ(is_inter_ctx(near), spec_.is_inter_ctx());
    ASSERT_EQ(comp_mode_ctx(near), spec_.comp_mode_ctx());
    const RefContexts refs(near);
    constexpr int L = LAST_FRAME, L2 = LAST2_FRAME, L3 = LAST3_FRAME, G = GOLDEN_FRAME, B = BWDREF_FRAME,
                  A2 = ALTREF2_FRAME, A = ALTREF_FRAME;
    ASSERT_EQ(refs.single_ref_p1(), spec_.versus({L, L2, L3, G}, {B, A2, A}));
    ASSERT_EQ(refs.comp_ref(), spec_.versus({L, L2}, {L3, G}));
    ASSERT_EQ(refs.comp_ref_p1(), spec_.versus({L}, {L2}));
    ASSERT_EQ(refs.comp_ref_p2(), spec_.versus({L3}, {G}));
    ASSERT_EQ(refs.comp_bwdref(), spec_.versus({B, A2}, {A}));
    ASSERT_EQ(refs.comp_bwdref_p1(), spec_.versus({B}, {A2}));
    ASSERT_EQ(refs.uni_comp_ref_p1(), spec_.versus({L2}, {L3, G}));
    for (int dir = 0; dir < 2 && info.is_inter; dir++)
      ASSERT_EQ(interp_filter_ctx(context_, info, dir), spec_.interp_filter_ctx(info, dir));
    ASSERT_EQ(comp_group_idx_ctx(near), spec_.comp_group_idx_ctx());
    for (bool same : {false, true}) ASSERT_EQ(compound_idx_ctx(near, same), spec_.compound_idx_ctx(same));
    if (std::min(block_width(size), block_height(size)) >= 8) {
      ASSERT_EQ(has_overlappable_candidates(context_, info, kRows, kCols),
                spec_.has_overlappable_candidates(size));
    }
    ASSERT_EQ(tx_depth_ctx(context_, near, info), spec_.tx_depth_ctx(size));
    if (info.is_inter && !info.skip && size > BLOCK_4X4)
      tx_tree(size, r, c, Max_Tx_Size_Rect[size], 0);
    else
      enter_tx(info);
    if (testing::Test::HasFatalFailure()) return;
    context_.enter_block(info);
    spec_.store(info);
  }

  void enter_tx(const BlockInfo& info) {
    const int bw4 = Num_4x4_Blocks_Wide[info.size], bh4 = Num_4x4_Blocks_High[info.size];
    if (info.is_inter && info.skip)
      context_.enter_tx_size(info.mi_row, info.mi_col, bw4, bh4, block_width_log2(info.size),
                             block_height_log2(info.size));
    else
      context_.enter_tx_size(info.mi_row, info.mi_col, bw4, bh4, Tx_Width_Log2[info.tx_size],
                             Tx_Height_Log2[info.tx_size]);
    for (int y = 0; y < bh4; y++)
      for (int x = 0; x < bw4; x++) spec_.InterTxSizes[info.mi_row + y][info.mi_col + x] = info.tx_size;
  }

  /// read_var_tx_size with random splits.
  void tx_tree(BlockSize size, int r, int c, TxSize tx, int depth) {
    if (r >= kRows || c >= kCols) return;
    bool split = false;
    if (tx != TX_4X4 && depth < MAX_VARTX_DEPTH) {
      ASSERT_EQ(txfm_split_ctx(context_, size, r, c, tx), spec_.txfm_split_ctx(size, r, c, tx));
      split = random(2);
    }
    const int w4 = Tx_Width[tx] >> 2, h4 = Tx_Height[tx] >> 2;
    if (!split) {
      context_.enter_tx_size(r, c, w4, h4, Tx_Width_Log2[tx], Tx_Height_Log2[tx]);
      for (int y = 0; y < h4; y++)
        for (int x = 0; x < w4; x++) spec_.InterTxSizes[r + y][c + x] = tx;
      return;
    }
    const TxSize sub = Split_Tx_Size[tx];
    for (int y = 0; y < h4; y += Tx_Height[sub] >> 2)
      for (int x = 0; x < w4; x += Tx_Width[sub] >> 2) tx_tree(size, r + y, c + x, sub, depth + 1);
  }

  BlockInfo random_block(int r, int c, BlockSize size) {
    BlockInfo info;
    info.mi_row = static_cast<uint16_t>(r);
    info.mi_col = static_cast<uint16_t>(c);
    info.size = size;
    info.skip = random(2);
    info.is_inter = random(4) != 0;
    info.tx_size = Max_Tx_Size_Rect[size];
    if (!info.is_inter) {
      info.y_mode = static_cast<PredictionMode>(random(INTRA_MODES));
      for (int i = random(3); i > 0; i--) info.tx_size = Split_Tx_Size[info.tx_size];
      return info;
    }
    info.y_mode = NEARESTMV;
    info.ref_frame[0] = static_cast<RefFrame>(1 + random(7));
    if (random(2)) {
      info.ref_frame[1] = static_cast<RefFrame>(random(8));
      constexpr Array<CompoundType, 4> kTypes = {COMPOUND_WEDGE, COMPOUND_DIFFWTD, COMPOUND_AVERAGE, COMPOUND_DISTANCE};
      info.compound_type = kTypes[static_cast<size_t>(random(4))];
      info.skip_mode = info.skip && random(2);
    }
    for (int i = 0; i < 2; i++) info.interp_filter[i] = static_cast<InterpFilter>(random(3));
    return info;
  }

  std::mt19937 rng_;
  SpecFrame spec_;
  BlockContext context_;
};

TEST(BlockContext, AgreesWithTheSpecificationInEveryTile) {
  for (unsigned seed = 0; seed < 40; seed++) {
    ContextWalk(seed, {0, kRows, 0, kCols}).run();
    ContextWalk(seed, {16, 32, 0, 32}).run();
    ContextWalk(seed, {32, kRows, 32, kCols}).run();
    if (HasFatalFailure()) return;
  }
}

TEST(BlockContext, PartitionIsRecoveredFromTheCornerBlock) {
  for (BlockSize node : {BLOCK_8X8, BLOCK_16X16, BLOCK_32X32, BLOCK_64X64})
    for (int p = 0; p < PARTITION_TYPES; p++) {
      const auto partition = static_cast<Partition>(p);
      BlockInfo corner;
      corner.size = Partition_Subsize[partition][node];
      if (corner.size == BLOCK_INVALID || (node == BLOCK_8X8 && p > PARTITION_SPLIT)) continue;
      if (partition == PARTITION_HORZ_A || partition == PARTITION_VERT_A)
        corner.size = Partition_Subsize[PARTITION_SPLIT][node];
      corner.partition = partition == PARTITION_SPLIT ? PARTITION_NONE : partition;
      EXPECT_EQ(partition_of_node(corner, node), partition) << int(node) << " " << p;
      if (node < BLOCK_64X64) {
        const BlockSize parent = find_block_size(2 * block_width(node), 2 * block_height(node));
        EXPECT_EQ(partition_of_node(corner, parent), PARTITION_SPLIT) << int(node) << " " << p;
      }
    }
}

}  // namespace
}  // namespace tessera
