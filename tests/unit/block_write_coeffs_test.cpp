// Coefficients written by the encoder, read back by a literal transcription of coeffs( ) (section 5.11.39)
// and of the contexts of section 8.3.2, with whole-frame context arrays.
#include "block/write_coeffs.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "block/coef_cost.h"
#include "block/tx_type_rules.h"
#include "block/write_sinks.h"
#include "spec/coef_tables.h"
#include "spec/default_cdfs.h"
#include "spec/scan.h"
#include "tests/support/symbol_decoder.h"

namespace tessera {
namespace {

constexpr int kQContext = 2;  // of base_q_idx 100
constexpr int kBaseQIdx = 100;
constexpr int kMiCols = 22, kMiRows = 18;

/// A block as the reader has to know it: what the mode info would have said.
struct Unit {
  BlockInfo info;
  TransformBlock block;
  TxType type;
  std::vector<Level> levels;
};

template <class T>
struct Copy {
  explicit Copy(const T& from) { std::memcpy(&cdf, &from, sizeof cdf); }
  T cdf;
};

class SpecReader {
 public:
  SpecReader(const uint8_t* data, size_t size) : decoder_(data, size) {}

  void clear_left() {
    std::memset(LeftLevelContext, 0, sizeof LeftLevelContext);
    std::memset(LeftDcContext, 0, sizeof LeftDcContext);
  }

  /// Returns levels in scan order up to the end of block; sets `luma_type` when a type is read.
  std::vector<int> coeffs(const Unit& unit, TxType& luma_type) {
    const int plane = unit.block.plane, txSz = unit.block.size, x4 = unit.block.x4, y4 = unit.block.y4;
    const int w4 = Tx_Width[txSz] >> 2, h4 = Tx_Height[txSz] >> 2;
    const int txSzCtx = (Tx_Size_Sqr[txSz] + Tx_Size_Sqr_Up[txSz] + 1) >> 1, ptype = plane > 0;
    std::vector<int> Quant(1024, 0), out;
    int culLevel = 0, dcCategory = 0;
    const bool all_zero = read(txb_skip.cdf[txSzCtx][all_zero_ctx(unit)], 2);
    if (!all_zero) {
      TxType type = unit.type;
      if (plane == 0) type = luma_type = transform_type(unit);
      const Scan& scan = get_scan(unit.block.size, type);
      const int eobMultisize =
          std::min<int>(Tx_Width_Log2[txSz], 5) + std::min<int>(Tx_Height_Log2[txSz], 5) - 4;
      const int ctx = get_tx_class(type) == TX_CLASS_2D ? 0 : 1;
      int eobPt = 1;
      switch (eobMultisize) {
        case 0: eobPt += read(eob_pt_16.cdf[ptype][ctx], 5); break;
        case 1: eobPt += read(eob_pt_32.cdf[ptype][ctx], 6); break;
        case 2: eobPt += read(eob_pt_64.cdf[ptype][ctx], 7); break;
        case 3: eobPt += read(eob_pt_128.cdf[ptype][ctx], 8); break;
        case 4: eobPt += read(eob_pt_256.cdf[ptype][ctx], 9); break;
        case 5: eobPt += read(eob_pt_512.cdf[ptype], 10); break;
        default: eobPt += read(eob_pt_1024.cdf[ptype], 11); break;
      }
      int eob = eobPt < 2 ? eobPt : (1 << (eobPt - 2)) + 1;
      int eobShift = std::max(-1, eobPt - 3);
      if (eobShift >= 0) {
        if (read(eob_extra.cdf[txSzCtx][ptype][eobPt - 3], 2)) eob += 1 << eobShift;
        for (int i = 1; i < std::max(0, eobPt - 2); i++) {
          eobShift = std::max(0, eobPt - 2) - 1 - i;
          if (decoder_.read_literal(1)) eob += 1 << eobShift;
        }
      }
      for (int c = eob - 1; c >= 0; c--) {
        const int pos = scan[c];
        int level;
        if (c == eob - 1)
          level =
              1 + read(coeff_base_eob
                           .cdf[txSzCtx][ptype][get_coeff_base_ctx(txSz, type, Quant, pos, c, true) - 42 + 4],
                       3);
        else
          level =
              read(coeff_base.cdf[txSzCtx][ptype][get_coeff_base_ctx(txSz, type, Quant, pos, c, false)], 4);
        if (level > 2)
          for (int idx = 0; idx < 4; idx++) {
            const int coeff_br_value =
                read(coeff_br.cdf[std::min(txSzCtx, 3)][ptype][coeff_br_ctx(txSz, type, Quant, pos)], 4);
            level += coeff_br_value;
            if (coeff_br_value < 3) break;
          }
        Quant[pos] = level;
      }
      for (int c = 0; c < eob; c++) {
        const int pos = scan[c];
        int sign = 0;
        if (Quant[pos] != 0)
          sign = c == 0 ? read(dc_sign.cdf[ptype][dc_sign_ctx(unit)], 2)
                        : static_cast<int>(decoder_.read_literal(1));
        if (Quant[pos] > 14) {
          int length = 0;
          do length++;
          while (!decoder_.read_literal(1) && length < 32);
          int x = 1;
          for (int i = length - 2; i >= 0; i--) x = (x << 1) | static_cast<int>(decoder_.read_literal(1));
          Quant[pos] = x + 14;
        }
        if (pos == 0 && Quant[pos] > 0) dcCategory = sign ? 1 : 2;
        culLevel += Quant[pos];
        if (sign) Quant[pos] = -Quant[pos];
        out.push_back(Quant[pos]);
      }
      culLevel = std::min(63, culLevel);
    }
    for (int i = 0; i < w4; i++) {
      AboveLevelContext[plane][x4 + i] = culLevel;
      AboveDcContext[plane][x4 + i] = dcCategory;
    }
    for (int i = 0; i < h4; i++) {
      LeftLevelContext[plane][y4 + i] = culLevel;
      LeftDcContext[plane][y4 + i] = dcCategory;
    }
    return out;
  }

