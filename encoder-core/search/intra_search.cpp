#include "search/intra_search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/int_math.h"
#include "block/tx_type_rules.h"
#include "block/write_inter_info.h"
#include "block/write_intra_info.h"
#include "block/write_palette.h"
#include "block/write_tx_size.h"

namespace tessera {
namespace {

/// Magnitudes of CfL alphas tried around the least-squares one.
constexpr int kCflTries = 1;

template <Pixel P>
void copy_samples(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h) {
  for (int y = 0; y < h; y++) std::copy_n(src + y * src_stride, w, dst + y * dst_stride);
}

TxSize size_at_depth(BlockSize size, int depth) {
  TxSize tx = Max_Tx_Size_Rect[size];
  for (int i = 0; i < depth; i++) tx = Split_Tx_Size[tx];
  return tx;
}

/// Directions that are read off from above right of the block.
bool takes_above_right(PredictionMode mode, int angle_delta) {
  return is_directional_mode(mode) && Mode_To_Angle[mode] + angle_delta * ANGLE_STEP < 90;
}

}  // namespace

template <Pixel P>
bool IntraSearch<P>::stands_alone(const BlockInfo& info) const {
  return s_.header().frame_is_intra() || s_.plan.refresh.intra_only(info);
}

template <Pixel P>
IntraBlock IntraSearch<P>::plane_block(const BlockInfo& info, int plane) const {
  const PictureFormat& f = s_.frame.format;
  const int sub_x = f.ss_x(plane), sub_y = f.ss_y(plane);
  // spec 5.11.5: AvailUChroma and AvailLChroma look from the first unit that the chroma block covers.
  const int row = sub_y && (Num_4x4_Blocks_High[info.size] & 1) ? info.mi_row - (info.mi_row & 1) : info.mi_row;
  const int col = sub_x && (Num_4x4_Blocks_Wide[info.size] & 1) ? info.mi_col - (info.mi_col & 1) : info.mi_col;
  IntraBlock block = {.plane = plane,
                      .sub_x = sub_x,
                      .sub_y = sub_y,
                      .x = (info.mi_col >> sub_x) * MI_SIZE,
                      .y = (info.mi_row >> sub_y) * MI_SIZE,
                      .avail_left = col > s_.tile.mi_col_start,
                      .avail_above = row > s_.tile.mi_row_start,
                      .mi_rows = s_.header().size.mi_rows,
                      .mi_cols = s_.header().size.mi_cols,
                      .edge_filter = s_.plan.sequence.enable_intra_edge_filter,
                      .filter_type = false};
  block.filter_type = intra_filter_type(s_.frame.blocks, info.mi_row, info.mi_col, block);
  return block;
}

template <Pixel P>
void IntraSearch<P>::edges_at(const IntraBlock& block, int x, int y, int w, int h, IntraEdges<P>& edges) {
  const PlaneView<const P> recon = s_.frame.plane(block.plane);
  prepare_intra_edges(edges, recon, intra_place(s_.decoded, block, x, y, w, h), s_.bit_depth());
}

template <Pixel P>
uint64_t IntraSearch<P>::mode_rate(const BlockInfo& info) {
  FrozenCostCounter counter = s_.counter();
  write_y_mode(counter, s_.wc, info);
  write_filter_intra(counter, s_.wc, info);
  return counter.bits512();
}

/// What precedes the modes of an intra block, and its luma palette.
template <Pixel P>
uint64_t IntraSearch<P>::leading_rate(const BlockInfo& info) {
  FrozenCostCounter counter = s_.counter();
  const Neighbours near(s_.context, info.mi_row, info.mi_col);
  write_skip(counter, s_.wc, near, info);
  if (!s_.header().frame_is_intra()) write_is_inter(counter, s_.wc, near, info);
  write_palette_y(counter, s_.wc, info);
  write_color_map(counter, s_.wc, info, 0);
  return counter.bits512();
}

template <Pixel P>
void IntraSearch<P>::rank_modes(BlockInfo& info, float bar, Candidates& out) {
  const IntraSettings& set = s_.settings().intra;
  const bool every = stands_alone(info) || set.all_modes_inter, no_above_right = s_.plan.refresh.at_the_end(info);
  const int w = block_width(info.size);
  const P* const src = s_.source_at(0, info.mi_row, info.mi_col);
  P* const pred = s_.scratch.pred[0].luma.data();
  const auto consider = [&](PredictionMode mode, int delta, int filter = -1) {
    if (no_above_right && takes_above_right(mode, delta)) return;
    Candidate c = {mode, static_cast<int8_t>(delta), 0, static_cast<int8_t>(filter)};
    c.apply(info);
    predict_luma(info, s_.scratch.edges, 0, 0, pred, w);
    const uint32_t satd = s_.dsp.distortion.satd[info.size](src, s_.source_stride[0], pred, w);
    c.cost = satd + static_cast<uint32_t>(s_.sad_lambda * static_cast<float>(mode_rate(info)));
    int at = out.size();
    while (at > 0 && out[at - 1].cost > c.cost) at--;
    if (!out.full()) out.insert(at, c);
  };
  // A flat prediction that is far off is seldom saved by a direction.
  consider(DC_PRED, 0);
  if (static_cast<float>(out[0].cost) > set.dc_margin * bar) return;
  constexpr Array<PredictionMode, 4> kFew = {SMOOTH_PRED, V_PRED, H_PRED, PAETH_PRED};
  if (every)
    for (int m = V_PRED; m <= PAETH_PRED; m++) consider(static_cast<PredictionMode>(m), 0);
  else
    for (PredictionMode m : kFew) consider(m, 0);
  if (every && set.filter_intra && allows_filter_intra(s_.plan.sequence, info.size))
    for (int filter = 0; filter < static_cast<int>(Filter_Intra_Mode_To_Intra_Dir.size()); filter++) consider(DC_PRED, 0, filter);
  if (!every || !set.angle_deltas || !allows_angle_delta(info.size)) return;
  // Angle deltas around the two best directions.
  FixedVector<PredictionMode, 2> directions;
  for (const Candidate& c : out)
    if (is_directional_mode(c.mode) && !directions.full()) directions.push_back(c.mode);
  for (PredictionMode m : directions)
    for (int delta : {-3, -2, -1, 1, 2, 3}) consider(m, delta);
}

/// One transform block of luma, at x, y.
template <Pixel P>
void IntraSearch<P>::predict_luma(const BlockInfo& info, const IntraEdges<P>& edges, int x, int y, P* dst, ptrdiff_t stride) {
  if (info.palette_size[0]) palettes_.predict(info, 0, x, y, edges.place.w, edges.place.h, dst, stride);
  else if (info.use_filter_intra) predict_filter_intra(s_.dsp.intra, edges, info.filter_intra_mode, dst, stride);
  else predict_from_edges(s_.dsp.intra, edges, info.y_mode, info.angle_delta_y, dst, stride);
}

template <Pixel P>
RdCost IntraSearch<P>::trial(BlockInfo& info) {
  const TxSize size = Max_Tx_Size_Rect[info.size];
  const int w = block_width(info.size), h = block_height(info.size);
  P* const pred = s_.scratch.pred[0].luma.data();
  predict_luma(info, s_.scratch.edges, info.mi_col * MI_SIZE, info.mi_row * MI_SIZE, pred, w);
  s_.dsp.distortion.residual(s_.source_at(0, info.mi_row, info.mi_col), s_.source_stride[0], pred, w,
                             s_.scratch.residual.data(), w, w, h);
  const UnitChoice unit = tx_.code_unit({.info = info,
                                         .plane = 0,
                                         .size = size,
                                         .x4 = info.mi_col,
                                         .y4 = info.mi_row,
                                         .types = tx_.candidate_types(info, size, s_.settings().tx.type_candidates_trial),
                                         .trellis = s_.settings().tx.trellis_in_trials},
                                        s_.scratch.residual.data(), w, s_.scratch.unit_levels[0].data());
  RdCost cost = {.distortion = unit.distortion, .rate = unit.rate + mode_rate(info) + leading_rate(info)};
  cost.j = s_.j(cost.distortion, cost.rate);
  return cost;
}

template <Pixel P>
RdCost IntraSearch<P>::choose_luma(BlockInfo& info, float bar, bool compared) {
  info.is_inter = 0;
  info.ref_frame = {INTRA_FRAME, NONE};
  info.mv = {};
  info.use_filter_intra = 0;
  info.tx_size = s_.lossless() ? TX_4X4 : Max_Tx_Size_Rect[info.size];
  const IntraBlock block = plane_block(info, 0);
  const int w = block_width(info.size), h = block_height(info.size);
  edges_at(block, block.x, block.y, w, h, s_.scratch.edges);
  Candidates ranked;
  rank_modes(info, bar, ranked);

  const int tries = std::min<int>(ranked.size(), stands_alone(info) ? s_.settings().intra.full_rd_modes : s_.settings().intra.full_rd_modes_inter);
  RdCost best = {.j = std::numeric_limits<double>::infinity()};
  int winner = 0;
  if (!compared && tries == 1 && !tries_palettes(info)) {
    ranked[0].apply(info);
    return best;
  }
  for (int i = 0; i < tries && static_cast<float>(ranked[0].cost) <= bar; i++) {
    ranked[i].apply(info);
    if (s_.lossless()) {  // whole-block transforms do not exist there: the ranking decides
      best = {.distortion = 0, .rate = 0, .j = static_cast<double>(ranked[0].cost)};
      break;
    }
    const RdCost cost = trial(info);
    if (cost.j < best.j) {
      best = cost;
      winner = i;
    }
  }
  ranked[winner].apply(info);
  try_palettes(info, bar, best);
  return best;
}

template <Pixel P>
bool IntraSearch<P>::tries_palettes(const BlockInfo& info) const {
  return s_.settings().intra.palettes > 0 && codes_palettes(s_.header(), info.size) && searches_palettes(info.size);
}

/// Lets palettes compete with the best mode so far, which costs `best`.
template <Pixel P>
void IntraSearch<P>::try_palettes(BlockInfo& info, float bar, RdCost& best) {
  // No palette takes fewer bits than this.
  constexpr float kLeastBits = 24;
  if (!tries_palettes(info)) return;
  const int area = block_width(info.size) * block_height(info.size);
  if (bar < s_.sad_lambda * kCostOneBit * std::max(kLeastBits, s_.settings().intra.palette_above * static_cast<float>(area))) return;
  BlockInfo with = info;
  with.y_mode = DC_PRED;
  with.angle_delta_y = 0;
  with.use_filter_intra = 0;
  palettes_.propose(with, 0, s_.settings().intra.palettes, found_);
  int winner = -1, last = -1;
  const int w = block_width(info.size);
  const P* const src = s_.source_at(0, info.mi_row, info.mi_col);
  for (int i = 0; i < found_.size(); i++) {
    palettes_.apply(with, 0, found_[i]);
    last = i;
    RdCost cost;
    if (s_.lossless()) {
      P* const pred = s_.scratch.pred[0].luma.data();
      predict_luma(with, s_.scratch.edges, info.mi_col * MI_SIZE, info.mi_row * MI_SIZE, pred, w);
      const uint64_t rate = mode_rate(with) + palettes_.rate(with, 0);
      cost.j = s_.dsp.distortion.satd[info.size](src, s_.source_stride[0], pred, w) + s_.sad_lambda * static_cast<float>(rate);
    } else {
      cost = trial(with);
    }
    if (cost.j >= best.j) continue;
    best = cost;
    winner = i;
  }
  if (winner < 0) return;
  if (last != winner) palettes_.apply(with, 0, found_[winner]);
  info = with;
}

template <Pixel P>
RdCost IntraSearch<P>::code_luma_at_depth(BlockInfo& info, int depth, double bar, CodedPlane& coded) {
  coded.clear();
  info.tx_size = s_.lossless() ? TX_4X4 : size_at_depth(info.size, depth);
  const IntraBlock block = plane_block(info, 0);
  const PlaneView<P> recon = s_.frame.plane(0);
  const int w = Tx_Width[info.tx_size], h = Tx_Height[info.tx_size];
  Level* const levels = s_.scratch.block_levels.data();
  const int max_types = s_.settings().tx.type_candidates;
  walk_transform_raster(s_.layout(), info, 0, info.tx_size, [&](const TransformBlock& t) {
    if (s_.j(coded.distortion, coded.rate) >= bar) return;
    const int x = t.x4 * 4, y = t.y4 * 4;
    edges_at(block, x, y, w, h, s_.scratch.edges);
    P* const dst = recon.ptr(x, y, w, h);
    predict_luma(info, s_.scratch.edges, x, y, dst, recon.stride());
    s_.dsp.distortion.residual(s_.source_at(0, t.mi_row, t.mi_col), s_.source_stride[0], dst, recon.stride(),
                               s_.scratch.residual.data(), w, w, h);
    const UnitChoice unit = tx_.code_unit({.info = info,
                                           .plane = 0,
                                           .size = info.tx_size,
                                           .x4 = t.x4,
                                           .y4 = t.y4,
                                           .types = tx_.candidate_types(info, info.tx_size, max_types),
                                           .trellis = s_.settings().tx.trellis},
                                          s_.scratch.residual.data(), w, levels + coded.num_levels);
    if (unit.eob > 0) tx_.reconstruct(unit, 0, s_.lossless(), levels + coded.num_levels, dst, recon.stride());
    tx_.enter_unit(unit, t);
    coded.units.push_back(unit);
    coded.places.push_back(t);
    coded.num_levels += coded_area(info.tx_size);
    coded.distortion += unit.distortion;
    coded.rate += unit.rate;
    coded.any_coefficients |= unit.eob > 0;
    const int sb_x4 = t.x4 - s_.sb_mi_col, sb_y4 = t.y4 - s_.sb_mi_row;
    s_.decoded.mark(0, sb_x4, sb_y4, w >> 2, h >> 2);
  });
  FrozenCostCounter counter = s_.counter();
  info.skip = 0;
  write_tx_depth(counter, s_.wc, Neighbours(s_.context, info.mi_row, info.mi_col), info);
  const uint64_t rate = coded.rate + counter.bits512();
  return {coded.distortion, rate, s_.j(coded.distortion, rate)};
}

template <Pixel P>
void IntraSearch<P>::prepare_cfl(const BlockInfo& info, TxSize size) {
  const PictureFormat& f = s_.frame.format;
  const int w = Tx_Width[size], h = Tx_Height[size];
  // The luma of a chroma unit that covers several small blocks begins at the first of them.
  const int x = ((info.mi_col >> f.subsampling_x) << f.subsampling_x) * MI_SIZE;
  const int y = ((info.mi_row >> f.subsampling_y) << f.subsampling_y) * MI_SIZE;
  // MaxLumaW and MaxLumaH: where the block's last luma transform that begins inside the frame ends.
  const auto max_luma = [](int begin, int block, int frame_end, int tx) {
    return begin + align_up(std::min(block, frame_end - begin), tx);
  };
  const int end_x = max_luma(info.mi_col * MI_SIZE, block_width(info.size), s_.header().size.mi_cols * MI_SIZE, Tx_Width[info.tx_size]);
  const int end_y = max_luma(info.mi_row * MI_SIZE, block_height(info.size), s_.header().size.mi_rows * MI_SIZE, Tx_Height[info.tx_size]);
  const PlaneView<P> luma = s_.frame.plane(0);
  s_.dsp.intra.special.cfl_ac[f.subsampling_x][f.subsampling_y](
      s_.scratch.cfl_ac[0].data(), luma.ptr(x, y), luma.stride(), w, h,
      std::min(w << f.subsampling_x, end_x - x), std::min(h << f.subsampling_y, end_y - y));
}

/// Least-squares alpha of each plane on the source, then the joint sign and magnitudes.
template <Pixel P>
void IntraSearch<P>::choose_cfl_alphas(BlockInfo& info) {
  const TxSize size = chroma_tx_size(info, s_.layout(), s_.lossless());
  const int w = Tx_Width[size], h = Tx_Height[size];
  prepare_cfl(info, size);
  const int16_t* const ac = s_.scratch.cfl_ac[0].data();
  Array<int, 2> alpha = {};
  for (int i = 0; i < 2; i++) {
    P* const dc = s_.scratch.pred[0].chroma[i].data();
    predict_from_edges(s_.dsp.intra, i ? s_.scratch.edges_v : s_.scratch.edges_u, DC_PRED, 0, dc, w);
    const P* const src = s_.source_at(i + 1, info.mi_row, info.mi_col);
    int64_t num = 0, den = 0;
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) {
        const int a = ac[y * w + x], d = src[y * s_.source_stride[i + 1] + x] - dc[y * w + x];
        num += a * d;
        den += a * a;
      }
    // ac is in 1/8 sample and alpha in 1/8: prediction = alpha * ac / 64.
    if (den > 0) alpha[i] = static_cast<int>(std::clamp<double>(std::nearbyint(64.0 * static_cast<double>(num) / static_cast<double>(den)), -16, 16));
  }
  // Both zero is not a CfL prediction: the smallest step of the first plane stands for it.
  if (alpha[0] == 0 && alpha[1] == 0) alpha[0] = 1;
  // cfl_alpha_signs: sign of U and V, each zero, negative or positive; not both zero.
  const auto sign = [](int a) { return a == 0 ? 0 : a < 0 ? 1 : 2; };
  info.cfl_joint_sign = static_cast<uint8_t>(sign(alpha[0]) * 3 + sign(alpha[1]) - 1);
  info.cfl_alpha_u = static_cast<uint8_t>(alpha[0] ? std::abs(alpha[0]) - 1 : 0);
  info.cfl_alpha_v = static_cast<uint8_t>(alpha[1] ? std::abs(alpha[1]) - 1 : 0);
}

