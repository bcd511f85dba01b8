#include "dsp/coef_levels.h"

#include <cstdlib>
#include <cstring>

#include "base/int_math.h"
#include "dsp/lanes.h"

namespace tessera {
namespace {

inline constexpr int kLanes = 4 * kNativeLanes;
using Bytes = LanesOf<uint8_t, kLanes>;

TESSERA_INLINE Bytes lesser(Bytes a, Bytes b) {
  return a < b ? a : b;
}

template <int W>
TESSERA_INLINE void build_rows(const Level* levels, int rows, uint8_t* padded) {
  constexpr int kRowLanes = std::min(W, 2 * kNativeLanes);
  using V = LanesOf<Level, kRowLanes>;
  for (int row = 0; row < rows; ++row, levels += W, padded += level_stride(W)) {
    for (int col = 0; col < W; col += kRowLanes) {
      const V level = load_lanes<V>(levels + col), magnitude = level < 0 ? -level : level;
      const V capped = magnitude > 127 ? V{} + Level{127} : magnitude;
      store_lanes(padded + col, __builtin_convertvector(capped, LanesOf<uint8_t, kRowLanes>));
    }
    std::memset(padded + W, 0, kLevelPad);
  }
  std::memset(padded, 0, level_map_size(W, 0));
}

/// Calls f.operator()<w, class>() for the widths of coded blocks and the classes of transforms.
template <class F>
TESSERA_INLINE auto with_width(int w, F&& f) {
  switch (w) {
    case 4: return f.template operator()<4>();
    case 8: return f.template operator()<8>();
    case 16: return f.template operator()<16>();
    default: return f.template operator()<32>();
  }
}
template <class F>
TESSERA_INLINE auto with_shape(int w, TxClass tx_class, F&& f) {
  return with_width(w, [&]<int W>() {
    switch (tx_class) {
      case TX_CLASS_HORIZ: return f.template operator()<W, TX_CLASS_HORIZ>();
      case TX_CLASS_VERT: return f.template operator()<W, TX_CLASS_VERT>();
      default: return f.template operator()<W, TX_CLASS_2D>();
    }
  });
}

void build_levels(const Level* levels, int w, int rows, uint8_t* padded) {
  with_width(w, [&]<int W>() { build_rows<W>(levels, rows, padded); });
}

/// The sum of a position's neighbours, each at most 3 (15): Sig_Ref_Diff_Offset, Mag_Ref_Offset_With_Tx_Class.
template <int W, TxClass kClass>
TESSERA_INLINE Bytes base_sum(const uint8_t* at) {
  constexpr ptrdiff_t s = level_stride(W), step = kClass == TX_CLASS_HORIZ ? 1 : s;
  const Bytes cap = Bytes{} + uint8_t{NUM_BASE_LEVELS + 1};
  const auto level = [&](ptrdiff_t offset) { return lesser(load_lanes<Bytes>(at + offset), cap); };
  const Bytes near = level(1) + level(s);
  if constexpr (kClass == TX_CLASS_2D) return near + level(s + 1) + level(2) + level(2 * s);
  return near + level(2 * step) + level(3 * step) + level(4 * step);
}
void base_sums(const uint8_t* padded, TxSize size, TxClass tx_class, int rows, uint8_t* sums) {
  with_shape(Tx_Width[Adjusted_Tx_Size[size]], tx_class, [&]<int W, TxClass kClass>() {
    for (int i = 0; i < rows * level_stride(W); i += kLanes) store_lanes(sums + i, base_sum<W, kClass>(padded + i));
  });
}

/// What positions add to the context of coeff_base, times 4, in the layout of the map: one size and class after
/// the other. Rows from the fifth on repeat it, but a table spares the arithmetic.
constexpr int kClasses = 3;
constexpr int offsets_length(int size) {
  return level_map_size(Tx_Width[Adjusted_Tx_Size[size]], Tx_Height[Adjusted_Tx_Size[size]] - kLevelPad);
}
constexpr int kAllOffsets = [] {
  int n = 0;
  for (int size = 0; size < TX_SIZES_ALL; ++size) n += kClasses * offsets_length(size);
  return n;
}();
struct OffsetTables {
  Table2<int32_t, TX_SIZES_ALL, kClasses> start = {};
  Array<uint8_t, kAllOffsets> offset = {};
};

constexpr OffsetTables kBaseOffsets = [] {
  OffsetTables t;
  int at = 0;
  for (int size = 0; size < TX_SIZES_ALL; ++size)
    for (int c = 0; c < kClasses; ++c, at += offsets_length(size)) {
      const int w = Tx_Width[Adjusted_Tx_Size[size]], h = Tx_Height[Adjusted_Tx_Size[size]];
      t.start[size][c] = at;
      for (int row = 0; row < h; ++row)
        for (int col = 0; col < w; ++col)
          t.offset[at + row * level_stride(w) + col] =
              static_cast<uint8_t>(4 * base_ctx_offset(TxSize(size), TxClass(c), row, col));
    }
  return t;
}();

}  // namespace

const uint8_t* base_ctx_offsets(TxSize size, TxClass tx_class) {
  return kBaseOffsets.offset.data() + kBaseOffsets.start[size][tx_class];
}

namespace {

template <int W, TxClass kClass>
TESSERA_INLINE void symbols_of(const uint8_t* padded, TxSize size, int rows, uint8_t* symbols) {
  const uint8_t* const offsets = base_ctx_offsets(size, kClass);
  const Bytes three = Bytes{} + uint8_t{3}, four = Bytes{} + uint8_t{4};
  for (int i = 0; i < rows * level_stride(W); i += kLanes) {
    const Bytes sum = base_sum<W, kClass>(padded + i), ctx = lesser((sum + 1) >> 1, four);
    const Bytes symbol = (ctx << 2) + load_lanes<Bytes>(offsets + i) + lesser(load_lanes<Bytes>(padded + i), three);
    store_lanes(symbols + i, symbol);
  }
  if constexpr (kClass == TX_CLASS_2D) symbols[0] = std::min<uint8_t>(padded[0], 3);
}

/// A magnitude above 2: its coeff_br symbols, and the Golomb code behind them.
template <int W, TxClass kClass>
TESSERA_INLINE uint32_t br_rate(const LevelRateTask& task, const uint8_t* padded, int position) {
  constexpr int kLog2 = floor_log2(uint32_t{W});
  const int row = position >> kLog2, col = position & (W - 1);
  const int magnitude = std::abs(task.levels[position]);
  const int ctx = get_coeff_br_ctx(padded + position + row * kLevelPad, level_stride(W), kClass, row, col);
  const uint32_t rate = task.br[16 * ctx + std::min(magnitude, 15)];
  if (magnitude < 15) return rate;
  return rate + (2 * static_cast<uint32_t>(floor_log2(static_cast<uint32_t>(magnitude - 14))) + 1) * task.bit;
}

template <int W, TxClass kClass>
uint32_t rate_of(const LevelRateTask& task) {
  constexpr int kLog2 = floor_log2(uint32_t{W});
  alignas(64) uint8_t padded[level_map_size(W, 32)];
  alignas(64) uint8_t symbols[level_map_size(W, 32)];  // 4 * ctx + min( magnitude, 3 )
  const int last = task.positions[task.eob - 1];
  const int rows = reached_rows(kClass, last, kLog2, Tx_Height[Adjusted_Tx_Size[task.size]]);
  build_rows<W>(task.levels, rows, padded);
  symbols_of<W, kClass>(padded, task.size, rows, symbols);

  // Magnitudes above 2 are few: their positions are put aside without a branch.
  uint16_t above[32 * 32 + 1];
  int num_above = 0;
  uint32_t rate = 0;
  const int end = task.eob - 1;
  for (int c = 0; c < end; ++c) {
    const int position = task.positions[c];
    const int symbol = symbols[position + (position >> kLog2) * kLevelPad];
    rate += task.base[symbol];
    above[num_above] = static_cast<uint16_t>(position);
    num_above += (symbol & 3) == 3;
  }
  // Coefficient 0 has a sign of another kind.
  if (end > 0) rate += task.bit;
  if (end > 0 && task.levels[0] != 0) rate -= task.bit;
  const int magnitude = std::abs(task.levels[last]);
  rate += task.base_eob[std::min(magnitude, 3) - 1];
  if (magnitude > NUM_BASE_LEVELS) above[num_above++] = static_cast<uint16_t>(last);
  for (int i = 0; i < num_above; ++i) rate += br_rate<W, kClass>(task, padded, above[i]);
  return rate;
}

uint32_t level_rate(const LevelRateTask& task) {
  return with_shape(Tx_Width[Adjusted_Tx_Size[task.size]], task.tx_class,
                    [&]<int W, TxClass kClass>() { return rate_of<W, kClass>(task); });
}

}  // namespace

void level_symbols(const uint8_t* padded, TxSize size, TxClass tx_class, int rows, uint8_t* symbols) {
  with_shape(Tx_Width[Adjusted_Tx_Size[size]], tx_class,
             [&]<int W, TxClass kClass>() { symbols_of<W, kClass>(padded, size, rows, symbols); });
}

template <Pixel P>
void bind_coef_levels_scalar(CoefLevelsTable<P>& table) {
  table = {build_levels, base_sums, level_symbols, level_rate};
}

template void bind_coef_levels_scalar<uint8_t>(CoefLevelsTable<uint8_t>&);
template void bind_coef_levels_scalar<uint16_t>(CoefLevelsTable<uint16_t>&);

}  // namespace tessera