 private:
  int read(uint16_t* cdf, int n) { return decoder_.read_symbol(cdf, n); }

  TxType transform_type(const Unit& unit) {
    const BlockInfo& info = unit.info;
    const TxSet set = get_tx_set(unit.block.size, info.is_inter, false);
    const int sqr = Tx_Size_Sqr[unit.block.size];
    if (set == 0) return DCT_DCT;
    if (info.is_inter) {
      if (set == 1) return Tx_Type_Inter_Inv_Set1[read(inter_tx_type_set1.cdf[sqr], 16)];
      if (set == 2) return Tx_Type_Inter_Inv_Set2[read(inter_tx_type_set2.cdf, 12)];
      return Tx_Type_Inter_Inv_Set3[read(inter_tx_type_set3.cdf[sqr], 2)];
    }
    static constexpr PredictionMode kFilterDirection[] = {DC_PRED, V_PRED, H_PRED, D157_PRED, DC_PRED};
    const int intraDir = info.use_filter_intra ? kFilterDirection[info.filter_intra_mode] : info.y_mode;
    if (set == 1) return Tx_Type_Intra_Inv_Set1[read(intra_tx_type_set1.cdf[sqr][intraDir], 7)];
    return Tx_Type_Intra_Inv_Set2[read(intra_tx_type_set2.cdf[sqr][intraDir], 5)];
  }

  int all_zero_ctx(const Unit& unit) const {
    const int plane = unit.block.plane, txSz = unit.block.size, x4 = unit.block.x4, y4 = unit.block.y4;
    const int w = Tx_Width[txSz], h = Tx_Height[txSz], w4 = w >> 2, h4 = h >> 2;
    const int maxX4 = plane ? kMiCols >> 1 : kMiCols, maxY4 = plane ? kMiRows >> 1 : kMiRows;
    const BlockSize bsize = get_plane_residual_size(unit.info.size, plane > 0, plane > 0);
    const int bw = block_width(bsize), bh = block_height(bsize);
    int above = 0, left = 0;
    if (plane == 0) {
      for (int k = 0; k < w4; k++)
        if (x4 + k < maxX4) above = std::max(above, AboveLevelContext[0][x4 + k]);
      for (int k = 0; k < h4; k++)
        if (y4 + k < maxY4) left = std::max(left, LeftLevelContext[0][y4 + k]);
      if (bw == w && bh == h) return 0;
      if (above == 0 && left == 0) return 1;
      if (above == 0 || left == 0) return 2 + (std::max(above, left) > 3);
      if (std::max(above, left) <= 3) return 4;
      if (std::min(above, left) <= 3) return 5;
      return 6;
    }
    for (int i = 0; i < w4; i++)
      if (x4 + i < maxX4) above |= AboveLevelContext[plane][x4 + i] | AboveDcContext[plane][x4 + i];
    for (int i = 0; i < h4; i++)
      if (y4 + i < maxY4) left |= LeftLevelContext[plane][y4 + i] | LeftDcContext[plane][y4 + i];
    return (above != 0) + (left != 0) + 7 + (bw * bh > w * h ? 3 : 0);
  }

