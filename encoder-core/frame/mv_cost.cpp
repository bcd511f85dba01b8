#include "frame/mv_cost.h"

#include <cstdlib>

#include "entropy/cost_tables.h"

namespace tessera {

void MvCostTable::build(const CdfContext& cdfs, const MvPrecision& precision) {
  for (int joint = 0; joint < 4; joint++) joint_[joint] = static_cast<uint16_t>(symbol_cost(cdfs.mv_joint, joint));
  const int step_log2 = precision.step_log2();
  for (int comp = 0; comp < 2; comp++) {
    // Integer part first: mv_class with mv_class0_bit or all of its mv_bits.
    Array<uint16_t, kReach / 8> whole;
    for (int i = 0; i < kReach / 8; i++) {
      const MvDigits mv(8 * i + 8);
      uint32_t cost = symbol_cost(cdfs.mv_class[comp], mv.mv_class);
      if (mv.mv_class == 0) cost += symbol_cost(cdfs.mv_class0_bit[comp], mv.integer);
      for (int bit = 0; bit < mv.mv_class; bit++) cost += symbol_cost(cdfs.mv_bit[comp][bit], mv.integer >> bit & 1);
      whole[i] = static_cast<uint16_t>(cost);
    }
    auto fraction = [&](bool class0, int integer, int fr, int hp) {
      uint32_t cost = 0;
      if (!precision.force_integer_mv)
        cost += class0 ? symbol_cost(cdfs.mv_class0_fr[comp][integer], fr) : symbol_cost(cdfs.mv_fr[comp], fr);
      if (precision.allow_high_precision_mv)
        cost += class0 ? symbol_cost(cdfs.mv_class0_hp[comp], hp) : symbol_cost(cdfs.mv_hp[comp], hp);
      return cost;
    };
    const uint32_t sign[2] = {symbol_cost(cdfs.mv_sign[comp], 0), symbol_cost(cdfs.mv_sign[comp], 1)};
    component_[comp][kReach] = 0;
    for (int magnitude = 1; magnitude <= kReach; magnitude++) {
      // A difference between two steps costs what the next larger one does.
      const int coded = ((magnitude - 1) >> step_log2 << step_log2) + (1 << step_log2);
      const MvDigits mv(coded);
      const uint32_t cost = whole[(coded - 1) >> 3] + fraction(mv.mv_class == 0, mv.integer, mv.fr, mv.hp);
      component_[comp][kReach + magnitude] = static_cast<uint16_t>(cost + sign[0]);
      component_[comp][kReach - magnitude] = static_cast<uint16_t>(cost + sign[1]);
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
