// The intra prediction kernels together.
#pragma once

#include "dsp/intra_basic.h"
#include "dsp/intra_directional.h"
#include "dsp/intra_special.h"

namespace tessera {

template <Pixel P>
struct IntraTable {
  IntraBasicTable<P> basic;
  IntraDirectionalTable<P> directional;
  IntraSpecialTable<P> special;
};

template <Pixel P>
void bind_intra_scalar(IntraTable<P>& table) {
  bind_intra_basic_scalar(table.basic);
  bind_intra_directional_scalar(table.directional);
  bind_intra_special_scalar(table.special);
}

}  // namespace tessera
