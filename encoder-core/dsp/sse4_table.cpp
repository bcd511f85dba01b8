// Puts into the table what the compiler makes faster with SSE4.1 than for the baseline. This file and those kernels are compiled
// into an object that exports this function alone (asm/meson.build).
#include "dsp/dispatch.h"

namespace tessera {

template <Pixel P>
void bind_scalar_sse4(DspTable<P>& table) {
  bind_compound_blend_scalar(table.compound_blend);
  bind_intra_scalar(table.intra);
  bind_forward_tx_scalar(table.forward_tx);
  bind_inverse_tx_scalar(table.inverse_tx);
  bind_quantise_scalar(table.quantise);
  bind_restoration_scalar(table.restoration);
  bind_temporal_scalar(table.temporal);
}

template void bind_scalar_sse4(DspTable<uint8_t>&);
template void bind_scalar_sse4(DspTable<uint16_t>&);

}  // namespace tessera
