// What the range encoder writes, the specification's decoder reads.
#include "entropy/range_encoder.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/any_cdf.h"
#include "tests/support/symbol_decoder.h"

namespace tessera {
namespace {

using test::all_cdfs;
using test::CdfPlace;
using test::spec_form;
using test::SymbolDecoder;
using test::with_cdf;

/// One thing that a sink can be asked for.
struct Event {
  enum Kind { kSymbol, kBoolean, kLiteral } kind;
  CdfPlace place;
  uint32_t value;
  int parameter;  ///< word of a boolean, bits of a literal
};

std::vector<uint8_t> encode(const std::vector<Event>& events, CdfContext& context, bool adapt) {
  ByteBuffer buffer(16);
  buffer.extend(3)[0] = 0xff;  // an earlier tile, which no carry may reach
  buffer.data()[1] = buffer.data()[2] = 0xff;
  RangeEncoder encoder(buffer, context, adapt);
  for (const Event& e : events) {
    if (e.kind == Event::kSymbol)
      with_cdf(context, e.place, [&](auto& cdf) { encoder.symbol(cdf, static_cast<int>(e.value)); });
    else if (e.kind == Event::kBoolean)
      encoder.boolean(static_cast<uint16_t>(e.parameter), static_cast<int>(e.value));
    else
      encoder.literal(e.value, e.parameter);
  }
  const uint64_t bits = encoder.bits512() / 512;
  const size_t size = encoder.finish();
  EXPECT_EQ(buffer.size(), size + 3);
  EXPECT_NEAR(static_cast<double>(bits), 8.0 * static_cast<double>(size), 17);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(buffer.data()[i], 0xff);
  return {buffer.data() + 3, buffer.data() + buffer.size()};
}

void expect_decodes(const std::vector<uint8_t>& bytes, const std::vector<Event>& events,
                    const CdfContext& initial, bool adapt, const CdfContext& final) {
  SymbolDecoder decoder(bytes.data(), bytes.size(), !adapt);
  std::map<int, std::vector<uint16_t>> cdfs;
  for (const Event& e : events) {
    uint32_t value;
    if (e.kind == Event::kSymbol) {
      auto& cdf = cdfs[e.place.offset];
      if (cdf.empty()) cdf = spec_form(initial, e.place);
      value = static_cast<uint32_t>(decoder.read_symbol(cdf.data(), e.place.symbols));
    } else if (e.kind == Event::kBoolean) {
      value = static_cast<uint32_t>(decoder.read_bool(32768 - e.parameter));
    } else {
      value = decoder.read_literal(e.parameter);
    }
    ASSERT_EQ(value, e.value) << "event " << &e - events.data();
  }
  EXPECT_TRUE(decoder.exit_symbol());
  for (const Event& e : events)
    if (e.kind == Event::kSymbol) {
      ASSERT_EQ(cdfs[e.place.offset], spec_form(final, e.place));
    }
}

void round_trip(const std::vector<Event>& events, bool adapt) {
  CdfContext initial, context;
  init_default(initial, 100);
  context = initial;
  const std::vector<uint8_t> bytes = encode(events, context, adapt);
  expect_decodes(bytes, events, initial, adapt, context);
}

std::vector<Event> random_events(std::mt19937& random, int count, int skew) {
  const std::vector<CdfPlace> places = all_cdfs();
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) {
    const int what = static_cast<int>(random() % 10);
    const CdfPlace place = places[random() % (skew ? 40 : places.size())];
    uint32_t value = random() % static_cast<uint32_t>(place.symbols);
    for (int k = 0; k < skew; ++k) value = std::min(value, static_cast<uint32_t>(random() % place.symbols));
    if (what < 8) {
      events.push_back({Event::kSymbol, place, value, 0});
    } else if (what == 8) {
      events.push_back(
          {Event::kBoolean, {}, static_cast<uint32_t>(random() & 1), static_cast<int>(1 + random() % 32767)});
    } else {
      const int bits = static_cast<int>(random() % 33);
      events.push_back(
          {Event::kLiteral, {}, bits ? static_cast<uint32_t>(random()) >> (32 - bits) : 0, bits});
    }
  }
  return events;
}

TEST(RangeEncoder, DecodesToTheSameSymbols) {
  std::mt19937 random(1);
  for (int run = 0; run < 60; ++run) {
    SCOPED_TRACE(run);
    round_trip(random_events(random, static_cast<int>(random() % 400), run % 4), run % 2 != 0);
  }
}

TEST(RangeEncoder, LongStreams) {
  std::mt19937 random(2);
  round_trip(random_events(random, 300000, 0), true);
  round_trip(random_events(random, 300000, 3), true);
}

TEST(RangeEncoder, EmptyTile) {
  round_trip({}, true);
}

TEST(RangeEncoder, EveryShortLiteral) {
  for (int bits = 1; bits <= 10; ++bits)
    for (uint32_t value = 0; value < (1u << bits); ++value)
      round_trip({{Event::kLiteral, {}, value, bits}}, false);
}

TEST(RangeEncoder, RarestSymbols) {
  // Words at their extremes: the least probable symbol of every CDF, again and again.
  std::vector<Event> events;
  for (const CdfPlace& place : all_cdfs())
    for (int i = 0; i < 3; ++i)
      events.push_back({Event::kSymbol, place, static_cast<uint32_t>(place.symbols - 1), 0});
  round_trip(events, true);
  round_trip(events, false);
}

/// Symbols that follow a given code word for a while, so that the interval straddles a long run of ones, and
/// then leave it upwards: the carry has to travel through bytes that are long written.
TEST(RangeEncoder, CarriesThroughLongRunsOfOnes) {
  const std::vector<CdfPlace> places = all_cdfs();
  for (int run = 0; run < 40; ++run) {
    SCOPED_TRACE(run);
    std::mt19937 random(static_cast<uint32_t>(run));
    std::vector<uint8_t> code(400, 0xff);
    code[run % 7] = static_cast<uint8_t>(random() & 0x7f);
    CdfContext initial;
    init_default(initial, 100);
    SymbolDecoder follow(code.data(), code.size(), true);
    std::vector<Event> events;
    const int symbols = 500 + static_cast<int>(random() % 200);
    for (int i = 0; i < symbols; ++i) {
      const CdfPlace place = places[random() % places.size()];
      auto cdf = spec_form(initial, place);
      const int value = follow.read_symbol(cdf.data(), place.symbols);
      events.push_back({Event::kSymbol, place, static_cast<uint32_t>(value), 0});
    }
    for (int i = 0; i < 30; ++i) {
      const CdfPlace place = places[random() % places.size()];
      events.push_back({Event::kSymbol, place, static_cast<uint32_t>(place.symbols - 1), 0});
    }
    round_trip(events, false);
  }
}

TEST(SymbolSink, GolombAndNsCodesDecode) {
  CdfContext context;
  init_default(context, 0);
  ByteBuffer buffer;
  RangeEncoder encoder(buffer, context);
  std::vector<uint32_t> levels;
  for (uint32_t x = 1; x < 300; ++x) levels.push_back(x);
  for (int b = 9; b < 20; ++b) levels.insert(levels.end(), {(1u << b) - 1, 1u << b, (1u << b) + 1});
  for (uint32_t x : levels) write_golomb(encoder, x);
  for (uint32_t n = 1; n < 40; ++n)
    for (uint32_t v = 0; v < n; ++v) write_ns(encoder, n, v);
  encoder.finish();

  SymbolDecoder decoder(buffer.data(), buffer.size());
  for (uint32_t expected : levels) {
    int length = 0;
    do length++;
    while (!decoder.read_literal(1));
    uint32_t x = 1;
    for (int i = length - 2; i >= 0; i--) x = (x << 1) | decoder.read_literal(1);
    ASSERT_EQ(x, expected);
  }
  for (uint32_t n = 1; n < 40; ++n)
    for (uint32_t expected = 0; expected < n; ++expected) {
      int w = 0;
      for (uint32_t x = n; x != 0; x >>= 1) w++;
      const uint32_t m = (1u << w) - n;
      uint32_t v = decoder.read_literal(w - 1);
      if (v >= m) v = (v << 1) - m + decoder.read_literal(1);
      ASSERT_EQ(v, expected) << n;
    }
  EXPECT_TRUE(decoder.exit_symbol());
}

TEST(PartitionWords, AreTheSumsOfTheSpecification) {
  CdfContext context;
  init_default(context, 0);
  for (int ctx = 0; ctx < 4; ++ctx) {
    const Cdf<10>& cdf = context.partition_w32[ctx];
    const auto p = [&](int i) { return symbol_probability(cdf, i); };
    int total = 0;
    for (int i = 0; i < 10; ++i) total += p(i);
    EXPECT_EQ(total, 32768);
    EXPECT_EQ(split_or_horz_word(cdf), p(2) + p(3) + p(4) + p(6) + p(7) + p(9));
    EXPECT_EQ(split_or_vert_word(cdf), p(1) + p(3) + p(4) + p(5) + p(6) + p(8));
    const Cdf<8>& big = context.partition_w128[ctx];
    const auto q = [&](int i) { return symbol_probability(big, i); };
    EXPECT_EQ(split_or_horz_word(big), q(2) + q(3) + q(4) + q(6) + q(7));
  }
}

#ifdef TESSERA_SYMBOL_TRACE
TEST(RangeEncoder, TracesEverySymbol) {
  CdfContext context;
  init_default(context, 0);
  ByteBuffer buffer;
  RangeEncoder encoder(buffer, context);
  std::vector<SymbolRecord> records;
  encoder.set_trace(
      [](void* to, const SymbolRecord& r) { static_cast<decltype(records)*>(to)->push_back(r); }, &records);
  encoder.symbol(context.skip[1], 1);
  encoder.boolean_equiprobable(0);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_STREQ(cdf_name(records[0].offset), "skip");
  EXPECT_EQ(cdf_info(records[0].offset).index, 1);
  EXPECT_EQ(records[0].symbols, 2);
  EXPECT_EQ(records[0].value, 1);
  EXPECT_EQ(records[0].range, 1 << 15);
  EXPECT_EQ(records[1].offset, SymbolRecord::kNoOffset);
}
#endif

}  // namespace
}  // namespace tessera
