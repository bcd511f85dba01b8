#include "search/tx_split_log.h"

#include <cinttypes>

#include "base/log.h"

namespace tessera {

void TxSplitLogRow::append() const {
  static LogFile log("TESSERA_TX_SPLIT_LOG");
  log.append([this](std::FILE* file) {
    std::fprintf(file, "%d", area_log2);
    for (const uint64_t part : parts) std::fprintf(file, " %" PRIu64, part);
    std::fprintf(file, " %.4g %.8g %.8g %.6g\n", static_cast<double>(step), whole_j, split_j, bit_lambda);
  });
}

}  // namespace tessera
