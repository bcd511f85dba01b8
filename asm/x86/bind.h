// Binders of the hand-written x86-64 kernels, one a family: each puts what `cpu_flags` permit into its table.
#pragma once

#include "dsp/dsp_table.h"

namespace tessera {

#define TESSERA_DECLARE_BINDER(family, Table)                  \
  template <Pixel P>                                           \
  void bind_##family##_x86(uint32_t cpu_flags, Table<P>&);     \
  template <>                                                  \
  void bind_##family##_x86(uint32_t cpu_flags, Table<uint8_t>&);  \
  template <>                                                  \
  void bind_##family##_x86(uint32_t cpu_flags, Table<uint16_t>&);

TESSERA_DECLARE_BINDER(distortion, DistortionTable)
TESSERA_DECLARE_BINDER(subpel, SubpelTable)
TESSERA_DECLARE_BINDER(compound, CompoundBlendTable)
TESSERA_DECLARE_BINDER(cdef, CdefTable)
TESSERA_DECLARE_BINDER(restoration, RestorationTable)
TESSERA_DECLARE_BINDER(warp, WarpAffineTable)

#undef TESSERA_DECLARE_BINDER

}  // namespace tessera
