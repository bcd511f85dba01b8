#include "dsp/cdef_block.h"

#include "base/int_math.h"
#include "dsp/sample_lanes.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

/// Cdef_Directions as offsets in a tile.
constexpr auto kDirections = [] {
  Table2<ptrdiff_t, 8, 2> offsets = {};
  for (int d = 0; d < 8; d++)
    for (int k = 0; k < 2; k++)
      offsets[d][k] = Cdef_Directions[d][k][0] * kCdefTileStride + Cdef_Directions[d][k][1];
  return offsets;
}();

/// spec 7.15.2: CDEF direction process.
CdefDirection find_direction(const int16_t* src, int bit_depth) {
  const int shift = bit_depth - 8;
  // Sums along the lines of each direction; 8 lanes from the offset of a line are added at once.
  alignas(32) int16_t partial[8][16] = {};
  const auto add = [&](int dir, int from, Samples v) {
    store_samples<8>(&partial[dir][from], load_samples<8>(&partial[dir][from]) + v);
  };
  Samples columns = {}, pair_of_rows = {};
  for (int i = 0; i < 8; i++) {
    const Samples x = (load_samples<8>(src + i * kCdefTileStride) >> shift) - 128;
    const Samples reversed = __builtin_shufflevector(x, x, 7, 6, 5, 4, 3, 2, 1, 0);
    const Samples swapped = __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6);
    const Samples pairs = x + swapped;  // x[ 2k ] + x[ 2k + 1 ] in both
    add(0, i, x);
    add(1, i, __builtin_shufflevector(pairs, Samples{}, 0, 2, 4, 6, 8, 8, 8, 8));
    add(3, i, __builtin_shufflevector(pairs, Samples{}, 6, 4, 2, 0, 8, 8, 8, 8));
    add(4, i, reversed);
    columns += x;
    pair_of_rows = i & 1 ? pair_of_rows + x : x;
    if (i & 1) {
      add(5, 3 - i / 2, pair_of_rows);
      add(7, i / 2, pair_of_rows);
    }
    alignas(16) int16_t row[8];
    store_samples<8>(row, x);
    int sum = 0;
    for (int j = 0; j < 8; j++) sum += row[j];
    partial[2][i] = static_cast<int16_t>(sum);
  }
  store_samples<8>(partial[6], columns);

  int cost[8] = {};
  const auto square = [&](int dir, int line) { return partial[dir][line] * partial[dir][line]; };
  for (int i = 0; i < 8; i++) {
    cost[2] += square(2, i);
    cost[6] += square(6, i);
  }
  cost[2] *= Div_Table[8];
  cost[6] *= Div_Table[8];
  for (const int d : {0, 4}) {
    for (int i = 0; i < 7; i++) cost[d] += (square(d, i) + square(d, 14 - i)) * Div_Table[i + 1];
    cost[d] += square(d, 7) * Div_Table[8];
  }
  for (const int d : {1, 3, 5, 7}) {
    for (int j = 0; j < 5; j++) cost[d] += square(d, 3 + j);
    cost[d] *= Div_Table[8];
    for (int j = 0; j < 3; j++) cost[d] += (square(d, j) + square(d, 10 - j)) * Div_Table[2 * j + 2];
  }
  int best = 0;
  for (int i = 1; i < 8; i++)
    if (cost[i] > cost[best]) best = i;
  return {best, (cost[best] - cost[(best + 4) & 7]) >> 10};
}

/// constrain( ) with a threshold and its shift.
struct Constraint {
  Samples threshold;
  int shift;

  Constraint(int strength, int damping)
      : threshold(splat(strength)),
        shift(strength ? std::max(0, damping - floor_log2(static_cast<uint32_t>(strength))) : 0) {}
  Samples operator()(Samples diff) const {
    const Samples sign = diff >> 15, size = (diff ^ sign) - sign;
    return (lanes_min(size, lanes_max(threshold - (size >> shift), Samples{})) ^ sign) - sign;
  }
};