template <Pixel P>
void IntraSearch<P>::predict_chroma(const BlockInfo& info, const IntraEdges<P>& edges, int plane, P* dst, ptrdiff_t stride,
                                    int w, int h) {
  if (info.uv_mode != UV_CFL_PRED) {
    predict_from_edges(s_.dsp.intra, edges, info.uv_mode, info.angle_delta_uv, dst, stride);
    return;
  }
  predict_from_edges(s_.dsp.intra, edges, DC_PRED, 0, dst, stride);
  const int sign_u = (info.cfl_joint_sign + 1) / 3, sign_v = (info.cfl_joint_sign + 1) % 3;
  const int s = plane == 1 ? sign_u : sign_v, magnitude = (plane == 1 ? info.cfl_alpha_u : info.cfl_alpha_v) + 1;
  const int alpha = s == 0 ? 0 : s == 1 ? -magnitude : magnitude;
  s_.dsp.intra.special.cfl_apply(dst, stride, s_.scratch.cfl_ac[0].data(), w, h, dst[0], alpha, s_.bit_depth());
}

template <Pixel P>
RdCost IntraSearch<P>::code_chroma_with(const BlockInfo& info, CodedPlane coded[2], Level* levels) {
  const TxSize size = chroma_tx_size(info, s_.layout(), s_.lossless());
  const int w = Tx_Width[size], h = Tx_Height[size];
  RdCost cost;
  for (int i = 0; i < 2; i++) {
    const int plane = i + 1;
    CodedPlane& c = coded[i];
    c.clear();
    const IntraBlock block = plane_block(info, plane);
    const PlaneView<P> recon = s_.frame.plane(plane);
    const TxType type = compute_tx_type_uv(s_.header(), info, size, DCT_DCT);
    int index = 0;
    walk_transform_raster(s_.layout(), info, plane, size, [&](const TransformBlock& t) {
      const int x = t.x4 * 4, y = t.y4 * 4;
      // The first unit's edges are those that every mode of the choice shares.
      IntraEdges<P>& edges = index == 0 ? (i ? s_.scratch.edges_v : s_.scratch.edges_u) : s_.scratch.edges;
      if (index++ > 0) edges_at(block, x, y, w, h, edges);
      P* const dst = recon.ptr(x, y, w, h);
      if (info.palette_size[1]) palettes_.predict(info, plane, x, y, w, h, dst, recon.stride());
      else predict_chroma(info, edges, plane, dst, recon.stride(), w, h);
      const int off_x = x - block.x, off_y = y - block.y;
      s_.dsp.distortion.residual(s_.source_at(plane, info.mi_row, info.mi_col) + off_y * s_.source_stride[plane] + off_x,
                                 s_.source_stride[plane], dst, recon.stride(), s_.scratch.residual.data(), w, w, h);
      Level* const out = levels + i * kSbSize * kSbSize + c.num_levels;
      const UnitChoice unit = tx_.code_unit({.info = info,
                                             .plane = plane,
                                             .size = size,
                                             .x4 = t.x4,
                                             .y4 = t.y4,
                                             .types = {&type, 1},
                                             .trellis = s_.settings().tx.trellis},
                                            s_.scratch.residual.data(), w, out);
      if (unit.eob > 0) tx_.reconstruct(unit, plane, s_.lossless(), out, dst, recon.stride());
      tx_.enter_unit(unit, t);
      c.units.push_back(unit);
      c.places.push_back(t);
      c.num_levels += coded_area(size);
      c.any_coefficients |= unit.eob > 0;
      cost.distortion += unit.distortion;
      cost.rate += unit.rate;
      s_.decoded.mark(plane, (x - ((s_.sb_mi_col * MI_SIZE) >> block.sub_x)) >> 2, (y - ((s_.sb_mi_row * MI_SIZE) >> block.sub_y)) >> 2,
                      w >> 2, h >> 2);
    });
  }
  FrozenCostCounter counter = s_.counter();
  write_uv_mode(counter, s_.wc, info);
  write_palette_uv(counter, s_.wc, info);
  write_color_map(counter, s_.wc, info, 1);
  cost.rate += counter.bits512();
  cost.j = s_.j(cost.distortion, cost.rate);
  return cost;
}

