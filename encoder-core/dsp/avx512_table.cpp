// Puts into the table what the compiler makes faster with AVX-512 than with AVX2. This file and those kernels are compiled
// into an object that exports this function alone (asm/meson.build).
#include "dsp/dispatch.h"

namespace tessera {

template <Pixel P>
void bind_scalar_avx512(DspTable<P>& table) {
  bind_sad_grid_scalar(table.sad_grid);
  bind_quantise_scalar(table.quantise);
}

template void bind_scalar_avx512(DspTable<uint8_t>&);
template void bind_scalar_avx512(DspTable<uint16_t>&);

}  // namespace tessera
