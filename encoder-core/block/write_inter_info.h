// Mode info of blocks in inter frames.
#pragma once

#include "block/write_context.h"
#include "block/write_mv.h"
#include "entropy/symbol_sink.h"

namespace tessera {

/// spec 5.11.18: inter_frame_mode_info( ), intra blocks included.
template <SymbolSink S>
void write_inter_frame_mode_info(S& sink, WriteContext& wc, const BlockInfo& info);

/// The parts of the above that search weighs one by one.
/// spec 5.11.20: read_is_inter( ).
template <SymbolSink S>
void write_is_inter(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info);
/// spec 5.11.25: read_ref_frames( ).
template <SymbolSink S>
void write_ref_frames(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info);
/// The mode and drl_mode symbols of spec 5.11.23, from info.mv_ctx.
template <SymbolSink S>
void write_inter_mode(S& sink, WriteContext& wc, const BlockInfo& info);
/// The differences of NEWMV components, against info.mv_ctx.pred_mv.
template <SymbolSink S>
void write_mvs(S& sink, WriteContext& wc, const BlockInfo& info);
/// spec 5.11.28: read_interintra_mode( ). Writes nothing where it is not coded.
template <SymbolSink S>
void write_interintra_mode(S& sink, WriteContext& wc, const BlockInfo& info);
/// spec 5.11.27: read_motion_mode( ). Writes nothing where SIMPLE is implied.
template <SymbolSink S>
void write_motion_mode(S& sink, WriteContext& wc, const BlockInfo& info);
/// spec 5.11.29: read_compound_type( ) of a compound block.
template <SymbolSink S>
void write_compound_type(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info);
/// interp_filter[ ] of spec 5.11.23.
template <SymbolSink S>
void write_interp_filter(S& sink, WriteContext& wc, const BlockInfo& info);

/// spec 5.11.23: needs_interp_filter( ).
bool needs_interp_filter(const FrameHeader& header, const BlockInfo& info);
/// spec 5.11.10: is skip_mode coded for a block of this size?
bool allows_skip_mode(const FrameHeader& header, const BlockInfo& info);
/// spec 5.11.27, the part that does not ask the neighbours: may the block be anything but SIMPLE?
bool allows_motion_mode(const FrameHeader& header, const BlockInfo& info);
/// spec 5.11.28: is interintra coded for this block?
bool allows_interintra(const SequenceHeader& sequence, const BlockInfo& info);

}  // namespace tessera
