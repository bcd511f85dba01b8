#include "search/restoration_search.h"

#include "block/write_loop_filter_info.h"
#include "entropy/cost_tables.h"
#include "frame/tile_layout.h"
#include "search/restoration_fit.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

constexpr int kPrjOne = 1 << 7;  // 1 << SGRPROJ_PRJ_BITS

/// Least squares fade what contrast they are unsure of. Luma's filters give some back (WienerFit::sharpen): at cpu-used 9 on eight
/// clips 0.024 is worth -0.3 % BD-rate by SSIM and -9 by VMAF for +0.4 by PSNR, 0.038 +0.2 and -12 for +1.4.
constexpr double kSharpening = 0.024;

/// What rounding adds to the squared error of a filtered sample.
constexpr double kRoundingError = 1.0 / 12;

/// Parameter sets in the order in which they are worth trying.
constexpr Array<uint8_t, kSelfGuidedSets> kSetOrder = {3, 7, 0, 12, 5, 9, 14, 11, 1, 6, 10, 13, 15, 2, 4, 8};

/// Gathers the sums of a stripe.
template <Pixel P>
class StripeMeasure {
 public:
  StripeMeasure(FrameWork<P>& frame, const DspTable<P>& dsp, const StripeLines<P>& lines, const RestorationSettings& settings)
      : frame_(frame), dsp_(dsp), lines_(lines), settings_(settings) {}

  void measure(int plane, int stripe, RestorationTrial& trial) {
    const int columns = frame_.format.sb_cols();
    for (int column = 0; column < columns; column++) {
      RestorationSums& sums = trial.blocks[plane][static_cast<size_t>(stripe * columns + column)];
      sums = {};
      const StripeBlock block(frame_.format, plane, stripe, column);
      // Whole groups of eight: beyond the picture there may be no source.
      const int width = std::max(block.width, 0) & ~7;
      if (block.height == 0 || width == 0) continue;
      sums.samples = width * block.height;
      load_restoration_tile(frame_, lines_, plane, block, column > 0, tile_);
      // What was taken in, not what the temporal filter made of it: fitted to that, BD-rate was 0.5 % worse.
      const PlaneView<const P> source = frame_.source->plane[plane];
      const P* const in = source.ptr(block.x, block.y);
      if (settings_.wiener_step > 0)
        dsp_.restoration.wiener_sums(sums.wiener, tile_.at(0, 0), in, source.stride(), plane ? 2 : 3, settings_.wiener_step, width, block.height);
      if (settings_.self_guided_sets == 0) continue;
      for (const int radius : {1, 2}) dsp_.restoration.box_sums(boxes_[radius - 1], tile_.at(0, 0), radius, width, block.height);
      for (int i = 0; i < settings_.self_guided_sets; i++) project(sums.projection[kSetOrder[i]], kSetOrder[i], in, source.stride(), width, block.height);
    }
  }

 private:
  void project(ProjectionSums& sums, int set, const P* source, ptrdiff_t stride, int width, int height) {
    const int16_t* differences[2];
    for (int pass = 0; pass < 2; pass++) {
      differences[pass] = differences_[pass].data();
      const int radius = Sgr_Params[set][2 * pass], eps = Sgr_Params[set][2 * pass + 1];
      if (radius == 0) differences_[pass].fill(0);
      else dsp_.restoration.box_filter(differences_[pass].data(), boxes_[radius - 1], tile_.at(0, 0), radius, eps, width, height, frame_.format.bit_depth);
    }
    dsp_.restoration.projection_sums(sums, tile_.at(0, 0), differences, source, stride, width, height);
  }

  FrameWork<P>& frame_;
  const DspTable<P>& dsp_;
  const StripeLines<P>& lines_;
  const RestorationSettings& settings_;
  RestorationTile tile_;
  Array<BoxSums, 2> boxes_;  ///< by radius
  alignas(64) Table2<int16_t, 2, kRestorationBlock * kRestorationStride> differences_;
};

/// What a choice in one plane depends on, besides the sums.
struct PlaneTerms {
  int plane;
  const RestorationSettings& settings;
  double wiener_scale;  ///< of sums, where rows are left out
  double weight;        ///< of squared error
  double lambda;        ///< of a bit
};

/// A unit with its cost: squared error, less than without restoration, and rate.
struct Candidate {
  RestorationUnit unit;
  double cost = 0;
};

/// One unit's candidates after the units before it.
class UnitSearch {
 public:
  UnitSearch(const PlaneTerms& terms, const RestorationSums& sums)
      : terms_(terms), sums_(sums), fit_(sums.wiener, terms.wiener_scale), reach_(terms.plane ? 2 : 3) {
    if (terms.plane == 0) fit_.sharpen(kSharpening);
    if (terms.settings.wiener_step > 0) solved_ = fit_.solve(reach_);
  }

