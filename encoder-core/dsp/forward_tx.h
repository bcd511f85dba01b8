// Forward transforms: a residual to coefficients at the scale of the specification's Dequant array (7.12.3),
// so that the inverse transform of the output is the residual again.
//
// Scale: 8 times the orthonormal transform; half of that for more than 256 samples, a quarter for more than
// 1024. The specification's dqDenom doubles likewise, so level = ( |coefficient| << dequant_shift( size ) ) /
// q.
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"
#include "spec/enums.h"

namespace tessera {

/// Transforms the W x H differences at `residual`, each within bit_depth + 1 signed bits. `coeffs` is raster,
/// min(W, 32) x min(H, 32): of sides of 64 the lower half of the spectrum is kept. `type` as for the inverse.
/// The Walsh-Hadamard transform is lossless: its output is a multiple of 4, the step of qindex 0.
using ForwardTxFn = void(const int16_t* residual, ptrdiff_t stride, Coeff* coeffs, TxType type,
                         int bit_depth);

/// The results do not depend on the pixel type; the functions for bytes take a bit depth of 8 for granted.
template <Pixel P>
struct ForwardTxTable {
  Array<ForwardTxFn*, TX_SIZES_ALL> transform;
  ForwardTxFn* wht;  ///< 4x4, lossless
};

template <Pixel P>
void bind_forward_tx_scalar(ForwardTxTable<P>& table);

extern template void bind_forward_tx_scalar<uint8_t>(ForwardTxTable<uint8_t>&);
extern template void bind_forward_tx_scalar<uint16_t>(ForwardTxTable<uint16_t>&);

}  // namespace tessera
