// Fills the table with the scalar kernels. This file and the kernels are compiled twice: for the baseline, and with
// another TESSERA_BIND_SCALAR for AVX2 into an object that exports this function alone (asm/meson.build).
#include "dsp/dispatch.h"

#ifndef TESSERA_BIND_SCALAR
#define TESSERA_BIND_SCALAR bind_scalar
#endif

namespace tessera {

template <Pixel P>
void TESSERA_BIND_SCALAR(DspTable<P>& table) {
  bind_distortion_scalar(table.distortion);
  bind_sad_grid_scalar(table.sad_grid);
  bind_subpel_scalar(table.subpel);
  bind_compound_blend_scalar(table.compound_blend);
  bind_intra_scalar(table.intra);
  bind_forward_tx_scalar(table.forward_tx);
  bind_inverse_tx_scalar(table.inverse_tx);
  bind_quantise_scalar(table.quantise);
  bind_deblock_scalar(table.deblock);
  bind_cdef_scalar(table.cdef);
  bind_restoration_scalar(table.restoration);
  bind_coef_levels_scalar(table.coef_levels);
  bind_temporal_scalar(table.temporal);
  bind_warp_affine_scalar(table.warp_affine);
  bind_pixel_ops_scalar(table.pixel_ops);
}

template void TESSERA_BIND_SCALAR(DspTable<uint8_t>&);
template void TESSERA_BIND_SCALAR(DspTable<uint16_t>&);

}  // namespace tessera