  /// The best filter of a type, the type's own symbol not counted; not looked for to the end where it seems not to get below `limit`.
  Candidate best(RestorationType type, const RestorationState& state, double limit) const {
    return type == RESTORE_WIENER ? best_wiener(state, limit) : best_self_guided(state);
  }

 private:
  double wiener_cost(const WienerTaps& taps, const RestorationState& state) const {
    return terms_.weight * fit_.change(taps) + rate({.type = RESTORE_WIENER, .wiener = taps}, state);
  }
  double rate(const RestorationUnit& unit, RestorationState state) const {
    return terms_.lambda * count_restoration_bits(state, terms_.plane, unit);
  }

  Candidate best_wiener(const RestorationState& state, double limit) const {
    constexpr double kMostGainedByMoves = 1.3, kMostLost = 0.02;
    WienerTaps best = solved_;
    double cost = wiener_cost(best, state);
    const WienerTaps& last = state.ref_lr_wiener[terms_.plane];
    WienerTaps same = last;
    if (reach_ == 2) same[0][0] = same[1][0] = 0;
    if (const double c = wiener_cost(same, state); c < cost) {
      cost = c;
      best = same;
    }
    if (kMostGainedByMoves * terms_.weight * fit_.change(best) + rate({.type = RESTORE_WIENER, .wiener = same}, state) >= limit)
      return {{.type = RESTORE_WIENER, .wiener = best}, cost};
    for (const int step : {4, 2, 1}) {
      for (int pass = 0; pass < 2; pass++)
        for (int j = 3 - reach_; j < 3; j++)
          for (const int move : {-step, step}) {
            WienerTaps moved = best;
            const int tap = best[pass][j] + move;
            if (tap < Wiener_Taps_Min[j] || tap > Wiener_Taps_Max[j]) continue;
            moved[pass][j] = static_cast<int8_t>(tap);
            if (const double c = wiener_cost(moved, state); c < cost) {
              cost = c;
              best = moved;
            }
          }
    }
    // Sharpness is worth little error: what is nearly perfect stays as it is.
    if (fit_.true_change(best) > kMostLost * fit_.sums[0][0]) cost = std::max(cost, limit);
    return {{.type = RESTORE_WIENER, .wiener = best}, cost};
  }

  /// The nearest weights that can be coded.
  static RestorationUnit unit_of(int set, ProjectionWeights weights) {
    RestorationUnit unit = {.type = RESTORE_SGRPROJ, .sgr_set = static_cast<uint8_t>(set)};
    const bool pass0 = Sgr_Params[set][0] != 0, pass1 = Sgr_Params[set][2] != 0;
    const int w0 = pass0 ? clip3<int>(Sgrproj_Xqd_Min[0], Sgrproj_Xqd_Max[0], weights.w0) : 0;
    unit.sgr_xqd[0] = static_cast<int8_t>(w0);
    const int w1 = kPrjOne - w0 - (pass1 ? weights.w2 : 0);
    unit.sgr_xqd[1] = static_cast<int8_t>(clip3<int>(Sgrproj_Xqd_Min[1], Sgrproj_Xqd_Max[1], w1));
    return unit;
  }
  double self_guided_cost(const RestorationUnit& unit, const RestorationState& state) const {
    const bool pass0 = Sgr_Params[unit.sgr_set][0] != 0, pass1 = Sgr_Params[unit.sgr_set][2] != 0;
    const int w2 = kPrjOne - unit.sgr_xqd[0] - unit.sgr_xqd[1];
    const ProjectionWeights weights = {pass0 ? unit.sgr_xqd[0] : 0, pass1 ? w2 : 0};
    return terms_.weight * projection_change(sums_.projection[unit.sgr_set], weights) + rate(unit, state);
  }

  Candidate best_self_guided(const RestorationState& state) const {
    Candidate best;
    for (int i = 0; i < terms_.settings.self_guided_sets; i++) {
      const int set = kSetOrder[i];
      const RestorationUnit unit =
          unit_of(set, fit_projection(sums_.projection[set], Sgr_Params[set][0] != 0, Sgr_Params[set][2] != 0));
      const double cost = self_guided_cost(unit, state);
      if (i == 0 || cost < best.cost) best = {unit, cost};
    }
    const bool pass0 = Sgr_Params[best.unit.sgr_set][0] != 0, pass1 = Sgr_Params[best.unit.sgr_set][2] != 0;
    for (const int step : {4, 2, 1})
      for (int axis = 0; axis < 2; axis++)
        for (const int move : {-step, step}) {
          const int w0 = best.unit.sgr_xqd[0], w2 = kPrjOne - w0 - best.unit.sgr_xqd[1];
          if (!(axis ? pass1 : pass0)) continue;
          const RestorationUnit unit = unit_of(best.unit.sgr_set, axis ? ProjectionWeights{w0, w2 + move} : ProjectionWeights{w0 + move, w2});
          if (const double cost = self_guided_cost(unit, state); cost < best.cost) best = {unit, cost};
        }
    return best;
  }

