#include "dsp/dispatch.h"

namespace tessera {

template <Pixel P>
void make_dsp_table(uint32_t cpu_flags, DspTable<P>& table) {
  bind_scalar(table);
#ifdef TESSERA_HAVE_X86
  if (cpu_has(cpu_flags, kCpuAvx2Level)) bind_scalar_avx2(table);
  bind_x86(cpu_flags, table);
#else
  static_cast<void>(cpu_flags);
#endif
}

template void make_dsp_table(uint32_t, DspTable<uint8_t>&);
template void make_dsp_table(uint32_t, DspTable<uint16_t>&);

}  // namespace tessera
