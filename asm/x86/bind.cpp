#include "asm/x86/bind.h"

#include "dsp/dispatch.h"

namespace tessera {

template <Pixel P>
void bind_x86(uint32_t cpu_flags, DspTable<P>& table) {
  bind_distortion_x86(cpu_flags, table.distortion);
  bind_subpel_x86(cpu_flags, table.subpel);
  bind_compound_x86(cpu_flags, table.compound_blend);
  bind_warp_x86(cpu_flags, table.warp_affine);
  bind_cdef_x86(cpu_flags, table.cdef);
  bind_restoration_x86(cpu_flags, table.restoration);
}

template void bind_x86(uint32_t, DspTable<uint8_t>&);
template void bind_x86(uint32_t, DspTable<uint16_t>&);

}  // namespace tessera
