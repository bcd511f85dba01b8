#include "block/coef_cost.h"

#include <cstdlib>

#include "block/level_map.h"
#include "block/tx_type_rules.h"

namespace tessera {

uint32_t eob_cost(const CostTables& tables, int plane, TxSize tx_size, TxClass tx_class, int eob) {
  const int plane_type = plane > 0, one_dim = tx_class != TX_CLASS_2D;
  const EobDigits digits(eob);
  const uint16_t* pt = nullptr;
  switch (eob_multisize(tx_size)) {
    case 0: pt = tables.eob_pt_16[plane_type][one_dim].bits; break;
    case 1: pt = tables.eob_pt_32[plane_type][one_dim].bits; break;
    case 2: pt = tables.eob_pt_64[plane_type][one_dim].bits; break;
    case 3: pt = tables.eob_pt_128[plane_type][one_dim].bits; break;
    case 4: pt = tables.eob_pt_256[plane_type][one_dim].bits; break;
    case 5: pt = tables.eob_pt_512[plane_type].bits; break;
    default: pt = tables.eob_pt_1024[plane_type].bits; break;
  }
  uint32_t cost = pt[digits.pt];
  if (digits.extra_bits > 0) {
    const int rest = digits.extra_bits - 1;
    cost += tables.eob_extra[tx_size_ctx(tx_size)][plane_type][digits.pt - 2].bits[digits.extra >> rest];
    cost += static_cast<uint32_t>(rest) * kCostOneBit;
  }
  return cost;
}

namespace {

template <TxClass kClass>
uint32_t magnitudes_cost(const CostTables& tables, int plane_type, TxSize tx_size, const Scan& scan,
                         const Level* levels, int eob) {
  const LevelMap map(levels, eob, tx_size, scan);
  const int size_ctx = tx_size_ctx(tx_size);
  const auto& base = tables.coeff_base[size_ctx][plane_type];
  const auto& br = tables.coeff_br[std::min<int>(size_ctx, TX_32X32)][plane_type];
  int magnitude = std::abs(levels[eob - 1]);
  int position = scan.positions[eob - 1];
  uint32_t cost = tables.coeff_base_eob[size_ctx][plane_type][coeff_base_eob_ctx(tx_size, eob - 1)]
                      .bits[std::min(magnitude, NUM_BASE_LEVELS + 1) - 1];
  if (magnitude > NUM_BASE_LEVELS) cost += base_range_cost(br[map.br_ctx<kClass>(position)], magnitude);
  int signs = eob > 1;  // of all but the first coefficient
  for (int c = eob - 2; c >= 0; c--) {
    magnitude = std::abs(levels[c]);
    position = scan.positions[c];
    cost += base[map.base_ctx<kClass>(position)].bits[std::min(magnitude, NUM_BASE_LEVELS + 1)];
    if (magnitude > NUM_BASE_LEVELS) cost += base_range_cost(br[map.br_ctx<kClass>(position)], magnitude);
    signs += c > 0 && magnitude != 0;
  }
  return cost + static_cast<uint32_t>(signs) * kCostOneBit;
}

}  // namespace

uint32_t coefficient_cost(const CostTables& tables, int plane, TxSize tx_size, TxType type, TxbContexts ctx,
                          const Level* levels, int eob) {
  const int plane_type = plane > 0;
  uint32_t cost = tables.txb_skip[tx_size_ctx(tx_size)][ctx.all_zero].bits[eob == 0];
  if (eob == 0) return cost;
  const TxClass tx_class = get_tx_class(type);
  const Scan& scan = get_scan(tx_size, type);
  cost += eob_cost(tables, plane, tx_size, tx_class, eob);
  if (levels[0] != 0) cost += tables.dc_sign[plane_type][ctx.dc_sign].bits[levels[0] < 0];
  switch (tx_class) {
    case TX_CLASS_HORIZ:
      return cost + magnitudes_cost<TX_CLASS_HORIZ>(tables, plane_type, tx_size, scan, levels, eob);
    case TX_CLASS_VERT:
      return cost + magnitudes_cost<TX_CLASS_VERT>(tables, plane_type, tx_size, scan, levels, eob);
    default: return cost + magnitudes_cost<TX_CLASS_2D>(tables, plane_type, tx_size, scan, levels, eob);
  }
}

uint32_t tx_type_cost(const CostTables& tables, const FrameHeader& header, const BlockInfo& info,
                      TxSize tx_size, TxType type) {
  const TxSet set = get_tx_set(tx_size, info.is_inter, header.reduced_tx_set);
  if (!codes_tx_type(header, info, set)) return 0;
  const int size = Tx_Size_Sqr[tx_size];
  if (info.is_inter) {
    switch (set) {
      case TX_SET_INTER_1: return tables.inter_tx_set1[size].bits[Tx_Type_Inter_Set1[type]];
      case TX_SET_INTER_2: return tables.inter_tx_set2.bits[Tx_Type_Inter_Set2[type]];
      default: return tables.inter_tx_set3[size].bits[Tx_Type_Inter_Set3[type]];
    }
  }
  const PredictionMode direction = intra_tx_direction(info);
  if (set == TX_SET_INTRA_1) return tables.intra_tx_set1[size][direction].bits[Tx_Type_Intra_Set1[type]];
  return tables.intra_tx_set2[size][direction].bits[Tx_Type_Intra_Set2[type]];
}

}  // namespace tessera
