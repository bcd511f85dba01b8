#include "search/tx_split_log.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace tessera {

void TxSplitLogRow::append() const {
  static std::mutex mutex;
  static std::FILE* const file = [] {
    const char* const path = std::getenv("TESSERA_TX_SPLIT_LOG");
    return path ? std::fopen(path, "w") : nullptr;
  }();
  const std::lock_guard lock(mutex);
  if (!file) return;
  std::fprintf(file, "%d", area_log2);
  for (const uint64_t part : parts) std::fprintf(file, " %" PRIu64, part);
  std::fprintf(file, " %.4g %.8g %.8g %.6g\n", static_cast<double>(step), whole_j, split_j, bit_lambda);
  std::fflush(file);
}

}  // namespace tessera