template <Pixel P>
RdCost IntraSearch<P>::choose_chroma(BlockInfo& info) {
  const TxSize size = chroma_tx_size(info, s_.layout(), s_.lossless());
  const int w = Tx_Width[size], h = Tx_Height[size];
  for (int plane = 1; plane < kPlanes; plane++) {
    const IntraBlock block = plane_block(info, plane);
    edges_at(block, block.x, block.y, w, h, plane == 1 ? s_.scratch.edges_u : s_.scratch.edges_v);
  }
  const PictureFormat& f = s_.frame.format;
  struct Option {
    PredictionMode mode;
    int8_t delta;
    const Palette* palette = nullptr;
  };
  FixedVector<Option, 6 + PALETTE_COLORS> options;
  const auto offer = [&](PredictionMode mode, int8_t delta) {
    if (options.size() >= s_.settings().intra.chroma_modes + (mode == UV_CFL_PRED)) return;
    for (const Option& o : options)
      if (o.mode == mode) return;
    options.push_back({mode, delta});
  };
  offer(info.y_mode, info.angle_delta_y);
  if (s_.settings().intra.cfl && allows_cfl(info.size, s_.lossless(), f.subsampling_x, f.subsampling_y)) offer(UV_CFL_PRED, 0);
  offer(DC_PRED, 0);
  offer(SMOOTH_PRED, 0);
  offer(V_PRED, 0);
  offer(H_PRED, 0);
  if (info.palette_size[0]) {
    info.uv_mode = DC_PRED;
    palettes_.propose(info, 1, s_.settings().intra.palettes, found_);
    for (const Palette& p : found_) options.push_back({DC_PRED, 0, &p});
  }

  const BlockContext::Checkpoint start = s_.context.save(info.mi_col);
  const BlockDecodedMap decoded = s_.decoded;
  RdCost best = {.j = std::numeric_limits<double>::infinity()};
  BlockInfo best_info = info;
  BlockContext::Checkpoint best_context = start;
  int last = 0, winner = 0, at_hand = 0;
  const auto code = [&](int i) {
    s_.context.restore(start);
    s_.decoded = decoded;
    info.uv_mode = options[i].mode;
    info.angle_delta_uv = options[i].delta;
    info.palette_size[1] = 0;
    if (options[i].palette) palettes_.apply(info, 1, *options[i].palette);
    if (info.uv_mode == UV_CFL_PRED) choose_cfl_alphas(info);
    last = i;
    return code_chroma_with(info, chroma_[at_hand].data(), chroma_levels(at_hand));
  };
  // The samples of the whole block, kept aside or put back.
  const int all_w = std::max(block_width(info.size) >> f.subsampling_x, 4), all_h = std::max(block_height(info.size) >> f.subsampling_y, 4);
  const auto move_samples = [&](bool back) {
    for (int plane = 1; plane < kPlanes; plane++) {
      const PlaneView<P> recon = s_.frame.plane(plane);
      P* const at = recon.ptr((info.mi_col >> f.subsampling_x) * MI_SIZE, (info.mi_row >> f.subsampling_y) * MI_SIZE, all_w, all_h);
      P* const kept = s_.scratch.pred[1].chroma[plane - 1].data();
      if (back) copy_samples(at, recon.stride(), kept, all_w, all_w, all_h);
      else copy_samples(kept, all_w, at, recon.stride(), all_w, all_h);
    }
  };
  for (int i = 0; i < options.size(); i++) {
    const RdCost cost = code(i);
    if (cost.j < best.j) {
      best = cost;
      best_info = info;
      winner = i;
      chroma_winner_ = at_hand;
      at_hand = 1 - at_hand;
      if (i + 1 == options.size()) break;
      best_context = s_.context.save(info.mi_col);
      move_samples(false);
    }
  }
  if (last != winner) {
    if (options[winner].palette) palettes_.apply(info, 1, *options[winner].palette);
    s_.context.restore(best_context);
    move_samples(true);
  }
  info = best_info;
  return best;
}

