// The topics of the frame header that stand on their own: each writes one structure of 5.9.11 to 5.9.30.
#pragma once

#include "bitstream/bit_writer.h"
#include "spec/frame_header.h"

namespace tessera {

void write_tile_info(BitWriter& w, const FrameHeader& hdr, const SequenceHeader& seq);
void write_quantization_params(BitWriter& w, const QuantizationParams& q, const SequenceHeader& seq);
void write_segmentation_params(BitWriter& w, const FrameHeader& hdr);
void write_delta_params(BitWriter& w, const FrameHeader& hdr);
/// Deltas that differ from `previous` are sent when loop_filter_delta_update is set.
void write_loop_filter_params(BitWriter& w, const LoopFilterParams& lf, const LoopFilterDeltas& previous,
                              int num_planes);
void write_cdef_params(BitWriter& w, const CdefParams& cdef, int num_planes);
void write_lr_params(BitWriter& w, const LoopRestorationParams& lr, const SequenceHeader& seq);
void write_global_motion_params(BitWriter& w, const FrameHeader& hdr, const GlobalMotionParams& previous);
void write_film_grain_params(BitWriter& w, const FrameHeader& hdr, const SequenceHeader& seq);

}  // namespace tessera
