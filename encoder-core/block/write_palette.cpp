#include "block/write_palette.h"

#include <cstdlib>
#include <cstring>

#include "block/color_map.h"
#include "block/palette_cache.h"
#include "block/write_sinks.h"

namespace tessera {
namespace {

using Colors = FixedVector<uint16_t, PALETTE_COLORS>;

int bits_of(int value) {
  return value > 0 ? floor_log2(static_cast<uint32_t>(value)) + 1 : 0;
}

/// use_palette_color_cache_y or _u; what the cache does not have is left in `rest`.
template <SymbolSink S>
void write_cached_colors(S& sink, const PaletteCache& cache, Span<const uint16_t> colors, Colors& rest) {
  int idx = 0, next = 0;
  const int n = static_cast<int>(colors.size());
  for (int i = 0; i < cache.size() && idx < n; i++) {
    while (next < n && colors[next] < cache[i]) rest.push_back(colors[next++]);
    const bool hit = next < n && colors[next] == cache[i];
    sink.boolean_equiprobable(hit);
    idx += hit;
    next += hit;
  }
  while (next < n) rest.push_back(colors[next++]);
}

/// Ascending colours that differ by `least` at least.
template <SymbolSink S>
void write_ascending_colors(S& sink, const PaletteCache& cache, Span<const uint16_t> colors, int least, int bit_depth) {
  Colors rest;
  write_cached_colors(sink, cache, colors, rest);
  if (rest.empty()) return;
  sink.literal(rest[0], bit_depth);
  if (rest.size() == 1) return;
  int bits = bit_depth - 3;
  for (int i = 1; i < rest.size(); i++) {
    check(rest[i] >= rest[i - 1] + least, "palette that does not ascend");
    bits = std::max(bits, bits_of(rest[i] - rest[i - 1] - least));
  }
  sink.literal(static_cast<uint32_t>(bits - (bit_depth - 3)), 2);
  for (int i = 1; i < rest.size(); i++) {
    sink.literal(static_cast<uint32_t>(rest[i] - rest[i - 1] - least), bits);
    bits = std::min(bits, ceil_log2(static_cast<uint32_t>((1 << bit_depth) - rest[i] - least)));
  }
}

/// palette_colors_v: as they are, or as differences round the circle of values, whichever is shorter.
template <SymbolSink S>
void write_palette_colors_v(S& sink, Span<const uint16_t> colors, int bit_depth) {
  const int n = static_cast<int>(colors.size()), all = 1 << bit_depth, least_bits = bit_depth - 4;
  Array<int, PALETTE_COLORS> delta = {};
  int bits = least_bits, signs = 0;
  for (int i = 1; i < n; i++) {
    int d = colors[i] - colors[i - 1];
    if (d >= all / 2) d -= all;
    if (d < -all / 2) d += all;
    delta[i] = d;
    bits = std::max(bits, bits_of(std::abs(d)));
    signs += d != 0;
  }
  const bool as_deltas = bits < bit_depth && 2 + bit_depth + (n - 1) * bits + signs < n * bit_depth;
  sink.boolean_equiprobable(as_deltas);
  if (!as_deltas) {
    for (uint16_t color : colors) sink.literal(color, bit_depth);
    return;
  }
  sink.literal(static_cast<uint32_t>(bits - least_bits), 2);
  sink.literal(colors[0], bit_depth);
  for (int i = 1; i < n; i++) {
    sink.literal(static_cast<uint32_t>(std::abs(delta[i])), bits);
    if (delta[i]) sink.boolean_equiprobable(delta[i] < 0);
  }
}

int palette_size_ctx(BlockSize size) {
  return Mi_Width_Log2[size] + Mi_Height_Log2[size] - 2;
}

Span<const uint16_t> colors_of(const WriteContext& wc, const BlockInfo& info, int plane) {
  check(wc.palettes, "a block with palettes needs WriteContext::palettes");
  return {wc.palettes->colors(info.mi_row, info.mi_col)[plane].data(), info.palette_size[plane > 0]};
}

/// The map's indices along anti-diagonals, each from its upper right end.
template <SymbolSink S, class ColorCdfs>
void write_color_indices(S& sink, ColorCdfs& cdfs, const uint8_t* map, ptrdiff_t stride, const ColorMapSize& size) {
  for (int i = 1; i < size.onscreen_h + size.onscreen_w - 1; i++)
    for (int j = std::min(i, size.onscreen_w - 1); j >= std::max(0, i - size.onscreen_h + 1); j--) {
      const ColorSymbol s = color_symbol(map + (i - j) * stride + j, stride, j > 0, i > j);
      sink.symbol(cdfs[s.ctx], s.value);
    }
}

/// The same where the order is of no matter.
template <class ColorCdfs>
void write_color_indices(FrozenCostCounter& counter, ColorCdfs& cdfs, const uint8_t* map, ptrdiff_t stride, const ColorMapSize& size) {
  constexpr int kContexts = 5, kBefore = kColorLanes;
  Array<uint16_t, kContexts * PALETTE_COLORS> cost = {};
  for (int ctx = 0; ctx < kContexts; ctx++) {
    const uint16_t* const of_ctx = counter.costs(cdfs[ctx]);
    for (int i = 0; i < cdfs[ctx].kSymbols; i++) cost[ctx * PALETTE_COLORS + i] = of_ctx[i];
  }
  // Two rows in turn, each with room for what lanes read beside it.
  alignas(kColorLanes) uint8_t rows[2][kBefore + 64 + kColorLanes] = {};
  uint8_t symbols[64 + kColorLanes];
  uint64_t bits = 0;
  for (int y = 0; y < size.onscreen_h; y++) {
    uint8_t *const row = rows[y & 1] + kBefore, *const above = rows[~y & 1] + kBefore;
    std::memcpy(row, map + y * stride, static_cast<size_t>(size.onscreen_w));
    for (int x = 0; x < size.onscreen_w; x += kColorLanes) {
      const auto at = [&](const uint8_t* of) { return load_lanes<ColorLanes>(of + x); };
      store_lanes(symbols + x, y ? color_symbols(at(row), at(row - 1), at(above), at(above - 1)) : color_symbols(at(row), at(row - 1)));
    }
    // The corner is coded on its own.
    if (y) bits += cost[color_symbol(map + y * stride, stride, false, true).value];
    for (int x = 1; x < size.onscreen_w; x++) bits += cost[symbols[x]];
  }
  counter.add(bits);
}

}  // namespace

template <SymbolSink S>
void write_palette_y(S& sink, WriteContext& wc, const BlockInfo& info) {
  if (!codes_palettes(*wc.header, info.size) || info.y_mode != DC_PRED) {
    check(!info.palette_size[0], "luma palette that cannot be coded");
    return;
  }
  CdfContext& cdfs = *wc.cdfs;
  const int n = info.palette_size[0], size_ctx = palette_size_ctx(info.size);
  const Neighbours near(*wc.context, info.mi_row, info.mi_col);
  sink.symbol(cdfs.palette_y_mode[size_ctx][near.count(kCtxPaletteY)], n > 0);
  if (!n) return;
  sink.symbol(cdfs.palette_y_size[size_ctx], n - 2);
  write_ascending_colors(sink, get_palette_cache(wc, info.mi_row, info.mi_col, 0), colors_of(wc, info, 0), 1,
                         wc.sequence->color_config.bit_depth);
}

template <SymbolSink S>
void write_palette_uv(S& sink, WriteContext& wc, const BlockInfo& info) {
  if (!codes_palettes(*wc.header, info.size) || !info.has_chroma || info.uv_mode != DC_PRED) {
    check(!info.palette_size[1], "chroma palette that cannot be coded");
    return;
  }
  CdfContext& cdfs = *wc.cdfs;
  const int n = info.palette_size[1], bit_depth = wc.sequence->color_config.bit_depth;
  sink.symbol(cdfs.palette_uv_mode[info.palette_size[0] > 0], n > 0);
  if (!n) return;
  sink.symbol(cdfs.palette_uv_size[palette_size_ctx(info.size)], n - 2);
  write_ascending_colors(sink, get_palette_cache(wc, info.mi_row, info.mi_col, 1), colors_of(wc, info, 1), 0, bit_depth);
  write_palette_colors_v(sink, colors_of(wc, info, 2), bit_depth);
}

template <SymbolSink S>
void write_color_map(S& sink, WriteContext& wc, const BlockInfo& info, int plane) {
  const int n = info.palette_size[plane];
  if (!n) return;
  CdfContext& cdfs = *wc.cdfs;
  const View2d<const uint8_t> all = wc.palettes->map(plane);
  const int x = (info.mi_col * MI_SIZE) >> (plane ? wc.layout.subsampling_x : 0);
  const int y = (info.mi_row * MI_SIZE) >> (plane ? wc.layout.subsampling_y : 0);
  const ColorMapSize size = color_map_size(wc.layout, info, plane);
  const uint8_t* const map = all.ptr(x, y, size.w, size.h);
  write_ns(sink, static_cast<uint32_t>(n), map[0]);
  const auto write = [&](auto& y_cdfs, auto& uv_cdfs) {
    write_color_indices(sink, plane ? uv_cdfs : y_cdfs, map, all.stride(), size);
  };
  switch (n) {
    case 2: write(cdfs.palette_size_2_y_color, cdfs.palette_size_2_uv_color); break;
    case 3: write(cdfs.palette_size_3_y_color, cdfs.palette_size_3_uv_color); break;
    case 4: write(cdfs.palette_size_4_y_color, cdfs.palette_size_4_uv_color); break;
    case 5: write(cdfs.palette_size_5_y_color, cdfs.palette_size_5_uv_color); break;
    case 6: write(cdfs.palette_size_6_y_color, cdfs.palette_size_6_uv_color); break;
    case 7: write(cdfs.palette_size_7_y_color, cdfs.palette_size_7_uv_color); break;
    default: write(cdfs.palette_size_8_y_color, cdfs.palette_size_8_uv_color); break;
  }
}

#define TESSERA_INSTANTIATE(S)                                            \
  template void write_palette_y(S&, WriteContext&, const BlockInfo&);     \
  template void write_palette_uv(S&, WriteContext&, const BlockInfo&);    \
  template void write_color_map(S&, WriteContext&, const BlockInfo&, int);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
