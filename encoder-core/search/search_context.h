// What the search of one tile works on and with: the frame, the tile's adaptive state, and memory that is allocated
// once. Everything below search reaches its surroundings through this record.
#pragma once

#include "base/fixed_vector.h"
#include "block/block_context.h"
#include "frame/tile_layout.h"
#include "block/predict_inter.h"
#include "block/predict_intra.h"
#include "block/ref_mv.h"
#include "block/transform_blocks.h"
#include "block/warp_model.h"
#include "block/write_context.h"
#include "dsp/dsp_table.h"
#include "dsp/quantize.h"
#include "entropy/cdf_context.h"
#include "entropy/cdf_journal.h"
#include "entropy/cost_counter.h"
#include "frame/frame_work.h"
#include "motion/block_motion.h"
#include "motion/copy_map.h"
#include "motion/late_motion.h"
#include "motion/superblock_motion.h"
#include "search/candidate_predictions.h"

namespace tessera {

/// Squared error (summed over planes by their weights, at the coded depth) and rate in 1/512 bit; J = distortion + lambda * rate.
struct RdCost {
  int64_t distortion = 0;
  uint64_t rate = 0;
  double j = 0;
};

/// The quantisers of one qindex: luma, and chroma with the frame's deltas.
struct PlaneQuantisers {
  Array<QuantStep, kPlanes> step;
};

/// Coarse vectors towards each searched reference, by RefFrame; empty where not searched.
using CoarseMotions = Array<const CoarseMotion*, TOTAL_REFS_PER_FRAME>;

/// Samples of one block in all planes, rows of kSbSize (chroma: kSbSize >> subsampling).
template <Pixel P>
struct BlockSamples {
  alignas(64) Array<P, kSbSize * kSbSize> luma;
  alignas(64) Table2<P, 2, kSbSize * kSbSize> chroma;
  P* plane(int p) { return p == 0 ? luma.data() : chroma[p - 1].data(); }
};

/// CDFs, and what symbols cost by them as they stood a while ago.
struct Probabilities {
  CdfContext cdfs;
  CostTables costs;
  MvCostTable mv_cost;

  void refresh_costs(const FrameHeader& header) {
    build_cost_tables(cdfs, costs);
    if (!header.frame_is_intra() || header.allow_intrabc) mv_cost.build(cdfs, MvPrecision(header));
  }
};

/// The affine models that the neighbours of the block at hand give it.
struct BlockWarp {
  WarpNeighbours neighbours;
  /// The model of the last reference and vector asked for.
  RefFrame ref = NONE;
  Mv mv = {};
  bool valid = false;
  WarpParams params = {};
  WarpShear shear;
};

/// Working memory of one thread's search.
template <Pixel P>
struct SearchScratch {
  InterScratch<P> inter;
  alignas(64) Array<uint8_t, kSbSize * kSbSize> mask;    ///< of the COMPOUND_DIFFWTD block whose luma was predicted last
  BlockWarp warp;
  IntraEdges<P> edges, edges_u, edges_v;
  IntraEdges<P> edges_inter;                             ///< of inter-intra blocks, so that the others last while these are tried
  Array<BlockSamples<P>, 2> pred;                        ///< competing predictions
  CandidatePredictions<P> candidates;
  BlockSamples<P> source_edge;                           ///< source of a superblock that leaves the picture
  alignas(64) Array<int16_t, kSbSize * kSbSize> residual;
  alignas(64) Array<Coeff, 32 * 32> coeff, dequantised;
  alignas(64) Array<Level, 32 * 32> trial_levels;
  alignas(64) Table2<Level, 4, 32 * 32> unit_levels;     ///< of one transform unit, per depth of the tree
  alignas(64) Array<Level, 3 * kSbSize * kSbSize> block_levels;
  alignas(64) Array<Level, 4 * kSbSize * kSbSize> chroma_levels;
  alignas(64) Table2<int16_t, 1, 32 * 32> cfl_ac;
};

template <Pixel P>
struct RegionSnapshots;

template <Pixel P>
struct SearchContext {
  const FramePlan& plan;
  FrameWork<P>& frame;
  const DspTable<P>& dsp;
  const RefMvFrame& ref_mv_frame;
  const CoarseMotions& coarse;
  const LateMotions& late;             ///< of references beyond the usual
  const CopyMap* copies;               ///< of the source, where the frame allows intra block copies
  TileRect tile;
  CoefStore& coefs;

  // Adaptive state of the tile, or of its row.
  CdfContext& cdfs;
  CdfJournal& journal;
  CostTables& costs;
  MvCostTable& mv_cost;
  BlockContext& context;
  BlockDecodedMap& decoded;
  WriteContext& wc;                    ///< the same, as the syntax writers take it

  SearchScratch<P>& scratch;
  RegionSnapshots<P>& kept;

  // The superblock at hand.
  const P* source[kPlanes] = {};       ///< sample (0, 0) of the superblock
  ptrdiff_t source_stride[kPlanes] = {};
  int sb_mi_row = 0, sb_mi_col = 0;
  Array<SuperblockMotion, TOTAL_REFS_PER_FRAME> motion = {};  ///< of the superblock, by RefFrame, where searched
  int qindex = 0;
  PlaneQuantisers quant = {};
  double lambda = 0;                   ///< distortion worth 1/512 bit
  int num_refs = 0;                    ///< of plan.search_refs, that the superblock's blocks may use
  float sad_lambda = 0;                ///< SAD worth 1/512 bit

  /// A counter over the frozen cost tables.
  FrozenCostCounter counter() const { return FrozenCostCounter(cdfs, costs); }
  bool lossless() const { return plan.header.coded_lossless; }
  const FrameHeader& header() const { return plan.header; }
  const SearchSettings& settings() const { return plan.settings; }
  int bit_depth() const { return frame.format.bit_depth; }
  int planes() const { return frame.format.planes(); }
  TransformLayout layout() const { return TransformLayout(plan.sequence, plan.header); }
  /// A plane's squared error as it counts in J.
  int64_t weighed(int plane, int64_t error) const { return error * frame.weights[plane] >> 4; }
  /// Squared error of a plane worth 1/512 bit.
  double lambda_of(int plane) const { return 16 * lambda / frame.weights[plane]; }
  double j(int64_t distortion, uint64_t rate) const {
    return static_cast<double>(distortion) + lambda * static_cast<double>(rate);
  }
  /// Source samples of the block at a place inside the superblock; chroma from its whole 4x4 unit on, which begins
  /// before a narrow block at an odd place.
  const P* source_at(int plane, int mi_row, int mi_col) const {
    const int x = ((mi_col - sb_mi_col) >> frame.format.ss_x(plane)) * MI_SIZE;
    const int y = ((mi_row - sb_mi_row) >> frame.format.ss_y(plane)) * MI_SIZE;
    return source[plane] + y * source_stride[plane] + x;
  }
};

}  // namespace tessera
