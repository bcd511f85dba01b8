#include "control/temporal_filter.h"

#include <cmath>

#include "control/noise.h"

namespace tessera {
namespace {

constexpr int kSide = kMaxTemporalBlock;   ///< luma samples on a side of a block
constexpr int kQuadrants = 4;
constexpr int kWander = 6;                 ///< samples that full-pel refinement may leave its start by
/// Around a block at its start: refinement, the fraction, and the taps beyond.
constexpr int kPatchMargin = kWander + 1 + kSubpelAfter;
constexpr int kPatchSide = kSide + 2 * kPatchMargin;

/// Tolerance of luma and chroma, before noise and quantiser scale it.
constexpr double kLumaTolerance = 3, kChromaTolerance = 6;
/// A quarter of a block goes its own way where that takes more than this part (of 16) off its error.
constexpr int kSplitGain = 1;

template <class P>
struct Patch {
  const P* data;
  ptrdiff_t stride;
};

/// The w x h samples at (x, y): in place, or, where they leave the plane, copied with its edges replicated.
template <Pixel P>
Patch<P> fetch(PlaneView<const P> plane, int x, int y, int w, int h, P* buffer) {
  const bool inside = x >= 0 && y >= 0 && x + w <= plane.width() && y + h <= plane.height();
  if (inside) return {plane.ptr(x, y), plane.stride()};
  const int before = clip3(0, w, -x), after = clip3(0, w - before, x + w - plane.width()), within = w - before - after;
  for (int r = 0; r < h; r++) {
    const P* const row = plane.ptr(0, clip3(0, plane.height() - 1, y + r));
    P* const out = buffer + r * w;
    std::fill_n(out, before, row[0]);
    if (within) std::copy_n(row + x + before, within, out + before);
    std::fill_n(out + before + within, after, row[plane.width() - 1]);
  }
  return {buffer, w};
}

/// Tolerance grows with the square of the quantiser: where that is fine, frames between the filtered ones keep their noise, and
/// filtered ones without it fall behind.
double quantiser_weight(int qindex) {
  const double q = qindex / 64.0;
  return 0.5 * q * q;
}

/// Where SAD is least, in quarters of a sample from the middle one of three, were it two lines of equal slope that meet there.
int quarters_to_least(uint32_t before, uint32_t middle, uint32_t after) {
  const uint32_t larger = std::max(before, after);
  if (larger <= middle) return 0;
  const double tilt = static_cast<double>(before) - static_cast<double>(after);
  return clip3(-2, 2, static_cast<int>(std::lround(2 * tilt / (larger - middle))));
}

}  // namespace

/// A 32x32 luma block on its way through the filter.
template <Pixel P>
struct TemporalFilter<P>::Block {
  int x, y;                                   ///< luma samples
  Patch<P> source;                            ///< 32x32 luma
  Array<Array<Mv, kQuadrants>, kMaxTemporalNeighbours> mv;         ///< quarter samples
  Array<Array<uint32_t, kQuadrants>, kMaxTemporalNeighbours> sse;  ///< of each 16x16
  P prediction[kMaxTemporalNeighbours][kSide * kSide];
  P source_buffer[kSide * kSide];
};

template <Pixel P>
void TemporalFilter<P>::make_room(const PictureFormat& format) {
  if (result_.format() == format) return;
  result_.resize(format, 0);
  for (CoarseMotion& coarse : coarse_) coarse.resize(format.width, format.height);
}

template <Pixel P>
void TemporalFilter<P>::prepare(const TemporalFilterInput<P>& input, const DspTable<P>& dsp,
                                const DistortionTable<uint8_t>& pyramid_dsp) {
  input_ = input;
  dsp_ = &dsp;
  pyramid_dsp_ = &pyramid_dsp;
  const PictureFormat& f = input.centre->format;
  const int depth_scale = 1 << 2 * (f.bit_depth - 8);
  for (int p = 0; p < f.planes(); p++) {
    const PlaneView<const P> plane = input.centre->plane[p];
    const double sigma = noise_deviation(plane, p ? 2 : 4, f.bit_depth, dsp.temporal);
    const double n = (p ? kChromaTolerance : kLumaTolerance) * (0.7 + std::log1p(sigma));
    decay_[p] = std::max(1.0, 2 * n * n * quantiser_weight(input.qindex) * input.strength) * depth_scale;
    if (p == 0) noise_mse_ = sigma * sigma * depth_scale;
  }
  make_room(f);
}

template <Pixel P>
PlaneView<const P> TemporalFilter<P>::plane(int p) const {
  const PictureFormat& f = result_.format();
  return result_.plane(p).block(0, 0, f.plane_width(p), f.plane_height(p));
}

template <Pixel P>
void TemporalFilter<P>::filter_rows(int sb_row) {
  const PictureFormat& f = result_.format();
  const int unit_begin = sb_row * kSbSize / kMotionUnit;
  const int unit_end = std::min(unit_begin + kSbSize / kMotionUnit, CoarseMotion::div_units(f.height));
  for (int i = 0; i < input_.neighbours.size(); i++)
    search_pyramid(input_.centre->pyramid, input_.neighbours[i]->pyramid, *pyramid_dsp_, input_.coarse,
                   coarse_[i].rows(unit_begin, unit_end), coarse_[i]);
  Block block;
  for (block.y = sb_row * kSbSize; block.y < std::min((sb_row + 1) * kSbSize, f.height); block.y += kSide) {
    for (block.x = 0; block.x < f.width; block.x += kSide) {
      block.source = fetch<P>(input_.centre->plane[0], block.x, block.y, kSide, kSide, block.source_buffer);
      find_motion(block);
      for (int q = 0; q < kQuadrants; q++) blend_quadrant(block, q);
    }
  }
}

/// One vector for the block, then one for each quarter that gains by it.
template <Pixel P>
void TemporalFilter<P>::find_motion(Block& block) const {
  constexpr int kHalf = kSide / 2;
  const auto sse = dsp_->distortion.sse[BLOCK_16X16];
  for (int i = 0; i < input_.neighbours.size(); i++) {
    refine(block, i, BLOCK_32X32, 0);
    uint32_t total = 0;
    for (int q = 0; q < kQuadrants; q++) {
      const int offset_y = q / 2 * kHalf, offset_x = q % 2 * kHalf;
      const P* const src = block.source.data + offset_y * block.source.stride + offset_x;
      const P* const pred = block.prediction[i] + offset_y * kSide + offset_x;
      block.sse[i][q] = static_cast<uint32_t>(sse(src, block.source.stride, pred, kSide));
      total += block.sse[i][q];
    }
    // What the noise of two pictures explains needs no better vector.
    if (!input_.quarters || total <= kSide * kSide * std::max(1.0, 2 * noise_mse_)) continue;
    for (int q = 0; q < kQuadrants; q++) refine(block, i, BLOCK_16X16, q);
  }
}

/// Best vector of the block or of one quarter, first among known ones, then around the best of them and at the quarter sample
/// that this points to. Writes the prediction and vector; for a quarter only where it gains.
template <Pixel P>
void TemporalFilter<P>::refine(Block& block, int neighbour, BlockSize size, int quadrant) const {
  const int side = size == BLOCK_32X32 ? kSide : kSide / 2;
  const int offset_y = quadrant / 2 * side, offset_x = quadrant % 2 * side;
  const int x = block.x + offset_x, y = block.y + offset_y;
  const PlaneView<const P> ref = input_.neighbours[neighbour]->plane[0];
  const P* const src = block.source.data + offset_y * block.source.stride + offset_x;
  const ptrdiff_t src_stride = block.source.stride;
  P patch_buffer[kPatchSide * kPatchSide];

  FixedVector<Mv, 6> starts;
  const auto add = [&](Mv mv) {
    for (const Mv& known : starts)
      if (known == mv) return;
    starts.push_back(mv);
  };
  const CoarseMotion& coarse = coarse_[neighbour];
  const int unit_x = x / kMotionUnit, unit_y = y / kMotionUnit;
  if (side == kSide) {
    add({0, 0});
    for (int q = 0; q < kQuadrants; q++)
      add(coarse.mv.at(std::min(unit_x + q % 2, coarse.mv.width() - 1),
                       std::min(unit_y + q / 2, coarse.mv.height() - 1)));
  } else {
    const Mv parent = block.mv[neighbour][quadrant];
    add({static_cast<int16_t>(parent.row >> 2), static_cast<int16_t>(parent.col >> 2)});
    if (unit_x < coarse.mv.width() && unit_y < coarse.mv.height()) add(coarse.mv.at(unit_x, unit_y));
  }
  Mv start;
  uint32_t best_sad = ~0u;
  for (const Mv& mv : starts) {
    const Patch<P> at = fetch<P>(ref, x + mv.col, y + mv.row, side, side, patch_buffer);
    const uint32_t sad = dsp_->distortion.sad[size](src, src_stride, at.data, at.stride);
    if (sad < best_sad) {
      best_sad = sad;
      start = mv;
    }
  }
  const int patch_side = side + 2 * kPatchMargin;
  const Patch<P> patch = fetch<P>(ref, x + start.col - kPatchMargin, y + start.row - kPatchMargin, patch_side, patch_side,
                                  patch_buffer);
  const P* const origin = patch.data + kPatchMargin * patch.stride + kPatchMargin;

  // Whole samples: downhill in a cross.
  int dx = 0, dy = 0;
  uint32_t sad[4] = {};
  for (int step = 0; step < kWander; step++) {
    const P* const at = origin + dy * patch.stride + dx;
    const P* const around[4] = {at - patch.stride, at - 1, at + 1, at + patch.stride};
    dsp_->distortion.sad_x4[size](src, src_stride, around, patch.stride, sad);
    const int best = static_cast<int>(std::min_element(sad, sad + 4) - sad);
    if (sad[best] >= best_sad) break;
    best_sad = sad[best];
    dx += best == 1 ? -1 : best == 2 ? 1 : 0;
    dy += best == 0 ? -1 : best == 3 ? 1 : 0;
  }

  // The fraction, in quarter samples, that the SADs around point to: nothing is gained by looking further.
  P trial_buffer[2][kSide * kSide];
  const int filter = subpel_filter_index(EIGHTTAP, side);
  const auto predict = [&](int qx, int qy, P* out) {
    dsp_->subpel.put(out, side, origin + (qy >> 2) * patch.stride + (qx >> 2), patch.stride, side, side, (qx & 3) * 4, (qy & 3) * 4, filter,
                     filter, result_.format().bit_depth);
    return dsp_->distortion.sse[size](src, src_stride, out, side);
  };
  int best_x = 4 * dx, best_y = 4 * dy;
  const P* best_pred = trial_buffer[0];
  uint64_t best_sse = predict(best_x, best_y, trial_buffer[0]);
  if (const int x4 = quarters_to_least(sad[1], best_sad, sad[2]), y4 = quarters_to_least(sad[0], best_sad, sad[3]); x4 || y4) {
    const uint64_t sse = predict(best_x + x4, best_y + y4, trial_buffer[1]);
    if (sse < best_sse) {
      best_sse = sse;
      best_x += x4;
      best_y += y4;
      best_pred = trial_buffer[1];
    }
  }

  const Mv mv = {static_cast<int16_t>(4 * start.row + best_y), static_cast<int16_t>(4 * start.col + best_x)};
  P* const out = block.prediction[neighbour] + offset_y * kSide + offset_x;
  if (side == kSide) {
    for (int q = 0; q < kQuadrants; q++) block.mv[neighbour][q] = mv;
  } else {
    if (16 * best_sse >= (16 - kSplitGain) * uint64_t{block.sse[neighbour][quadrant]}) return;
    block.mv[neighbour][quadrant] = mv;
    block.sse[neighbour][quadrant] = static_cast<uint32_t>(best_sse);
  }
  for (int r = 0; r < side; r++) std::copy_n(best_pred + r * side, side, out + r * kSide);
}

/// Five parts of the error are the sample's neighbourhood, one the block; long vectors count as error too, and
/// neighbours that match worse than the best one count less.
template <Pixel P>
TemporalWeight TemporalFilter<P>::weight_of(const Block& block, int neighbour, int quadrant, int plane) const {
  constexpr int kArea = kSide * kSide / kQuadrants, kWindow = 9 * kTemporalCell * kTemporalCell;
  const PictureFormat& f = result_.format();
  uint32_t least = ~0u;
  for (int i = 0; i < input_.neighbours.size(); i++) least = std::min(least, block.sse[i][quadrant]);
  const Mv mv = block.mv[neighbour][quadrant];
  const double reach = std::max(1.0, 0.1 * std::min(f.width, f.height));
  const double distance = std::max(1.0, std::hypot(mv.row, mv.col) / 4 / reach);
  const double block_mse = static_cast<double>(block.sse[neighbour][quadrant]) / kArea;
  const double steps = 16.0 * distance / decay_[plane];  // of the weight table, per unit of squared error
  constexpr double kOne = 1 << kTemporalScaleBits;
  const double scale = steps * 5 / 6 / kWindow * kOne;
  const double base = std::min(steps / 6 * block_mse, static_cast<double>(kTemporalWeights)) * kOne;
  const double floor = (1 + noise_mse_) * kArea;
  TemporalWeight w;
  w.scale = static_cast<uint32_t>(std::min(scale, kTemporalWeights * kOne) + 0.5);
  w.base = static_cast<uint32_t>(base);
  w.limit = static_cast<uint32_t>(kTemporalWeights * kOne / std::max(1.0, scale)) + 1;
  w.factor = static_cast<uint32_t>(kTemporalUnit * (least + floor) / (block.sse[neighbour][quadrant] + floor));
  return w;
}

template <Pixel P>
void TemporalFilter<P>::blend_quadrant(Block& block, int quadrant) {
  const PictureFormat& f = result_.format();
  const int depth = f.bit_depth, luma_x = quadrant % 2 * kSide / 2, luma_y = quadrant / 2 * kSide / 2;
  uint32_t sum[kSide * kSide], count[kSide / kTemporalCell * kSide];
  P source_buffer[kSide * kSide], patch_buffer[kPatchSide * kPatchSide], prediction[kSide * kSide];
  for (int p = 0; p < f.planes(); p++) {
    const int ss_x = f.ss_x(p), ss_y = f.ss_y(p), w = kSide / 2 >> ss_x, h = kSide / 2 >> ss_y;
    const int x = (block.x + luma_x) >> ss_x, y = (block.y + luma_y) >> ss_y;
    const Patch<P> src = fetch<P>(input_.centre->plane[p], x, y, w, h, source_buffer);
    for (int r = 0; r < h; r++)
      for (int c = 0; c < w; c++) sum[r * kSide + c] = kTemporalUnit * src.data[r * src.stride + c];
    for (int r = 0; r < h / kTemporalCell; r++) std::fill_n(count + r * kSide, w / kTemporalCell, uint32_t{kTemporalUnit});
    for (int i = 0; i < input_.neighbours.size(); i++) {
      const TemporalWeight weight = weight_of(block, i, quadrant, p);
      if (weight.base >= kTemporalWeights << kTemporalScaleBits || weight.factor == 0) continue;
      const P* pred = block.prediction[i] + luma_y * kSide + luma_x;
      ptrdiff_t pred_stride = kSide;
      if (p > 0) {
        const Mv mv = block.mv[i][quadrant];
        const int frac_x = mv.col & ((4 << ss_x) - 1), frac_y = mv.row & ((4 << ss_y) - 1);
        const Patch<P> ref = fetch<P>(input_.neighbours[i]->plane[p], x + (mv.col >> (2 + ss_x)) - kSubpelBefore,
                                      y + (mv.row >> (2 + ss_y)) - kSubpelBefore, w + kSubpelBefore + kSubpelAfter,
                                      h + kSubpelBefore + kSubpelAfter, patch_buffer);
        dsp_->subpel.put(prediction, w, ref.data + kSubpelBefore * ref.stride + kSubpelBefore, ref.stride, w, h,
                         frac_x << (2 - ss_x), frac_y << (2 - ss_y), subpel_filter_index(EIGHTTAP, w),
                         subpel_filter_index(EIGHTTAP, h), depth);
        pred = prediction;
        pred_stride = w;
      }
      dsp_->temporal.blend(src.data, src.stride, pred, pred_stride, w, h, weight, sum, count);
    }
    dsp_->temporal.mean(sum, count, w, h, result_.plane(p).ptr(x, y, w, h), result_.plane(p).stride());
  }
}

template class TemporalFilter<uint8_t>;
template class TemporalFilter<uint16_t>;

}  // namespace tessera
