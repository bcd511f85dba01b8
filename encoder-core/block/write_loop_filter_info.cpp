#include "block/write_loop_filter_info.h"

#include <cstdlib>

#include "block/write_sinks.h"

namespace tessera {

template <SymbolSink S>
void write_cdef(S& sink, WriteContext& wc, const BlockInfo& info) {
  const FrameHeader& header = *wc.header;
  if (info.skip || header.coded_lossless || !wc.sequence->enable_cdef || header.allow_intrabc) return;
  bool& coded = wc.context->sb.cdef_coded;
  if (coded) return;
  const int index = wc.cdef_idx.empty() ? 0 : wc.cdef_idx.at(info.mi_col / kSbMi, info.mi_row / kSbMi);
  sink.literal(static_cast<uint32_t>(std::max(index, 0)), header.cdef.cdef_bits);
  coded = true;
}

namespace {

inline constexpr int DELTA_Q_SMALL = 3;

/// The magnitude code that both kinds of delta share; `cdf` codes magnitudes below DELTA_Q_SMALL.
template <SymbolSink S>
void write_delta(S& sink, Cdf<DELTA_Q_SMALL + 1>& cdf, int delta) {
  const int magnitude = std::abs(delta);
  sink.symbol(cdf, std::min(magnitude, DELTA_Q_SMALL));
  if (magnitude >= DELTA_Q_SMALL) {
    const int bits = floor_log2(static_cast<uint32_t>(magnitude - 1));
    sink.literal(static_cast<uint32_t>(bits - 1), 3);
    sink.literal(static_cast<uint32_t>(magnitude - 1 - (1 << bits)), bits);
  }
  if (magnitude) sink.literal(delta < 0, 1);
}

}  // namespace

template <SymbolSink S>
void write_deltas(S& sink, WriteContext& wc, const BlockInfo& info) {
  SuperblockState& sb = wc.context->sb;
  const bool coded = sb.read_deltas && !(info.size == BLOCK_64X64 && info.skip);
  sb.read_deltas = false;
  if (!coded) return;
  const DeltaParams& params = wc.header->delta;
  const int reduced = (info.qindex - sb.qindex) / (1 << params.delta_q_res);
  check(sb.qindex + reduced * (1 << params.delta_q_res) == info.qindex && info.qindex > 0, "qindex out of steps");
  write_delta(sink, wc.cdfs->delta_q, reduced);
  sb.qindex = info.qindex;
  if (!params.delta_lf_present) return;
  if (!params.delta_lf_multi) {
    write_delta(sink, wc.cdfs->delta_lf, 0);
  } else {
    const int count = wc.sequence->num_planes() > 1 ? 4 : 2;  // FRAME_LF_COUNT
    for (int i = 0; i < count; i++) write_delta(sink, wc.cdfs->delta_lf_multi[i], 0);
  }
}

#define TESSERA_INSTANTIATE(S)                                       \
  template void write_cdef(S&, WriteContext&, const BlockInfo&); \
  template void write_deltas(S&, WriteContext&, const BlockInfo&);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
