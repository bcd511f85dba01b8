#include "frame/mv_cost.h"

#include <algorithm>
#include <cstdlib>

#include "entropy/cost_tables.h"

namespace tessera {

void MvCostTable::build(const CdfContext& cdfs, const MvPrecision& precision) {
  for (int joint = 0; joint < 4; joint++) joint_[joint] = static_cast<uint16_t>(symbol_cost(cdfs.mv_joint, joint));
  const int step_log2 = precision.step_log2();
  for (int comp = 0; comp < 2; comp++) {
    // Costs of the fraction, of each eighth: in whole samples 0 and 1, which are class 0, and in all others. A difference
    // between two steps costs what the next larger one does.
    Table2<uint32_t, 3, 8> fraction;
    for (int where = 0; where < 3; where++)
      for (int eighth = 0; eighth < 8; eighth++) {
        const int coded = eighth | ((1 << step_log2) - 1), fr = coded >> 1, hp = coded & 1;
        uint32_t cost = 0;
        if (!precision.force_integer_mv)
          cost += where < 2 ? symbol_cost(cdfs.mv_class0_fr[comp][where], fr) : symbol_cost(cdfs.mv_fr[comp], fr);
        if (precision.allow_high_precision_mv)
          cost += where < 2 ? symbol_cost(cdfs.mv_class0_hp[comp], hp) : symbol_cost(cdfs.mv_hp[comp], hp);
        fraction[where][eighth] = cost;
      }
    const uint32_t sign[2] = {symbol_cost(cdfs.mv_sign[comp], 0), symbol_cost(cdfs.mv_sign[comp], 1)};
    component_[comp][kReach] = 0;
    for (int i = 0; i < kReach / 8; i++) {
      // The whole samples: mv_class with mv_class0_bit or all of its mv_bits.
      const MvDigits mv(8 * i + 8);
      uint32_t whole = symbol_cost(cdfs.mv_class[comp], mv.mv_class);
      if (mv.mv_class == 0) whole += symbol_cost(cdfs.mv_class0_bit[comp], mv.integer);
      for (int bit = 0; bit < mv.mv_class; bit++) whole += symbol_cost(cdfs.mv_bit[comp][bit], mv.integer >> bit & 1);
      for (int eighth = 0; eighth < 8; eighth++) {
        const uint32_t cost = whole + fraction[std::min(i, 2)][eighth];
        const int magnitude = 8 * i + eighth + 1;
        component_[comp][kReach + magnitude] = static_cast<uint16_t>(cost + sign[0]);
        component_[comp][kReach - magnitude] = static_cast<uint16_t>(cost + sign[1]);
      }
    }
    for (int mv_class = 0; mv_class < 11; mv_class++)
      class_cost_[comp][mv_class] =
          static_cast<uint16_t>(symbol_cost(cdfs.mv_class[comp], mv_class) + static_cast<uint32_t>(mv_class + 4) * kCostOneBit);
  }
}

uint32_t MvCostTable::far_cost(int component, int diff) const {
  return class_cost_[component][MvDigits(std::min(std::abs(diff), kMaxMvDiff)).mv_class];
}

}  // namespace tessera
