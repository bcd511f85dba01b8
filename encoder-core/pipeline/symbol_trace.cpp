#include "pipeline/symbol_trace.h"

#ifdef TESSERA_SYMBOL_TRACE

#include "base/log.h"

namespace tessera {

void TileTrace::record(void* self, const SymbolRecord& s) {
  TileTrace& t = *static_cast<TileTrace*>(self);
  const auto le = [&](uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++) t.bytes_.push_back(static_cast<uint8_t>(value >> (8 * i)));
  };
  le(t.frame_, 4), le(t.tile_, 2), le(t.mi_row_, 2), le(t.mi_col_, 2), le(s.range, 2), le(s.offset, 2), le(s.symbols, 1), le(s.value, 1);
}

TileTrace::~TileTrace() {
  static LogFile log("TESSERA_SYMBOL_TRACE", "TSTRACE1");
  log.append([this](std::FILE* file) { std::fwrite(bytes_.data(), 1, bytes_.size(), file); });
}

}  // namespace tessera

#endif
