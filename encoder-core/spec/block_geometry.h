// Sizes of blocks and how they divide (sections 5.11.27, 5.11.38 and 10.2).
#pragma once

#include "base/array.h"
#include "base/int_math.h"
#include "spec/enums.h"

namespace tessera {

/// Width of a block in units of 4 luma samples.
inline constexpr Array<uint8_t, BLOCK_SIZES> Num_4x4_Blocks_Wide = {
  1, 1, 2, 2, 2, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 1, 4, 2, 8, 4, 16,
};

/// Height of a block in units of 4 luma samples.
inline constexpr Array<uint8_t, BLOCK_SIZES> Num_4x4_Blocks_High = {
  1, 2, 1, 2, 4, 2, 4, 8, 4, 8, 16, 8, 16, 32, 16, 32, 4, 1, 8, 2, 16, 4,
};

/// Log2 of Num_4x4_Blocks_Wide and _High.
inline constexpr Array<uint8_t, BLOCK_SIZES> Mi_Width_Log2 = {
  0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 0, 2, 1, 3, 2, 4,
};
inline constexpr Array<uint8_t, BLOCK_SIZES> Mi_Height_Log2 = {
  0, 1, 0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5, 4, 5, 2, 0, 3, 1, 4, 2,
};

/// Size of a block in samples.
constexpr int block_width(BlockSize bsize) { return 4 * Num_4x4_Blocks_Wide[bsize]; }
constexpr int block_height(BlockSize bsize) { return 4 * Num_4x4_Blocks_High[bsize]; }
constexpr int block_width_log2(BlockSize bsize) { return Mi_Width_Log2[bsize] + 2; }
constexpr int block_height_log2(BlockSize bsize) { return Mi_Height_Log2[bsize] + 2; }
constexpr bool is_square(BlockSize bsize) { return Mi_Width_Log2[bsize] == Mi_Height_Log2[bsize]; }

/// Context of y_mode and of the inter-intra symbols.
inline constexpr Array<uint8_t, BLOCK_SIZES> Size_Group = {
  0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 0, 0, 1, 1, 2, 2,
};

/// Size of the block in a plane: [luma size][subsampling_x][subsampling_y].
inline constexpr Table3<BlockSize, BLOCK_SIZES, 2, 2> Subsampled_Size = {
  BLOCK_4X4, BLOCK_4X4, BLOCK_4X4, BLOCK_4X4,
  BLOCK_4X8, BLOCK_4X4, BLOCK_INVALID, BLOCK_4X4,
  BLOCK_8X4, BLOCK_INVALID, BLOCK_4X4, BLOCK_4X4,
  BLOCK_8X8, BLOCK_8X4, BLOCK_4X8, BLOCK_4X4,
  BLOCK_8X16, BLOCK_8X8, BLOCK_INVALID, BLOCK_4X8,
  BLOCK_16X8, BLOCK_INVALID, BLOCK_8X8, BLOCK_8X4,
  BLOCK_16X16, BLOCK_16X8, BLOCK_8X16, BLOCK_8X8,
  BLOCK_16X32, BLOCK_16X16, BLOCK_INVALID, BLOCK_8X16,
  BLOCK_32X16, BLOCK_INVALID, BLOCK_16X16, BLOCK_16X8,
  BLOCK_32X32, BLOCK_32X16, BLOCK_16X32, BLOCK_16X16,
  BLOCK_32X64, BLOCK_32X32, BLOCK_INVALID, BLOCK_16X32,
  BLOCK_64X32, BLOCK_INVALID, BLOCK_32X32, BLOCK_32X16,
  BLOCK_64X64, BLOCK_64X32, BLOCK_32X64, BLOCK_32X32,
  BLOCK_64X128, BLOCK_64X64, BLOCK_INVALID, BLOCK_32X64,
  BLOCK_128X64, BLOCK_INVALID, BLOCK_64X64, BLOCK_64X32,
  BLOCK_128X128, BLOCK_128X64, BLOCK_64X128, BLOCK_64X64,
  BLOCK_4X16, BLOCK_4X8, BLOCK_INVALID, BLOCK_4X8,
  BLOCK_16X4, BLOCK_INVALID, BLOCK_8X4, BLOCK_8X4,
  BLOCK_8X32, BLOCK_8X16, BLOCK_INVALID, BLOCK_4X16,
  BLOCK_32X8, BLOCK_INVALID, BLOCK_16X8, BLOCK_16X4,
  BLOCK_16X64, BLOCK_16X32, BLOCK_INVALID, BLOCK_8X32,
  BLOCK_64X16, BLOCK_INVALID, BLOCK_32X16, BLOCK_32X8,
};

/// spec 5.11.38: get_plane_residual_size( subsize, plane ); pass 0, 0 for luma.
constexpr BlockSize get_plane_residual_size(BlockSize subsize, int subsampling_x, int subsampling_y) {
  return Subsampled_Size[subsize][subsampling_x][subsampling_y];
}

/// The block size of w x h samples, BLOCK_INVALID if there is none.
constexpr BlockSize find_block_size(int w, int h) {
  for (int b = 0; b < BLOCK_SIZES; ++b)
    if (4 * Num_4x4_Blocks_Wide[b] == w && 4 * Num_4x4_Blocks_High[b] == h) return static_cast<BlockSize>(b);
  return BLOCK_INVALID;
}

/// [partition][square block size]: size of the parts. PARTITION_*_A and _B also have two of half the side.
inline constexpr auto Partition_Subsize = [] {
  Table2<BlockSize, PARTITION_TYPES, BLOCK_SIZES> subsize = {};
  for (auto& row : subsize) row.fill(BLOCK_INVALID);
  for (int b = 0; b < BLOCK_SIZES; ++b) {
    if (!is_square(static_cast<BlockSize>(b))) continue;
    const int n = block_width(static_cast<BlockSize>(b));
    subsize[PARTITION_NONE][b] = static_cast<BlockSize>(b);
    subsize[PARTITION_SPLIT][b] = find_block_size(n / 2, n / 2);
    for (Partition p : {PARTITION_HORZ, PARTITION_HORZ_A, PARTITION_HORZ_B})
      subsize[p][b] = find_block_size(n, n / 2);
    for (Partition p : {PARTITION_VERT, PARTITION_VERT_A, PARTITION_VERT_B})
      subsize[p][b] = find_block_size(n / 2, n);
    subsize[PARTITION_HORZ_4][b] = find_block_size(n, n / 4);
    subsize[PARTITION_VERT_4][b] = find_block_size(n / 4, n);
  }
  return subsize;
}();

/// Largest transform that fits the block.
inline constexpr Array<TxSize, BLOCK_SIZES> Max_Tx_Size_Rect = {
  TX_4X4, TX_4X8, TX_8X4, TX_8X8, TX_8X16, TX_16X8, TX_16X16, TX_16X32,
  TX_32X16, TX_32X32, TX_32X64, TX_64X32, TX_64X64, TX_64X64, TX_64X64, TX_64X64,
  TX_4X16, TX_16X4, TX_8X32, TX_32X8, TX_16X64, TX_64X16,
};

/// How often Max_Tx_Size_Rect can be split; picks the CDF of tx_depth.
inline constexpr Array<uint8_t, BLOCK_SIZES> Max_Tx_Depth = {
  0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 2, 2, 3, 3, 4, 4,
};

/// 4 where the block may use wedge masks, else 0.
inline constexpr Array<uint8_t, BLOCK_SIZES> Wedge_Bits = {
  0, 0, 0, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 0, 0,
};

}  // namespace tessera
