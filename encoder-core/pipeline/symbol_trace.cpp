#include "pipeline/symbol_trace.h"

#ifdef TESSERA_SYMBOL_TRACE

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace tessera {

void TileTrace::record(void* self, const SymbolRecord& s) {
  TileTrace& t = *static_cast<TileTrace*>(self);
  const auto le = [&](uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++) t.bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
  };
  le(t.frame_, 4), le(t.tile_, 2), le(t.mi_row_, 2), le(t.mi_col_, 2), le(s.range, 2), le(s.offset, 2), le(s.symbols, 1), le(s.value, 1);
}

TileTrace::~TileTrace() {
  static std::mutex mutex;
  static std::FILE* const file = [] {
    const char* const path = std::getenv("TESSERA_SYMBOL_TRACE");
    std::FILE* const f = path ? std::fopen(path, "wb") : nullptr;
    if (f) std::fwrite("TSTRACE1", 1, 8, f);
    return f;
  }();
  const std::lock_guard lock(mutex);
  if (!file) return;
  std::fwrite(bytes_.data(), 1, bytes_.size(), file);
  std::fflush(file);
}

}  // namespace tessera

#endif
