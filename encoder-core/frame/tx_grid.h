// Transform units of the frame at 4x4 resolution: their sizes (deblocking and contexts need them everywhere),
// types and end-of-block positions (the writer needs them at the unit's top-left).
#pragma once

#include "base/array2d.h"
#include "spec/enums.h"

namespace tessera {

struct TxUnit {
  TxSize size = TX_4X4;     ///< luma transform that covers this 4x4 unit (InterTxSizes / TxSizes of the spec)
  TxType type = DCT_DCT;    ///< luma type, valid over the whole unit (chroma derives from it, spec compute_tx_type)
  uint16_t eob[3] = {};     ///< coded coefficients per plane, at the unit's top-left; chroma at its luma position
};

using TxGrid = Array2d<TxUnit>;

}  // namespace tessera
