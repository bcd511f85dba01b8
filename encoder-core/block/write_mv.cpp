#include "block/write_mv.h"

#include <cstdlib>

#include "block/write_sinks.h"

namespace tessera {
namespace {

/// spec 5.11.32: read_mv_component( comp ), diff not 0.
template <SymbolSink S>
void write_mv_component(S& sink, CdfContext& cdfs, const MvPrecision& precision, int comp, int diff) {
  const MvDigits mv(std::abs(diff));
  check((std::abs(diff) & ((1 << precision.step_log2()) - 1)) == 0,
        "motion vector finer than the frame allows");
  sink.symbol(cdfs.mv_sign[comp], diff < 0);
  sink.symbol(cdfs.mv_class[comp], mv.mv_class);
  if (mv.mv_class == 0) {
    sink.symbol(cdfs.mv_class0_bit[comp], mv.integer);
    if (!precision.force_integer_mv) sink.symbol(cdfs.mv_class0_fr[comp][mv.integer], mv.fr);
    if (precision.allow_high_precision_mv) sink.symbol(cdfs.mv_class0_hp[comp], mv.hp);
  } else {
    for (int i = 0; i < mv.mv_class; i++) sink.symbol(cdfs.mv_bit[comp][i], mv.integer >> i & 1);
    if (!precision.force_integer_mv) sink.symbol(cdfs.mv_fr[comp], mv.fr);
    if (precision.allow_high_precision_mv) sink.symbol(cdfs.mv_hp[comp], mv.hp);
  }
}

template <SymbolSink S>
void write_dv_component(S& sink, CdfContext& cdfs, int comp, int diff) {
  const MvDigits mv(std::abs(diff));
  check(std::abs(diff) % 8 == 0, "block copy from between samples");
  sink.symbol(cdfs.dv_sign[comp], diff < 0);
  sink.symbol(cdfs.dv_class[comp], mv.mv_class);
  if (mv.mv_class == 0) {
    sink.symbol(cdfs.dv_class0_bit[comp], mv.integer);
  } else {
    for (int i = 0; i < mv.mv_class; i++) sink.symbol(cdfs.dv_bit[comp][i], mv.integer >> i & 1);
  }
}

int mv_joint(Mv diff) {
  return (diff.row != 0 ? MV_JOINT_HZVNZ : 0) | (diff.col != 0 ? MV_JOINT_HNZVZ : 0);
}

}  // namespace

template <SymbolSink S>
void write_dv(S& sink, CdfContext& cdfs, Mv diff) {
  sink.symbol(cdfs.dv_joint, mv_joint(diff));
  if (diff.row) write_dv_component(sink, cdfs, 0, diff.row);
  if (diff.col) write_dv_component(sink, cdfs, 1, diff.col);
}

template <SymbolSink S>
void write_mv(S& sink, CdfContext& cdfs, const MvPrecision& precision, Mv diff) {
  sink.symbol(cdfs.mv_joint, mv_joint(diff));
  if (diff.row) write_mv_component(sink, cdfs, precision, 0, diff.row);
  if (diff.col) write_mv_component(sink, cdfs, precision, 1, diff.col);
}

#define TESSERA_INSTANTIATE(S)                                         \
  template void write_mv(S&, CdfContext&, const MvPrecision&, Mv);     \
  template void write_dv(S&, CdfContext&, Mv);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
