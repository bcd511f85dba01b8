#include "asm/x86/bind.h"

#include "dsp/dispatch.h"

namespace tessera {

template <Pixel P>
void bind_x86(uint32_t cpu_flags, DspTable<P>& table, int bit_depth) {
  const DspTable<P> compiled = table;
  bind_distortion_x86(cpu_flags, table.distortion);
  bind_subpel_x86(cpu_flags, table.subpel);
  bind_compound_x86(cpu_flags, table.compound_blend);
  bind_warp_x86(cpu_flags, table.warp_affine);
  bind_cdef_x86(cpu_flags, table.cdef);
  bind_restoration_x86(cpu_flags, table.restoration);
  if (bit_depth <= 10) return;
  // Coefficients and sums of 12-bit samples do not fit the lanes of these.
  table.distortion.satd = compiled.distortion.satd;
  table.restoration.wiener_sums = compiled.restoration.wiener_sums;
  table.restoration.projection_sums = compiled.restoration.projection_sums;
}

template void bind_x86(uint32_t, DspTable<uint8_t>&, int);
template void bind_x86(uint32_t, DspTable<uint16_t>&, int);

}  // namespace tessera
