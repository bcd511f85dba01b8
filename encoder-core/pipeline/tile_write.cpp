#include "pipeline/tile_write.h"

#include "block/write_block.h"
#include "entropy/range_encoder.h"
#include "pipeline/symbol_trace.h"

namespace tessera {

template <Pixel P>
void write_tile(const WriteTask<P>& task, CdfContext& cdfs, BlockContext& context, ByteBuffer& out) {
  const FrameWork<P>& frame = task.frame;
  const TileRect tile = tile_rect(frame.header.tile_info, task.tile);
  context.resize(tile);
  context.start_tile(tile, frame.header.quantization.base_q_idx);
  WriteContext wc(task.plan.sequence, frame.header, cdfs, context);
  wc.level_symbols = task.dsp.coef_levels.symbols;
  wc.blocks = &frame.blocks;
  wc.tx_units = frame.tx.view();
  wc.palettes = &frame.palettes;
  wc.cdef_idx = frame.cdef_idx.view();
  for (int p = 0; p < frame.format.planes(); p++)
    if (frame.header.lr.frame_restoration_type[p] != RESTORE_NONE) wc.restoration[p] = frame.restoration_units(p);
  out.clear();
  RangeEncoder encoder(out, cdfs, !frame.header.disable_cdf_update);
#ifdef TESSERA_SYMBOL_TRACE
  TileTrace trace(task.plan.coded_index, task.tile);
  trace.attach(encoder);
#endif
  for (int mi_row = tile.mi_row_start; mi_row < tile.mi_row_end; mi_row += kSbMi) {
    context.start_superblock_row();
    wc.coefs = &frame.coefs_of(mi_row, task.tile % frame.header.tile_info.tile_cols);
    wc.coef_cursor = 0;
    for (int mi_col = tile.mi_col_start; mi_col < tile.mi_col_end; mi_col += kSbMi) {
      context.start_superblock(frame.header.delta.delta_q_present);
#ifdef TESSERA_SYMBOL_TRACE
      trace.at(mi_row, mi_col);
#endif
      write_superblock(encoder, wc, mi_row, mi_col);
    }
  }
  encoder.finish();
}

template void write_tile(const WriteTask<uint8_t>&, CdfContext&, BlockContext&, ByteBuffer&);
template void write_tile(const WriteTask<uint16_t>&, CdfContext&, BlockContext&, ByteBuffer&);

}  // namespace tessera