  int dc_sign_ctx(const Unit& unit) const {
    const int plane = unit.block.plane, x4 = unit.block.x4, y4 = unit.block.y4;
    const int maxX4 = plane ? kMiCols >> 1 : kMiCols, maxY4 = plane ? kMiRows >> 1 : kMiRows;
    int sum = 0;
    auto add = [&](int sign) { sum += sign == 1 ? -1 : sign == 2 ? 1 : 0; };
    for (int k = 0; k < Tx_Width[unit.block.size] >> 2; k++)
      if (x4 + k < maxX4) add(AboveDcContext[plane][x4 + k]);
    for (int k = 0; k < Tx_Height[unit.block.size] >> 2; k++)
      if (y4 + k < maxY4) add(LeftDcContext[plane][y4 + k]);
    return sum < 0 ? 1 : sum > 0 ? 2 : 0;
  }

  static int get_coeff_base_ctx(int txSz, TxType type, const std::vector<int>& Quant, int pos, int c,
                                bool isEob) {
    const int adjTxSz = Adjusted_Tx_Size[txSz], bwl = Tx_Width_Log2[adjTxSz], width = 1 << bwl,
              height = Tx_Height[adjTxSz];
    if (isEob) return c == 0 ? 38 : c <= (height << bwl) / 8 ? 39 : c <= (height << bwl) / 4 ? 40 : 41;
    const TxClass txClass = get_tx_class(type);
    const int row = pos >> bwl, col = pos - (row << bwl);
    int mag = 0;
    for (int idx = 0; idx < 5; idx++) {
      const int refRow = row + Sig_Ref_Diff_Offset[txClass][idx][0],
                refCol = col + Sig_Ref_Diff_Offset[txClass][idx][1];
      if (refRow >= 0 && refCol >= 0 && refRow < height && refCol < width)
        mag += std::min(std::abs(Quant[(refRow << bwl) + refCol]), 3);
    }
    const int ctx = std::min((mag + 1) >> 1, 4);
    if (txClass == TX_CLASS_2D)
      return row == 0 && col == 0 ? 0 : ctx + Coeff_Base_Ctx_Offset[txSz][std::min(row, 4)][std::min(col, 4)];
    return ctx + Coeff_Base_Pos_Ctx_Offset[std::min(txClass == TX_CLASS_VERT ? row : col, 2)];
  }

  static int coeff_br_ctx(int txSz, TxType type, const std::vector<int>& Quant, int pos) {
    const int adjTxSz = Adjusted_Tx_Size[txSz], bwl = Tx_Width_Log2[adjTxSz], txw = Tx_Width[adjTxSz],
              txh = Tx_Height[adjTxSz];
    const TxClass txClass = get_tx_class(type);
    const int row = pos >> bwl, col = pos - (row << bwl);
    int mag = 0;
    for (int idx = 0; idx < 3; idx++) {
      const int refRow = row + Mag_Ref_Offset_With_Tx_Class[txClass][idx][0],
                refCol = col + Mag_Ref_Offset_With_Tx_Class[txClass][idx][1];
      if (refRow >= 0 && refCol >= 0 && refRow < txh && refCol < (1 << bwl))
        mag += std::min(Quant[refRow * txw + refCol], 15);
    }
    mag = std::min((mag + 1) >> 1, 6);
    if (pos == 0) return mag;
    if (txClass == 0) return row < 2 && col < 2 ? mag + 7 : mag + 14;
    if (txClass == 1) return col == 0 ? mag + 7 : mag + 14;
    return row == 0 ? mag + 7 : mag + 14;
  }

