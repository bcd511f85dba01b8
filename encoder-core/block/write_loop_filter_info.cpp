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
  check(sb.qindex + reduced * (1 << params.delta_q_res) == info.qindex && info.qindex > 0,
        "qindex out of steps");
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

namespace {

inline constexpr int SGRPROJ_PARAMS_BITS = 4;
inline constexpr int SGRPROJ_PRJ_SUBEXP_K = 4;
inline constexpr int SGRPROJ_PRJ_BITS = 7;

/// The inverse of inverse_recenter( r, v ) (spec 5.9.29).
constexpr int recenter(int r, int x) {
  return x > 2 * r ? x : x >= r ? 2 * (x - r) : 2 * (r - x) - 1;
}

/// spec 5.11.58: decode_signed_subexp_with_ref_bool( low, high, k, r ): `value` in low .. high - 1, near
/// `ref`.
template <class S>
void write_signed_subexp_with_ref(S& sink, int low, int high, int k, int ref, int value) {
  check(value >= low && value < high, "restoration coefficient out of range");
  const int mx = high - low, r = ref - low, x = value - low;
  const int v = 2 * r <= mx ? recenter(r, x) : recenter(mx - 1 - r, mx - 1 - x);
  for (int i = 0, mk = 0;; i++) {
    const int b2 = i ? k + i - 1 : k, a = 1 << b2;
    if (mx <= mk + 3 * a) {
      write_ns(sink, static_cast<uint32_t>(mx - mk), static_cast<uint32_t>(v - mk));
      return;
    }
    const bool more = v >= mk + a;
    sink.literal(more, 1);
    if (!more) {
      sink.literal(static_cast<uint32_t>(v - mk), b2);
      return;
    }
    mk += a;
  }
}

template <class S>
void write_wiener(S& sink, RestorationState& state, int plane, const RestorationUnit& unit) {
  for (int pass = 0; pass < 2; pass++)
    for (int j = plane ? 1 : 0; j < 3; j++) {
      int8_t& ref = state.ref_lr_wiener[plane][pass][j];
      write_signed_subexp_with_ref(sink, Wiener_Taps_Min[j], Wiener_Taps_Max[j] + 1, Wiener_Taps_K[j], ref,
                                   unit.wiener[pass][j]);
      ref = unit.wiener[pass][j];
    }
}

template <class S>
void write_self_guided(S& sink, RestorationState& state, int plane, const RestorationUnit& unit) {
  sink.literal(unit.sgr_set, SGRPROJ_PARAMS_BITS);
  for (int i = 0; i < 2; i++) {
    Array<int8_t, 2>& ref = state.ref_sgr_xqd[plane];
    const int low = Sgrproj_Xqd_Min[i], high = Sgrproj_Xqd_Max[i], value = unit.sgr_xqd[i];
    if (Sgr_Params[unit.sgr_set][2 * i] != 0)
      write_signed_subexp_with_ref(sink, low, high + 1, SGRPROJ_PRJ_SUBEXP_K, ref[i], value);
    else
      check(value == (i == 0 ? 0 : clip3(low, high, (1 << SGRPROJ_PRJ_BITS) - ref[0])),
            "self-guided weight is implied");
    ref[i] = static_cast<int8_t>(value);
  }
}

/// spec 5.11.58: read_lr_unit( plane, unitRow, unitCol ).
template <SymbolSink S>
void write_restoration_unit(S& sink, WriteContext& wc, int plane, const RestorationUnit& unit) {
  const RestorationType frame_type = wc.header->lr.frame_restoration_type[plane];
  check(unit.type == RESTORE_NONE || frame_type == RESTORE_SWITCHABLE || unit.type == frame_type,
        "restoration type that the frame does not allow");
  switch (frame_type) {
    case RESTORE_WIENER: sink.symbol(wc.cdfs->use_wiener, unit.type == RESTORE_WIENER); break;
    case RESTORE_SGRPROJ: sink.symbol(wc.cdfs->use_sgrproj, unit.type == RESTORE_SGRPROJ); break;
    default: sink.symbol(wc.cdfs->restoration_type, unit.type); break;
  }
  if (unit.type == RESTORE_WIENER) write_wiener(sink, wc.restoration_state, plane, unit);
  if (unit.type == RESTORE_SGRPROJ) write_self_guided(sink, wc.restoration_state, plane, unit);
}

/// What literals need.
struct LiteralCounter {
  int count = 0;
  void literal(uint32_t, int bits) { count += bits; }
};

}  // namespace

int count_restoration_bits(RestorationState& state, int plane, const RestorationUnit& unit) {
  LiteralCounter counter;
  if (unit.type == RESTORE_WIENER) write_wiener(counter, state, plane, unit);
  if (unit.type == RESTORE_SGRPROJ) write_self_guided(counter, state, plane, unit);
  return counter.count;
}

template <SymbolSink S>
void write_restoration_units(S& sink, WriteContext& wc, int mi_row, int mi_col) {
  const FrameHeader& header = *wc.header;
  if (header.allow_intrabc) return;
  for (int plane = 0; plane < wc.sequence->num_planes(); plane++) {
    if (header.lr.frame_restoration_type[plane] == RESTORE_NONE) continue;
    const View2d<const RestorationUnit>& units = wc.restoration[plane];
    const int mi_w = MI_SIZE >> (plane ? wc.layout.subsampling_x : 0);
    const int mi_h = MI_SIZE >> (plane ? wc.layout.subsampling_y : 0);
    const int unit = header.lr.loop_restoration_size[plane];
    const int numerator = header.size.use_superres ? mi_w * header.size.superres_denom : mi_w;
    const int denominator = header.size.use_superres ? unit * SUPERRES_NUM : unit;
    const int row_end = std::min(units.height(), div_ceil((mi_row + kSbMi) * mi_h, unit));
    const int col_end = std::min(units.width(), div_ceil((mi_col + kSbMi) * numerator, denominator));
    for (int row = div_ceil(mi_row * mi_h, unit); row < row_end; row++)
      for (int col = div_ceil(mi_col * numerator, denominator); col < col_end; col++)
        write_restoration_unit(sink, wc, plane, units.at(col, row));
  }
}

#define TESSERA_INSTANTIATE(S)                                     \
  template void write_cdef(S&, WriteContext&, const BlockInfo&);   \
  template void write_deltas(S&, WriteContext&, const BlockInfo&); \
  template void write_restoration_units(S&, WriteContext&, int, int);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
