// Importance propagation: what later pictures inherit from a block is added to its own information, along the vectors
// of a motion search on half-size source pictures, from the last picture of the coding order back to the first.
#pragma once

#include <vector>

#include "base/view.h"
#include "dsp/distortion.h"
#include "frame/block_info.h"
#include "frame/source_frame.h"

namespace tessera {

/// Side of the analysed block on the half-size picture: 16 luma samples.
inline constexpr int kImportanceSide = 8;

/// One picture of the analysed group. Costs are SATD of 8x8 half-size blocks.
struct ImportancePicture {
  const LumaPyramid* pyramid = nullptr;
  Array<int, 2> ref = {-1, -1};       ///< places in the group of the nearest coded past and future pictures; -1: none
  Array<const Array2d<Mv>*, 2> coarse = {};  ///< vectors towards ref[ i ] to start from, in luma samples
  Array2d<Mv> mv[2];                  ///< refined: whole luma samples, which are halves on the half-size picture
  Array2d<uint16_t> intra, inter;     ///< own information, and what remains of it after prediction
  Array2d<uint8_t> used;              ///< bit i: predicted from ref[ i ]; both: from their mean
  Array2d<float> inherited;           ///< information that other pictures take from here

  int cols() const { return intra.width(); }
  int rows() const { return intra.height(); }
  void resize(int cols, int rows);
};

/// Fills mv, intra, inter and used of the block rows [row_begin, row_end). Calls for different rows may run side by
/// side.
void measure_block_costs(Span<ImportancePicture> group, int index, const DistortionTable<uint8_t>& dsp, int row_begin,
                         int row_end);

/// Fills `inherited` of all pictures. `order`: places in the group in coding order, the first of them predicted from
/// nothing or from a picture coded before. `future` (0 .. 1): how much of what the picture at order[ 0 ] gives to this
/// group its last base picture, order[ 1 ], is taken to give to the next one; 0 where none follows.
void propagate_importance(Span<ImportancePicture> group, Span<const int> order, float future);

/// The picture's importance as a whole and by superblock.
void summarise_importance(const ImportancePicture& picture, ImportanceMap& out);

}  // namespace tessera
