#include "dsp/dispatch.h"

namespace tessera {

template <Pixel P>
void make_dsp_table(uint32_t cpu_flags, DspTable<P>& table, int bit_depth) {
  bind_scalar(table);
  if (cpu_flags == 0) return;
#ifdef TESSERA_HAVE_X86
  if (cpu_has(cpu_flags, kCpuAvx2Level)) bind_scalar_avx2(table);
  else if (cpu_has(cpu_flags, kCpuSse4Level)) bind_scalar_sse4(table);
  if (cpu_has(cpu_flags, kCpuAvx512Level)) bind_scalar_avx512(table);
  bind_x86(cpu_flags, table, bit_depth);
#endif
#ifdef TESSERA_HAVE_ORC
  // AVX2 has lanes of its own, and spares what Orc's compiler takes when a process begins: 6 million instructions.
  if (!cpu_has(cpu_flags, kCpuAvx2Level)) bind_orc(table);
#endif
}

template void make_dsp_table(uint32_t, DspTable<uint8_t>&, int);
template void make_dsp_table(uint32_t, DspTable<uint16_t>&, int);

}  // namespace tessera
