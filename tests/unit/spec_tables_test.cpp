// The tables that are computed agree with those the specification lists, and the others with what they must
// satisfy.
#include <gtest/gtest.h>

#include <algorithm>

#include "spec/coef_tables.h"
#include "spec/filter_tables.h"
#include "spec/levels.h"
#include "spec/mode_tables.h"
#include "spec/quant_tables.h"
#include "spec/scan.h"

namespace tessera {
namespace {

#include "spec_scan_lists.inc"

template <size_t N>
void expect_scan(TxSize tx_size, TxType tx_type, const uint16_t (&list)[N]) {
  SCOPED_TRACE(testing::Message() << "size " << int{tx_size} << " type " << int{tx_type});
  const Scan& scan = get_scan(tx_size, tx_type);
  ASSERT_EQ(scan.size, static_cast<int>(N));
  for (size_t i = 0; i < N; ++i) {
    ASSERT_EQ(scan[i], list[i]) << i;
    ASSERT_EQ(scan.ranks[list[i]], i);
  }
}

TEST(Scan, EqualsTheListsOfTheSpecification) {
#define EXPECT_CLASS_SCANS(TX, size)                   \
  expect_scan(TX, DCT_DCT, Default_Scan_##size);       \
  expect_scan(TX, FLIPADST_ADST, Default_Scan_##size); \
  expect_scan(TX, IDTX, Default_Scan_##size);          \
  expect_scan(TX, V_DCT, Mrow_Scan_##size);            \
  expect_scan(TX, V_FLIPADST, Mrow_Scan_##size);       \
  expect_scan(TX, H_DCT, Mcol_Scan_##size);            \
  expect_scan(TX, H_ADST, Mcol_Scan_##size)
  EXPECT_CLASS_SCANS(TX_4X4, 4x4);
  EXPECT_CLASS_SCANS(TX_4X8, 4x8);
  EXPECT_CLASS_SCANS(TX_8X4, 8x4);
  EXPECT_CLASS_SCANS(TX_8X8, 8x8);
  EXPECT_CLASS_SCANS(TX_8X16, 8x16);
  EXPECT_CLASS_SCANS(TX_16X8, 16x8);
  EXPECT_CLASS_SCANS(TX_16X16, 16x16);
  EXPECT_CLASS_SCANS(TX_4X16, 4x16);
  EXPECT_CLASS_SCANS(TX_16X4, 16x4);
  expect_scan(TX_16X32, DCT_DCT, Default_Scan_16x32);
  expect_scan(TX_32X16, IDTX, Default_Scan_32x16);
  expect_scan(TX_8X32, DCT_DCT, Default_Scan_8x32);
  expect_scan(TX_32X8, IDTX, Default_Scan_32x8);
  expect_scan(TX_16X64, DCT_DCT, Default_Scan_16x32);
  expect_scan(TX_64X16, DCT_DCT, Default_Scan_32x16);
  for (TxSize tx_size : {TX_32X32, TX_64X64, TX_32X64, TX_64X32})
    expect_scan(tx_size, DCT_DCT, Default_Scan_32x32);
}

TEST(TxGeometry, SizesSplitsAndClassesAgree) {
  for (int i = 0; i < TX_SIZES_ALL; ++i) {
    const auto t = static_cast<TxSize>(i);
    const int w = Tx_Width[t], h = Tx_Height[t];
    EXPECT_EQ(1 << Tx_Width_Log2[t], w);
    EXPECT_EQ(1 << Tx_Height_Log2[t], h);
    EXPECT_EQ(find_tx_size(w, h), t);
    EXPECT_EQ(Tx_Size_Sqr[t], find_tx_size(std::min(w, h), std::min(w, h)));
    EXPECT_EQ(Tx_Size_Sqr_Up[t], find_tx_size(std::max(w, h), std::max(w, h)));
    EXPECT_EQ(Adjusted_Tx_Size[t], find_tx_size(std::min(w, 32), std::min(h, 32)));
    EXPECT_EQ(max_eob(t), std::min(w, 32) * std::min(h, 32));
    EXPECT_EQ(get_scan(t, DCT_DCT).size, max_eob(t));
    if (w == h && w > 4) {
      EXPECT_EQ(Split_Tx_Size[t], find_tx_size(w / 2, h / 2));
    } else if (w > h) {
      EXPECT_EQ(Split_Tx_Size[t], find_tx_size(w / 2, h));
    } else if (w < h) {
      EXPECT_EQ(Split_Tx_Size[t], find_tx_size(w, h / 2));
    }
  }
  for (TxSize t : {TX_32X32, TX_16X32, TX_32X16, TX_16X64, TX_64X16}) EXPECT_EQ(dequant_shift(t), 1);
  for (TxSize t : {TX_64X64, TX_32X64, TX_64X32}) EXPECT_EQ(dequant_shift(t), 2);
  for (TxSize t : {TX_4X4, TX_8X8, TX_16X16, TX_8X32, TX_32X8, TX_4X16}) EXPECT_EQ(dequant_shift(t), 0);
}

template <size_t N>
void expect_set(const Array<TxType, N>& inverse, const Array<uint8_t, TX_TYPES>& symbols,
                const Array<bool, TX_TYPES>& members) {
  int count = 0;
  for (int t = 0; t < TX_TYPES; ++t) {
    count += members[t];
    EXPECT_EQ(symbols[t] != 0xff, members[t]) << t;
    if (members[t]) {
      EXPECT_EQ(inverse[symbols[t]], t);
    }
  }
  EXPECT_EQ(count, static_cast<int>(N));
}

TEST(TxGeometry, SetsAgreeWithTheirSymbols) {
  expect_set(Tx_Type_Intra_Inv_Set1, Tx_Type_Intra_Set1, Tx_Type_In_Set_Intra[TX_SET_INTRA_1]);
  expect_set(Tx_Type_Intra_Inv_Set2, Tx_Type_Intra_Set2, Tx_Type_In_Set_Intra[TX_SET_INTRA_2]);
  expect_set(Tx_Type_Inter_Inv_Set1, Tx_Type_Inter_Set1, Tx_Type_In_Set_Inter[TX_SET_INTER_1]);
  expect_set(Tx_Type_Inter_Inv_Set2, Tx_Type_Inter_Set2, Tx_Type_In_Set_Inter[TX_SET_INTER_2]);
  expect_set(Tx_Type_Inter_Inv_Set3, Tx_Type_Inter_Set3, Tx_Type_In_Set_Inter[TX_SET_INTER_3]);
  EXPECT_EQ(get_tx_set(TX_64X16, true, false), TX_SET_DCTONLY);
  EXPECT_EQ(get_tx_set(TX_32X8, false, false), TX_SET_DCTONLY);
  EXPECT_EQ(get_tx_set(TX_32X8, true, false), TX_SET_INTER_3);
  EXPECT_EQ(get_tx_set(TX_8X16, true, false), TX_SET_INTER_1);
  EXPECT_EQ(get_tx_set(TX_16X16, true, false), TX_SET_INTER_2);
  EXPECT_EQ(get_tx_set(TX_8X8, false, false), TX_SET_INTRA_1);
  EXPECT_EQ(get_tx_set(TX_16X16, false, false), TX_SET_INTRA_2);
  EXPECT_EQ(get_tx_set(TX_4X4, false, true), TX_SET_INTRA_2);
}

TEST(BlockGeometry, PartsOfBlocks) {
  // One row of the specification's table for each partition, at the sizes where it changes.
  EXPECT_EQ(Partition_Subsize[PARTITION_NONE][BLOCK_128X128], BLOCK_128X128);
  EXPECT_EQ(Partition_Subsize[PARTITION_HORZ][BLOCK_8X8], BLOCK_8X4);
  EXPECT_EQ(Partition_Subsize[PARTITION_HORZ][BLOCK_4X4], BLOCK_INVALID);
  EXPECT_EQ(Partition_Subsize[PARTITION_VERT][BLOCK_128X128], BLOCK_64X128);
  EXPECT_EQ(Partition_Subsize[PARTITION_SPLIT][BLOCK_4X4], BLOCK_INVALID);
  EXPECT_EQ(Partition_Subsize[PARTITION_SPLIT][BLOCK_8X8], BLOCK_4X4);
  EXPECT_EQ(Partition_Subsize[PARTITION_HORZ_A][BLOCK_8X8], BLOCK_8X4);
  EXPECT_EQ(Partition_Subsize[PARTITION_HORZ_B][BLOCK_64X64], BLOCK_64X32);
  EXPECT_EQ(Partition_Subsize[PARTITION_VERT_A][BLOCK_16X16], BLOCK_8X16);
  EXPECT_EQ(Partition_Subsize[PARTITION_VERT_B][BLOCK_32X32], BLOCK_16X32);
  EXPECT_EQ(Partition_Subsize[PARTITION_HORZ_4][BLOCK_8X8], BLOCK_INVALID);
  EXPECT_EQ(Partition_Subsize[PARTITION_HORZ_4][BLOCK_16X16], BLOCK_16X4);
  EXPECT_EQ(Partition_Subsize[PARTITION_HORZ_4][BLOCK_128X128], BLOCK_INVALID);
  EXPECT_EQ(Partition_Subsize[PARTITION_VERT_4][BLOCK_64X64], BLOCK_16X64);
  for (int p = 0; p < PARTITION_TYPES; ++p)
    for (int b = 0; b < BLOCK_SIZES; ++b)
      if (!is_square(static_cast<BlockSize>(b))) {
        EXPECT_EQ(Partition_Subsize[p][b], BLOCK_INVALID);
      }
}

TEST(BlockGeometry, ChromaAndTransformSizes) {
  for (int i = 0; i < BLOCK_SIZES; ++i) {
    const auto b = static_cast<BlockSize>(i);
    EXPECT_EQ(1 << block_width_log2(b), block_width(b));
    EXPECT_EQ(1 << block_height_log2(b), block_height(b));
    EXPECT_EQ(find_block_size(block_width(b), block_height(b)), b);
    EXPECT_EQ(get_plane_residual_size(b, 0, 0), b);
    const BlockSize half = get_plane_residual_size(b, 1, 1);
    EXPECT_EQ(block_width(half), std::max(block_width(b) / 2, 4));
    EXPECT_EQ(block_height(half), std::max(block_height(b) / 2, 4));
    EXPECT_EQ(Tx_Width[Max_Tx_Size_Rect[b]], std::min(block_width(b), 64));
    EXPECT_EQ(Tx_Height[Max_Tx_Size_Rect[b]], std::min(block_height(b), 64));
    const TxSize uv = get_tx_size_uv(b, 1, 1);
    EXPECT_EQ(Tx_Width[uv], std::min(block_width(half), 32));
    EXPECT_EQ(Tx_Height[uv], std::min(block_height(half), 32));
  }
}

TEST(FilterTables, TapsKeepTheMean) {
  for (const auto& filter : Subpel_Filters)
    for (const auto& taps : filter) {
      int sum = 0;
      for (int t : taps) sum += t;
      EXPECT_EQ(sum, 128);
    }
  for (const auto& taps : Warped_Filters) {
    int sum = 0;
    for (int t : taps) sum += t;
    EXPECT_EQ(sum, 128);
  }
  for (const auto& taps : Upscale_Filter) {
    int sum = 0;
    for (int t : taps) sum += t;
    EXPECT_EQ(sum, 128);
  }
  for (int i = 0; i <= 256; ++i)
    EXPECT_EQ(Div_Lut[i], ((1 << 22) / (256 + i) + (1 << 22) % (256 + i) * 2 / (256 + i)));
  for (int n : {4, 8, 16, 32, 64}) {
    EXPECT_EQ(sm_weights(n)[0], 255);
    for (int i = 1; i < n; ++i) EXPECT_LE(sm_weights(n)[i], sm_weights(n)[i - 1]);
  }
  for (int n : {2, 4, 8, 16, 32}) {
    EXPECT_LT(obmc_mask(n)[0], 46);
    EXPECT_EQ(obmc_mask(n)[n - 1], 64);
  }
  // A directional mode and its 3-degree steps all have a derivative.
  for (int mode = V_PRED; mode <= D67_PRED; ++mode)
    for (int delta = -3; delta <= 3; ++delta) {
      const int angle = Mode_To_Angle[mode] + 3 * delta;
      if (angle < 90) {
        EXPECT_GT(Dr_Intra_Derivative[angle], 0);
      } else if (angle > 90 && angle < 180) {
        EXPECT_GT(Dr_Intra_Derivative[angle - 90], 0);
        EXPECT_GT(Dr_Intra_Derivative[180 - angle], 0);
      } else if (angle > 180) {
        EXPECT_GT(Dr_Intra_Derivative[270 - angle], 0);
      }
    }
}

TEST(QuantTables, Ends) {
  EXPECT_EQ(dc_q(0, 8), 4);
  EXPECT_EQ(ac_q(0, 8), 4);
  EXPECT_EQ(dc_q(255, 8), 1336);
  EXPECT_EQ(ac_q(255, 8), 1828);
  EXPECT_EQ(dc_q(300, 10), 5347);
  EXPECT_EQ(ac_q(255, 10), 7312);
  EXPECT_EQ(dc_q(255, 12), 21387);
  EXPECT_EQ(ac_q(-5, 12), 4);
  for (int depth : {8, 10, 12})
    for (int q = 1; q < 256; ++q) {
      EXPECT_GE(dc_q(q, depth), dc_q(q - 1, depth));
      EXPECT_GT(ac_q(q, depth), ac_q(q - 1, depth));
    }
}

TEST(Levels, ExamplesOfTheSpecification) {
  struct Example {
    int width, height;
    double fps;
    int idx;
  };
  for (const Example& e : {Example{426, 240, 30, 0}, Example{640, 360, 30, 1}, Example{854, 480, 30, 4},
                           Example{1280, 720, 30, 5}, Example{1920, 1080, 30, 8}, Example{1920, 1080, 60, 9},
                           Example{3840, 2160, 30, 12}, Example{3840, 2160, 60, 13},
                           Example{3840, 2160, 120, 14}, Example{7680, 4320, 30, 16}}) {
    LevelDemand demand;
    demand.width = e.width;
    demand.height = e.height;
    demand.shown_fps = e.fps;
    demand.tile_cols = demand.tile_rows = e.idx > 13 ? 2 : 1;  // what is larger needs parallel tiles
    const LevelChoice choice = choose_level(demand);
    EXPECT_EQ(choice.seq_level_idx, e.idx) << e.width << "x" << e.height << "@" << e.fps;
    EXPECT_EQ(choice.seq_tier, 0);
  }
}

TEST(Levels, EveryLimitCounts) {
  LevelDemand hd;
  hd.width = 1920;
  hd.height = 1080;
  hd.shown_fps = 30;
  auto level = [](const LevelDemand& d) { return choose_level(d).seq_level_idx; };
  LevelDemand d = hd;
  d.decoded_fps = 45;
  EXPECT_EQ(level(d), 9);
  d = hd;
  d.tile_cols = 9;
  EXPECT_EQ(level(d), 16);
  d = hd;
  d.bits_per_second = 12'000'001;
  EXPECT_EQ(level(d), 8);
  EXPECT_EQ(choose_level(d).seq_tier, 1);
  EXPECT_EQ(max_bitrate(choose_level(d), 0), 30'000'000);
  d.seq_profile = 1;
  EXPECT_EQ(choose_level(d).seq_tier, 0);
  EXPECT_EQ(max_bitrate(choose_level(d), 1), 24'000'000);
  d = hd;
  d.bits_per_second = 30'000'001;
  EXPECT_EQ(level(d), 9);
  d = hd;
  for (const auto& [least, expected] : {std::pair(8, 8), std::pair(9, 9), std::pair(10, 12), std::pair(19, 19), std::pair(20, kMaximumParametersLevel)}) {
    d.least_level_idx = least;
    EXPECT_EQ(level(d), expected) << least;
  }
  d = hd;
  d.width = 8;
  EXPECT_EQ(level(d), kMaximumParametersLevel);
  EXPECT_EQ(max_bitrate(choose_level(d), 0), 0);
  d = hd;
  d.shown_fps = 301;
  EXPECT_EQ(level(d), kMaximumParametersLevel);
  d = {};
  d.width = 65536;
  d.height = 16;
  d.shown_fps = 1;
  EXPECT_EQ(level(d), kMaximumParametersLevel);
}

}  // namespace
}  // namespace tessera
