// How many bits a frame will take: proportional to what its picture costs to predict, falling with a power of the
// quantiser step; one factor for each kind of frame, learned from what coded frames really took.
#pragma once

#include "base/array.h"
#include "control/gop.h"
#include "control/quant_plan.h"
#include "control/scene_cut.h"

namespace tessera {

/// Key frames, and frames of layer 0, 1, ...
using FrameKind = int;
inline constexpr int kFrameKinds = 1 + kMaxPyramidLayers;
constexpr FrameKind frame_kind(bool key, int layer) { return key ? 0 : 1 + (layer < kMaxPyramidLayers ? layer : kMaxPyramidLayers - 1); }

/// Of each kind: bits fall with the step to this power.
using RateExponents = Array<double, kFrameKinds>;

class RateModel {
 public:
  /// With look-ahead, before anything is known.
  static const RateExponents& usual_exponents();
  /// `memory`: seconds of the sequence over which what was learned is forgotten.
  RateModel(Layering layering, int bit_depth, double memory);

  /// Forgets what was learned.
  void reset();
  /// What a picture costs to predict as a frame of this kind, its noise included.
  static double plain_content(FrameKind kind, const PictureCost& cost);
  /// Bits of a unit of it at the reference step, on the clips the model was measured on.
  double usual(FrameKind kind) const { return usual_[kind]; }
  /// Content of a frame: bits it should take at the reference step, before anything is learned.
  double content(FrameKind kind, const PictureCost& cost) const { return usual_[kind] * plain_content(kind, cost); }
  /// The same by what the frame took in another pass.
  double content_of_coded(FrameKind kind, int qindex, double bits) const { return content_of_own_bits(kind, qindex, own_bits(bits)); }
  double content_of_own_bits(FrameKind kind, int qindex, double own_bits) const { return own_bits / power(kind, qindex); }
  /// and back, at another step.
  double bits_of_coded(FrameKind kind, double content, int qindex) const { return unit_bits(kind, content, qindex); }
  /// qindex of a frame of this kind when leaves are coded at `leaf_qindex`.
  int qindex(FrameKind kind, int leaf_qindex) const { return qindex_[kind][leaf_qindex]; }
  /// Expected bits of a frame at its own qindex.
  double bits(FrameKind kind, double content, int qindex) const;
  /// Content of a frame whose step is not its kind's but its own: what it would be at its kind's, for the same bits.
  double content_at_kind(FrameKind kind, double content, int own_qindex, int kind_qindex) const {
    return content * power(kind, own_qindex) / power(kind, kind_qindex);
  }
  /// Parts of content that frames of each kind have in a sequence of full mini-GOPs, or without reordering.
  const Array<double, kFrameKinds>& usual_shares() const;
  /// Expected bits a unit of plain content at `leaf_qindex`, shared out so among the kinds; without key frames and overhead.
  double mean_inter_bits(const Array<double, kFrameKinds>& shares, int leaf_qindex, int min_qindex, int max_qindex) const;
  /// Bits that every frame takes.
  static double overhead();
  /// What a frame takes beyond that.
  static double own_bits(double bits);
  bool low_delay() const { return low_delay_; }
  const RateExponents& exponents() const { return exponent_; }
  void set_exponents(const RateExponents& e) { exponent_ = e; }
  /// What is expected of frames `octaves` finer than those that content comes from stays as it is.
  void change_exponent(FrameKind kind, double exponent, double octaves);
  /// How much finer a frame is by its step.
  double octaves_finer(int qindex, int than_qindex) const { return log_step_[qindex] - log_step_[than_qindex]; }
  /// Fed with a coded frame; `seconds` went by in the sequence since the last one.
  void learn(FrameKind kind, double content, int qindex, double bits, double seconds);
  /// A scene begins that was not rehearsed: what its first frames take counts for more than all that was learned.
  void start_scene();
  /// Fed with a frame coded for this only, of content that has just begun: what it took outweighs all that was learned, and where the
  /// same was coded with another step before, both say how its kind follows the step.
  void rehearse(FrameKind kind, double content, int qindex, double bits, bool again);

 private:
  struct Factor {
    double value = 1;   ///< bits over what the content says, a mean over frames of the kind
    double weight = 0;  ///< decaying sum of what the content said
  };
  /// Of content's worth at a step, relative to the reference step.
  double power(FrameKind kind, int qindex) const;
  double unit_bits(FrameKind kind, double content, int qindex) const { return content * power(kind, qindex); }

  bool low_delay_;
  double memory_;
  Array<double, kFrameKinds> usual_;
  Array<Array<uint8_t, 256>, kFrameKinds> qindex_;
  Array<float, 256> log_step_;                   ///< log2(kReferenceStep / step), by qindex
  RateExponents exponent_;
  Array<Factor, kFrameKinds> factor_;
  struct Trial {
    double bits = 0;
    int qindex = 0;
  };
  Array<Trial, kFrameKinds> trial_ = {};         ///< the last frame of each kind that was rehearsed
  Array<int, kFrameKinds> learned_ = {};         ///< frames seen of each kind
};

}  // namespace tessera
