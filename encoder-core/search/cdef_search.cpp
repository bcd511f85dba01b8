#include "search/cdef_search.h"

#include <algorithm>
#include <cmath>

#include "base/fixed_vector.h"
#include "spec/quant_tables.h"

namespace tessera {
namespace {

using Candidates = FixedVector<CdefStrength, kMaxCdefCandidates>;

/// Unfiltered first, then the quantiser's choice, the extremes and what lies between; at most `count`. The
/// first four were the best of ten such sets (-0.9 % BD-rate against four close to the guess; qcif to 720p,
/// cpu-used 8).
Candidates make_candidates(CdefStrength guess, int count) {
  const int stronger = guess.sec >= 2 ? 4 : guess.sec + 1;
  const CdefStrength wishes[] = {
      {0, 0},
      guess,
      {15, stronger},
      {0, 1},
      {std::min(15, guess.pri * 2), stronger},
      {guess.pri / 2, guess.sec},
      {0, stronger},
      {guess.pri / 2, 0},
      {std::min(15, guess.pri * 2), guess.sec},
      {guess.pri, stronger},
      {7, 2},
      {15, 0},
      {1, 0},
      {3, 1},
  };
  Candidates list;
  for (const CdefStrength& wish : wishes)
    if (list.size() < std::min(count, kMaxCdefCandidates) &&
        std::find(list.begin(), list.end(), wish) == list.end())
      list.push_back(wish);
  return list;
}

/// Squared errors of a superblock with every candidate.
template <Pixel P>
class SuperblockTrial {
 public:
  SuperblockTrial(FrameWork<P>& frame, const DspTable<P>& dsp,
                  const Candidates (&candidates)[CDEF_PLANE_KINDS], const FilterSettings& settings)
      : frame_(frame), dsp_(dsp), candidates_(candidates), restraint_(settings.cdef_restraint), samples_(blocks_of(settings.cdef_sampling)) {}

  void measure(int sb_row, int sb_col, CdefErrors& errors) {
    errors = {};
    blocks_ = cdef_blocks(frame_.blocks, sb_row, sb_col);
    if ((blocks_ & samples_) != 0) blocks_ &= samples_;
    for (int p = 0; p < frame_.format.planes(); p++) {
      const PlaneView<P> samples = frame_.plane(p);
      const CdefRect rect(frame_.format, p, sb_row, sb_col);
      load_cdef_tile(
          rect, [&](int y) -> const P* { return samples.ptr(0, y); }, false, tile_);
      if (p == 0) find_cdef_directions(dsp_, tile_, blocks_, frame_.format.bit_depth, directions_);
      const CdefPlaneKind kind = p ? CDEF_CHROMA : CDEF_LUMA;
      for (int i = 0; i < candidates_[kind].size(); i++)
        errors[kind][i] += plane_error(p, rect, candidates_[kind][i]);
    }
    if (restraint_ > 0) restrain(errors[CDEF_LUMA]);
  }

 private:
  /// Few candidates and few samples: what smooths most is chosen too often, and eyes (VMAF) miss the detail.
  void restrain(Array<uint64_t, kMaxCdefCandidates>& errors) const {
    for (int i = 0; i < candidates_[CDEF_LUMA].size(); i++) {
      const CdefStrength& s = candidates_[CDEF_LUMA][i];
      errors[i] += errors[i] * static_cast<uint64_t>(std::lround(1024 * restraint_ * (s.pri / 10.0f + s.sec / 4.0f))) >> 10;
    }
  }
  uint64_t plane_error(int plane, const CdefRect& rect, CdefStrength strength) {
    const PictureFormat& format = frame_.format;
    const int ss_x = format.ss_x(plane), ss_y = format.ss_y(plane), w = 8 >> ss_x, h = 8 >> ss_y;
    const PlaneView<const P> source = frame_.source_plane[plane];
    const PlaneView<P> recon = frame_.plane(plane);
    const auto sse = dsp_.distortion.sse[find_block_size(w, h)];
    const auto filter = dsp_.cdef.filter[ss_x][ss_y];
    const int plane_width = format.plane_width(plane), plane_height = format.plane_height(plane), depth = format.bit_depth;
    const bool inside = rect.x + 8 * w <= plane_width && rect.y + 8 * h <= plane_height;
    const int damping = frame_.header.cdef.cdef_damping;
    const ptrdiff_t in_stride = source.stride(), recon_stride = recon.stride();
    alignas(32) P filtered[64];
    uint64_t sum = 0;
    for (uint64_t left = blocks_; left; left &= left - 1) {
      const int block = std::countr_zero(left), x = (block & 7) * w, y = (block >> 3) * h;
      const int px = rect.x + x, py = rect.y + y;
      const CdefBlockParams params(format, plane, strength, damping, directions_[block]);
      const P* out = filtered;
      ptrdiff_t stride = w;
      if (params) {
        filter(filtered, w, tile_.at(x, y), params.pri_str, params.sec_str, params.dir, params.damping, depth);
      } else {
        out = recon.ptr(px, py);
        stride = recon_stride;
      }
      const P* const in = source.ptr(px, py);
      if (inside) {
        sum += sse(in, in_stride, out, stride);
        continue;
      }
      const int width = std::min(w, plane_width - px), height = std::min(h, plane_height - py);
      sum += width == w && height == h ? sse(in, in_stride, out, stride)
                                       : dsp_.distortion.sse_wh(in, in_stride, out, stride, width, height);
    }
    return sum;
  }