  const PlaneTerms& terms_;
  const RestorationSums& sums_;
  WienerFit fit_;
  int reach_;
  WienerTaps solved_ = {};
};

/// Size of a level's units in samples of the plane.
int unit_size(const PictureFormat& format, int plane, int level) { return (kSbSize >> format.ss_x(plane)) << level; }

/// Calls f( row, column, first ) for the units of a plane in the order in which they are coded; `first` of a tile.
template <class F>
void for_units_as_coded(const PictureFormat& format, const TileInfo& tiles, int plane, int level, const F& f) {
  const int size = unit_size(format, plane, level);
  const int rows = count_units_in_frame(size, format.plane_height(plane)), cols = count_units_in_frame(size, format.plane_width(plane));
  const int mi_w = MI_SIZE >> format.ss_x(plane), mi_h = MI_SIZE >> format.ss_y(plane);
  for (int t = 0; t < tiles.num_tiles(); t++) {
    const TileRect rect = tile_rect(tiles, t);
    const int row_end = std::min(rows, div_ceil(rect.mi_row_end * mi_h, size)), col_end = std::min(cols, div_ceil(rect.mi_col_end * mi_w, size));
    bool first = true;
    for (int row = div_ceil(rect.mi_row_start * mi_h, size); row < row_end; row++)
      for (int col = div_ceil(rect.mi_col_start * mi_w, size); col < col_end; col++) {
        f(row, col, first);
        first = false;
      }
  }
}

/// Cost of a unit's type in bits, with frames of a type.
double type_bits(const CdfContext& cdfs, RestorationType frame_type, RestorationType type) {
  const uint32_t cost = frame_type == RESTORE_WIENER    ? symbol_cost(cdfs.use_wiener, type == RESTORE_WIENER)
                        : frame_type == RESTORE_SGRPROJ ? symbol_cost(cdfs.use_sgrproj, type == RESTORE_SGRPROJ)
                                                        : symbol_cost(cdfs.restoration_type, type);
  return cost / static_cast<double>(kCostOneBit);
}

/// Chooses all units of a plane for one size.
void choose_units(const PictureFormat& format, const TileInfo& tiles, const CdfContext& cdfs, const PlaneTerms& terms, int level,
                  RestorationTrial& trial) {
  const int plane = terms.plane, size = unit_size(format, plane, level);
  const int rows = count_units_in_frame(size, format.plane_height(plane)), cols = count_units_in_frame(size, format.plane_width(plane));
  const size_t count = static_cast<size_t>(rows * cols);
  std::vector<RestorationSums>& sums = trial.units[plane];
  sums.assign(count, {});
  for (int stripe = 0; stripe < num_stripes(format); stripe++)
    for (int column = 0; column < format.sb_cols(); column++) {
      const int row = std::min(stripe >> level, rows - 1), col = std::min(column >> level, cols - 1);
      sums[static_cast<size_t>(row * cols + col)].add(trial.blocks[plane][static_cast<size_t>(stripe * format.sb_cols() + column)]);
    }
  RestorationChoice& choice = trial.choices[plane][level];
  choice.frame_type = RESTORE_NONE;
  choice.cost = 0;
  choice.units.assign(count, {});
  const bool wiener = terms.settings.wiener_step > 0, self_guided = terms.settings.self_guided_sets > 0;
  std::vector<RestorationUnit>& units = trial.attempt[plane];
  for (const RestorationType frame_type : {RESTORE_WIENER, RESTORE_SGRPROJ, RESTORE_SWITCHABLE}) {
    if ((frame_type != RESTORE_SGRPROJ && !wiener) || (frame_type != RESTORE_WIENER && !self_guided)) continue;
    units.assign(count, {});
    double total = 0;
    RestorationState state;
    for_units_as_coded(format, tiles, plane, level, [&](int row, int col, bool first) {
      if (first) state = {};
      const size_t index = static_cast<size_t>(row * cols + col);
      const UnitSearch search(terms, sums[index]);
      Candidate best = {{}, terms.lambda * type_bits(cdfs, frame_type, RESTORE_NONE)};
      const double rounding = kRoundingError * terms.weight * sums[index].samples;
      for (const RestorationType type : {RESTORE_WIENER, RESTORE_SGRPROJ}) {
        if (frame_type != RESTORE_SWITCHABLE && frame_type != type) continue;
        const double surcharge = rounding + terms.lambda * type_bits(cdfs, frame_type, type);
        Candidate candidate = search.best(type, state, best.cost - surcharge);
        candidate.cost += surcharge;
        if (candidate.cost < best.cost) best = candidate;
      }
      count_restoration_bits(state, plane, best.unit);
      units[index] = best.unit;
      total += best.cost;
    });
    if (total < choice.cost) {
      choice.cost = total;
      choice.frame_type = frame_type;
      std::swap(choice.units, units);
    }
  }
}

}  // namespace

