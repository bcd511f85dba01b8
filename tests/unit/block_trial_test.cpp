// Trials leave no trace, and tables of motion vector costs agree with the symbols.
#include "block/trial.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>

#include "block/write_coeffs.h"
#include "block/write_mv.h"
#include "block/write_partition.h"
#include "block/write_sinks.h"

namespace tessera {
namespace {

struct TrialTest : testing::Test {
  TrialTest() {
    header.size = make_frame_size(256, 64);
    init_default(*cdfs, 100);
    const TileRect tile{0, 16, 0, 64};
    context.resize(tile);
    context.start_tile(tile, 100);
    coefs.resize(4096);
    wc = WriteContext(sequence, header, *cdfs, context);
    state = std::make_unique<TrialState<CostCounter>>(TrialState<CostCounter>{wc, journal, coefs, counter});
  }
  /// Something of everything: symbols of small and large CDFs, contexts, levels, superblock state.
  void work(std::mt19937& rng) {
    BlockInfo info;
    info.size = BLOCK_16X16;
    info.mi_row = static_cast<uint16_t>(rng() % 4 * 4);
    info.mi_col = static_cast<uint16_t>(16 + rng() % 4 * 4);
    write_partition(counter, wc, info.mi_row, info.mi_col, BLOCK_16X16,
                    static_cast<Partition>(rng() % PARTITION_TYPES));
    Level* levels = coefs.tail();
    const int eob = 1 + static_cast<int>(rng() % 200);
    for (int i = 0; i < eob; i++) levels[i] = static_cast<Level>(rng() % 20 + 1);
    coefs.advance(eob);
    write_coeffs(counter, wc, info, {0, TX_16X16, info.mi_col, info.mi_row, info.mi_row, info.mi_col},
                 DCT_DCT, levels, eob);
    wc.coef_cursor += static_cast<uint32_t>(eob);
    info.y_mode = PAETH_PRED;
    info.skip = 1;
    context.enter_block(info);
    context.enter_tx_size(info.mi_row, info.mi_col, 4, 4, 4, 4);
    context.sb.cdef_coded = true;
    context.sb.qindex++;
  }

  SequenceHeader sequence;
  FrameHeader header;
  std::unique_ptr<CdfContext> cdfs = std::make_unique<CdfContext>();
  CdfJournal journal;
  BlockContext context;
  CoefStore coefs;
  WriteContext wc;
  CostCounter counter{*cdfs, journal};
  std::unique_ptr<TrialState<CostCounter>> state;
};

TEST_F(TrialTest, RollsBackUnlessCommitted) {
  std::mt19937 rng(1);
  work(rng);
  for (bool commit : {false, true}) {
    const auto cdfs_before = std::make_unique<CdfContext>(*cdfs);
    const BlockContext::Checkpoint before = context.save(16);
    const uint32_t used = coefs.used(), cursor = wc.coef_cursor;
    const uint64_t bits = counter.bits512();
    {
      Trial outer(*state, 16);
      for (int i = 0; i < 5; i++) {
        Trial inner(*state, 16);
        work(rng);
        EXPECT_GT(inner.bits512(), 0u);
        if (i % 2) inner.commit();
      }
      EXPECT_EQ(counter.bits512() - bits, outer.bits512());
      if (commit) outer.commit();
    }
    const BlockContext::Checkpoint after = context.save(16);
    const bool same = std::memcmp(cdfs_before.get(), cdfs.get(), sizeof(CdfContext)) == 0 &&
                      std::memcmp(&before.above, &after.above, sizeof(ContextEdge)) == 0 &&
                      std::memcmp(&before.left, &after.left, sizeof(ContextEdge)) == 0 &&
                      before.sb.qindex == after.sb.qindex && coefs.used() == used &&
                      wc.coef_cursor == cursor && counter.bits512() == bits;
    EXPECT_EQ(same, !commit);
  }
}

TEST(MvCost, TableEqualsTheSymbols) {
  std::mt19937 rng(1);
  auto cdfs = std::make_unique<CdfContext>();
  init_default(*cdfs, 100);
  auto tables = std::make_unique<CostTables>();
  for (const auto& [integer, high] : {std::pair{false, true}, {false, false}, {true, false}}) {
    MvPrecision precision;
    precision.force_integer_mv = integer;
    precision.allow_high_precision_mv = high;
    CdfJournal journal;
    CostCounter adapting(*cdfs, journal);
    const int step = 1 << precision.step_log2();
    auto random_component = [&] {
      const int reach = std::min<int>(MvCostTable::kReach, 8 << rng() % 9) / step;
      return static_cast<int16_t>((static_cast<int>(rng() % static_cast<unsigned>(2 * reach + 1)) - reach) *
                                  step);
    };
    for (int i = 0; i < 200; i++)
      write_mv(adapting, *cdfs, precision, {random_component(), random_component()});
    build_cost_tables(*cdfs, *tables);
    auto table = std::make_unique<MvCostTable>();
    table->build(*cdfs, precision);
    for (int i = 0; i < 2000; i++) {
      const Mv diff{random_component(), random_component()};
      FrozenCostCounter counter(*cdfs, *tables);
      write_mv(counter, *cdfs, precision, diff);
      ASSERT_EQ(table->cost(diff), counter.bits512()) << diff.row << "," << diff.col;
    }
  }
}

}  // namespace
}  // namespace tessera
