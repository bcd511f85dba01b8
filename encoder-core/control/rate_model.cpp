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
constexpr RateExponents kExponent = {0.80, 1.00, 1.15, 1.25, 1.35, 1.45};
constexpr RateExponents kLowDelayExponent = {0.80, 1.05, 1.12, 1.15, 1.15, 1.15};
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
/// What was learned before a scene began keeps this part of its weight.
constexpr double kOldSceneWeight = 0.1;

/// The exponent is corrected by two frames whose steps are so many octaves apart at least; the usual one weighs as two frames do that are
/// the root of this apart.
constexpr double kTellingOctaves = 0.25, kExponentDoubt = 0.2;
constexpr double kLeastExponent = 0.15, kMostExponent = 1.8;

}  // namespace

RateModel::RateModel(Layering layering, int bit_depth, double memory)
    : low_delay_(is_low_delay(layering)), memory_(memory), usual_(low_delay_ ? kLowDelayFactor : kFactor) {
  const double unit = 8 << (bit_depth - 8);
  for (int q = 0; q < 256; q++) {
    log_step_[q] = static_cast<float>(std::log2(kReferenceStep * unit / ac_q(q, bit_depth)));
    for (int kind = 0; kind < kFrameKinds; kind++)
      qindex_[kind][q] = static_cast<uint8_t>(layer_qindex(q, std::max(kind - 1, 0), kind == 0, layering, bit_depth));
  }
  reset();
}

const RateExponents& RateModel::usual_exponents() { return kExponent; }

void RateModel::reset() {
  learned_ = {};
  factor_.fill({});
  exponent_ = low_delay_ ? kLowDelayExponent : kExponent;
}

double RateModel::power(FrameKind kind, int qindex) const { return std::exp2(exponent_[kind] * log_step_[qindex]); }

/// A still picture's noise costs bits as well: part of the intra cost stands for it.
double RateModel::plain_content(FrameKind kind, const PictureCost& cost) {
  return kind == 0 ? cost.intra + 16.0 : cost.inter + cost.intra / 32.0 + 4.0;
}

double RateModel::bits(FrameKind kind, double content, int qindex) const {
  return kFrameOverhead + factor_[kind].value * unit_bits(kind, content, qindex);
}

double RateModel::overhead() { return kFrameOverhead; }

double RateModel::own_bits(double bits) { return std::max(bits - kFrameOverhead, 0.02 * bits); }

void RateModel::change_exponent(FrameKind kind, double exponent, double octaves) {
  factor_[kind].value *= std::exp2((exponent_[kind] - exponent) * octaves);
  exponent_[kind] = exponent;
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
  const double believed = unit_bits(kind, content, qindex), took = own_bits(bits);
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

void RateModel::start_scene() {
  for (Factor& f : factor_) f.weight *= kOldSceneWeight;
}

void RateModel::rehearse(FrameKind kind, double content, int qindex, double bits, bool again) {
  const double took = own_bits(bits);
  Trial& last = trial_[kind];
  const double octaves = log_step_[qindex] - log_step_[last.qindex];
  if (again && std::abs(octaves) > kTellingOctaves) {
    const double prior = (low_delay_ ? kLowDelayExponent : kExponent)[kind], slope = std::log2(took / last.bits) / octaves;
    exponent_[kind] = std::clamp((kExponentDoubt * prior + octaves * octaves * slope) / (kExponentDoubt + octaves * octaves), kLeastExponent, kMostExponent);
  }
  last = {.bits = took, .qindex = qindex};
  factor_[kind].weight = 0;
  if (!again) learned_[kind] = 0;
  learn(kind, content, qindex, bits, 0);
}

}  // namespace tessera
