// A decided tile turned into bytes.
#pragma once

#include "block/block_context.h"
#include "dsp/dsp_table.h"
#include "entropy/byte_buffer.h"
#include "frame/frame_work.h"

namespace tessera {

template <Pixel P>
struct WriteTask {
  const FramePlan& plan;
  const FrameWork<P>& frame;
  const DspTable<P>& dsp;
  int tile;
};

/// Writes a tile of the frame from the starting probabilities `cdfs`, which end as the tile leaves them.
template <Pixel P>
void write_tile(const WriteTask<P>& task, CdfContext& cdfs, BlockContext& context, ByteBuffer& out);

extern template void write_tile(const WriteTask<uint8_t>&, CdfContext&, BlockContext&, ByteBuffer&);
extern template void write_tile(const WriteTask<uint16_t>&, CdfContext&, BlockContext&, ByteBuffer&);

}  // namespace tessera
