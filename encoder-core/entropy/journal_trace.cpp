#include "entropy/journal_trace.h"

#ifdef TESSERA_SYMBOL_TRACE

#include "base/log.h"

namespace tessera {

void JournalTrace::flush() {
  static LogFile log("TESSERA_JOURNAL_TRACE");
  log.append([this](std::FILE* file) { std::fwrite(text_.data(), 1, text_.size(), file); });
  text_.clear();
}

}  // namespace tessera

#endif
