// Speed of the prediction kernels, in samples a second, at the sizes that search spends its time on.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "block/predict_intra.h"
#include "dsp/compound_blend.h"
#include "dsp/intra_table.h"
#include "dsp/subpel.h"

namespace tessera {
namespace {

constexpr int kStride = 160;

template <Pixel P>
constexpr int kDepth = sizeof(P) == 1 ? 8 : 10;

template <Pixel P>
std::vector<P> make_samples(int count) {
  std::mt19937 rng(1);
  std::vector<P> samples(static_cast<size_t>(count));
  for (P& s : samples) s = static_cast<P>(rng() & ((1 << kDepth<P>)-1));
  return samples;
}

void count_samples(benchmark::State& state, int w, int h) {
  state.counters["samples/s"] = benchmark::Counter(
      static_cast<double>(w) * h * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// Arguments: width (and height), frac_x, frac_y, row of Subpel_Filters.
template <Pixel P>
void subpel_put(benchmark::State& state) {
  SubpelTable<P> table;
  bind_subpel_scalar(table);
  const int size = static_cast<int>(state.range(0)), fx = static_cast<int>(state.range(1)),
            fy = static_cast<int>(state.range(2)), filter = static_cast<int>(state.range(3));
  const auto source = make_samples<P>(kStride * kStride);
  std::vector<P> dst(static_cast<size_t>(size) * size);
  for (auto _ : state) {
    table.put(dst.data(), size, source.data() + 8 * kStride + 8, kStride, size, size, fx, fy, filter, filter,
              kDepth<P>);
    benchmark::DoNotOptimize(dst.data());
    benchmark::ClobberMemory();
  }
  count_samples(state, size, size);
}
void subpel_arguments(benchmark::internal::Benchmark* b) {
  for (const int size : {4, 8, 16, 64})
    for (const auto& [fx, fy] : {std::pair(0, 0), std::pair(8, 0), std::pair(0, 8), std::pair(8, 8)})
      for (const int filter : {0, 2, 3})
        if (fx || fy || !filter) b->Args({size, fx, fy, filter});
}
BENCHMARK(subpel_put<uint8_t>)->Apply(subpel_arguments);
BENCHMARK(subpel_put<uint16_t>)->Apply(subpel_arguments);

template <Pixel P>
void compound_average(benchmark::State& state) {
  CompoundBlendTable<P> table;
  bind_compound_blend_scalar(table);
  const int size = static_cast<int>(state.range(0));
  std::vector<int16_t> pred(static_cast<size_t>(size) * size, 1000);
  std::vector<P> dst(static_cast<size_t>(size) * size);
  for (auto _ : state) {
    table.average(dst.data(), size, pred.data(), pred.data(), size, size, kDepth<P>);
    benchmark::DoNotOptimize(dst.data());
    benchmark::ClobberMemory();
  }
  count_samples(state, size, size);
}
BENCHMARK(compound_average<uint8_t>)->Arg(8)->Arg(64);
BENCHMARK(compound_average<uint16_t>)->Arg(8)->Arg(64);

/// Arguments: size, mode, angle delta. Edge filters included.
template <Pixel P>
void intra_predict(benchmark::State& state) {
  IntraTable<P> table;
  bind_intra_scalar(table);
  const int size = static_cast<int>(state.range(0));
  const auto mode = static_cast<PredictionMode>(state.range(1));
  const auto frame = make_samples<P>(kStride * kStride);
  IntraEdges<P> edges;
  prepare_intra_edges(edges, PlaneView<const P>(frame.data(), kStride, kStride, kStride),
                      {.x = 8,
                       .y = 8,
                       .w = size,
                       .h = size,
                       .max_x = 151,
                       .max_y = 151,
                       .have_left = true,
                       .have_above = true,
                       .have_above_right = true,
                       .have_below_left = true,
                       .edge_filter = true,
                       .filter_type = false},
                      kDepth<P>);
  std::vector<P> dst(static_cast<size_t>(size) * size);
  for (auto _ : state) {
    predict_from_edges(table, edges, mode, static_cast<int>(state.range(2)), dst.data(), size);
    benchmark::DoNotOptimize(dst.data());
    benchmark::ClobberMemory();
  }
  count_samples(state, size, size);
}
void intra_arguments(benchmark::internal::Benchmark* b) {
  for (const int size : {8, 32})
    for (const int mode : {DC_PRED, V_PRED, H_PRED, SMOOTH_PRED, SMOOTH_V_PRED, SMOOTH_H_PRED, PAETH_PRED,
                           D45_PRED, D135_PRED, D203_PRED})
      b->Args({size, mode, 0});
}
BENCHMARK(intra_predict<uint8_t>)->Apply(intra_arguments);
BENCHMARK(intra_predict<uint16_t>)->Apply(intra_arguments);

template <Pixel P>
void cfl(benchmark::State& state) {
  IntraSpecialTable<P> table;
  bind_intra_special_scalar(table);
  const int size = static_cast<int>(state.range(0));
  const auto luma = make_samples<P>(kStride * kStride);
  std::vector<int16_t> ac(static_cast<size_t>(size) * size);
  std::vector<P> dst(static_cast<size_t>(size) * size);
  for (auto _ : state) {
    table.cfl_ac[1][1](ac.data(), luma.data(), kStride, size, size, 2 * size, 2 * size);
    table.cfl_apply(dst.data(), size, ac.data(), size, size, 100, 5, kDepth<P>);
    benchmark::DoNotOptimize(dst.data());
    benchmark::ClobberMemory();
  }
  count_samples(state, size, size);
}
BENCHMARK(cfl<uint8_t>)->Arg(8)->Arg(32);
BENCHMARK(cfl<uint16_t>)->Arg(8)->Arg(32);

}  // namespace
}  // namespace tessera

BENCHMARK_MAIN();
