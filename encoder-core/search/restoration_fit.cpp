#include "search/restoration_fit.h"

#include <cmath>

#include "base/int_math.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

constexpr int kTapOne = 128;

/// A tap's weight of each sample: [ 0 ] in the middle, then outwards.
using Weights = Array<double, 4>;

Weights weights_of(const Array<int8_t, 3>& taps) {
  Weights w = {kTapOne, taps[2] / double{kTapOne}, taps[1] / double{kTapOne}, taps[0] / double{kTapOne}};
  w[0] = 1 - 2 * (w[1] + w[2] + w[3]);
  return w;
}

/// Solves a symmetric system of `n` equations by elimination; unknowns that nothing depends on become 0.
void solve_system(Table2<double, 3, 3>& m, Array<double, 3>& v, int n) {
  constexpr double kLeastPivot = 1e-9;
  double scale = 0;
  for (int i = 0; i < n; i++) scale = std::max(scale, std::abs(m[i][i]));
  Array<bool, 3> used = {};
  for (int i = 0; i < n; i++) {
    if (m[i][i] <= kLeastPivot * scale) continue;
    used[i] = true;
    for (int r = 0; r < n; r++) {
      if (r == i) continue;
      const double f = m[r][i] / m[i][i];
      for (int c = 0; c < n; c++) m[r][c] -= f * m[i][c];
      v[r] -= f * v[i];
    }
  }
  for (int i = 0; i < n; i++) v[i] = used[i] ? v[i] / m[i][i] : 0;
}

}  // namespace

WienerFit::WienerFit(const WienerSums& gathered, double scale) {
  for (int i = 0; i < kWienerValues; i++)
    for (int j = 0; j <= i; j++) sums[i][j] = sums[j][i] = scale * static_cast<double>(gathered[i][j]);
}

void WienerFit::sharpen(double share) {
  constexpr int kAround = 7 * 7 - 1;
  for (int i = 1; i < kWienerValues; i++) {
    double around = 0;
    for (int j = 1; j < kWienerValues; j++) around += sums[i][j];
    sharpened[i] = share / kAround * around;
    sums[i][0] -= sharpened[i];
    sums[0][i] = sums[i][0];
  }
}

WienerTaps WienerFit::solve(int reach) const {
  constexpr int kRounds = 5;
  WienerTaps taps = {};
  for (int round = 0; round < kRounds; round++) {
    const WienerTaps before = taps;
    for (const int pass : {1, 0}) {
      // With the other pass held, the move is q[ 0 ] * w[ 0 ] + q[ 1 ] * w[ 1 ] ...: its products, and those with the source.
      const Weights other = weights_of(taps[1 - pass]);
      const int along = pass ? 1 : 4, across = pass ? 4 : 1;
      Table2<double, 4, 4> q = {};
      Array<double, 4> t = {};
      for (int j = 0; j <= reach; j++)
        for (int a = 0; a <= reach; a++) {
          const int i = j * along + a * across;
          if (i == 0) continue;
          t[j] += other[a] * sums[i][0];
          for (int k = 0; k <= reach; k++)
            for (int b = 0; b <= reach; b++)
              if (const int l = k * along + b * across; l != 0) q[j][k] += other[a] * other[b] * sums[i][l];
        }
      // w[ 0 ] is 1 less twice all others.
      Table2<double, 3, 3> m = {};
      Array<double, 3> v = {};
      for (int j = 1; j <= reach; j++) {
        v[j - 1] = t[j] - 2 * t[0] - (q[j][0] - 2 * q[0][0]);
        for (int k = 1; k <= reach; k++) m[j - 1][k - 1] = q[j][k] - 2 * q[j][0] - 2 * q[0][k] + 4 * q[0][0];
      }
      solve_system(m, v, reach);
      for (int j = 1; j <= 3; j++) {
        const int tap = j <= reach ? static_cast<int>(std::lround(clip3(-1.0, 1.0, v[j - 1]) * kTapOne)) : 0;
        taps[pass][3 - j] = static_cast<int8_t>(j <= reach ? clip3<int>(Wiener_Taps_Min[3 - j], Wiener_Taps_Max[3 - j], tap) : 0);
      }
    }
    if (taps == before) break;
  }
  return taps;
}

double WienerFit::change(const WienerTaps& taps) const {
  const Weights v = weights_of(taps[0]), h = weights_of(taps[1]);
  Array<double, kWienerValues> c;
  for (int i = 0; i < kWienerValues; i++) c[i] = v[i / 4] * h[i % 4];
  double change = 0;
  for (int i = 1; i < kWienerValues; i++) {
    if (c[i] == 0) continue;
    double sum = -2 * sums[i][0] + c[i] * sums[i][i];
    for (int j = 1; j < i; j++) sum += 2 * c[j] * sums[i][j];
    change += c[i] * sum;
  }
  return change;
}

double WienerFit::true_change(const WienerTaps& taps) const {
  const Weights v = weights_of(taps[0]), h = weights_of(taps[1]);
  double change = this->change(taps);
  for (int i = 1; i < kWienerValues; i++) change -= 2 * v[i / 4] * h[i % 4] * sharpened[i];
  return change;
}

ProjectionWeights fit_projection(const ProjectionSums& sums, bool pass0, bool pass1) {
  const auto d00 = static_cast<double>(sums.d00), d01 = static_cast<double>(sums.d01), d11 = static_cast<double>(sums.d11);
  const auto s0 = static_cast<double>(sums.s0), s1 = static_cast<double>(sums.s1);
  const double determinant = d00 * d11 - d01 * d01;
  double w0 = 0, w2 = 0;
  if (pass0 && pass1 && determinant > 1e-9 * d00 * d11) {
    w0 = (s0 * d11 - s1 * d01) / determinant;
    w2 = (s1 * d00 - s0 * d01) / determinant;
  } else if (pass1 && d11 > 0) {
    w2 = s1 / d11;
  } else if (pass0 && d00 > 0) {
    w0 = s0 / d00;
  }
  const auto quantise = [](double w) { return static_cast<int>(std::lround(clip3(-2.0, 2.0, w) * 128)); };
  return {quantise(w0), quantise(w2)};
}

double projection_change(const ProjectionSums& sums, ProjectionWeights weights) {
  constexpr double kScale = 1.0 / (16 * 16);  // of differences and of the distance to the source
  const double a = weights.w0 / 128.0, b = weights.w2 / 128.0;
  return kScale * (a * a * static_cast<double>(sums.d00) + 2 * a * b * static_cast<double>(sums.d01) + b * b * static_cast<double>(sums.d11) -
                   2 * (a * static_cast<double>(sums.s0) + b * static_cast<double>(sums.s1)));
}

}  // namespace tessera
