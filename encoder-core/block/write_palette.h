// Palettes of a block: whether it has any, their colours, and the maps.
#pragma once

#include "block/write_context.h"
#include "entropy/symbol_sink.h"

namespace tessera {

/// spec 5.11.7, 5.11.22: is palette_mode_info( ) coded for blocks of this size?
inline bool codes_palettes(const FrameHeader& header, BlockSize size) {
  return header.allow_screen_content_tools && size >= BLOCK_8X8 && block_width(size) <= 64 && block_height(size) <= 64;
}

/// spec 5.11.46: palette_mode_info( ), the part for luma and the part for chroma. Colours come from wc.palettes.
template <SymbolSink S>
void write_palette_y(S& sink, WriteContext& wc, const BlockInfo& info);
template <SymbolSink S>
void write_palette_uv(S& sink, WriteContext& wc, const BlockInfo& info);

/// spec 5.11.49: the part of palette_tokens( ) for luma (plane 0) or chroma (1); nothing where there is no palette.
template <SymbolSink S>
void write_color_map(S& sink, WriteContext& wc, const BlockInfo& info, int plane);
/// spec 5.11.49: palette_tokens( ).
template <SymbolSink S>
void write_palette_tokens(S& sink, WriteContext& wc, const BlockInfo& info) {
  write_color_map(sink, wc, info, 0);
  write_color_map(sink, wc, info, 1);
}

}  // namespace tessera