  FrameWork<P>& frame_;
  const DspTable<P>& dsp_;
  /// One in so many blocks of a superblock, spread over rows and columns.
  static constexpr uint64_t blocks_of(int sampling) {
    return sampling == 1 ? ~uint64_t{0} : sampling == 2 ? 0xaa55aa55aa55aa55 : 0x8822882244114411;
  }
  const Candidates (&candidates_)[CDEF_PLANE_KINDS];
  float restraint_;
  uint64_t samples_;
  uint64_t blocks_ = 0;
  CdefDirections directions_ = {};
  CdefTile tile_;
};

/// Candidates of both plane kinds, signalled together.
struct Pair {
  int luma = 0, chroma = 0;
};
using Pairs = FixedVector<Pair, kMaxCdefStrengths>;

/// Picks the pairs of a frame: greedily one more at a time, then each again in view of the others.
class PairChoice {
 public:
  PairChoice(const CdefTrial& trial, int luma_count, int chroma_count)
      : trial_(trial), luma_count_(luma_count), chroma_count_(chroma_count) {}

  uint64_t error(int sb, const Pair& pair) const {
    return trial_.errors[sb][CDEF_LUMA][pair.luma] + trial_.errors[sb][CDEF_CHROMA][pair.chroma];
  }
  /// Index of the pair that suits a superblock best.
  int best(int sb, const Pairs& pairs) const {
    int best = 0;
    for (int i = 1; i < pairs.size(); i++)
      if (error(sb, pairs[i]) < error(sb, pairs[best])) best = i;
    return best;
  }
  uint64_t total(const Pairs& pairs) const {
    uint64_t sum = 0;
    for (const int sb : trial_.filtered) sum += error(sb, pairs[best(sb, pairs)]);
    return sum;
  }
  /// Appends the pair that helps most.
  void extend(Pairs& pairs) { pairs.push_back(best_companion(pairs)); }
  /// Chooses every pair anew until nothing changes.
  void refine(Pairs& pairs) {
    constexpr int kRounds = 3;
    uint64_t least = total(pairs);
    for (int round = 0; round < kRounds; round++) {
      Pairs refined;
      for (int i = 1; i < pairs.size(); i++) refined.push_back(pairs[i]);
      refined.push_back(best_companion(refined));
      const uint64_t error = total(refined);
      if (error >= least) return;
      least = error;
      pairs = refined;
    }
  }

 private:
  Pair best_companion(const Pairs& pairs) const {
    Table2<uint64_t, kMaxCdefCandidates, kMaxCdefCandidates> sums = {};
    for (const int sb : trial_.filtered) {
      const uint64_t limit = pairs.empty() ? ~uint64_t{0} : error(sb, pairs[best(sb, pairs)]);
      for (int l = 0; l < luma_count_; l++)
        for (int c = 0; c < chroma_count_; c++) sums[l][c] += std::min(limit, error(sb, {l, c}));
    }
    Pair best;
    for (int l = 0; l < luma_count_; l++)
      for (int c = 0; c < chroma_count_; c++)
        if (sums[l][c] < sums[best.luma][best.chroma]) best = {l, c};
    return best;
  }

