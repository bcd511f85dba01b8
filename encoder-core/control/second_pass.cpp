#include "control/second_pass.h"

#include <algorithm>
#include <cmath>

#include "control/quant_plan.h"

namespace tessera {
namespace {

/// The first pass's exponents weigh as much as frames with this part of its inter bits would, whose bits should be an octave off the mean.
constexpr double kUsualResponse = 0.02;
constexpr double kLeastResponse = 0.4, kMostResponse = 1.4;

}  // namespace

void SecondPass::begin(std::shared_ptr<const PassStatistics> statistics, int bit_depth, RateModel& model) {
  *this = {};
  if (!statistics) return;
  statistics_ = std::move(statistics);
  bit_depth_ = bit_depth;
  if (!model.low_delay()) model.set_exponents(statistics_->exponents);
  usual_ = model.exponents();
  for (const PassFrame& f : statistics_->frames) {
    seconds_ += f.seconds;
    if (f.kind < 0) continue;
    const double bits = static_cast<double>(f.bits);
    bits_left_[f.kind][kind_qindex(f)] += RateModel::own_bits(bits);
    frames_++;
    keys_ += f.kind == 0;
    if (f.kind > 0) inter_bits_ += bits;
  }
}

/// One whose importance makes it coarser than its kind will be so again, and take the less.
int SecondPass::kind_qindex(const PassFrame& f) const { return change_qindex(f.qindex, -f.step_change, bit_depth_); }

double SecondPass::content(FrameKind kind, const RateModel& model) const {
  double sum = 0;
  for (int q = 0; q < 256; q++)
    if (bits_left_[kind][q] > 0) sum += model.content_of_own_bits(kind, q, bits_left_[kind][q]);
  return sum;
}

const PassFrame* SecondPass::frame(uint64_t index, FrameKind kind) const {
  if (!statistics_ || index >= statistics_->frames.size()) return nullptr;
  const PassFrame& f = statistics_->frames[index];
  return f.kind == kind ? &f : nullptr;
}

void SecondPass::count_off(uint64_t index) {
  if (!statistics_ || index >= statistics_->frames.size()) return;
  const PassFrame& f = statistics_->frames[index];
  seconds_ = std::max(0.0, seconds_ - f.seconds);
  if (f.kind < 0) return;
  bits_left_[f.kind][kind_qindex(f)] -= RateModel::own_bits(static_cast<double>(f.bits));
  frames_--;
  keys_ -= f.kind == 0;
}

/// A line through what was found, one slope for all inter frames: where a kind's bits lie on the whole is its factor's business, which
/// stays right for the steps of the frames seen so far.
void SecondPass::compare(const PassFrame& before, int qindex, double bits, RateModel& model) {
  const double first = static_cast<double>(before.bits);
  if (before.kind == 0 || first <= 0 || bits <= 0) return;
  const double expected = usual_[before.kind] * model.octaves_finer(qindex, before.qindex);
  const double found = std::log2(RateModel::own_bits(bits) / RateModel::own_bits(first)), weight = first / inter_bits_;
  Comparison& c = comparison_[before.kind];
  c.weight += weight;
  c.expected += weight * expected;
  c.found += weight * found;
  c.expected_squared += weight * expected * expected;
  c.product += weight * expected * found;

  double spread = kUsualResponse, together = kUsualResponse;
  for (const Comparison& k : comparison_) {
    if (k.weight <= 0) continue;
    spread += k.expected_squared - k.expected * k.expected / k.weight;
    together += k.product - k.expected * k.found / k.weight;
  }
  const double response = std::clamp(together / spread, kLeastResponse, kMostResponse);
  for (int kind = 1; kind < kFrameKinds; kind++) {
    const Comparison& k = comparison_[kind];
    const double octaves = k.weight > 0 ? k.expected / k.weight / usual_[kind] : 0;
    model.change_exponent(kind, response * usual_[kind], octaves);
  }
}

}  // namespace tessera
