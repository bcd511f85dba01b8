// Reference motion vectors against the specification's own words (tests/support/spec_mv_model.h), on frames
// of random legal partitions: block/ref_mv, block/ref_mv_temporal,
// block/warp_samples.
#include <gtest/gtest.h>

#include <random>

#include "block/ref_mv.h"
#include "block/ref_mv_temporal.h"
#include "block/warp_samples.h"
#include "tests/support/spec_mv_model.h"

namespace tessera {
namespace {

using test::SpecMv;
using test::SpecMvModel;

SpecMv spec(Mv mv) { return {{mv.row, mv.col}}; }
Mv ours(SpecMv mv) { return {narrow<int16_t>(mv[0]), narrow<int16_t>(mv[1])}; }

/// How a random frame looks.
struct Setup {
  int width = 200, height = 136;
  bool sb128 = false;
  int tile_cols = 1, tile_rows = 1;
  bool temporal = false, warp = false, high_precision = true, integer = false;
  int num_mvs = 6;   ///< distinct vectors: few make blocks agree
  int num_refs = 7;
  bool calm = false;    ///< single references and small vectors only: plenty of samples for local warp
  bool saving = false;  ///< with vectors at the limit of what is saved
  unsigned seed = 1;
};

class RandomFrame {
 public:
  explicit RandomFrame(const Setup& s) : setup_(s), rng_(s.seed) {
    make_headers();
    grid_.resize(header_.size.mi_rows, header_.size.mi_cols);
    spoil_grid();
    model_ = std::make_unique<SpecMvModel>(seq_, header_);
    make_references();
    project();
    frame_ = std::make_unique<RefMvFrame>(seq_, header_, grid_, &field_);
  }

  /// "Decodes" the frame, comparing at every block before placing it.
  void run() {
    const int sb = seq_.sb_mi();
    for (int tr = 0; tr < setup_.tile_rows; tr++)
      for (int tc = 0; tc < setup_.tile_cols; tc++) {
        const int rows = setup_.tile_rows, cols = setup_.tile_cols;
        tile_ = {edge(tr, rows, header_.size.mi_rows), edge(tr + 1, rows, header_.size.mi_rows),
                 edge(tc, cols, header_.size.mi_cols), edge(tc + 1, cols, header_.size.mi_cols)};
        model_->MiRowStart = tile_.mi_row_start;
        model_->MiRowEnd = tile_.mi_row_end;
        model_->MiColStart = tile_.mi_col_start;
        model_->MiColEnd = tile_.mi_col_end;
        for (int r = tile_.mi_row_start; r < tile_.mi_row_end; r += sb)
          for (int c = tile_.mi_col_start; c < tile_.mi_col_end; c += sb) {
            decode_partition(r, c, seq_.use_128x128_superblock ? BLOCK_128X128 : BLOCK_64X64);
            if (::testing::Test::HasFailure()) return;
          }
      }
  }

  void compare_saved() {
    SavedMvs saved(header_.size.mi_cols >> 1, header_.size.mi_rows >> 1);
    const int h8 = saved.height(), middle = h8 / 3;
    save_motion_vectors(seq_, header_, grid_, middle, h8, saved);
    save_motion_vectors(seq_, header_, grid_, 0, middle, saved);
    int kept = 0;
    for (int y = 0; y < h8; y++)
      for (int x = 0; x < saved.width(); x++) {
        int ref;
        SpecMv mv;
        model_->store(2 * y + 1, 2 * x + 1, ref, mv);
        ASSERT_EQ(saved.at(x, y).ref_frame, ref) << y << ' ' << x;
        ASSERT_EQ(saved.at(x, y).mv, ours(mv)) << y << ' ' << x;
        kept += ref > 0;
      }
    EXPECT_GT(kept, 0);
  }

  int blocks = 0, compound_blocks = 0, temporal_cells = 0, deepest_stack = 0, most_samples = 0;

