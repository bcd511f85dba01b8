// Inverse transforms (section 7.13): dequantised coefficients to a residual that is added to the prediction.
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"
#include "spec/enums.h"

namespace tessera {

/// Adds the inverse transform of `dequantised` to the W x H pixels at `dst`, clipping to the bit depth.
/// `dequantised` is raster, min(W, 32) x min(H, 32), each value within bit_depth + 8 signed bits; `eob` >= 1
/// counts the coefficients up to the last one that is not zero, in the scan of `type`. `type` is one that the
/// size permits: DCT_DCT alone for sides of 64, no ADST for sides of 32. The Walsh-Hadamard transform ignores
/// `type` and `eob`. Exact for coefficients that conform (7.13.2.1); others no decoder is bound to agree on.
template <Pixel P>
using InverseTxFn = void(P* dst, ptrdiff_t dst_stride, const Coeff* dequantised, TxType type, int eob,
                         int bit_depth);

template <Pixel P>
struct InverseTxTable {
  Array<InverseTxFn<P>*, TX_SIZES_ALL> add;
  InverseTxFn<P>* wht;  ///< 4x4, lossless
};

template <Pixel P>
void bind_inverse_tx_scalar(InverseTxTable<P>& table);

extern template void bind_inverse_tx_scalar<uint8_t>(InverseTxTable<uint8_t>&);
extern template void bind_inverse_tx_scalar<uint16_t>(InverseTxTable<uint16_t>&);

}  // namespace tessera
