// A decided tile turned into bytes.
#pragma once

#include "block/block_context.h"
#include "entropy/byte_buffer.h"
#include "frame/frame_work.h"

namespace tessera {

/// Writes tile `tile_index` of the frame from the starting probabilities `cdfs`, which end as the tile leaves them.
template <Pixel P>
void write_tile(const FramePlan& plan, const FrameWork<P>& frame, int tile_index, CdfContext& cdfs, BlockContext& context,
                ByteBuffer& out);

extern template void write_tile(const FramePlan&, const FrameWork<uint8_t>&, int, CdfContext&, BlockContext&, ByteBuffer&);
extern template void write_tile(const FramePlan&, const FrameWork<uint16_t>&, int, CdfContext&, BlockContext&, ByteBuffer&);

}  // namespace tessera