void RestorationSums::add(const RestorationSums& other) {
  samples += other.samples;
  for (int i = 0; i < kWienerValues; i++)
    for (int j = 0; j <= i; j++) wiener[i][j] += other.wiener[i][j];
  for (int set = 0; set < kSelfGuidedSets; set++) {
    ProjectionSums& to = projection[set];
    const ProjectionSums& from = other.projection[set];
    to.d00 += from.d00;
    to.d01 += from.d01;
    to.d11 += from.d11;
    to.s0 += from.s0;
    to.s1 += from.s1;
  }
}

void RestorationTrial::make_room(const PictureFormat& format) {
  const size_t most = static_cast<size_t>(format.sb_cols() * num_stripes(format));
  for (int p = 0; p < format.planes(); p++) {
    if (blocks[p].size() < most) blocks[p].resize(most);
    units[p].reserve(most);
    attempt[p].reserve(most);
    for (RestorationChoice& choice : choices[p]) choice.units.reserve(most);
  }
}

template <Pixel P>
void choose_restoration(FrameWork<P>& frame, const FramePlan& plan, const DspTable<P>& dsp, const StripeLines<P>& lines,
                        const CdfContext& cdfs, WorkerPool& workers, RestorationTrial& trial) {
  const PictureFormat& format = frame.format;
  const RestorationSettings& settings = plan.settings.filter.restoration;
  LoopRestorationParams& lr = frame.header.lr;
  lr = {};
  if (!allows_restoration(plan.sequence, frame.header) || !settings.any()) return;
  trial.make_room(format);
  const int planes = settings.chroma ? format.planes() : 1, stripes = num_stripes(format);
  workers.run_parallel(planes * stripes, [&](int i) {
    StripeMeasure<P> measure(frame, dsp, lines, settings);
    measure.measure(i % planes, i / planes, trial);
  });
  // Where chroma is subsampled its units may be as large as those of luma in samples. Never less than 64 of them: dav1d 1.0
  // takes 64 at a time on CPUs with AVX-512, and ends where it meets units of 32.
  const bool halved = format.subsampling_x && format.subsampling_y;
  workers.run_parallel(planes, [&](int plane) {
    const PlaneTerms terms = {plane, settings, static_cast<double>(settings.wiener_step), frame.weights[plane] / 16.0, plan.lambda};
    for (int level = plane && halved ? 1 : 0; level < (plane && halved ? 4 : 3); level++) choose_units(format, frame.header.tile_info, cdfs, terms, level, trial);
  });

  double least = 0;
  for (int shift = 0; shift < 3; shift++)
    for (int uv_shift = 0; uv_shift <= (halved && planes > 1 && shift > 0 ? 1 : 0); uv_shift++) {
      const int uv_level = halved ? shift + 1 - uv_shift : shift;
      double cost = trial.choices[0][shift].cost;
      for (int p = 1; p < planes; p++) cost += trial.choices[p][uv_level].cost;
      if (cost >= least) continue;
      least = cost;
      lr = {};
      lr.lr_unit_shift = static_cast<uint8_t>(shift);
      bool uses_chroma = false;
      for (int p = 0; p < planes; p++) {
        lr.frame_restoration_type[p] = trial.choices[p][p ? uv_level : shift].frame_type;
        uses_chroma = uses_chroma || (p > 0 && lr.frame_restoration_type[p] != RESTORE_NONE);
      }
      lr.lr_uv_shift = static_cast<uint8_t>(uses_chroma ? uv_shift : 0);
      for (int p = 0; p < kPlanes; p++) lr.loop_restoration_size[p] = kSbSize << shift >> (p ? lr.lr_uv_shift : 0);
    }
  for (int p = 0; p < planes; p++) {
    if (lr.frame_restoration_type[p] == RESTORE_NONE) continue;
    const int level = p && halved ? lr.lr_unit_shift + 1 - lr.lr_uv_shift : lr.lr_unit_shift;
    const View2d<RestorationUnit> units = frame.restoration_units(p);
    for (int y = 0; y < units.height(); y++)
      for (int x = 0; x < units.width(); x++) units.at(x, y) = trial.choices[p][level].units[static_cast<size_t>(y * units.width() + x)];
  }
}

#define TESSERA_INSTANTIATE(P)                                                                                                     \
  template void choose_restoration(FrameWork<P>&, const FramePlan&, const DspTable<P>&, const StripeLines<P>&, const CdfContext&, \
                                   WorkerPool&, RestorationTrial&);
TESSERA_INSTANTIATE(uint8_t)
TESSERA_INSTANTIATE(uint16_t)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
