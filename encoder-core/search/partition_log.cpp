#include "search/partition_log.h"

#ifdef TESSERA_PARTITION_LOG

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace tessera {

void PartitionLogRow::append() const {
  static std::mutex mutex;
  static std::FILE* const file = [] {
    const char* const path = std::getenv("TESSERA_PARTITION_LOG");
    return path ? std::fopen(path, "w") : nullptr;
  }();
  const std::lock_guard lock(mutex);
  if (!file) return;
  std::fprintf(file, "%c %d", intra ? 'I' : 'P', level);
  for (int i = 0; i < count; i++) std::fprintf(file, " %.5g", static_cast<double>(sign[i]));
  for (double cost : j) std::fprintf(file, " %.8g", cost);
  std::fprintf(file, " %.6g\n", bit_lambda);
  std::fflush(file);
}

}  // namespace tessera

#endif
