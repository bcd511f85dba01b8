// Contexts of coefficients against the text of section 8.3.2, with its bounds tests instead of padding.
#include "dsp/coef_levels.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "spec/scan.h"

namespace tessera {
namespace {

/// Quant[ ] of one block, and the two context derivations that read it.
struct NaiveBlock {
  TxSize tx_size;
  TxClass tx_class;
  std::vector<Level> quant;
  int width() const { return Tx_Width[Adjusted_Tx_Size[tx_size]]; }
  int height() const { return Tx_Height[Adjusted_Tx_Size[tx_size]]; }

  int magnitude(int row, int col, int cap) const {
    if (row >= height() || col >= width()) return 0;
    return std::min(std::abs(quant[row * width() + col]), cap);
  }
  int base_ctx(int row, int col) const {
    int mag = 0;
    for (int idx = 0; idx < 5; ++idx)
      mag += magnitude(row + Sig_Ref_Diff_Offset[tx_class][idx][0],
                       col + Sig_Ref_Diff_Offset[tx_class][idx][1], 3);
    const int ctx = std::min((mag + 1) >> 1, 4);
    if (tx_class == TX_CLASS_2D) {
      if (row == 0 && col == 0) return 0;
      return ctx + Coeff_Base_Ctx_Offset[tx_size][std::min(row, 4)][std::min(col, 4)];
    }
    const int idx = tx_class == TX_CLASS_VERT ? row : col;
    return ctx + Coeff_Base_Pos_Ctx_Offset[std::min(idx, 2)];
  }
  int br_ctx(int row, int col) const {
    int mag = 0;
    for (int idx = 0; idx < 3; ++idx)
      mag += magnitude(row + Mag_Ref_Offset_With_Tx_Class[tx_class][idx][0],
                       col + Mag_Ref_Offset_With_Tx_Class[tx_class][idx][1], 15);
    mag = std::min((mag + 1) >> 1, 6);
    if (row == 0 && col == 0) return mag;
    if (tx_class == TX_CLASS_2D) return row < 2 && col < 2 ? mag + 7 : mag + 14;
    return (tx_class == TX_CLASS_HORIZ ? col : row) == 0 ? mag + 7 : mag + 14;
  }
};

class CoefLevels : public ::testing::Test {
 protected:
  CoefLevels() { bind_coef_levels_scalar(table); }

  template <class F>
  void for_each_block(F f) {
    for (int size = 0; size < TX_SIZES_ALL; ++size)
      for (int c = 0; c < (Tx_Size_Sqr_Up[size] > TX_16X16 ? 1 : 3); ++c)
        for (int trial = 0; trial < 20; ++trial) {
          NaiveBlock block{TxSize(size), TxClass(c), std::vector<Level>(max_eob(TxSize(size)))};
          for (Level& v : block.quant) {
            const int choice = rng() % 8;
            v = static_cast<Level>(choice < trial % 8 ? 0
                                   : choice < 7       ? int(rng() % 9) - 4
                                                      : int(rng() % 65535) - 32767);
          }
          f(block);
        }
  }

