#include "block/write_coeffs.h"

#include <cstdlib>

#include "block/level_map.h"
#include "block/tx_type_rules.h"
#include "block/write_sinks.h"

namespace tessera {
namespace {

/// The inverse of the Tx_Type_*_Inv_Set* tables.
template <SymbolSink S>
void write_tx_type_symbol(S& sink, CdfContext& cdfs, const BlockInfo& info, TxSize tx_size, TxSet set,
                          TxType type) {
  const int size = Tx_Size_Sqr[tx_size];
  if (info.is_inter) {
    switch (set) {
      case TX_SET_INTER_1: sink.symbol(cdfs.inter_tx_set1[size], Tx_Type_Inter_Set1[type]); break;
      case TX_SET_INTER_2: sink.symbol(cdfs.inter_tx_set2, Tx_Type_Inter_Set2[type]); break;
      default: sink.symbol(cdfs.inter_tx_set3[size], Tx_Type_Inter_Set3[type]); break;
    }
  } else {
    const PredictionMode direction = intra_tx_direction(info);
    if (set == TX_SET_INTRA_1)
      sink.symbol(cdfs.intra_tx_set1[size][direction], Tx_Type_Intra_Set1[type]);
    else
      sink.symbol(cdfs.intra_tx_set2[size][direction], Tx_Type_Intra_Set2[type]);
  }
}

template <SymbolSink S>
void write_eob(S& sink, CdfContext& cdfs, TxSize tx_size, int plane_type, TxClass tx_class, int eob) {
  const EobDigits digits(eob);
  const int one_dim = tx_class != TX_CLASS_2D;
  switch (eob_multisize(tx_size)) {
    case 0: sink.symbol(cdfs.eob_pt_16[plane_type][one_dim], digits.pt); break;
    case 1: sink.symbol(cdfs.eob_pt_32[plane_type][one_dim], digits.pt); break;
    case 2: sink.symbol(cdfs.eob_pt_64[plane_type][one_dim], digits.pt); break;
    case 3: sink.symbol(cdfs.eob_pt_128[plane_type][one_dim], digits.pt); break;
    case 4: sink.symbol(cdfs.eob_pt_256[plane_type][one_dim], digits.pt); break;
    case 5: sink.symbol(cdfs.eob_pt_512[plane_type], digits.pt); break;
    default: sink.symbol(cdfs.eob_pt_1024[plane_type], digits.pt); break;
  }
  if (digits.extra_bits == 0) return;
  const int rest = digits.extra_bits - 1;
  sink.symbol(cdfs.eob_extra[tx_size_ctx(tx_size)][plane_type][digits.pt - 2], digits.extra >> rest);
  sink.literal(static_cast<uint32_t>(digits.extra & ((1 << rest) - 1)), rest);
}

/// The part of a magnitude above NUM_BASE_LEVELS that coeff_br codes.
template <SymbolSink S>
TESSERA_INLINE void write_base_range(S& sink, Cdf<BR_CDF_SIZE>& cdf, int level) {
  int rest = level - NUM_BASE_LEVELS - 1;
  for (int i = 0; i < COEFF_BASE_RANGE / (BR_CDF_SIZE - 1); i++) {
    const int part = std::min(rest, BR_CDF_SIZE - 1);
    sink.symbol(cdf, part);
    if (part < BR_CDF_SIZE - 1) break;
    rest -= part;
  }
}

template <TxClass kClass, SymbolSink S>
TESSERA_INLINE void write_magnitudes(S& sink, CdfContext& cdfs, TxSize tx_size, int plane_type, const LevelMap& map, int eob) {
  const int size_ctx = tx_size_ctx(tx_size);
  auto& base_cdfs = cdfs.coeff_base[size_ctx][plane_type];
  auto& br_cdfs = cdfs.coeff_br[std::min<int>(size_ctx, TX_32X32)][plane_type];
  const auto above_base = [&](int rank) __attribute__((always_inline)) {
    write_base_range(sink, br_cdfs[map.br_ctx<kClass>(rank)], map.magnitude(rank));
  };
  const int end = map.magnitude(eob - 1);
  sink.symbol(cdfs.coeff_base_eob[size_ctx][plane_type][coeff_base_eob_ctx(tx_size, eob - 1)],
              std::min(end, NUM_BASE_LEVELS + 1) - 1);
  if (end > NUM_BASE_LEVELS) above_base(eob - 1);
  for (int c = eob - 2; c >= 0; c--) {
    const int symbol = map.symbol(c), value = symbol & 3;
    sink.symbol(base_cdfs[symbol >> 2], value);
    if (value > NUM_BASE_LEVELS) above_base(c);
  }
}

template <SymbolSink S>
[[gnu::noinline]] S after_golomb(S sink, uint32_t above) {
  write_golomb(sink, above);
  return sink;
}

template <SymbolSink S>
TESSERA_INLINE void write_signs(S& sink, Cdf<2>& dc_sign, const Level* levels, Span<const uint16_t> coded) {
  for (const int rank : coded) {
    const int level = levels[rank];
    if (rank == 0)
      sink.symbol(dc_sign, level < 0);
    else
      sink.boolean_equiprobable(level < 0);
    const int above = std::abs(level) - (NUM_BASE_LEVELS + COEFF_BASE_RANGE);
    if (above > 0) [[unlikely]]
      sink = after_golomb(sink, static_cast<uint32_t>(above));
  }
}

template <TxClass kClass, SymbolSink S>
void write_levels(S& sink, CdfContext& cdfs, TxSize tx_size, int plane_type, int dc_sign_ctx, const Level* levels, const LevelMap& map,
                  int eob) {
  S own = sink;  // of which nobody else knows, so that it stays in registers
  write_magnitudes<kClass>(own, cdfs, tx_size, plane_type, map, eob);
  write_signs(own, cdfs.dc_sign[plane_type][dc_sign_ctx], levels, map.coded());
  sink = own;
}

}  // namespace

template <SymbolSink S>
void write_tx_type(S& sink, WriteContext& wc, const BlockInfo& info, TxSize tx_size, TxType type) {
  const TxSet set = get_tx_set(tx_size, info.is_inter, wc.header->reduced_tx_set);
  if (!codes_tx_type(*wc.header, info, set)) {
    check(type == DCT_DCT, "transform type where none is coded");
    return;
  }
  check(is_tx_type_in_set(set, type, info.is_inter), "transform type outside its set");
  write_tx_type_symbol(sink, *wc.cdfs, info, tx_size, set, type);
}

TxbContexts txb_contexts(const WriteContext& wc, const BlockInfo& info, const TransformBlock& block) {
  const int ss_x = wc.layout.subsampling_x, ss_y = wc.layout.subsampling_y;
  const BlockSize plane_size = block.plane ? get_plane_residual_size(info.size, ss_x, ss_y) : info.size;
  return txb_contexts(*wc.context, block.plane, plane_size, block.size, block.x4, block.y4, ss_x, ss_y);
}

int coef_context_value(const Level* levels, int eob) {
  if (eob == 0) return 0;
  constexpr int kMost = 63, kLanes = 8, kAtOnce = 8 * kLanes;
  using V = LanesOf<int16_t, kLanes>;
  int sum = 0, c = 0;
  for (; c + kLanes <= eob && sum < kMost;) {  // more makes no difference
    V sums = {};
    for (const int end = std::min(c + kAtOnce, eob - kLanes + 1); c < end; c += kLanes) {
      const V level = load_lanes<V>(levels + c), magnitude = level < 0 ? -level : level;
      sums += magnitude < kMost ? magnitude : V{} + int16_t{kMost};
    }
    // Up to 1008 in each of four words; the product's uppermost is their sum.
    const auto halves = reinterpret_cast<LanesOf<uint64_t, 2>>(sums);
    sum += static_cast<int>(((halves[0] + halves[1]) * 0x0001000100010001u) >> 48);
  }
  for (; c < eob && sum < kMost; c++) sum += std::abs(levels[c]);
  return std::min(sum, kMost) | (levels[0] < 0 ? 1 : levels[0] > 0 ? 2 : 0) << 6;
}

void enter_coef_context(WriteContext& wc, const TransformBlock& block, int value) {
  const int ss_x = wc.layout.subsampling_x, ss_y = wc.layout.subsampling_y;
  const int end_x4 = wc.layout.mi_cols >> (block.plane ? ss_x : 0),
            end_y4 = wc.layout.mi_rows >> (block.plane ? ss_y : 0);
  wc.context->enter_coefficients(block.plane, block.x4, block.y4,
                                 std::min(Tx_Width[block.size] >> 2, end_x4 - block.x4),
                                 std::min(Tx_Height[block.size] >> 2, end_y4 - block.y4), value, ss_x, ss_y);
}

template <SymbolSink S>
void write_coeff_symbols(S& sink, WriteContext& wc, const BlockInfo& info, const TransformBlock& block,
                         const TxbContexts& ctx, TxType type, const Level* levels, int eob) {
  CdfContext& cdfs = *wc.cdfs;
  const TxSize tx_size = block.size;
  const int plane_type = block.plane > 0;
  sink.symbol(cdfs.txb_skip[tx_size_ctx(tx_size)][ctx.all_zero], eob == 0);
  if (eob > 0) {
    check(eob <= max_eob(tx_size) && levels[eob - 1] != 0, "end of block is not its last level");
    if (block.plane == 0) write_tx_type(sink, wc, info, tx_size, type);
    const TxClass tx_class = get_tx_class(type);
    const LevelMap map(levels, eob, tx_size, tx_class, get_scan(tx_size, type), wc.level_symbols);
    write_eob(sink, cdfs, tx_size, plane_type, tx_class, eob);
    const auto write = tx_class == TX_CLASS_2D      ? write_levels<TX_CLASS_2D, S>
                       : tx_class == TX_CLASS_HORIZ ? write_levels<TX_CLASS_HORIZ, S>
                                                    : write_levels<TX_CLASS_VERT, S>;
    write(sink, cdfs, tx_size, plane_type, ctx.dc_sign, levels, map, eob);
  }
}

template <SymbolSink S>
void write_coeffs(S& sink, WriteContext& wc, const BlockInfo& info, const TransformBlock& block, TxType type,
                  const Level* levels, int eob) {
  write_coeff_symbols(sink, wc, info, block, txb_contexts(wc, info, block), type, levels, eob);
  enter_coef_context(wc, block, coef_context_value(levels, eob));
}

#define TESSERA_INSTANTIATE(S)                                                                   \
  template void write_coeffs(S&, WriteContext&, const BlockInfo&, const TransformBlock&, TxType, \
                             const Level*, int);                                                 \
  template void write_coeff_symbols(S&, WriteContext&, const BlockInfo&, const TransformBlock&,  \
                                    const TxbContexts&, TxType, const Level*, int);              \
  template void write_tx_type(S&, WriteContext&, const BlockInfo&, TxSize, TxType);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
