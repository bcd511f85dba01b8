// Motion vector differences: their precision, the digits they are coded in, and tables of what they cost.
#pragma once

#include <cstdlib>

#include "base/int_math.h"
#include "entropy/cdf_context.h"
#include "frame/block_info.h"
#include "spec/frame_header.h"

namespace tessera {

/// How finely differences are coded: in 1/8, 1/4 or whole samples.
struct MvPrecision {
  bool force_integer_mv = false, allow_high_precision_mv = true;

  MvPrecision() = default;
  explicit MvPrecision(const FrameHeader& header)
      : force_integer_mv(header.force_integer_mv), allow_high_precision_mv(header.allow_high_precision_mv) {}
  /// log2 of the step between codable differences, in 1/8 samples.
  int step_log2() const { return force_integer_mv ? 3 : allow_high_precision_mv ? 0 : 1; }
};

/// A component's difference is below this in magnitude (class 10, 1/8 samples).
inline constexpr int kMaxMvDiff = 1 << 14;

/// A non-zero component taken apart as read_mv_component( ) reads it.
struct MvDigits {
  uint8_t mv_class;   ///< mv_class
  uint16_t integer;   ///< mv_class0_bit or the mv_bits
  uint8_t fr, hp;

  /// `magnitude`: 1 .. 1 << 14.
  constexpr explicit MvDigits(int magnitude)
      : mv_class(static_cast<uint8_t>(magnitude <= 16 ? 0 : floor_log2(static_cast<uint32_t>(magnitude - 1) >> 3))),
        integer(0), fr(0), hp(0) {
    // CLASS0_SIZE << (mv_class + 2) is where a class begins; class 0 begins at 0.
    const int d = magnitude - 1 - (mv_class ? 2 << (mv_class + 2) : 0);
    integer = static_cast<uint16_t>(d >> 3);
    fr = static_cast<uint8_t>((d >> 1) & 3);
    hp = static_cast<uint8_t>(d & 1);
  }
};

/// What a difference costs, as a table lookup: 1/512 bit.
class MvCostTable {
 public:
  /// Components from -kReach .. kReach (1/8 samples) are exact; farther ones cost what the outermost of the same
  /// class count would.
  static constexpr int kReach = 2048;

  static bool is_exact(Mv diff) { return std::abs(diff.row) <= kReach && std::abs(diff.col) <= kReach; }
  void build(const CdfContext& cdfs, const MvPrecision& precision);
  /// `diff` is Mv - PredMv; digits finer than the precision are ignored.
  uint32_t cost(Mv diff) const {
    const int joint = (diff.row != 0 ? MV_JOINT_HZVNZ : 0) | (diff.col != 0 ? MV_JOINT_HNZVZ : 0);
    return joint_[joint] + component_cost(0, diff.row) + component_cost(1, diff.col);
  }
  uint32_t component_cost(int component, int diff) const {
    if (diff >= -kReach && diff <= kReach) [[likely]]
      return component_[component][diff + kReach];
    return far_cost(component, diff);
  }

 private:
  uint32_t far_cost(int component, int diff) const;

  Array<uint16_t, 4> joint_ = {};
  Table2<uint16_t, 2, 2 * kReach + 1> component_ = {};
  Table2<uint16_t, 2, 11> class_cost_ = {};  ///< of a class with all its bits, for far differences
};

}  // namespace tessera
