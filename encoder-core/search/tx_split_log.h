// With the build option tx_split_log: every inter transform of a block that may be split is coded whole and split to the end, and
// what the split guide sees and what both cost go to the file that the environment variable TESSERA_TX_SPLIT_LOG names.
// tools/fit_tx_splits describes the lines and fits the guide's models to them.
#pragma once

#include <cstdint>

#include "base/view.h"

namespace tessera {

#ifdef TESSERA_TX_SPLIT_LOG
inline constexpr bool kTxSplitLog = true;
#else
inline constexpr bool kTxSplitLog = false;
#endif

/// One transform's line.
struct TxSplitLogRow {
  int area_log2;
  Span<const uint64_t> parts;  ///< sums of squares of the residual
  float step;                  ///< of the quantiser, in samples
  double whole_j, split_j;
  double bit_lambda;           ///< distortion worth one bit

  void append() const;
};

}  // namespace tessera
