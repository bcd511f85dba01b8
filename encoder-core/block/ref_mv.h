// Reference motion vectors: the stack of candidates that a block's neighbours, the motion field and global
// motion offer for a reference, and the contexts that come with it (spec 7.10.2).
//
// A search asks for many references at one place. What does not depend on the reference is therefore gathered
// once (RefMvNeighbourhood::prepare), the stacks are then built from that short list.
#pragma once

#include "base/fixed_vector.h"
#include "frame/block_info_grid.h"
#include "frame/motion_field.h"
#include "frame/tile_layout.h"
#include "spec/frame_header.h"
#include "spec/sequence_header.h"

namespace tessera {

/// Bonus weight of a candidate from the immediate neighbourhood.
inline constexpr int REF_CAT_LEVEL = 640;

/// One vector for each of the block's references; the second is zero for a single reference.
using MvPair = Array<Mv, 2>;

/// What find_mv_stack( ) leaves behind.
struct RefMvs {
  struct Entry {
    MvPair mv;
    uint16_t weight;  ///< meaningful below num_mv_found
  };
  Array<Entry, MAX_REF_MV_STACK_SIZE> stack;  ///< RefStackMv, WeightStack; a block may use entries 0 .. 3
  int num_mv_found = 0;                       ///< NumMvFound; entries 0 and 1 are valid even beyond it
  MvPair global_mvs = {};                     ///< GlobalMvs
  uint8_t new_mv_context = 0, ref_mv_context = 0, zero_mv_context = 0;
  Array<uint8_t, 3> drl_ctx_stack = {};  ///< DrlCtxStack[ 0..2 ]
};

/// What the blocks of a frame share. Keeps references: grid, field and header must outlive it.
struct RefMvFrame {
  /// `field` is read only if the header says use_ref_frame_mvs.
  RefMvFrame(const SequenceHeader& seq, const FrameHeader& frame_header, const BlockInfoGrid& block_grid,
             const MotionField* motion_field);

  const FrameHeader& header;
  const BlockInfoGrid& grid;
  const MotionField* field;                               ///< null: no temporal candidates
  int sb_mi;                                              ///< superblock size in 4x4 units
  Array<uint8_t, TOTAL_REFS_PER_FRAME> sign_bias = {};    ///< RefFrameSignBias
  Array<int8_t, TOTAL_REFS_PER_FRAME> ref_distance = {};  ///< clipped refToDst of 7.9.2, by RefFrame
};

/// A block before anything but its place is known.
struct RefMvBlock {
  int mi_row, mi_col;
  BlockSize size;
  Partition partition;  ///< that made the block
};

/// Whether the unit right above and right of the block's top edge, if inside the tile, is coded before the
/// block.
bool top_right_is_coded(const RefMvBlock& block, int sb_mi);

/// The reference-independent part of find_mv_stack( ): made once, to be prepared for block after block.
class RefMvNeighbourhood {
 public:
  /// Reads those units of the grid that are coded before the block, nothing else.
  void prepare(const RefMvFrame& frame, const TileRect& tile, const RefMvBlock& block);
  /// spec 7.10.2: find MV stack process for RefFrame[ ]; `ref1` is NONE or INTRA_FRAME for a single
  /// reference.
  void find_mv_stack(RefFrame ref0, RefFrame ref1, RefMvs& out) const;

 private:
  enum Side : uint8_t { kAbove = 1, kLeft = 2 };
  /// An inter block nearby, with the weight of every scan that meets it.
  struct Candidate {
    MvPair mv;
    Array<RefFrame, 2> ref_frame;
    uint16_t weight;
    uint8_t close_sides;  ///< sides on which the first scans, of the immediate neighbourhood, meet it
    uint8_t sides;        ///< sides on which any scan meets it
    bool has_newmv;
    bool is_global;  ///< follows global motion where that is more than a translation
  };
  /// A partner of the extra search process.
  struct ExtraCandidate {
    MvPair mv;
    Array<RefFrame, 2> ref_frame;
  };
  struct TemporalCandidate {
    ProjectedMv cell;
    uint8_t weight;
  };
  class Builder;
  /// At most 8 blocks along either edge, 4 along each farther line, and the two corners.
  static constexpr int kMaxCandidates = 2 * 8 + 4 * 4 + 2;

  void scan_row(int delta_row);
  void scan_col(int delta_col);
  void scan_extra();
  void scan_temporal();
  void add_candidate(const BlockInfo& info, int weight, Side side);
  void add_extra(const BlockInfo& info);
  void add_temporal(int delta_row, int delta_col);
  Mv global_mv(RefFrame ref) const;

  const RefMvFrame* frame_ = nullptr;
  TileRect tile_ = {};
  RefMvBlock block_ = {};
  int bw4_ = 0, bh4_ = 0;
  int num_close_ = 0;  ///< candidates of the immediate neighbourhood: the first ones
  bool scanning_close_ = false;
  bool has_colocated_ = false;  ///< the first temporal candidate is the one at the block's own corner
  FixedVector<Candidate, kMaxCandidates> candidates_;
  FixedVector<uint32_t, kMaxCandidates> origins_;  ///< of the candidates: row << 16 | column
  FixedVector<ExtraCandidate, 32> extra_;          ///< in scan order
  FixedVector<TemporalCandidate, 19> temporal_;
};

/// spec 7.10.2.10: lower precision process.
Mv lower_mv_precision(const FrameHeader& header, Mv mv);

/// spec 5.11.23: has_nearmv( ).
constexpr bool has_nearmv(PredictionMode mode) {
  return mode == NEARMV || mode == NEAR_NEARMV || mode == NEAR_NEWMV || mode == NEW_NEARMV;
}
/// spec 7.10.2.9: has_newmv( ).
constexpr bool has_newmv(PredictionMode mode) {
  return mode == NEWMV || mode == NEW_NEWMV || mode == NEAR_NEWMV || mode == NEW_NEARMV ||
         mode == NEAREST_NEWMV || mode == NEW_NEARESTMV;
}
/// spec 5.11.30: get_mode( refList ), the single-reference mode that `mode` means for a list.
PredictionMode get_mode(PredictionMode mode, int ref_list);

/// The values of RefMvIdx that drl_mode can tell apart.
struct RefMvIdxRange {
  int first, last;
};
RefMvIdxRange ref_mv_idx_range(PredictionMode mode, int num_mv_found);

/// spec 5.11.26: PredMv of assign_mv( ): the block's vectors, or what a new one is coded against.
MvPair pred_mv(const RefMvs& refs, PredictionMode mode, int ref_mv_idx, bool is_compound);

/// spec 5.11.26: assign_mv( ), PredMv[ 0 ] of a block with use_intrabc, from the stack for INTRA_FRAME.
Mv intrabc_pred_mv(const RefMvs& refs, const TileRect& tile, int mi_row);

/// What writing the block will need.
MvContexts mv_contexts(const RefMvs& refs, PredictionMode mode, int ref_mv_idx, bool is_compound);

}  // namespace tessera