template <Pixel P>
RdCost IntraSearch<P>::code(BlockInfo& info) {
  info.skip = 0;
  info.is_inter = 0;
  const int w = block_width(info.size), h = block_height(info.size);
  const PlaneView<P> recon = s_.frame.plane(0);
  P* const at = recon.ptr(info.mi_col * 4, info.mi_row * 4);
  const BlockContext::Checkpoint start = s_.context.save(info.mi_col);
  const BlockDecodedMap decoded = s_.decoded;
  const Level* best_levels = s_.scratch.block_levels.data();
  Level* const kept_levels = s_.scratch.block_levels.data() + kSbSize * kSbSize;

  // Luma: transform depths, the best kept aside.
  const int max_depth = s_.lossless() || s_.header().tx_mode != TX_MODE_SELECT
                            ? 0
                            : std::min<int>({s_.settings().tx.intra_depth, Max_Tx_Depth[info.size], 2});
  RdCost luma = {.j = std::numeric_limits<double>::infinity()};
  BlockContext::Checkpoint best_context = start;
  BlockDecodedMap best_decoded = decoded;
  TxSize best_size = info.tx_size;
  P* const kept = s_.scratch.pred[1].luma.data();
  int last = 0, winner = 0, best = 0, at_hand = 0;
  for (int depth = 0; depth <= max_depth; depth++) {
    s_.context.restore(start);
    s_.decoded = decoded;
    const RdCost cost = code_luma_at_depth(info, depth, luma.j, luma_[at_hand]);
    last = depth;
    if (cost.j < luma.j) {
      luma = cost;
      winner = depth;
      best_size = info.tx_size;
      best_context = s_.context.save(info.mi_col);
      best_decoded = s_.decoded;
      best = at_hand;
      at_hand = 1 - at_hand;
      best_levels = s_.scratch.block_levels.data();
      if (depth == max_depth) break;
      best_levels = std::copy_n(best_levels, luma_[best].num_levels, kept_levels) - luma_[best].num_levels;
      copy_samples(kept, w, at, recon.stride(), w, h);
    }
  }
  if (last != winner) {
    copy_samples(at, recon.stride(), kept, w, w, h);
    s_.context.restore(best_context);
    s_.decoded = best_decoded;
  }
  info.tx_size = best_size;

  RdCost total = luma;
  bool any = luma_[best].any_coefficients;
  if (info.has_chroma) {
    const RdCost chroma = choose_chroma(info);
    total.distortion += chroma.distortion;
    total.rate += chroma.rate;
    for (const CodedPlane& c : chroma_[chroma_winner_]) any |= c.any_coefficients;
  }
  info.skip = !any;
  total.rate += mode_rate(info) + leading_rate(info);
  tx_.store_plane(info, luma_[best], best_levels);
  if (info.has_chroma)
    for (int i = 0; i < 2; i++) tx_.store_plane(info, chroma_[chroma_winner_][i], chroma_levels(chroma_winner_) + i * kSbSize * kSbSize);
  total.j = s_.j(total.distortion, total.rate);
  return total;
}

template class IntraSearch<uint8_t>;
template class IntraSearch<uint16_t>;

}  // namespace tessera
