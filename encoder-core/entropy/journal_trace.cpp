#include "entropy/journal_trace.h"

#ifdef TESSERA_SYMBOL_TRACE

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace tessera {

void JournalTrace::flush() {
  static std::mutex mutex;
  static std::FILE* const file = [] {
    const char* const path = std::getenv("TESSERA_JOURNAL_TRACE");
    return path ? std::fopen(path, "w") : nullptr;
  }();
  const std::lock_guard lock(mutex);
  if (file) {
    std::fwrite(text_.data(), 1, text_.size(), file);
    std::fflush(file);
  }
  text_.clear();
}

}  // namespace tessera

#endif
