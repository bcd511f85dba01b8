#include "block/coef_cost.h"

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

uint32_t coefficient_cost(const CostTables& tables, LevelRateFn* level_rate, const CostedBlock& block,
                          const Level* levels, int eob) {
  const int plane_type = block.plane > 0, size_ctx = tx_size_ctx(block.size);
  uint32_t cost = tables.txb_skip[size_ctx][block.ctx.all_zero].bits[eob == 0];
  if (eob == 0) return cost;
  const TxClass tx_class = get_tx_class(block.type);
  cost += eob_cost(tables, block.plane, block.size, tx_class, eob);
  if (levels[0] != 0) cost += tables.dc_sign[plane_type][block.ctx.dc_sign].bits[levels[0] < 0];
  return cost + level_rate({
                    .levels = levels,
                    .positions = get_scan(block.size, block.type).positions,
                    .eob = eob,
                    .size = block.size,
                    .tx_class = tx_class,
                    .base = tables.levels.base[size_ctx][plane_type][0].data(),
                    .base_eob = tables.coeff_base_eob[size_ctx][plane_type][coeff_base_eob_ctx(block.size, eob - 1)].bits,
                    .br = tables.levels.br[std::min<int>(size_ctx, TX_32X32)][plane_type][0].data(),
                    .bit = kCostOneBit,
                });
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