 private:
  int pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(rng_); }
  bool one_in(int n) { return pick(n) == 0; }
  static int later(int order_hint, int frames) { return (order_hint + frames + 128) & 127; }
  int edge(int i, int n, int mi) const {
    const int sb = seq_.sb_mi(), sbs = (mi + sb - 1) / sb;
    return std::min(mi, (i * sbs + n - 1) / n * sb);
  }
  Mv random_mv(int range) {
    SpecMv mv = {{pick(2 * range + 1) - range, pick(2 * range + 1) - range}};
    model_->lower_mv_precision(mv);
    return ours(mv);
  }

  void make_headers() {
    seq_.use_128x128_superblock = setup_.sb128;
    header_.frame_type = INTER_FRAME;
    header_.size = make_frame_size(setup_.width, setup_.height);
    header_.allow_high_precision_mv = setup_.high_precision;
    header_.force_integer_mv = setup_.integer;
    header_.use_ref_frame_mvs = setup_.temporal;
    header_.order_hint = pick(128);
    for (int slot = 0; slot < NUM_REF_FRAMES; slot++)
      header_.ref_order_hint[slot] = later(header_.order_hint, one_in(6) ? pick(100) - 50 : pick(17) - 8);
    for (auto& idx : header_.ref_frame_idx) idx = static_cast<uint8_t>(pick(NUM_REF_FRAMES));
    if (!setup_.warp) return;
    for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++) {
      GlobalMotion& gm = header_.global_motion[ref];
      gm.gm_type = static_cast<WarpModelType>(pick(4));
      if (gm.gm_type == IDENTITY) continue;
      for (int i = 0; i < 2; i++) gm.gm_params[i] = pick(1 << 19) - (1 << 18);
      if (gm.gm_type == TRANSLATION) continue;
      for (int i = 2; i < 6; i++) gm.gm_params[i] += pick(1 << 9) - (1 << 8);
    }
  }

  /// Stale data of another frame, which must never be looked at.
  void spoil_grid() {
    BlockInfo stale;
    stale.size = BLOCK_4X4;
    stale.is_inter = 1;
    stale.y_mode = NEWMV;
    stale.ref_frame = {LAST_FRAME, NONE};
    stale.mv = {Mv{3000, 3000}, Mv{}};
    for (int r = 0; r < header_.size.mi_rows; r++)
      for (int c = 0; c < header_.size.mi_cols; c++) {
        stale.mi_row = static_cast<uint16_t>(r);
        stale.mi_col = static_cast<uint16_t>(c);
        stale.ref_frame[0] = static_cast<RefFrame>(1 + pick(7));
        grid_.place(stale);
      }
  }

