// Motion vectors across frames: what a coded frame saves, and the field that later frames project from it.
#pragma once

#include "frame/block_info_grid.h"
#include "frame/motion_field.h"
#include "spec/filter_tables.h"
#include "spec/frame_header.h"
#include "spec/sequence_header.h"

namespace tessera {

/// Rows of 8x8 units that must be projected together: vectors never cross a line of 64 luma samples.
inline constexpr int kMotionFieldBand = 8;

/// The factor of project_mv( ) that stretches a vector over `denominator` frames to `numerator` frames.
constexpr int mv_projection_factor(int numerator, int denominator) {
  return clip3(-MAX_FRAME_DISTANCE, MAX_FRAME_DISTANCE, numerator) *
         Div_Mult[std::min(MAX_FRAME_DISTANCE, denominator)];
}

/// spec 7.9.3: get MV projection process. Saved vectors are below 1 << 12 (7.19), so 32 bits hold the
/// product.
constexpr Mv project_mv(Mv mv, int factor) {
  constexpr int kLimit = (1 << 14) - 1;
  return {static_cast<int16_t>(clip3(-kLimit, kLimit, round2_signed(mv.row * factor, 14))),
          static_cast<int16_t>(clip3(-kLimit, kLimit, round2_signed(mv.col * factor, 14)))};
}

/// What a reference offers to the projection.
struct MotionSource {
  const SavedMvs* mvs = nullptr;
  FrameType frame_type = KEY_FRAME;
  Array<uint8_t, TOTAL_REFS_PER_FRAME> saved_order_hints = {};
};
/// Indexed by RefFrame; INTRA_FRAME stays unused.
using MotionSources = Array<MotionSource, TOTAL_REFS_PER_FRAME>;

/// spec 7.9: motion field estimation. Made once a frame; bands may then be projected in any order by any
/// thread.
class MotionFieldProjection {
 public:
  MotionFieldProjection(const SequenceHeader& seq, const FrameHeader& header, const MotionSources& sources);

  /// References that contribute: 0 .. MFMV_STACK_SIZE.
  int num_sources() const { return num_passes_; }
  /// Fills rows [ row8_begin, row8_end ) of `field`, which covers the frame in 8x8 units. The rows begin on a
  /// band and end on one or at the frame's end.
  void project(int row8_begin, int row8_end, MotionField& field) const;

 private:
  /// One use of the projection process 7.9.2.
  struct Pass {
    const SavedMvs* mvs = nullptr;
    int dst_sign = 0;
    Array<int8_t, TOTAL_REFS_PER_FRAME> ref_offset = {};  ///< by saved reference; 0: of no use
    Array<int, TOTAL_REFS_PER_FRAME> to_current = {};     ///< factor of project_mv( ) for get_block_position
  };
  bool add_pass(const SequenceHeader& seq, const FrameHeader& header, const MotionSources& sources,
                RefFrame src, int dst_sign);
  static void project_rows(const Pass& pass, int row8_begin, int row8_end, MotionField& field);

  Array<Pass, MFMV_STACK_SIZE> passes_ = {};
  int num_passes_ = 0;
};

/// spec 7.19: motion field motion vector storage, for rows [ row8_begin, row8_end ) of 8x8 units of a frame
/// whose blocks are final. `saved` covers the frame in 8x8 units.
void save_motion_vectors(const SequenceHeader& seq, const FrameHeader& header, const BlockInfoGrid& grid,
                         int row8_begin, int row8_end, SavedMvs& saved);

}  // namespace tessera
