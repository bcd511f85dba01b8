// Motion vectors of a coded frame at 8x8 resolution, saved for the temporal prediction of later frames
// (spec 7.19) and the field projected from them (spec 7.9).
#pragma once

#include "base/array2d.h"
#include "frame/block_info.h"

namespace tessera {

/// MfRefFrames and MfMvs of spec 7.19, sampled where 7.9 reads them: units ( 2 * row + 1, 2 * col + 1 ).
struct SavedMv {
  Mv mv;
  RefFrame ref_frame = NONE;
};
using SavedMvs = Array2d<SavedMv>;

/// One cell of MotionFieldMvs before its scaling to a reference: the projected vector and its distance.
/// ref_offset 0 marks an invalid cell.
struct ProjectedMv {
  Mv mv;
  int8_t ref_offset = 0;
};
using MotionField = Array2d<ProjectedMv>;

}  // namespace tessera