  void make_references() {
    const int w8 = header_.size.mi_cols >> 1, h8 = header_.size.mi_rows >> 1;
    const Mv base = {static_cast<int16_t>(pick(801) - 400), static_cast<int16_t>(pick(801) - 400)};
    for (int slot = 0; slot < NUM_REF_FRAMES; slot++) {
      auto& s = model_->slots[slot];
      const bool other_size = one_in(10);
      s.RefMiRows = header_.size.mi_rows + (other_size ? 2 : 0);
      s.RefMiCols = header_.size.mi_cols;
      s.RefFrameType = one_in(5) ? pick(4) : static_cast<int>(INTER_FRAME);
      for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++)
        s.SavedOrderHints[ref] =
          later(header_.ref_order_hint[slot], one_in(8) ? pick(100) - 50 : pick(20) - 16);
      s.SavedRefFrames.assign(s.RefMiRows, std::vector<int>(s.RefMiCols, NONE));
      s.SavedMvs.assign(s.RefMiRows, std::vector<SpecMv>(s.RefMiCols));
      saved_[slot].resize(w8, h8 + (other_size ? 1 : 0));
      for (int y = 0; y < s.RefMiRows >> 1; y++)
        for (int x = 0; x < w8; x++) {
          SavedMv mv;
          if (!one_in(4)) {
            mv.ref_frame = static_cast<RefFrame>(1 + pick(7));
            mv.mv = base;
            const int range = one_in(2) ? 4095 : 30;
            if (one_in(2)) mv.mv = ours({{pick(2 * range + 1) - range, pick(2 * range + 1) - range}});
          }
          saved_[slot].at(x, y) = mv;
          s.SavedRefFrames[2 * y + 1][2 * x + 1] = mv.ref_frame;
          s.SavedMvs[2 * y + 1][2 * x + 1] = spec(mv.mv);
        }
    }
  }

  void project() {
    MotionSources sources;
    for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++) {
      const int slot = header_.ref_frame_idx[ref - LAST_FRAME];
      sources[ref].mvs = &saved_[slot];
      sources[ref].frame_type = static_cast<FrameType>(model_->slots[slot].RefFrameType);
      for (int r = LAST_FRAME; r <= ALTREF_FRAME; r++)
        sources[ref].saved_order_hints[r] = static_cast<uint8_t>(model_->slots[slot].SavedOrderHints[r]);
    }
    const int w8 = header_.size.mi_cols >> 1, h8 = header_.size.mi_rows >> 1;
    field_.resize(w8, h8);
    const MotionFieldProjection projection(seq_, header_, sources);
    EXPECT_LE(projection.num_sources(), MFMV_STACK_SIZE);
    const int middle = std::min(h8, kMotionFieldBand);  // in two parts, the last first
    if (middle < h8) projection.project(middle, h8, field_);
    projection.project(0, middle, field_);

    model_->motion_field_estimation();
    for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++)
      for (int y = 0; y < h8; y++)
        for (int x = 0; x < w8; x++) {
          const SpecMv want = model_->MotionFieldMvs[ref][y][x];
          const ProjectedMv cell = field_.at(x, y);
          ASSERT_EQ(cell.ref_offset != 0, want[0] != -32768);
          if (cell.ref_offset == 0) continue;
          temporal_cells++;
          const int distance = get_relative_dist(seq_, header_.order_hint, header_.ref_hint(ref));
          ASSERT_EQ(spec(project_mv(cell.mv, mv_projection_factor(distance, cell.ref_offset))), want);
        }
  }

  void decode_partition(int r, int c, BlockSize size) {
    const int mi_rows = header_.size.mi_rows, mi_cols = header_.size.mi_cols;
    if (r >= mi_rows || c >= mi_cols) return;
    const int n = Num_4x4_Blocks_Wide[size], half = n / 2, quarter = n / 4;
    const bool has_rows = r + half < mi_rows, has_cols = c + half < mi_cols;
    Partition p;
    if (!has_rows && !has_cols) {
      p = PARTITION_SPLIT;
    } else if (!has_rows) {
      p = one_in(2) ? PARTITION_SPLIT : PARTITION_HORZ;
    } else if (!has_cols) {
      p = one_in(2) ? PARTITION_SPLIT : PARTITION_VERT;
    } else {
      p = static_cast<Partition>(pick(size == BLOCK_8X8 ? 4 : size == BLOCK_128X128 ? 8 : 10));
      if (n > 4 && one_in(3)) p = PARTITION_SPLIT;
    }
    const BlockSize sub = Partition_Subsize[p][size], split = Partition_Subsize[PARTITION_SPLIT][size];
    const auto block = [&](int dr, int dc, BlockSize b) { decode_block(r + dr, c + dc, b, p); };
    switch (p) {
      case PARTITION_NONE: block(0, 0, sub); break;
      case PARTITION_HORZ:
        block(0, 0, sub);
        if (has_rows) block(half, 0, sub);
        break;
      case PARTITION_VERT:
        block(0, 0, sub);
        if (has_cols) block(0, half, sub);
        break;
      case PARTITION_SPLIT:
        for (int i = 0; i < 4; i++) {
          const int dr = (i >> 1) * half, dc = (i & 1) * half;
          if (size == BLOCK_8X8)
            block(dr, dc, split);
          else
            decode_partition(r + dr, c + dc, split);
        }
        break;
      case PARTITION_HORZ_A: block(0, 0, split), block(0, half, split), block(half, 0, sub); break;
      case PARTITION_HORZ_B: block(0, 0, sub), block(half, 0, split), block(half, half, split); break;
      case PARTITION_VERT_A: block(0, 0, split), block(half, 0, split), block(0, half, sub); break;
      case PARTITION_VERT_B: block(0, 0, sub), block(0, half, split), block(half, half, split); break;
      case PARTITION_HORZ_4:
        for (int i = 0; i < 4; i++)
          if (r + i * quarter < mi_rows) block(i * quarter, 0, sub);
        break;
      case PARTITION_VERT_4:
        for (int i = 0; i < 4; i++)
          if (c + i * quarter < mi_cols) block(0, i * quarter, sub);
        break;
      default: FAIL();
    }
  }

  RefFrame random_ref() { return static_cast<RefFrame>(1 + pick(setup_.num_refs)); }
  Array<RefFrame, 2> random_pair() {
    static constexpr RefFrame kUnidirectional[4][2] = {
      {LAST_FRAME, LAST2_FRAME}, {LAST_FRAME, LAST3_FRAME},
      {LAST_FRAME, GOLDEN_FRAME}, {BWDREF_FRAME, ALTREF_FRAME}};
    if (one_in(3)) {
      const auto& pair = kUnidirectional[pick(4)];
      return {pair[0], pair[1]};
    }
    return {static_cast<RefFrame>(LAST_FRAME + pick(4)), static_cast<RefFrame>(BWDREF_FRAME + pick(3))};
  }

  void decode_block(int r, int c, BlockSize size, Partition partition) {
    if (::testing::Test::HasFailure()) return;
    blocks++;
    const bool may_pair = std::min(block_width(size), block_height(size)) >= 8;
    around_.prepare(*frame_, tile_, {r, c, size, partition});
    model_->MiRow = r;
    model_->MiCol = c;
    model_->MiSize = size;
    for (int i = 0; i < 4; i++) compare({random_ref(), one_in(4) ? INTRA_FRAME : NONE});
    for (int i = 0; i < 4 && may_pair; i++) compare(random_pair());

    if (may_pair) compare_warp_samples({r, c, size, partition});

    BlockInfo info;
    info.mi_row = static_cast<uint16_t>(r);
    info.mi_col = static_cast<uint16_t>(c);
    info.size = size;
    info.partition = partition;
    if (!one_in(6)) make_inter(info, may_pair && !setup_.calm && one_in(2));
    place(info);
  }

  void make_inter(BlockInfo& info, bool pair) {
    info.is_inter = 1;
    compound_blocks += pair;
    info.ref_frame = pair ? random_pair() : Array<RefFrame, 2>{random_ref(), one_in(6) ? INTRA_FRAME : NONE};
    info.y_mode = static_cast<PredictionMode>(pair ? NEAREST_NEARESTMV + pick(8) : NEARESTMV + pick(4));
    while (static_cast<int>(palette_.size()) < setup_.num_mvs)
      palette_.push_back(random_mv(setup_.calm ? 25 : one_in(4) ? 8000 : 60));
    for (int list = 0; list <= pair; list++) {
      info.mv[list] = one_in(20) ? random_mv(400) : palette_[pick(setup_.num_mvs)];
      if (setup_.saving && one_in(5)) info.mv[list].row = static_cast<int16_t>(one_in(2) ? 4095 : -4096);
    }
  }

  void place(const BlockInfo& info) {
    grid_.place(info);
    const int row_end = std::min<int>(info.mi_row + Num_4x4_Blocks_High[info.size], model_->MiRows);
    const int col_end = std::min<int>(info.mi_col + Num_4x4_Blocks_Wide[info.size], model_->MiCols);
    for (int r = info.mi_row; r < row_end; r++)
      for (int c = info.mi_col; c < col_end; c++)
        model_->units[r][c] = {true, info.is_inter != 0, {info.ref_frame[0], info.ref_frame[1]},
                               {spec(info.mv[0]), spec(info.mv[1])}, info.y_mode, info.size};
  }

  void compare(Array<RefFrame, 2> refs) {
    const bool pair = refs[1] > INTRA_FRAME;
    SpecMvModel& m = *model_;
    m.RefFrame[0] = refs[0];
    m.RefFrame[1] = refs[1];
    m.find_mv_stack(pair);
    RefMvs out;
    around_.find_mv_stack(refs[0], refs[1], out);

    SCOPED_TRACE(::testing::Message() << "block " << m.MiRow << ' ' << m.MiCol << " size " << m.MiSize
                                      << " refs " << int{refs[0]} << ' ' << int{refs[1]} << " seed "
                                      << setup_.seed);
    ASSERT_EQ(out.num_mv_found, m.NumMvFound);
    deepest_stack = std::max(deepest_stack, m.NumMvFound);
    for (int i = 0; i < std::max(2, m.NumMvFound); i++)
      for (int list = 0; list <= pair; list++)
        ASSERT_EQ(spec(out.stack[i].mv[list]), m.RefStackMv[i][list]) << i;
    for (int i = 0; i < m.NumMvFound; i++) ASSERT_EQ(out.stack[i].weight, m.WeightStack[i]) << i;
    for (int i = 0; i < std::min(3, m.NumMvFound); i++)
      ASSERT_EQ(out.drl_ctx_stack[i], m.DrlCtxStack[i]) << i;
    for (int list = 0; list <= pair; list++) ASSERT_EQ(spec(out.global_mvs[list]), m.GlobalMvs[list]);
    ASSERT_EQ(out.new_mv_context, m.NewMvContext);
    ASSERT_EQ(out.ref_mv_context, m.RefMvContext);
    ASSERT_EQ(out.zero_mv_context, m.ZeroMvContext);
    compare_modes(out, pair);
  }

  void compare_modes(const RefMvs& out, bool pair) {
    for (int mode = pair ? NEAREST_NEARESTMV : NEARESTMV; mode <= (pair ? NEW_NEWMV : NEWMV); mode++) {
      const auto y_mode = static_cast<PredictionMode>(mode);
      const RefMvIdxRange range = ref_mv_idx_range(y_mode, out.num_mv_found);
      for (int idx = range.first; idx <= range.last; idx++) {
        model_->assign_mv(pair, mode, idx);
        const MvContexts ctx = mv_contexts(out, y_mode, idx, pair);
        for (int list = 0; list <= pair; list++)
          ASSERT_EQ(spec(ctx.pred_mv[list]), model_->PredMv[list]) << mode;
        ASSERT_EQ(ctx.num_mv_found, model_->NumMvFound);
        ASSERT_EQ(ctx.new_mv, model_->NewMvContext);
        ASSERT_EQ(ctx.global_mv, model_->ZeroMvContext);
        ASSERT_EQ(ctx.ref_mv, model_->RefMvContext);
      }
    }
  }

  void compare_warp_samples(const RefMvBlock& block) {
    SpecMvModel& m = *model_;
    m.RefFrame[0] = random_ref();
    m.RefFrame[1] = NONE;
    m.Mv = spec(random_mv(setup_.calm ? 25 : 60));
    m.find_warp_samples();
    const auto ref = static_cast<RefFrame>(m.RefFrame[0]);
    const WarpSamples out = find_warp_samples(*frame_, tile_, block, ref, ours(m.Mv));
    ASSERT_EQ(out.num_samples, m.NumSamples);
    most_samples = std::max(most_samples, m.NumSamples);
    for (int i = 0; i < m.NumSamples; i++) {
      const WarpSample& s = out.cand_list[i];
      ASSERT_EQ(s.y, m.CandList[i][0]);
      ASSERT_EQ(s.x, m.CandList[i][1]);
      ASSERT_EQ(s.to_y, m.CandList[i][2]);
      ASSERT_EQ(s.to_x, m.CandList[i][3]);
    }
    ASSERT_EQ(has_overlappable_candidates(grid_, tile_, block), m.has_overlappable_candidates());
  }

  Setup setup_;
  std::mt19937 rng_;
  SequenceHeader seq_;
  FrameHeader header_;
  BlockInfoGrid grid_;
  SavedMvs saved_[NUM_REF_FRAMES];
  MotionField field_;
  TileRect tile_;
  RefMvNeighbourhood around_;
  std::unique_ptr<SpecMvModel> model_;
  std::unique_ptr<RefMvFrame> frame_;
  std::vector<Mv> palette_;
};

