// What a trial costs: the journal against copies of the whole CDF context, and counting against writing.
//
// Replays a trace: by default a synthetic one, or the file that TESSERA_JOURNAL_TRACE names, which an encoder built with
// -Dsymbol_trace=true writes when that variable names it (entropy/journal_trace.h has the format).
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "entropy/cost_counter.h"
#include "entropy/range_encoder.h"
#include "tests/support/any_cdf.h"

namespace tessera {
namespace {

using test::CdfPlace;
using test::with_cdf;

struct Event {
  char kind;  ///< 's', 'c', 'r' or 'k': journal_trace.h
  CdfPlace place = {};
  int value = 0;
};

/// Symbols as a search would code them: nested trials of a few dozen symbols, most of them coefficients.
std::vector<Event> synthetic_trace() {
  std::mt19937 random(11);
  const std::vector<CdfPlace> places = test::all_cdfs();
  std::vector<CdfPlace> coefficients, modes;
  for (const CdfPlace& place : places) (place.offset < 2600 ? coefficients : modes).push_back(place);
  std::vector<Event> trace;
  const auto symbols = [&](int count) {
    for (int i = 0; i < count; ++i) {
      const auto& from = random() % 5 ? coefficients : modes;
      const CdfPlace place = from[random() % from.size()];
      const uint32_t n = static_cast<uint32_t>(place.symbols);
      trace.push_back({'s', place, static_cast<int>(std::min(random() % n, random() % n))});
    }
  };
  for (int block = 0; block < 400; ++block) {
    trace.push_back({'c'});
    for (int mode = 0; mode < 4; ++mode) {
      symbols(static_cast<int>(8 + random() % 50));
      trace.push_back({'r'});
    }
    symbols(static_cast<int>(8 + random() % 50));
    if (random() % 2) trace.push_back({'r'});
    trace.push_back({'k'});
  }
  return trace;
}

std::vector<Event> load_trace() {
  const char* path = std::getenv("TESSERA_JOURNAL_TRACE");
  if (!path) return synthetic_trace();
  std::vector<Event> trace;
  std::ifstream file(path);
  Event event;
  while (file >> event.kind) {
    if (event.kind == 's') {
      file >> event.place.offset >> event.value;
      event.place.symbols = cdf_info(event.place.offset).symbols;
      if (event.value < 0 || event.value >= event.place.symbols) std::abort();
    }
    trace.push_back(event);
  }
  return trace;
}

const std::vector<Event>& the_trace() {
  static const std::vector<Event> trace = load_trace();
  return trace;
}

void count_symbols(benchmark::State& state, int64_t symbols) {
  state.SetItemsProcessed(state.iterations() * symbols);
}

int64_t symbols_of(const std::vector<Event>& trace) {
  return std::count_if(trace.begin(), trace.end(), [](const Event& e) { return e.kind == 's'; });
}

void with_journal(benchmark::State& state) {
  CdfContext context;
  init_default(context, 100);
  CdfJournal journal;
  std::vector<CdfJournal::Checkpoint> marks(64);
  for (auto _ : state) {
    CostCounter counter(context, journal);
    size_t depth = 0;
    for (const Event& e : the_trace()) {
      switch (e.kind) {
        case 's':
          with_cdf(context, e.place, [&](auto& cdf) { counter.symbol(cdf, e.value); });
          break;
        case 'c':
          marks[depth++] = journal.checkpoint();
          break;
        case 'r':
          journal.rollback(context, marks[depth - 1]);
          break;
        default:
          --depth;
      }
      if (depth == 0) journal.clear();
    }
    benchmark::DoNotOptimize(counter.bits512());
  }
  count_symbols(state, symbols_of(the_trace()));
}
BENCHMARK(with_journal);

void with_copies(benchmark::State& state) {
  CdfContext context;
  init_default(context, 100);
  std::vector<CdfContext> copies(64);
  for (auto _ : state) {
    uint64_t bits = 0;
    size_t depth = 0;
    for (const Event& e : the_trace()) {
      switch (e.kind) {
        case 's':
          with_cdf(context, e.place, [&](auto& cdf) {
            bits += symbol_cost(cdf, e.value);
            adapt_cdf(cdf, e.value);
          });
          break;
        case 'c':
          copies[depth++] = context;
          break;
        case 'r':
          context = copies[depth - 1];
          break;
        default:
          --depth;
      }
    }
    benchmark::DoNotOptimize(bits);
  }
  count_symbols(state, symbols_of(the_trace()));
}
BENCHMARK(with_copies);

void without_rollback(benchmark::State& state) {
  CdfContext context;
  init_default(context, 100);
  for (auto _ : state) {
    uint64_t bits = 0;
    for (const Event& e : the_trace()) {
      if (e.kind != 's') continue;
      with_cdf(context, e.place, [&](auto& cdf) {
        bits += symbol_cost(cdf, e.value);
        adapt_cdf(cdf, e.value);
      });
    }
    benchmark::DoNotOptimize(bits);
  }
  count_symbols(state, symbols_of(the_trace()));
}
BENCHMARK(without_rollback);

void frozen(benchmark::State& state) {
  CdfContext context;
  init_default(context, 100);
  CostTables tables;
  build_cost_tables(context, tables);
  for (auto _ : state) {
    FrozenCostCounter counter(context, tables);
    for (const Event& e : the_trace())
      if (e.kind == 's') with_cdf(context, e.place, [&](auto& cdf) { counter.symbol(cdf, e.value); });
    benchmark::DoNotOptimize(counter.bits512());
  }
  count_symbols(state, symbols_of(the_trace()));
}
BENCHMARK(frozen);

void writing(benchmark::State& state) {
  CdfContext context;
  init_default(context, 100);
  ByteBuffer buffer(1 << 20);
  for (auto _ : state) {
    buffer.clear();
    RangeEncoder encoder(buffer, context);
    for (const Event& e : the_trace())
      if (e.kind == 's') with_cdf(context, e.place, [&](auto& cdf) { encoder.symbol(cdf, e.value); });
    benchmark::DoNotOptimize(encoder.finish());
  }
  count_symbols(state, symbols_of(the_trace()));
}
BENCHMARK(writing);

void building_cost_tables(benchmark::State& state) {
  CdfContext context;
  init_default(context, 100);
  CostTables tables;
  for (auto _ : state) {
    build_cost_tables(context, tables);
    benchmark::DoNotOptimize(tables);
  }
}
BENCHMARK(building_cost_tables);

enum class Undo { kNone, kJournal, kCopies };

/// One trial of so many coefficient symbols, taken back.
template <Undo undo>
void trial_of(benchmark::State& state) {
  CdfContext context, copy;
  init_default(context, 100);
  CdfJournal journal;
  std::mt19937 random(3);
  std::vector<uint8_t> values(4096);
  for (auto& v : values) v = static_cast<uint8_t>(std::min(random() % 4, random() % 4));
  const auto symbols = static_cast<size_t>(state.range(0));
  size_t at = 0;
  for (auto _ : state) {
    CostCounter counter(context, journal);
    const CdfJournal::Checkpoint mark = journal.checkpoint();
    if constexpr (undo == Undo::kCopies) copy = context;
    uint64_t bits = 0;
    for (size_t i = 0; i < symbols; ++i) {
      at = (at + 1) % values.size();
      auto& cdf = context.coeff_base[1][0][at % 42];
      if constexpr (undo == Undo::kJournal) {
        counter.symbol(cdf, values[at]);
      } else {
        bits += symbol_cost(cdf, values[at]);
        adapt_cdf(cdf, values[at]);
      }
    }
    if constexpr (undo == Undo::kJournal) journal.rollback(context, mark);
    if constexpr (undo == Undo::kCopies) context = copy;
    benchmark::DoNotOptimize(bits + counter.bits512());
    benchmark::DoNotOptimize(context);
  }
  count_symbols(state, state.range(0));
}
BENCHMARK(trial_of<Undo::kNone>)->RangeMultiplier(4)->Range(8, 512);
BENCHMARK(trial_of<Undo::kJournal>)->RangeMultiplier(4)->Range(8, 512);
BENCHMARK(trial_of<Undo::kCopies>)->RangeMultiplier(4)->Range(8, 512);

void coefficient_symbols(benchmark::State& state) {
  // The hottest path on its own: no dispatch on the size of the alphabet.
  CdfContext context;
  init_default(context, 100);
  CdfJournal journal;
  std::mt19937 random(3);
  std::vector<uint8_t> values(4096);
  for (auto& v : values) v = static_cast<uint8_t>(std::min(random() % 4, random() % 4));
  for (auto _ : state) {
    CostCounter counter(context, journal);
    const CdfJournal::Checkpoint mark = journal.checkpoint();
    for (size_t i = 0; i < values.size(); ++i) counter.symbol(context.coeff_base[1][0][i % 42], values[i]);
    journal.rollback(context, mark);
    benchmark::DoNotOptimize(counter.bits512());
  }
  count_symbols(state, static_cast<int64_t>(values.size()));
}
BENCHMARK(coefficient_symbols);

}  // namespace
}  // namespace tessera

BENCHMARK_MAIN();
