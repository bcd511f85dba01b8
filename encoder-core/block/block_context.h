// What the symbols of a block depend on in the blocks above and to the left (the "cdf selection process",
// spec 8.3.2), one byte a 4x4 unit and quantity. The row above lives for a tile, cut into pieces of one
// superblock; the column to the left is one piece. A trial saves and restores exactly the two pieces that its
// superblock can touch.
#pragma once

#include "base/aligned_buffer.h"
#include "frame/block_info.h"
#include "frame/tile_layout.h"
#include "spec/block_geometry.h"
#include "spec/frame_header.h"
#include "spec/mode_tables.h"
#include "spec/sequence_header.h"
#include "spec/tx_geometry.h"

namespace tessera {

/// Bits of ContextEdge::flags.
enum ContextFlag : uint8_t {
  kCtxSkip = 1,
  kCtxSkipMode = 2,
  kCtxIsInter = 4,
  kCtxCompGroupIdx = 8,
  kCtxCompoundIdx = 16,
  kCtxPaletteY = 32,
};

/// One superblock's worth of neighbours along its upper or left side, by 4x4 unit.
struct alignas(32) ContextEdge {
  template <class T>
  using Row = Array<T, kSbMi>;

  Row<uint8_t> size_log2;  ///< Mi_Width_Log2 (above) or Mi_Height_Log2 (left) of the block
  Row<uint8_t> tx_log2;  ///< log2 of the transform's width or height in samples; a skipped inter block's own
  Row<uint8_t> flags;    ///< ContextFlag
  Row<uint8_t> y_mode;   ///< intra mode, DC_PRED for inter blocks
  Row<uint8_t> filters;  ///< interp_filter[ 0 ] | interp_filter[ 1 ] << 4
  Row<int8_t> ref_frame0;
  Row<int8_t> ref_frame1;
  /// Per plane, in the plane's own 4x4 units: level context (6 bits) | dc category << 6. Units outside the
  /// frame stay 0, so that readers need not know where it ends.
  Array<Row<uint8_t>, kPlanes> coef;

  /// What a block at a tile's edge sees.
  void reset();
};

/// What the syntax carries along inside a superblock or from one to the next.
struct SuperblockState {
  bool read_deltas = false;  ///< ReadDeltas
  bool cdef_coded = false;   ///< cdef_idx[ ][ ] != -1
  uint8_t qindex = 0;        ///< CurrentQIndex
};

class BlockContext {
 public:
  struct Checkpoint {
    ContextEdge above, left;
    SuperblockState sb;
    int column;  ///< superblock column inside the tile
  };

  /// Allocates for the tile's width.
  void resize(const TileRect& tile);
  /// spec 5.11.2: what decode_tile( ) resets at its start.
  void start_tile(const TileRect& tile, int base_q_idx);
  /// Another superblock row of the tile that `owner` has started and goes on holding the upper edges of: rows searched side
  /// by side differ in what is to their left only.
  void start_row_of(BlockContext& owner) {
    tile_ = owner.tile_;
    above_ = owner.above_;
    left_.reset();
    sb = owner.sb;
  }
  void start_superblock_row() { left_.reset(); }
  void start_superblock(bool delta_q_present) {
    sb.read_deltas = delta_q_present;
    sb.cdef_coded = false;
  }

  /// The edge above the superblock that holds the column (of the frame); index it with mi_col & (kSbMi - 1).
  ContextEdge& above(int mi_col) { return above_[column_of(mi_col)]; }
  const ContextEdge& above(int mi_col) const { return above_[column_of(mi_col)]; }
  ContextEdge& left() { return left_; }
  const ContextEdge& left() const { return left_; }
  const TileRect& tile() const { return tile_; }

  /// Everything that blocks of the superblock at this column can change.
  Checkpoint save(int mi_col) const {
    const int column = column_of(mi_col);
    return {above_[column], left_, sb, column};
  }
  void restore(const Checkpoint& saved) {
    above_[saved.column] = saved.above;
    left_ = saved.left;
    sb = saved.sb;
  }