  test::SymbolDecoder decoder_;
  int AboveLevelContext[3][128] = {}, AboveDcContext[3][128] = {}, LeftLevelContext[3][128] = {},
      LeftDcContext[3][128] = {};
#define COEF_CDF(name) \
  Copy<std::remove_cvref_t<decltype(default_cdfs::name[0])>> name{default_cdfs::name[kQContext]};
  COEF_CDF(txb_skip)
  COEF_CDF(eob_pt_16)
  COEF_CDF(eob_pt_32) COEF_CDF(eob_pt_64) COEF_CDF(eob_pt_128) COEF_CDF(eob_pt_256) COEF_CDF(eob_pt_512)
      COEF_CDF(eob_pt_1024) COEF_CDF(eob_extra) COEF_CDF(dc_sign) COEF_CDF(coeff_base_eob)
          COEF_CDF(coeff_base) COEF_CDF(coeff_br)
#undef COEF_CDF
#define TYPE_CDF(name) Copy<std::remove_cvref_t<decltype(default_cdfs::name)>> name{default_cdfs::name};
              TYPE_CDF(inter_tx_type_set1) TYPE_CDF(inter_tx_type_set2) TYPE_CDF(inter_tx_type_set3)
                  TYPE_CDF(intra_tx_type_set1) TYPE_CDF(intra_tx_type_set2)
#undef TYPE_CDF
};

/// A writer's surroundings: a frame of kMiCols x kMiRows in one tile, 4:2:0.
struct Bench {
  Bench() {
    header.frame_type = INTER_FRAME;
    header.size = make_frame_size(kMiCols * 4, kMiRows * 4);
    header.quantization.base_q_idx = kBaseQIdx;
    init_default(*cdfs, kBaseQIdx);
    const TileRect tile{0, kMiRows, 0, kMiCols};
    context.resize(tile);
    context.start_tile(tile, kBaseQIdx);
    wc = WriteContext(sequence, header, *cdfs, context);
  }
  SequenceHeader sequence;
  FrameHeader header;
  std::unique_ptr<CdfContext> cdfs = std::make_unique<CdfContext>();
  BlockContext context;
  WriteContext wc;
};

/// A transform block somewhere in the superblock, with a type that it may have and levels of some density.
Unit random_unit(std::mt19937& rng, const FrameHeader& header, int sb_row, int sb_col) {
  Unit u;
  for (;;) {
    const int plane = static_cast<int>(rng() % 3), ss = plane > 0;
    u.info.size = static_cast<BlockSize>(rng() % BLOCK_SIZES);
    if (block_width(u.info.size) > 64 || block_height(u.info.size) > 64) continue;
    const BlockSize plane_size = get_plane_residual_size(u.info.size, ss, ss);
    const auto tx_size = static_cast<TxSize>(rng() % TX_SIZES_ALL);
    if (Tx_Width[tx_size] > block_width(plane_size) || Tx_Height[tx_size] > block_height(plane_size))
      continue;
    const int w4 = Tx_Width[tx_size] >> 2, h4 = Tx_Height[tx_size] >> 2, units = kSbMi >> ss;
    const int x4 = sb_col * units + static_cast<int>(rng() % static_cast<unsigned>(units)) / w4 * w4;
    const int y4 = sb_row * units + static_cast<int>(rng() % static_cast<unsigned>(units)) / h4 * h4;
    if (x4 << ss >= kMiCols || y4 << ss >= kMiRows) continue;
    u.block = {plane, tx_size, x4, y4, y4 << ss, x4 << ss};
    break;
  }
  u.info.is_inter = rng() & 1;
  u.info.y_mode = u.info.is_inter ? NEARESTMV : static_cast<PredictionMode>(rng() % INTRA_MODES);
  if (!u.info.is_inter && rng() % 4 == 0) {
    u.info.y_mode = DC_PRED;
    u.info.use_filter_intra = 1;
    u.info.filter_intra_mode = static_cast<uint8_t>(rng() % 5);
  }
  do u.type = static_cast<TxType>(rng() % TX_TYPES);
  while (!allows_tx_type(header, u.info, u.block.size, u.type));
  const int limit = max_eob(u.block.size);
  int eob = 0;
  switch (rng() % 4) {
    case 0: break;
    case 1: eob = 1 + static_cast<int>(rng() % static_cast<unsigned>(std::min(limit, 6))); break;
    default: eob = 1 + static_cast<int>(rng() % static_cast<unsigned>(limit)); break;
  }
  static constexpr int kScales[] = {2, 4, 20, 300, 32767};
  const int scale = kScales[rng() % 5];
  for (int c = 0; c < eob; c++) {
    int level = static_cast<int>(rng() % static_cast<unsigned>(scale + 1));
    if (c == eob - 1 && level == 0) level = 1;
    u.levels.push_back(static_cast<Level>(rng() & 1 ? -level : level));
  }
  return u;
}

std::vector<std::vector<Unit>> random_frame(std::mt19937& rng, const FrameHeader& header,
                                            int per_superblock) {
  std::vector<std::vector<Unit>> frame;
  for (int row = 0; row < 2; row++)
    for (int col = 0; col < 2; col++) {
      frame.emplace_back();
      for (int i = 0; i < per_superblock; i++) frame.back().push_back(random_unit(rng, header, row, col));
    }
  return frame;
}

TEST(WriteCoeffs, ReadBackByTheSpecification) {
  std::mt19937 rng(1);
  for (int round = 0; round < 6; round++) {
    Bench bench;
    const auto frame = random_frame(rng, bench.header, 150);
    ByteBuffer bytes;
    RangeEncoder encoder(bytes, *bench.cdfs);
    for (size_t sb = 0; sb < frame.size(); sb++) {
      if (sb % 2 == 0) bench.context.start_superblock_row();
      for (const Unit& u : frame[sb])
        write_coeffs(encoder, bench.wc, u.info, u.block, u.type, u.levels.data(),
                     static_cast<int>(u.levels.size()));
    }
    const size_t size = encoder.finish();
    auto reader = std::make_unique<SpecReader>(bytes.data(), size);
    for (size_t sb = 0; sb < frame.size(); sb++) {
      if (sb % 2 == 0) reader->clear_left();
      for (const Unit& u : frame[sb]) {
        TxType type = u.type;
        const std::vector<int> levels = reader->coeffs(u, type);
        ASSERT_EQ(levels, std::vector<int>(u.levels.begin(), u.levels.end()))
            << "tx size " << int(u.block.size);
        ASSERT_EQ(type, u.type);
      }
    }
  }
}

TEST(WriteCoeffs, CountersAgreeWithTheCoder) {
  std::mt19937 rng(2);
  Bench exact, coded, adapted;
  const auto frame = random_frame(rng, exact.header, 100);
  CdfJournal journal;
  CostCounter counter(*exact.cdfs, journal);
  CdfAdapter adapter;
  ByteBuffer bytes;
  RangeEncoder encoder(bytes, *coded.cdfs);
  for (size_t sb = 0; sb < frame.size(); sb++) {
    for (Bench* b : {&exact, &coded, &adapted})
      if (sb % 2 == 0) b->context.start_superblock_row();
    for (const Unit& u : frame[sb]) {
      write_coeffs(counter, exact.wc, u.info, u.block, u.type, u.levels.data(),
                   static_cast<int>(u.levels.size()));
      write_coeffs(adapter, adapted.wc, u.info, u.block, u.type, u.levels.data(), static_cast<int>(u.levels.size()));
      write_coeffs(encoder, coded.wc, u.info, u.block, u.type, u.levels.data(),
                   static_cast<int>(u.levels.size()));
    }
  }
  EXPECT_EQ(std::memcmp(exact.cdfs.get(), coded.cdfs.get(), sizeof(CdfContext)), 0);
  EXPECT_EQ(std::memcmp(adapted.cdfs.get(), coded.cdfs.get(), sizeof(CdfContext)), 0);
  const double bits = static_cast<double>(encoder.finish()) * 8;
  EXPECT_NEAR(static_cast<double>(counter.bits512()) / 512, bits, bits * 0.002 + 64);
}

TEST(CoefCost, EqualsTheFrozenCounter) {
  std::mt19937 rng(3);
  Bench bench;
  auto tables = std::make_unique<CostTables>();
  build_cost_tables(*bench.cdfs, *tables);
  CoefLevelsTable<uint8_t> kernels;
  bind_coef_levels_scalar(kernels);
  for (const auto& sb : random_frame(rng, bench.header, 300)) {
    bench.context.start_superblock_row();
    for (const Unit& u : sb) {
      const TxbContexts ctx = txb_contexts(bench.wc, u.info, u.block);
      const int eob = static_cast<int>(u.levels.size());
      const Scan& scan = get_scan(u.block.size, u.type);
      std::vector<Level> raster(static_cast<size_t>(scan.size));
      for (int c = 0; c < eob; c++) raster[scan[c]] = u.levels[c];
      uint32_t cost =
          coefficient_cost(*tables, kernels.rate, {u.block.plane, u.block.size, u.type, ctx}, raster.data(), eob);
      if (u.block.plane == 0 && eob > 0)
        cost += tx_type_cost(*tables, bench.header, u.info, u.block.size, u.type);
      FrozenCostCounter counter(*bench.cdfs, *tables);
      write_coeffs(counter, bench.wc, u.info, u.block, u.type, u.levels.data(), eob);
      ASSERT_EQ(cost, counter.bits512()) << "tx size " << int(u.block.size) << " eob " << eob;
    }
  }
}

}  // namespace
}  // namespace tessera
