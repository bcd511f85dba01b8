// With the build option symbol_trace: every symbol of every tile goes to the file that the environment variable
// TESSERA_SYMBOL_TRACE names, in the format that tests/support/parser's desync reads.
#pragma once

#ifdef TESSERA_SYMBOL_TRACE

#include <cstdint>
#include <vector>

#include "entropy/range_encoder.h"

namespace tessera {

/// The trace of one tile, appended to the file when the tile ends.
class TileTrace {
 public:
  TileTrace(uint64_t frame, int tile) : frame_(static_cast<uint32_t>(frame)), tile_(static_cast<uint16_t>(tile)) {}
  ~TileTrace();
  void attach(RangeEncoder& encoder) { encoder.set_trace(record, this); }
  /// Where the next symbols belong.
  void at(int mi_row, int mi_col) {
    mi_row_ = static_cast<uint16_t>(mi_row);
    mi_col_ = static_cast<uint16_t>(mi_col);
  }

 private:
  static void record(void* self, const SymbolRecord& symbol);

  uint32_t frame_;
  uint16_t tile_, mi_row_ = 0, mi_col_ = 0;
  std::vector<uint8_t> bytes_;
};

}  // namespace tessera

#endif