  /// Enters a coded block, all but its transform sizes and coefficient contexts.
  void enter_block(const BlockInfo& info);
  /// Enters one transform size over a rectangle of mode-info units (InterTxSizes, or the size of a skipped
  /// inter block, given as log2 of samples).
  void enter_tx_size(int mi_row, int mi_col, int width_mi, int height_mi, int tx_width_log2,
                     int tx_height_log2);
  /// spec 5.11.5: reset_block_context( bw4, bh4 ).
  void clear_coefficients(const BlockInfo& info, int subsampling_x, int subsampling_y);
  /// spec 5.11.39: the end of coeffs( ): `value` is culLevel | dcCategory << 6; runs are in 4x4 units of the
  /// plane, clipped to the frame.
  void enter_coefficients(int plane, int x4, int y4, int w4, int h4, int value, int subsampling_x,
                          int subsampling_y);

  SuperblockState sb;

 private:
  int column_of(int mi_col) const { return (mi_col - tile_.mi_col_start) / kSbMi; }

  TileRect tile_;
  AlignedBuffer<ContextEdge> room_;
  Span<ContextEdge> above_;  ///< in the room of this context, or of the one that has started the tile
  ContextEdge left_;
};

/// The neighbours of one block, gathered once: availability and references as inter_frame_mode_info( ) names
/// them.
struct Neighbours {
  bool avail_u, avail_l;
  uint8_t above_flags, left_flags;
  int8_t above_ref[2], left_ref[2];

  Neighbours(const BlockContext& context, int mi_row, int mi_col);

  bool above_intra() const { return above_ref[0] <= INTRA_FRAME; }
  bool left_intra() const { return left_ref[0] <= INTRA_FRAME; }
  bool above_single() const { return above_ref[1] <= INTRA_FRAME; }
  bool left_single() const { return left_ref[1] <= INTRA_FRAME; }
  /// Sum of a flag over both neighbours: the context of skip and skip_mode.
  int count(ContextFlag flag) const { return ((above_flags & flag) != 0) + ((left_flags & flag) != 0); }
};

/// spec 8.3.2: ctx of partition, split_or_horz and split_or_vert.
int partition_ctx(const BlockContext& context, int mi_row, int mi_col, BlockSize size);

/// spec 8.3.2: abovemode and leftmode of intra_frame_y_mode.
struct IntraModeContexts {
  uint8_t above, left;
};
IntraModeContexts intra_mode_ctx(const BlockContext& context, int mi_row, int mi_col);

/// spec 8.3.2: ctx of tx_depth.
int tx_depth_ctx(const BlockContext& context, const Neighbours& near, const BlockInfo& info);
/// spec 8.3.2: ctx of txfm_split for a transform at a unit of the block.
int txfm_split_ctx(const BlockContext& context, BlockSize mi_size, int mi_row, int mi_col, TxSize tx_size);

/// spec 8.3.2: ctx of is_inter.
int is_inter_ctx(const Neighbours& near);
/// spec 8.3.2: ctx of interp_filter[ dir ].
int interp_filter_ctx(const BlockContext& context, const BlockInfo& info, int dir);
/// spec 8.3.2: ctx of comp_group_idx.
int comp_group_idx_ctx(const Neighbours& near);
/// spec 8.3.2: ctx of compound_idx. `same_distance`: both references are equally far away.
int compound_idx_ctx(const Neighbours& near, bool same_distance);

/// spec 7.10.3: has_overlappable_candidates( ).
bool has_overlappable_candidates(const BlockContext& context, const BlockInfo& info, int mi_rows,
                                 int mi_cols);

/// spec 8.3.2: contexts of all_zero and dc_sign.
struct TxbContexts {
  uint8_t all_zero, dc_sign;
};
/// `plane_size`: the block's size in the plane; x4, y4 in 4x4 units of the plane.
TxbContexts txb_contexts(const BlockContext& context, int plane, BlockSize plane_size, TxSize tx_size, int x4,
                         int y4, int subsampling_x, int subsampling_y);

}  // namespace tessera
