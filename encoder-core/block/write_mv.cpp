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

}  // namespace

template <SymbolSink S>
void write_mv(S& sink, CdfContext& cdfs, const MvPrecision& precision, Mv diff) {
  const int joint = (diff.row != 0 ? MV_JOINT_HZVNZ : 0) | (diff.col != 0 ? MV_JOINT_HNZVZ : 0);
  sink.symbol(cdfs.mv_joint, joint);
  if (diff.row) write_mv_component(sink, cdfs, precision, 0, diff.row);
  if (diff.col) write_mv_component(sink, cdfs, precision, 1, diff.col);
}

#define TESSERA_INSTANTIATE(S) template void write_mv(S&, CdfContext&, const MvPrecision&, Mv);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
