#include "dsp/coef_levels.h"

#include <cstring>

#include "dsp/lanes.h"

namespace tessera {
namespace {

template <int W>
void build_rows(const Level* levels, int h, uint8_t* padded) {
  constexpr int kLanes = std::min(W, 2 * kNativeLanes);
  using V = LanesOf<Level, kLanes>;
  for (int row = 0; row < h; ++row, levels += W, padded += level_stride(W)) {
    for (int col = 0; col < W; col += kLanes) {
      const V level = load_lanes<V>(levels + col), magnitude = level < 0 ? -level : level;
      const V capped = magnitude > 127 ? V{} + Level{127} : magnitude;
      store_lanes(padded + col, __builtin_convertvector(capped, LanesOf<uint8_t, kLanes>));
    }
    std::memset(padded + W, 0, kLevelPad);
  }
  std::memset(padded, 0, level_map_size(W, 0));
}

/// Calls f.operator()<w>() for the widths of coded blocks.
template <class F>
void with_width(int w, F&& f) {
  switch (w) {
    case 4:
      return f.template operator()<4>();
    case 8:
      return f.template operator()<8>();
    case 16:
      return f.template operator()<16>();
    default:
      return f.template operator()<32>();
  }
}

void build_levels(const Level* levels, int w, int h, uint8_t* padded) {
  with_width(w, [&]<int W>() { build_rows<W>(levels, h, padded); });
}

/// What a position adds to its context, row by row; rows from the fifth on repeat it.
template <int W>
using PositionOffsets = Table2<uint8_t, 5, W>;

template <int W>
PositionOffsets<W> base_offsets(TxSize size, TxClass tx_class) {
  PositionOffsets<W> offsets;
  for (int row = 0; row < 5; ++row) {
    if (tx_class == TX_CLASS_2D) {
      const auto& of_row = Coeff_Base_Ctx_Offset[size][row];
      offsets[row].fill(of_row[4]);
      for (int col = 0; col < 4; ++col) offsets[row][col] = of_row[col];
    } else if (tx_class == TX_CLASS_VERT) {
      offsets[row].fill(Coeff_Base_Pos_Ctx_Offset[std::min(row, 2)]);
    } else {
      offsets[row].fill(Coeff_Base_Pos_Ctx_Offset[2]);
      for (int col = 0; col < 2; ++col) offsets[row][col] = Coeff_Base_Pos_Ctx_Offset[col];
    }
  }
  return offsets;
}

template <int W>
PositionOffsets<W> br_offsets(TxClass tx_class) {
  PositionOffsets<W> offsets;
  for (int row = 0; row < 5; ++row) {
    offsets[row].fill(tx_class == TX_CLASS_VERT && row == 0 ? 7 : 14);
    if (tx_class == TX_CLASS_HORIZ || (tx_class == TX_CLASS_2D && row < 2)) offsets[row][0] = 7;
    if (tx_class == TX_CLASS_2D && row < 2) offsets[row][1] = 7;
  }
  return offsets;
}

/// Each context is min( ( sum of kNeighbours magnitudes, each at most kCap ) / 2 rounded up, kTop ) plus the
/// position's offset. The first two neighbours are those to the right and below; `further` locates the
/// others.
template <int W, int kNeighbours, int kCap, int kTop>
void contexts_of(const uint8_t* padded, int h, const ptrdiff_t (&further)[kNeighbours - 2],
                 const PositionOffsets<W>& offsets, uint8_t* contexts) {
  constexpr int kLanes = std::min(W, 4 * kNativeLanes);
  using V = LanesOf<uint8_t, kLanes>;
  const V cap = V{} + uint8_t{kCap}, top = V{} + uint8_t{kTop};
  const auto lesser = [](V a, V b) __attribute__((always_inline)) {
    return a < b ? a : b;
  };
  for (int row = 0; row < h; ++row, padded += level_stride(W), contexts += W) {
    for (int col = 0; col < W; col += kLanes) {
      const uint8_t* at = padded + col;
      V mag = lesser(load_lanes<V>(at + 1), cap) + lesser(load_lanes<V>(at + level_stride(W)), cap);
      for (ptrdiff_t neighbour : further) mag += lesser(load_lanes<V>(at + neighbour), cap);
      const V offset = load_lanes<V>(offsets[std::min(row, 4)].data() + col);
      store_lanes(contexts + col, lesser((mag + 1) >> 1, top) + offset);
    }
  }
}

/// spec 8.3.2: get_coeff_base_ctx( ) with isEob equal to 0.
void base_contexts(const uint8_t* padded, TxSize size, TxClass tx_class, uint8_t* contexts) {
  const TxSize adjusted = Adjusted_Tx_Size[size];
  with_width(Tx_Width[adjusted], [&]<int W>() {
    constexpr ptrdiff_t s = level_stride(W);
    const auto run = [&](const ptrdiff_t(&further)[3]) {
      contexts_of<W, 5, NUM_BASE_LEVELS + 1, 4>(padded, Tx_Height[adjusted], further,
                                                base_offsets<W>(size, tx_class), contexts);
    };
    if (tx_class == TX_CLASS_2D) {
      run({s + 1, 2, 2 * s});
      contexts[0] = 0;
    } else if (tx_class == TX_CLASS_HORIZ) {
      run({2, 3, 4});
    } else {
      run({2 * s, 3 * s, 4 * s});
    }
  });
}

/// spec 8.3.2: the context of coeff_br.
void br_contexts(const uint8_t* padded, TxSize size, TxClass tx_class, uint8_t* contexts) {
  const TxSize adjusted = Adjusted_Tx_Size[size];
  with_width(Tx_Width[adjusted], [&]<int W>() {
    constexpr ptrdiff_t s = level_stride(W);
    const ptrdiff_t further[1] = {tx_class == TX_CLASS_2D ? s + 1 : tx_class == TX_CLASS_HORIZ ? 2 : 2 * s};
    contexts_of<W, 3, NUM_BASE_LEVELS + COEFF_BASE_RANGE + 1, 6>(padded, Tx_Height[adjusted], further,
                                                                 br_offsets<W>(tx_class), contexts);
    contexts[0] = static_cast<uint8_t>(contexts[0] - 7);
  });
}

}  // namespace

template <Pixel P>
void bind_coef_levels_scalar(CoefLevelsTable<P>& table) {
  table = {build_levels, base_contexts, br_contexts};
}

template void bind_coef_levels_scalar<uint8_t>(CoefLevelsTable<uint8_t>&);
template void bind_coef_levels_scalar<uint16_t>(CoefLevelsTable<uint16_t>&);

}  // namespace tessera
