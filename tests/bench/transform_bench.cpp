// Speed of the transforms: time per block, and per pixel as a counter.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "dsp/coef_levels.h"
#include "dsp/forward_tx.h"
#include "dsp/inverse_tx.h"
#include "dsp/quantize.h"
#include "spec/scan.h"

namespace tessera {
namespace {

std::string label(TxSize size, TxType type) {
  return std::to_string(Tx_Width[size]) + "x" + std::to_string(Tx_Height[size]) +
         (type == DCT_DCT     ? "_dct"
          : type == ADST_ADST ? "_adst"
                              : "_identity");
}
void count_pixels(benchmark::State& state, int pixels) {
  state.counters["ns/px"] =
      benchmark::Counter(static_cast<double>(pixels) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <Pixel P>
void inverse_bench(benchmark::State& state, TxSize size, TxType type, int eob) {
  InverseTxTable<P> table;
  bind_inverse_tx_scalar(table);
  std::mt19937 rng(1);
  alignas(64) static Coeff coeffs[1024];
  alignas(64) static P pixels[64 * 64];
  const Scan& scan = get_scan(size, type);
  std::fill(std::begin(coeffs), std::end(coeffs), 0);
  for (int c = 0; c < eob; ++c) coeffs[scan[c]] = int(rng() % 255) - 127;
  const int bit_depth = sizeof(P) == 1 ? 8 : 10;
  for (auto _ : state) table.add[size](pixels, 64, coeffs, type, eob, bit_depth);
  count_pixels(state, Tx_Width[size] * Tx_Height[size]);
}

template <Pixel P>
void forward_bench(benchmark::State& state, TxSize size, TxType type) {
  ForwardTxTable<P> table;
  bind_forward_tx_scalar(table);
  std::mt19937 rng(1);
  alignas(64) static Coeff coeffs[1024];
  alignas(64) static int16_t residual[64 * 64];
  for (int16_t& v : residual) v = static_cast<int16_t>(int(rng() % 255) - 127);
  for (auto _ : state) table.transform[size](residual, 64, coeffs, type, sizeof(P) == 1 ? 8 : 10);
  count_pixels(state, Tx_Width[size] * Tx_Height[size]);
}

void quantise_bench(benchmark::State& state, TxSize size, int what) {
  QuantiseTable<uint8_t> table;
  bind_quantise_scalar(table);
  CoefLevelsTable<uint8_t> levels_table;
  bind_coef_levels_scalar(levels_table);
  std::mt19937 rng(1);
  alignas(64) static Coeff coeffs[1024], dequantised[1024];
  alignas(64) static Level levels[1024];
  alignas(64) static uint8_t map[level_map_size(32, 32)], contexts[level_map_size(32, 32)];
  // A spectrum that falls off: about a tenth of the levels are not zero.
  for (int i = 0; i < 1024; ++i) {
    const int w = std::min<int>(Tx_Width[size], 32),
              reach = 4000 / (1 + (i / w) * (i / w) + (i % w) * (i % w)) + 20;
    coeffs[i] = int(rng() % (2 * reach)) - reach;
  }
  const QuantStep step(80, 90, 8);
  const int n = max_eob(size), w = std::min<int>(Tx_Width[size], 32);
  const QuantTask task = {&step, get_scan(size, DCT_DCT).ranks, {100, 80}, n, dequant_shift(size)};
  const int eob = table.quantise(coeffs, task, levels).eob;
  static const uint16_t costs[42 * 4] = {}, br_costs[21 * 16] = {};
  const LevelRateTask rate_task = {levels, get_scan(size, DCT_DCT).positions, eob, size, TX_CLASS_2D, costs, costs, br_costs, 512};
  levels_table.build_levels(levels, w, n / w, map);
  for (auto _ : state) switch (what) {
      case 0:
        benchmark::DoNotOptimize(table.quantise(coeffs, task, levels).error);
        break;
      case 1:
        table.dequantise(levels, n, step, task.shift, dequantised);
        break;
      case 2:
        levels_table.build_levels(levels, w, n / w, map);
        break;
      case 3:
        levels_table.base_sums(map, size, TX_CLASS_2D, n / w, contexts);
        break;
      case 4:
        benchmark::DoNotOptimize(levels_table.rate(rate_task));
        break;
    }
  count_pixels(state, n);
}

const int registered = [] {
  for (TxSize size : {TX_4X4, TX_8X8, TX_16X16, TX_32X32, TX_64X64, TX_4X16, TX_16X8, TX_32X16})
    for (TxType type : {DCT_DCT, ADST_ADST, IDTX}) {
      const int longer = std::max(Tx_Width[size], Tx_Height[size]);
      if ((longer > 16 && type == ADST_ADST) || (longer > 32 && type == IDTX)) continue;
      const std::string name = label(size, type);
      benchmark::RegisterBenchmark(("forward_8_" + name).c_str(), forward_bench<uint8_t>, size, type);
      benchmark::RegisterBenchmark(("forward_10_" + name).c_str(), forward_bench<uint16_t>, size, type);
      for (int eob : {1, 10, max_eob(size)}) {
        const std::string eob_name = "_eob" + std::to_string(eob);
        benchmark::RegisterBenchmark(("inverse_8_" + name + eob_name).c_str(), inverse_bench<uint8_t>, size,
                                     type, eob);
        benchmark::RegisterBenchmark(("inverse_10_" + name + eob_name).c_str(), inverse_bench<uint16_t>, size,
                                     type, eob);
      }
    }
  for (TxSize size : {TX_4X4, TX_8X8, TX_16X16, TX_32X32}) {
    const char* names[] = {"quantise_", "dequantise_", "build_levels_", "base_sums_", "level_rate_"};
    for (int what = 0; what < 5; ++what)
      benchmark::RegisterBenchmark((names[what] + label(size, DCT_DCT)).c_str(), quantise_bench, size, what);
  }
  return 0;
}();

}  // namespace
}  // namespace tessera

BENCHMARK_MAIN();
