// Temporal filter: the source of a frame that many others refer to, averaged with its neighbours along their motion.
// What the pictures share stays and their noise goes, so that the frame is worth more as a reference than any one
// picture would be.
#pragma once

#include "base/fixed_vector.h"
#include "dsp/dsp_table.h"
#include "frame/source_frame.h"
#include "motion/pyramid_search.h"

namespace tessera {

inline constexpr int kMaxTemporalNeighbours = 16;

template <Pixel P>
struct TemporalFilterInput {
  const SourceFrame<P>* centre = nullptr;
  FixedVector<const SourceFrame<P>*, kMaxTemporalNeighbours> neighbours;
  int qindex = 0;         ///< at which the frame will be coded: the coarser, the stronger the filter
  float strength = 1.0f;  ///< on the tolerated squared error
  bool quarters = true;   ///< quarters of a block may have vectors of their own
  PyramidSearchSettings coarse;
};

/// One frame's filter: prepare(), then every superblock row once, in any order and side by side. Pooled.
template <Pixel P>
class TemporalFilter {
 public:
  void make_room(const PictureFormat& format);
  void prepare(const TemporalFilterInput<P>& input, const DspTable<P>& dsp, const DistortionTable<uint8_t>& pyramid_dsp);
  /// Row `sb_row` of 64x64 luma blocks of all planes.
  void filter_rows(int sb_row);
  /// The filtered picture, exactly as large as the source.
  PlaneView<const P> plane(int p) const;

  /// Lower qindexes keep their source: there, detail counts for more than noise costs.
  static constexpr int kMinQindex = 8;

 private:
  struct Block;
  void find_motion(Block& block) const;
  void refine(Block& block, int neighbour, BlockSize size, int quadrant) const;
  void blend_quadrant(Block& block, int quadrant);
  TemporalWeight weight_of(const Block& block, int neighbour, int quadrant, int plane) const;

  TemporalFilterInput<P> input_;
  const DspTable<P>* dsp_ = nullptr;
  const DistortionTable<uint8_t>* pyramid_dsp_ = nullptr;
  Array<double, kPlanes> decay_ = {};  ///< squared error at which a weight has fallen to 1 / e
  double noise_mse_ = 0;               ///< of luma, at the coded depth
  Array<CoarseMotion, kMaxTemporalNeighbours> coarse_;
  Picture<P> result_;
};

extern template class TemporalFilter<uint8_t>;
extern template class TemporalFilter<uint16_t>;

}  // namespace tessera
