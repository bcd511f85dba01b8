#include "control/rate_model.h"

#include <algorithm>
#include <cmath>

#include "base/int_math.h"
#include "control/quant_plan.h"
#include "spec/quant_tables.h"

namespace tessera {
namespace {

/// Step at which the factors below hold, in 8-bit luma samples.
constexpr double kReferenceStep = 16;
/// Bits fall with the step to this power. Foreman QCIF, goprowalk and dronecoast 240p at five levels each,
/// cpu-used 8: between neighbouring levels, around the middle of the scale.
constexpr Array<double, kFrameKinds> kExponent = {0.80, 1.00, 1.15, 1.25, 1.35, 1.45};
constexpr Array<double, kFrameKinds> kLowDelayExponent = {0.80, 1.05, 1.12, 1.15, 1.15, 1.15};
/// Bits of a frame at kReferenceStep over its content, on the same clips: where learning starts.
constexpr Array<double, kFrameKinds> kFactor = {0.65, 2.2, 1.8, 1.3, 0.8, 0.33};
constexpr Array<double, kFrameKinds> kLowDelayFactor = {0.7, 1.3, 1.0, 0.8, 0.8, 0.8};
/// Frames of each kind in a sequence of full mini-GOPs, or without reordering.
constexpr Array<double, kFrameKinds> kShare = {0, 1 / 16., 1 / 16., 2 / 16., 4 / 16., 8 / 16.};
constexpr Array<double, kFrameKinds> kLowDelayShare = {0, 1 / 4., 1 / 4., 2 / 4., 0, 0};
/// Headers, and what a frame costs that changes nothing.
constexpr double kFrameOverhead = 96;
/// The factors a sequence starts with weigh as much as this part of one frame.
constexpr double kPriorWeight = 0.25;

}  // namespace

RateModel::RateModel(bool low_delay, int bit_depth, double memory) : low_delay_(low_delay), memory_(memory), usual_(low_delay ? kLowDelayFactor : kFactor) {
  const double unit = 8 << (bit_depth - 8);
  for (int kind = 0; kind < kFrameKinds; kind++)
    for (int q = 0; q < 256; q++) {
      qindex_[kind][q] = static_cast<uint8_t>(layer_qindex(q, std::max(kind - 1, 0), kind == 0, low_delay, bit_depth));
      const double step = ac_q(q, bit_depth) / unit;
      power_[kind][q] = static_cast<float>(std::pow(kReferenceStep / step, (low_delay ? kLowDelayExponent : kExponent)[kind]));
    }
  reset();
}

void RateModel::reset() {
  learned_ = {};
  factor_.fill({});
}

/// A still picture's noise costs bits as well: part of the intra cost stands for it.
double RateModel::plain_content(FrameKind kind, const PictureCost& cost) {
  return kind == 0 ? cost.intra + 16.0 : cost.inter + cost.intra / 32.0 + 4.0;
}

double RateModel::content_of_coded(FrameKind kind, int qindex, double bits) const {
  return std::max(bits - kFrameOverhead, 0.02 * bits) / power_[kind][qindex];
}

double RateModel::unit_bits(FrameKind kind, double content, int qindex) const { return content * power_[kind][qindex]; }

double RateModel::bits(FrameKind kind, double content, int qindex) const {
  return kFrameOverhead + factor_[kind].value * unit_bits(kind, content, qindex);
}

double RateModel::overhead() { return kFrameOverhead; }

double RateModel::content_at_kind(FrameKind kind, double content, int own_qindex, int kind_qindex) const {
  return content * power_[kind][own_qindex] / power_[kind][kind_qindex];
}

const Array<double, kFrameKinds>& RateModel::usual_shares() const { return low_delay_ ? kLowDelayShare : kShare; }

double RateModel::mean_inter_bits(const Array<double, kFrameKinds>& shares, int leaf_qindex, int min_qindex, int max_qindex) const {
  double sum = 0;
  for (int kind = 1; kind < kFrameKinds; kind++)
    sum += shares[kind] * factor_[kind].value *
           unit_bits(kind, usual_[kind], clip3(min_qindex, max_qindex, qindex(kind, leaf_qindex)));
  return sum;
}

void RateModel::learn(FrameKind kind, double content, int qindex, double bits, double seconds) {
  const double believed = unit_bits(kind, content, qindex), took = std::max(bits - kFrameOverhead, 0.02 * bits);
  const double keep = std::exp(-seconds / memory_);
  for (Factor& f : factor_) f.weight *= keep;
  Factor& f = factor_[kind];
  if (learned_[kind] == 0) f.weight = kPriorWeight * believed;
  const double before = f.value;
  f.value = (f.value * f.weight + took) / (f.weight + believed);
  f.weight += believed;
  // Kinds not seen yet are out by as much as this one, the content being the same; less so after a key frame.
  if (learned_[kind]++ > 0) return;
  const double change = kind == 0 ? std::sqrt(f.value / before) : f.value / before;
  for (int k = 1; k < kFrameKinds; k++)
    if (learned_[k] == 0) factor_[k].value *= change;
}

}  // namespace tessera