void run(Setup setup, int frames) {
  int blocks = 0, pairs = 0, cells = 0, deepest = 0, samples = 0;
  for (int i = 0; i < frames && !::testing::Test::HasFailure(); i++) {
    setup.seed = static_cast<unsigned>(1000 + i);
    RandomFrame frame(setup);
    frame.run();
    blocks += frame.blocks;
    pairs += frame.compound_blocks;
    cells += frame.temporal_cells;
    deepest = std::max(deepest, frame.deepest_stack);
    samples = std::max(samples, frame.most_samples);
  }
  EXPECT_GT(blocks, 100 * frames / 2);
  EXPECT_EQ(pairs > 0, !setup.calm);
  EXPECT_GT(cells, 0);
  EXPECT_GT(deepest, 3);
  EXPECT_GE(samples, setup.calm ? LEAST_SQUARES_SAMPLES_MAX - 1 : 1);
}

TEST(RefMv, MatchesSpecification) { run({}, 60); }
TEST(RefMv, FewDistinctVectors) { run({.num_mvs = 2, .num_refs = 2}, 40); }
TEST(RefMv, ManyDistinctVectors) { run({.num_mvs = 200, .num_refs = 1}, 40); }
TEST(RefMv, Temporal) { run({.temporal = true, .num_refs = 3}, 80); }
TEST(RefMv, GlobalMotion) { run({.temporal = true, .warp = true, .num_refs = 3}, 60); }
TEST(RefMv, LowPrecision) { run({.temporal = true, .warp = true, .high_precision = false}, 60); }
TEST(RefMv, IntegerPrecision) {
  run({.temporal = true, .warp = true, .high_precision = false, .integer = true}, 60);
}
TEST(RefMv, Tiles) {
  run({.width = 330, .height = 264, .tile_cols = 3, .tile_rows = 2, .temporal = true}, 30);
}
TEST(RefMv, Superblocks128) { run({.width = 330, .height = 264, .sb128 = true, .temporal = true}, 40); }
TEST(RefMv, WarpSamples) {
  run({.width = 400, .height = 400, .num_mvs = 50, .num_refs = 1, .calm = true}, 30);
}
TEST(RefMv, OddSizes) {
  for (int width : {8, 34, 66, 90})
    for (int height : {18, 44, 65, 72})
      for (unsigned seed = 1; seed < 5; seed++) {
        RandomFrame frame({.width = width, .height = height, .temporal = true, .num_refs = 3, .seed = seed});
        frame.run();
      }
}