  const CdefTrial& trial_;
  int luma_count_, chroma_count_;
};

void set_strengths(CdefParams& cdef, int index, CdefStrength luma, CdefStrength chroma) {
  cdef.cdef_y_pri_strength[index] = static_cast<uint8_t>(luma.pri);
  cdef.cdef_y_sec_strength[index] = static_cast<uint8_t>(luma.sec);
  cdef.cdef_uv_pri_strength[index] = static_cast<uint8_t>(chroma.pri);
  cdef.cdef_uv_sec_strength[index] = static_cast<uint8_t>(chroma.sec);
}

}  // namespace

/// Least-squares fits of searched strengths over the 8-bit AC step.
Array<CdefStrength, CDEF_PLANE_KINDS> cdef_strengths_of_quantiser(const FrameHeader& header) {
  const double q = ac_q(header.quantization.base_q_idx, 8);
  const auto pri = [&](double a, double b, double c) {
    return clip3(0, 15, static_cast<int>(std::lround(a * q * q + b * q + c)));
  };
  const auto sec = [&](double a, double b, double c) {
    const int code = clip3(0, 3, static_cast<int>(std::lround(a * q * q + b * q + c)));
    return code == 3 ? 4 : code;
  };
  if (header.frame_is_intra())
    return {CdefStrength{pri(3.37e-6, 8.07e-3, .019), sec(2.92e-6, 2.78e-3, .008)},
            CdefStrength{pri(-1.308e-5, 1.289e-2, -.0075), sec(3.27e-6, 3.55e-4, .002)}};
  return {CdefStrength{pri(-2.36e-6, 6.862e-3, .027), sec(-5.76e-7, 1.399e-3, .038)},
          CdefStrength{pri(-7.1e-7, 3.463e-3, .009), sec(2.39e-7, 2.82e-4, .056)}};
}

template <Pixel P>
void choose_cdef(FrameWork<P>& frame, const FramePlan& plan, const DspTable<P>& dsp, WorkerPool& workers,
                 CdefTrial& trial) {
  const PictureFormat& format = frame.format;
  CdefParams& cdef = frame.header.cdef;
  cdef = {};
  frame.cdef_idx.fill(-1);
  if (!allows_cdef(plan.sequence, frame.header)) return;
  cdef.cdef_damping = static_cast<uint8_t>(3 + (frame.header.quantization.base_q_idx >> 6));

  const int sb_cols = format.sb_cols(), sb_count = sb_cols * format.sb_rows();
  trial.filtered.clear();
  for (int sb = 0; sb < sb_count; sb++)
    if (cdef_blocks(frame.blocks, sb / sb_cols, sb % sb_cols)) trial.filtered.push_back(sb);
  const auto index_of = [&](int sb) -> int8_t& { return frame.cdef_idx.at(sb % sb_cols, sb / sb_cols); };

  if (trial.filtered.empty()) return;

  const Array<CdefStrength, CDEF_PLANE_KINDS> guess = cdef_strengths_of_quantiser(frame.header);
  const FilterSettings& settings = plan.settings.filter;
  if (settings.cdef_strengths == 0) {
    set_strengths(cdef, 0, guess[CDEF_LUMA], format.monochrome ? CdefStrength{} : guess[CDEF_CHROMA]);
    for (const int sb : trial.filtered) index_of(sb) = 0;
    return;
  }

  Candidates candidates[CDEF_PLANE_KINDS];
  for (const CdefPlaneKind kind : {CDEF_LUMA, CDEF_CHROMA})
    candidates[kind] =
        make_candidates(guess[kind], kind == CDEF_CHROMA && format.monochrome ? 1 : settings.cdef_strengths);
  if (trial.errors.size() < static_cast<size_t>(sb_count)) trial.errors.resize(sb_count);
  constexpr int kRun = 4;  // superblocks of a job
  const int measured = static_cast<int>(trial.filtered.size());
  workers.run_parallel(div_ceil(measured, kRun), [&](int run) {
    SuperblockTrial<P> superblock(frame, dsp, candidates, settings);
    for (int i = run * kRun; i < std::min(measured, (run + 1) * kRun); i++) {
      const int sb = trial.filtered[i];
      superblock.measure(sb / sb_cols, sb % sb_cols, trial.errors[sb]);
    }
  });

  constexpr int kPairBits = 12;  // of the frame header
  PairChoice choice(trial, candidates[CDEF_LUMA].size(), candidates[CDEF_CHROMA].size());
  Pairs pairs, best;
  double least = 0;
  for (int bits = 0; bits <= std::min(settings.cdef_max_bits, 3); bits++) {
    while (pairs.size() < 1 << bits) choice.extend(pairs);
    choice.refine(pairs);
    const double cost = static_cast<double>(choice.total(pairs)) +
                        plan.lambda * (static_cast<double>(measured) * bits + kPairBits * pairs.size());
    if (best.empty() || cost < least) {
      least = cost;
      best = pairs;
      cdef.cdef_bits = static_cast<uint8_t>(bits);
    }
  }
  for (int i = 0; i < best.size(); i++)
    set_strengths(cdef, i, candidates[CDEF_LUMA][best[i].luma], candidates[CDEF_CHROMA][best[i].chroma]);
  for (const int sb : trial.filtered) index_of(sb) = static_cast<int8_t>(choice.best(sb, best));
}

#define TESSERA_INSTANTIATE(P) \
  template void choose_cdef(FrameWork<P>&, const FramePlan&, const DspTable<P>&, WorkerPool&, CdefTrial&);
TESSERA_INSTANTIATE(uint8_t)
TESSERA_INSTANTIATE(uint16_t)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
