// Mode info of intra blocks, in intra and inter frames, and the whole mode info of an intra frame's block.
#pragma once

#include "block/write_context.h"
#include "dsp/intra_directional.h"
#include "entropy/symbol_sink.h"

namespace tessera {

/// spec 5.11.7: intra_frame_mode_info( ).
template <SymbolSink S>
void write_intra_frame_mode_info(S& sink, WriteContext& wc, const BlockInfo& info);

/// spec 5.11.22: intra_block_mode_info( ), an intra block of an inter frame.
template <SymbolSink S>
void write_intra_block_mode_info(S& sink, WriteContext& wc, const BlockInfo& info);

/// spec 5.11.11: read_skip( ).
template <SymbolSink S>
void write_skip(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info);

/// The parts of the two above that search weighs one by one.
/// intra_frame_y_mode or y_mode, and the luma angle delta.
template <SymbolSink S>
void write_y_mode(S& sink, WriteContext& wc, const BlockInfo& info);
/// uv_mode, CfL alphas and the chroma angle delta; nothing when the block has no chroma.
template <SymbolSink S>
void write_uv_mode(S& sink, WriteContext& wc, const BlockInfo& info);
/// spec 5.11.24: filter_intra_mode_info( ).
template <SymbolSink S>
void write_filter_intra(S& sink, WriteContext& wc, const BlockInfo& info);

/// May the block code an angle delta? Compares enumerators, as the specification does: 4x16 and 16x4 may.
constexpr bool allows_angle_delta(BlockSize size) {
  return size >= BLOCK_8X8;
}
/// spec 8.3.2, uv_mode: does the block's alphabet contain UV_CFL_PRED?
constexpr bool allows_cfl(BlockSize size, bool lossless, int subsampling_x, int subsampling_y) {
  if (lossless) return get_plane_residual_size(size, subsampling_x, subsampling_y) == BLOCK_4X4;
  return block_width(size) <= 32 && block_height(size) <= 32;
}
/// spec 5.11.24: is use_filter_intra coded for a block in DC_PRED?
constexpr bool allows_filter_intra(const SequenceHeader& sequence, BlockSize size) {
  return sequence.enable_filter_intra && block_width(size) <= 32 && block_height(size) <= 32;
}

}  // namespace tessera