TEST(RefMvTemporal, SavesMotionVectors) {
  for (unsigned seed = 1; seed < 10; seed++) {
    RandomFrame frame({.num_mvs = 20, .saving = true, .seed = seed});
    frame.run();
    frame.compare_saved();
  }
}

/// The parser's loop over drl_mode, 5.11.23, fed with every combination of flags.
TEST(RefMv, IndexRangeIsWhatDrlModeReaches) {
  for (int mode = NEARESTMV; mode <= NEW_NEWMV; mode++)
    for (int num_mv_found = 0; num_mv_found <= MAX_REF_MV_STACK_SIZE; num_mv_found++) {
      const auto y_mode = static_cast<PredictionMode>(mode);
      bool reached[4] = {};
      for (int flags = 0; flags < 4; flags++) {
        int bits = flags, ref_mv_idx = 0;
        const int first = mode == NEWMV || mode == NEW_NEWMV ? 0 : has_nearmv(y_mode) ? 1 : -1;
        if (first >= 0) {
          ref_mv_idx = first;
          for (int idx = first; idx < first + 2; idx++) {
            if (num_mv_found <= idx + 1) continue;
            const bool drl_mode = bits & 1;
            bits >>= 1;
            ref_mv_idx = drl_mode ? idx + 1 : idx;
            if (!drl_mode) break;
          }
        }
        reached[ref_mv_idx] = true;
      }
      const RefMvIdxRange range = ref_mv_idx_range(y_mode, num_mv_found);
      for (int idx = 0; idx < 4; idx++)
        EXPECT_EQ(reached[idx], idx >= range.first && idx <= range.last)
          << mode << ' ' << num_mv_found << ' ' << idx;
    }
}

}  // namespace
}  // namespace tessera
