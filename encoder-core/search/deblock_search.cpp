#include "search/deblock_search.h"

#include "spec/quant_tables.h"

namespace tessera {
namespace {

/// Luma rows that a trial prepares above a superblock row, because the edges at its top reach there; as many
/// at its bottom are left to the next one.
constexpr int kShiftMi = 2;

/// Filters and measures parts of one plane at different levels.
template <Pixel P>
class PlaneTrial {
 public:
  PlaneTrial(FrameWork<P>& frame, const DspTable<P>& dsp, WorkerPool& workers, DeblockTrial<P>& memory,
             int plane)
      : frame_(frame),
        dsp_(dsp),
        workers_(workers),
        filtered_(memory.filtered),
        plane_(plane),
        errors_(memory.errors) {
    const int sb_rows = frame.format.sb_rows();
    step_ = sb_rows <= 4 ? 1 : sb_rows <= 10 ? 2 : 3;
    errors_.resize((sb_rows + step_ - 1) / step_);
    known_.fill(kUnknown);
  }

  /// Sum of squared errors at a level of both passes.
  uint64_t error(int level) {
    uint64_t& known = known_[level];
    if (known != kUnknown) return known;
    LoopFilterParams params = frame_.header.loop_filter;
    if (plane_ == 0)
      params.loop_filter_level[0] = params.loop_filter_level[1] = static_cast<uint8_t>(level);
    else
      params.loop_filter_level[1 + plane_] = static_cast<uint8_t>(level);
    const DeblockFrame deblock(frame_, params);
    const int count = static_cast<int>(errors_.size());
    workers_.run_parallel(
        count, [&](int i) { errors_[i] = measure(deblock, level, i * step_ + (step_ > 1 ? 1 : 0)); });
    known = 0;
    for (const uint64_t e : errors_) known += e;
    return known;
  }

  /// Descends from `start` to the level of least error.
  int search(int start) {
    int best = start;
    for (int step = std::clamp(start / 4, 2, 6); step > 0; step /= 2) {
      const int from = best, lower = std::max(0, from - step), upper = std::min(MAX_LOOP_FILTER, from + step);
      if (error(lower) <= error(best)) best = lower;
      if (best == from && error(upper) < error(best)) best = upper;
    }
    return best;
  }

 private:
  static constexpr uint64_t kUnknown = ~uint64_t{0};

  uint64_t measure(const DeblockFrame& deblock, int level, int sb_row) {
    const PictureFormat& format = frame_.format;
    if (sb_row >= format.sb_rows()) return 0;
    const int ss_y = format.ss_y(plane_);
    const bool last = sb_row + 1 == format.sb_rows();
    const int edges_begin = sb_row * kSbMi, begin = std::max(0, edges_begin - kShiftMi);
    const int end = last ? format.mi_rows() : (sb_row + 1) * kSbMi - kShiftMi;
    const int y0 = begin * 4 >> ss_y, y1 = std::min(end * 4 >> ss_y, format.plane_height(plane_));
    const PlaneView<const P> source = frame_.source_plane[plane_];
    PlaneView<P> samples = frame_.plane(plane_);
    if (level) {
      const PlaneView<P> copy = filtered_.plane(plane_);
      for (int y = y0; y < end * 4 >> ss_y; y++)
        std::copy_n(samples.ptr(0, y), samples.width(), copy.ptr(0, y));
      samples = copy;
      deblock_plane_rows(deblock, dsp_, samples, plane_, DEBLOCK_VERTICAL_EDGES, begin, end);
      deblock_plane_rows(deblock, dsp_, samples, plane_, DEBLOCK_HORIZONTAL_EDGES, edges_begin, end);
    }
    const int w = format.plane_width(plane_), h = y1 - y0;
    return dsp_.distortion.sse_wh(source.ptr(0, y0), source.stride(), samples.ptr(0, y0), samples.stride(), w,
                                  h);
  }

  FrameWork<P>& frame_;
  const DspTable<P>& dsp_;
  WorkerPool& workers_;
  Picture<P>& filtered_;
  int plane_;
  int step_ = 1;  ///< of the superblock rows that are measured
  std::vector<uint64_t>& errors_;
  Array<uint64_t, MAX_LOOP_FILTER + 1> known_ = {};
};

}  // namespace

/// Lines fitted to searched levels over the 8-bit AC step; other depths see the same noise at their own
/// scale.
int deblock_level_of_quantiser(const FrameHeader& header) {
  const int q = ac_q(header.quantization.base_q_idx, 8);
  const bool large = std::min(header.size.frame_width, header.size.frame_height) >= 720;
  const int level = header.frame_is_intra() ? q * 17563 - 421574 : q * (large ? 12034 : 6017) + 650707;
  return clip3(0, MAX_LOOP_FILTER, round2(level, 18));
}

template <Pixel P>
void choose_deblock(FrameWork<P>& frame, const FramePlan& plan, const DspTable<P>& dsp, WorkerPool& workers,
                    DeblockTrial<P>& trial) {
  auto& levels = frame.header.loop_filter.loop_filter_level;
  levels.fill(0);
  if (frame.header.coded_lossless || frame.header.allow_intrabc) return;
  const int luma = deblock_level_of_quantiser(frame.header);
  Array<int, kPlanes> level = {luma, luma / 2, luma / 2};
  if (plan.settings.filter.deblock_search) {
    trial.make_room(frame.format);
    for (int p = 0; p < frame.format.planes(); p++) {
      if (p > 0) level[p] = p == 1 ? level[0] / 2 : level[1];
      level[p] = PlaneTrial<P>(frame, dsp, workers, trial, p).search(level[p]);
      if (level[0] == 0) return;
    }
  }
  levels[0] = levels[1] = static_cast<uint8_t>(level[0]);
  if (!level[0] || frame.format.monochrome) return;
  levels[2] = static_cast<uint8_t>(level[1]);
  levels[3] = static_cast<uint8_t>(level[2]);
}

#define TESSERA_INSTANTIATE(P)                                                                   \
  template void choose_deblock(FrameWork<P>&, const FramePlan&, const DspTable<P>&, WorkerPool&, \
                               DeblockTrial<P>&);
TESSERA_INSTANTIATE(uint8_t)
TESSERA_INSTANTIATE(uint16_t)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
