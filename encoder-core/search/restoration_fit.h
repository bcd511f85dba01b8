// The best coefficients of loop restoration for sums that the kernels gathered, and what they save: no samples here.
#pragma once

#include "dsp/restoration.h"

namespace tessera {

/// Sums over an area, in double precision. Filters are judged by the change that they make to the squared error.
struct WienerFit {
  Table2<double, kWienerValues, kWienerValues> sums;  ///< both halves
  Array<double, kWienerValues> sharpened = {};        ///< what sharpen took off products with the source

  WienerFit(const WienerSums& gathered, double scale);
  /// Fits to a source whose samples are further from the mean of the 48 around them, by `share` of how far the decoded ones are.
  void sharpen(double share);
  /// The separable filter with the least error that has taps of so much reach, found by turns for rows and columns.
  WienerTaps solve(int reach) const;
  double change(const WienerTaps& taps) const;
  /// The same against the source as it is.
  double true_change(const WienerTaps& taps) const;
};

/// Weights of the two box filters in 1/128.
struct ProjectionWeights {
  int w0 = 0, w2 = 0;
};
/// Without a pass its weight is 0.
ProjectionWeights fit_projection(const ProjectionSums& sums, bool pass0, bool pass1);
double projection_change(const ProjectionSums& sums, ProjectionWeights weights);

}  // namespace tessera
