// Importance propagation: what later pictures inherit from a block is added to its own information, along motion
// vectors found on half-size source pictures, from the last picture of the coding order back to the first.
#pragma once

#include "dsp/distortion.h"
#include "frame/quantiser_offsets.h"
#include "motion/pyramid_search.h"

namespace tessera {

/// How much of a picture lives on in those that are predicted from it, as log2(1 + inherited / own): its own information,
/// and what others take of it.
struct ImportanceMap {
  float frame = 0;            ///< of the whole picture
  Array2d<float> superblock;  ///< less the mean of all
};

/// Side of the analysed block on the half-size picture.
inline constexpr int kImportanceSide = kMotionUnit / 2;

/// One picture of the analysed group.
struct ImportancePicture {
  const LumaPyramid* pyramid = nullptr;
  Array<int, 2> ref = {-1, -1};  ///< places in the group of the nearest coded past and future pictures; -1: none
  Array<const CoarseMotion*, 2> motion = {};  ///< towards ref[ i ]
  float noise = 0;                            ///< deviation of its luma's, of 8-bit steps
  // By block.
  Array2d<uint16_t> intra, inter;  ///< SATD of its own prediction, and of the best of all
  Array2d<uint8_t> used;           ///< bit i: predicted from ref[ i ]; both: from their mean
  Array2d<float> inherited;        ///< information that other pictures take from here

  int cols() const { return intra.width(); }
  int rows() const { return intra.height(); }
  void resize(int cols, int rows);
};

/// Fills intra, inter and used of the block rows [row_begin, row_end). Calls for different rows may run side by side.
void measure_block_costs(Span<ImportancePicture> group, int index, const DistortionTable<uint8_t>& dsp, int row_begin, int row_end);

/// Fills `inherited` of all pictures. `order`: places in the group in coding order, of which the first is predicted from
/// nothing, or from a picture coded before. `future` (0 .. 1): how much of what the picture at order[ 0 ] gives to this
/// group its base picture, at order[ 1 ], is taken to give to the next; 0 where none follows.
void propagate_importance(Span<ImportancePicture> group, Span<const int> order, float future);

void summarise_importance(const ImportancePicture& picture, ImportanceMap& out);

/// Offsets of qindex by superblock, on top of those there are. `strength`: log2 of the step's change per unit of importance.
void add_importance(const ImportanceMap& importance, float strength, int base_q_idx, int bit_depth, QuantiserOffsets& out);

}  // namespace tessera