/// spec 7.15.3 with what is known of the strengths. Either filter alone moves a sample by at most 3/4 of the
/// way to its farthest tap, so that clipping to the range of the taps matters with both only.
template <Pixel P, int W, int H, bool PRI, bool SEC>
void filter_with(P* dst, ptrdiff_t dst_stride, const int16_t* src, int pri_str, int sec_str, int dir,
                 int damping, int bit_depth) {
  constexpr int kRows = 8 / W;  // rows in the lanes
  const auto load = [](const int16_t* s) {
    if constexpr (kRows == 1) return load_samples<8>(s);
    Samples v;
    std::memcpy(&v, s, 8);
    std::memcpy(reinterpret_cast<char*>(&v) + 8, s + kCdefTileStride, 8);
    return v;
  };
  const Constraint primary(pri_str, damping), secondary(sec_str, damping);
  const auto& pri_taps = Cdef_Pri_Taps[(pri_str >> (bit_depth - 8)) & 1];
  const auto& pri_at = kDirections[dir];
  const ptrdiff_t* const sec_at[2] = {kDirections[(dir + 6) & 7].data(), kDirections[(dir + 2) & 7].data()};

  for (int y = 0; y < H; y += kRows, src += kRows * kCdefTileStride, dst += kRows * dst_stride) {
    const Samples x = load(src);
    Samples sum = {}, top = x, bottom = x;
    const auto tap = [&](ptrdiff_t offset, const Constraint& constraint, Samples& into) {
      const Samples p = load(src + offset);
      if constexpr (PRI && SEC) {
        top = lanes_max(top, p);
        bottom = reinterpret_cast<Samples>(reinterpret_cast<SamplesU>(p) < reinterpret_cast<SamplesU>(bottom)
                                               ? reinterpret_cast<SamplesU>(p)
                                               : reinterpret_cast<SamplesU>(bottom));
      }
      into += constraint(p - x);
    };
    for (int k = 0; k < 2; k++) {
      if constexpr (PRI) {
        Samples part = {};
        tap(pri_at[k], primary, part);
        tap(-pri_at[k], primary, part);
        sum += part * splat(pri_taps[k]);
      }
      if constexpr (SEC) {
        Samples part = {};
        for (const ptrdiff_t* const s : sec_at) {
          tap(s[k], secondary, part);
          tap(-s[k], secondary, part);
        }
        sum += part * splat(Cdef_Sec_Taps[0][k]);
      }
    }
    Samples v = x + ((sum + (sum >> 15) + 8) >> 4);
    if constexpr (PRI && SEC) v = clamp_lanes(v, bottom, top);
    if constexpr (kRows == 1) {
      store_samples<8>(dst, v);
    } else {
      store_samples<4>(dst, v);
      store_samples<4>(dst + dst_stride, __builtin_shufflevector(v, v, 4, 5, 6, 7, 4, 5, 6, 7));
    }
  }
}

/// spec 7.15.3: CDEF filter process.
template <Pixel P, int W, int H>
void filter_block(P* dst, ptrdiff_t dst_stride, const int16_t* src, int pri_str, int sec_str, int dir,
                  int damping, int bit_depth) {
  const auto fn = pri_str == 0   ? filter_with<P, W, H, false, true>
                  : sec_str == 0 ? filter_with<P, W, H, true, false>
                                 : filter_with<P, W, H, true, true>;
  fn(dst, dst_stride, src, pri_str, sec_str, dir, damping, bit_depth);
}

}  // namespace

template <Pixel P>
void bind_cdef_scalar(CdefTable<P>& table) {
  table.direction = find_direction;
  table.filter[0][0] = filter_block<P, 8, 8>;
  table.filter[0][1] = filter_block<P, 8, 4>;
  table.filter[1][0] = filter_block<P, 4, 8>;
  table.filter[1][1] = filter_block<P, 4, 4>;
}

template void bind_cdef_scalar(CdefTable<uint8_t>&);
template void bind_cdef_scalar(CdefTable<uint16_t>&);

}  // namespace tessera
