#include "search/partition_log.h"

#ifdef TESSERA_PARTITION_LOG

#include "base/log.h"

namespace tessera {

void PartitionLogRow::append() const {
  static LogFile log("TESSERA_PARTITION_LOG");
  log.append([this](std::FILE* file) {
    std::fprintf(file, "%c %d", intra ? 'I' : 'P', level);
    for (int i = 0; i < count; i++) std::fprintf(file, " %.5g", static_cast<double>(sign[i]));
    for (double cost : j) std::fprintf(file, " %.8g", cost);
    std::fprintf(file, " %.6g\n", bit_lambda);
  });
}

}  // namespace tessera

#endif
