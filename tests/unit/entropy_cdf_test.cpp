// The CDF context: layout, defaults, adaptation and its undo log, costs.
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <random>

#include "entropy/cost_counter.h"
#include "entropy/range_encoder.h"
#include "spec/default_cdfs.h"
#include "tests/support/any_cdf.h"
#include "tests/support/symbol_decoder.h"

namespace tessera {
namespace {

using test::all_cdfs;
using test::CdfPlace;
using test::spec_form;
using test::with_cdf;

bool same_bytes(const CdfContext& a, const CdfContext& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

/// A context whose CDFs are as arbitrary as adaptation can make them.
CdfContext worn_context(std::mt19937& random) {
  CdfContext context;
  init_default(context, 80);
  const auto places = all_cdfs();
  for (int i = 0; i < 20000; ++i)
    with_cdf(context, places[random() % places.size()],
             [&]<int N>(Cdf<N>& cdf) { adapt_cdf(cdf, static_cast<int>(random() % N)); });
  return context;
}

TEST(CdfContext, CopiesOfFixedSizeStayInTheirRegion) {
  const int first_large = offsetof(CdfContext, eob_pt_16) / 2;
  int covered = 0;
  for (const CdfPlace& place : all_cdfs()) {
    if (is_small_cdf(place.symbols)) {
      EXPECT_LE(place.offset + 4, first_large);
    } else {
      EXPECT_GE(place.offset, first_large);
      EXPECT_LE(place.offset + 16, kCdfWords);
    }
    const CdfInfo info = cdf_info(place.offset + place.symbols - 1);
    ASSERT_NE(info.name, nullptr);
    EXPECT_EQ(info.symbols, place.symbols);
    covered += place.symbols;
  }
  int padding = 0;
  for (int i = 0; i < kCdfWords; ++i) padding += cdf_name(i) == nullptr;
  EXPECT_EQ(covered + padding, kCdfWords);
  EXPECT_STREQ(cdf_name(first_large - 1 - 2), "palette_size_4_uv_color");
  EXPECT_EQ(cdf_info(offsetof(CdfContext, mv_bit) / 2 + 2 * 13).index, 13);
}

TEST(CdfContext, DefaultsAreTheSpecifications) {
  CdfContext context;
  for (int q : {0, 20, 21, 60, 61, 120, 121, 255}) {
    init_default(context, q);
    const int idx = q <= 20 ? 0 : q <= 60 ? 1 : q <= 120 ? 2 : 3;
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(context.coeff_base[4][1][41].w[i], 32768 - default_cdfs::coeff_base[idx][4][1][41][i]);
    EXPECT_EQ(context.coeff_br[3][0][7].w[1], 32768 - default_cdfs::coeff_br[idx][3][0][7][1]);
    EXPECT_EQ(context.eob_pt_1024[1].w[9], 32768 - default_cdfs::eob_pt_1024[idx][1][9]);
  }
  for (const CdfPlace& place : all_cdfs()) {
    const auto cdf = spec_form(context, place);
    EXPECT_GT(cdf[0], 0) << cdf_name(place.offset);  // every field has been filled
    for (int i = 1; i < place.symbols; ++i) EXPECT_LE(cdf[i - 1], cdf[i]) << cdf_name(place.offset);
    EXPECT_EQ(cdf[place.symbols], 0);
  }
  EXPECT_EQ(context.intra_tx_set1[1][12].w[5], 32768 - default_cdfs::intra_tx_type_set1[1][12][5]);
  EXPECT_EQ(context.inter_tx_set3[3].w[0], 32768 - default_cdfs::inter_tx_type_set3[3][0]);
  EXPECT_EQ(context.mv_class0_fr[1][1].w[2], 32768 - default_cdfs::mv_class0_fr[1][1][2]);
  EXPECT_EQ(context.mv_bit[0][9].w[0], 32768 - default_cdfs::mv_bit[9][0]);
  EXPECT_EQ(context.mv_bit[1][3].w[0], 32768 - default_cdfs::mv_bit[3][0]);
  EXPECT_EQ(context.delta_lf_multi[3].w[2], 32768 - default_cdfs::delta_lf[2]);
}

TEST(CdfContext, LoadingZeroesCountersAndNothingElse) {
  std::mt19937 random(5);
  const CdfContext saved = worn_context(random);
  CdfContext loaded;
  load_cdfs(loaded, saved);
  bool any_counter = false;
  for (const CdfPlace& place : all_cdfs()) {
    auto before = spec_form(saved, place);
    any_counter |= before.back() != 0;
    before.back() = 0;
    EXPECT_EQ(spec_form(loaded, place), before);
  }
  EXPECT_TRUE(any_counter);
}

TEST(AdaptCdf, IsTheSpecificationsUpdate) {
  std::mt19937 random(3);
  CdfContext context;
  init_default(context, 200);
  const auto places = all_cdfs();
  for (int i = 0; i < 200000; ++i) {
    const CdfPlace place = places[random() % (i & 1 ? 30 : places.size())];
    const int value = static_cast<int>(i & 2 ? random() % place.symbols : 0);
    auto expected = spec_form(context, place);
    test::SymbolDecoder::update(expected.data(), place.symbols, value);
    // Neighbouring CDFs share the words that the wide copies touch.
    CdfContext whole = context;
    for (int k = 0; k < place.symbols - 1; ++k)
      reinterpret_cast<uint16_t*>(&whole)[place.offset + k] = static_cast<uint16_t>(32768 - expected[k]);
    reinterpret_cast<uint16_t*>(&whole)[place.offset + place.symbols - 1] = expected.back();
    with_cdf(context, place, [&](auto& cdf) { adapt_cdf(cdf, value); });
    ASSERT_TRUE(same_bytes(context, whole)) << cdf_name(place.offset) << " value " << value;
  }
}

TEST(AdaptCdf, ExtremesOfEveryAlphabet) {
  CdfContext context;
  init_default(context, 0);
  for (const CdfPlace& place : all_cdfs()) {
    auto expected = spec_form(context, place);
    for (int i = 0; i < 600; ++i) {
      const int value = i < 300 ? 0 : place.symbols - 1;
      test::SymbolDecoder::update(expected.data(), place.symbols, value);
      with_cdf(context, place, [&](auto& cdf) { adapt_cdf(cdf, value); });
    }
    ASSERT_EQ(spec_form(context, place), expected) << cdf_name(place.offset);
  }
}

TEST(CdfJournal, RollsBackNestedTrialsByteForByte) {
  std::mt19937 random(4);
  CdfContext context = worn_context(random);
  CdfJournal journal(8, 8);  // so small that it has to grow, too
  CostCounter counter(context, journal);
  const auto places = all_cdfs();
  struct Level {
    CdfJournal::Checkpoint mark;
    CdfContext copy;
  };
  std::vector<Level> open;
  for (int step = 0; step < 4000; ++step) {
    const auto what = random() % 16;
    if (what == 0 && open.size() < 12) {
      open.push_back({journal.checkpoint(), context});
    } else if (what == 1 && !open.empty()) {
      journal.rollback(context, open.back().mark);
      ASSERT_TRUE(same_bytes(context, open.back().copy)) << step;
      if (random() & 1) open.pop_back();  // or try another branch from the same mark
    } else if (what == 2 && !open.empty()) {
      open.pop_back();  // commit: the outer trial can still undo it
    } else {
      // A few CDFs only, so that the same ones are pushed again and again.
      const CdfPlace place = places[(random() % 4 ? random() % 50 : random()) % places.size()];
      with_cdf(context, place,
               [&]<int N>(Cdf<N>& cdf) { counter.symbol(cdf, static_cast<int>(random() % N)); });
    }
  }
  while (!open.empty()) {
    journal.rollback(context, open.back().mark);
    ASSERT_TRUE(same_bytes(context, open.back().copy));
    open.pop_back();
  }
}

#ifdef TESSERA_SYMBOL_TRACE
TEST(CdfJournal, TracesWhatIsAskedOfIt) {
  CdfContext context;
  init_default(context, 60);
  CdfJournal journal;
  CostCounter counter(context, journal);
  {
    const TracedCheckpoint checkpoint(journal.trace);
    counter.symbol(context.skip[1], 1);
    journal.trace.event('r');
  }
  const std::string offset = std::to_string(cdf_offset(context, context.skip[1]));
  EXPECT_EQ(journal.trace.unflushed(), "c\ns " + offset + " 1\nr\nk\n");
  journal.clear();
  EXPECT_TRUE(journal.trace.unflushed().empty());
}
#endif

TEST(CdfJournal, ClearForgets) {
  CdfContext context;
  init_default(context, 0);
  CdfJournal journal;
  CostCounter counter(context, journal);
  counter.symbol(context.skip[0], 1);
  counter.symbol(context.y_mode[0], 5);
  EXPECT_EQ(journal.checkpoint().small, 1u);
  EXPECT_EQ(journal.checkpoint().large, 1u);
  journal.clear();
  const CdfContext after = context;
  journal.rollback(context, {});
  EXPECT_TRUE(same_bytes(context, after));
}

template <int N>
const Cdf<N>& cdf_at(const CdfContext& context, CdfPlace place) {
  return *reinterpret_cast<const Cdf<N>*>(reinterpret_cast<const uint16_t*>(&context) + place.offset);
}

/// Symbols drawn from the CDFs themselves, or with a bias, cost what the coder writes.
void expect_costs_match(int bias, bool frozen) {
  std::mt19937 random(static_cast<uint32_t>(7 + bias));
  const CdfContext initial = worn_context(random);
  CdfContext counted = initial, written = initial;
  CdfJournal journal;
  CostCounter counter(counted, journal);
  CostTables tables;
  build_cost_tables(initial, tables);
  FrozenCostCounter frozen_counter(initial, tables);
  ByteBuffer buffer;
  RangeEncoder encoder(buffer, written, !frozen);
  const auto places = all_cdfs();
  for (int i = 0; i < 40000; ++i) {
    const CdfPlace place = places[random() % places.size()];
    with_cdf(written, place, [&]<int N>(Cdf<N>& cdf) {
      int value = 0;
      const int drawn = static_cast<int>(random() % 32768);
      for (int k = 0; k < N - 1; ++k) value += cdf.w[k] > drawn;
      if (bias == 1) value = static_cast<int>(random() % N);
      if (bias == 2) value = 0;
      encoder.symbol(cdf, value);
      frozen_counter.symbol(cdf_at<N>(initial, place), value);
      with_cdf(counted, place, [&](auto& mine) { counter.symbol(mine, value); });
    });
    if (i % 8 == 0) {
      const auto word = static_cast<uint16_t>(1 + random() % 32767);
      const int bit = random() % 32768 < word;
      encoder.boolean(word, bit), counter.boolean(word, bit), frozen_counter.boolean(word, bit);
      encoder.literal(5, 3), counter.literal(5, 3), frozen_counter.literal(5, 3);
    }
    if (i % 1000 == 0) journal.clear();
  }
  const double bits = static_cast<double>(encoder.bits512());
  const double cost = static_cast<double>(frozen ? frozen_counter.bits512() : counter.bits512());
  EXPECT_NEAR(cost / bits, 1.0, 0.01) << "bias " << bias;
  EXPECT_NEAR(8.0 * 512 * static_cast<double>(encoder.finish()) / bits, 1.0, 0.001);
}

TEST(CostCounter, AgreesWithTheCoder) {
  for (int bias = 0; bias < 3; ++bias) expect_costs_match(bias, false);
}

TEST(FrozenCostCounter, AgreesWithTheCoder) {
  for (int bias = 0; bias < 3; ++bias) expect_costs_match(bias, true);
}

TEST(CostTables, HoldEverySymbolOfEveryCdf) {
  std::mt19937 random(9);
  CdfContext context = worn_context(random);
  CostTables tables;
  build_cost_tables(context, tables);
  for (const CdfPlace& place : all_cdfs())
    with_cdf(context, place, [&]<int N>(Cdf<N>& cdf) {
      for (int s = 0; s < N; ++s) {
        const double exact = -512 * std::log2(std::max(symbol_probability(cdf, s), 64) / 32768.0);
        ASSERT_EQ(costs_of(tables, context, cdf)[s], symbol_cost(cdf, s));
        if (symbol_probability(cdf, s) > 2000) {
          ASSERT_NEAR(symbol_cost(cdf, s), exact, 30);
        }
      }
    });
  EXPECT_EQ(tables.skip[1].bits[0], symbol_cost(context.skip[1], 0));
}

TEST(CostTables, LevelsAreSumsOfTheirSymbols) {
  std::mt19937 random(10);
  CdfContext context = worn_context(random);
  CostTables tables;
  build_cost_tables(context, tables);
  for (int size = 0; size < 4; ++size)
    for (int ctx = 0; ctx < 21; ++ctx)
      for (int m = 0; m < 16; ++m) {
        uint32_t sum = 0;
        int rest = m - 3;
        for (int i = 0; i < 4 && rest >= 0; ++i, rest -= 3) {
          sum += tables.coeff_br[size][1][ctx].bits[std::min(rest, 3)];
          if (rest < 3) break;
        }
        ASSERT_EQ(tables.levels.br[size][1][ctx][m], sum) << m;
      }
  for (int ctx = 0; ctx < 42; ++ctx)
    for (int m = 0; m < 4; ++m)
      ASSERT_EQ(tables.levels.base[4][0][ctx][m], tables.coeff_base[4][0][ctx].bits[m] + (m ? kCostOneBit : 0));
}

}  // namespace
}  // namespace tessera