  CoefLevelsTable<uint8_t> table;
  std::mt19937 rng{3};
};

TEST_F(CoefLevels, MapHoldsCappedMagnitudesAndZeros) {
  for_each_block([&](const NaiveBlock& b) {
    const int w = b.width(), h = b.height(), size = level_map_size(w, h);
    std::vector<uint8_t> map(size + 1, 200);
    table.build_levels(b.quant.data(), w, h, map.data());
    for (int i = 0; i < size - kLevelReach; ++i)
      ASSERT_EQ(map[i], b.magnitude(i / level_stride(w), i % level_stride(w), 127));
    ASSERT_EQ(map[size], 200);
  });
}

TEST_F(CoefLevels, ContextsFollowTheSpecification) {
  for_each_block([&](const NaiveBlock& b) {
    const int w = b.width(), h = b.height(), stride = level_stride(w);
    std::vector<uint8_t> map(level_map_size(w, h)), base(level_map_size(w, h) + 1, 99), symbols = base;
    table.build_levels(b.quant.data(), w, h, map.data());
    table.base_sums(map.data(), b.tx_size, b.tx_class, h, base.data());
    table.symbols(map.data(), b.tx_size, b.tx_class, h, symbols.data());
    for (int row = 0; row < h; ++row)
      for (int col = 0; col < w; ++col) {
        const int i = row * stride + col;
        SCOPED_TRACE(::testing::Message() << row << " " << col << " size " << b.tx_size);
        const bool dc = b.tx_class == TX_CLASS_2D && row == 0 && col == 0;
        const int offset = base_ctx_offset(b.tx_size, b.tx_class, row, col);
        ASSERT_EQ(dc ? 0 : base_ctx_of_sum(base[i]) + offset, b.base_ctx(row, col));
        ASSERT_EQ(symbols[i], 4 * b.base_ctx(row, col) + b.magnitude(row, col, 3));
        ASSERT_EQ(get_coeff_base_ctx(&map[i], stride, b.tx_size, b.tx_class, row, col), b.base_ctx(row, col));
        ASSERT_EQ(get_coeff_br_ctx(&map[i], stride, b.tx_class, row, col), b.br_ctx(row, col));
      }
    EXPECT_EQ(base.back(), 99);
    EXPECT_EQ(symbols.back(), 99);
  });
}

TEST_F(CoefLevels, RowsReachedHoldTheScan) {
  for (int size = 0; size < TX_SIZES_ALL; ++size)
    for (int c = 0; c < 3; ++c) {
      const Scan& scan = kScans[size][c];
      const int w_log2 = Tx_Width_Log2[Adjusted_Tx_Size[size]], h = Tx_Height[Adjusted_Tx_Size[size]];
      if (c != TX_CLASS_2D && scan.positions == kScans[size][TX_CLASS_2D].positions) continue;
      int deepest = 0;
      for (int rank = 0; rank < scan.size; ++rank) {
        deepest = std::max(deepest, scan[rank] >> w_log2);
        ASSERT_GT(reached_rows(TxClass(c), scan[rank], w_log2, h), deepest) << size << " class " << c << " " << rank;
        ASSERT_LE(reached_rows(TxClass(c), scan[rank], w_log2, h), h);
      }
    }
}

/// The symbols of every level one by one, each with a cost of its own.
TEST_F(CoefLevels, RateIsThatOfEverySymbol) {
  std::vector<uint16_t> base(42 * 4), br(21 * 16), base_eob(3);
  for (auto* costs : {&base, &br, &base_eob})
    for (uint16_t& cost : *costs) cost = static_cast<uint16_t>(rng() % 20000);
  for (size_t i = 0; i < br.size(); ++i)
    if (i % 16 < 3) br[i] = 0;
  constexpr uint32_t kBit = 512;
  for_each_block([&](NaiveBlock& b) {
    const Scan& scan = kScans[b.tx_size][b.tx_class];
    int eob = 1 + static_cast<int>(rng() % (rng() % 2 ? 12u : static_cast<unsigned>(scan.size)));
    for (int rank = eob; rank < scan.size; ++rank) b.quant[scan[rank]] = 0;
    if (b.quant[scan[eob - 1]] == 0) b.quant[scan[eob - 1]] = -2;
    uint32_t expected = 0;
    for (int rank = 0; rank < eob; ++rank) {
      const int row = scan[rank] / b.width(), col = scan[rank] % b.width(), m = std::abs(b.quant[scan[rank]]);
      if (rank == eob - 1) expected += base_eob[std::min(m, 3) - 1] + (rank > 0 ? kBit : 0);
      else expected += base[4 * b.base_ctx(row, col) + std::min(m, 3)] - (rank == 0 && m > 0 ? kBit : 0);
      expected += br[16 * b.br_ctx(row, col) + std::min(m, 15)];
      for (int x = m - 14, bits = 1; x > 0; x >>= 1, bits = 2) expected += static_cast<uint32_t>(bits) * kBit;
    }
    const LevelRateTask task = {.levels = b.quant.data(),
                                .positions = scan.positions,
                                .eob = eob,
                                .size = b.tx_size,
                                .tx_class = b.tx_class,
                                .base = base.data(),
                                .base_eob = base_eob.data(),
                                .br = br.data(),
                                .bit = kBit};
    ASSERT_EQ(table.rate(task), expected) << "size " << b.tx_size << " class " << b.tx_class << " eob " << eob;
  });
}

}  // namespace
}  // namespace tessera
