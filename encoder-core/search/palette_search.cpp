#include "search/palette_search.h"

#include <algorithm>
#include <cstdlib>

#include "block/color_map.h"
#include "block/palette_cache.h"
#include "block/write_palette.h"

namespace tessera {
namespace {

/// A sample off its colour costs its squared error, or what a residual there takes: about this many bits. Measured on a
/// terminal: 4 to 6 are alike, 12 loses 1 %.
constexpr double kMissBits = 5;
constexpr int kClusterRounds = 8;
/// Sizes are tried from the largest down until so many in a row have been worse than the best.
constexpr int kMostWorse = 3;
/// What part of a block its eight most frequent colours must have, in percent: below, it is a photograph.
constexpr int kCoveredPct = 60;

template <int kDims>
int squared_distance(const uint16_t* a, const Palette& p, int i) {
  int sum = 0;
  for (int d = 0; d < kDims; d++) {
    const int diff = a[d] - p.color[d][i];
    sum += diff * diff;
  }
  return sum;
}

struct Nearest {
  int index, distance;  ///< squared
};

template <int kDims>
Nearest nearest(const uint16_t* value, const Palette& p) {
  Nearest best = {0, squared_distance<kDims>(value, p, 0)};
  for (int i = 1; i < p.size; i++) {
    const int distance = squared_distance<kDims>(value, p, i);
    if (distance < best.distance) best = {i, distance};
  }
  return best;
}

/// In luma one value tells, in chroma two.
Nearest nearest(const uint16_t* value, const Palette& p, int dims) {
  return dims == 1 ? nearest<1>(value, p) : nearest<2>(value, p);
}

/// Ascending, and no colour twice.
void sort_colors(Palette& p, int dims) {
  const auto less = [&](int a, int b) {
    return p.color[0][a] != p.color[0][b] ? p.color[0][a] < p.color[0][b] : p.color[1][a] < p.color[1][b];
  };
  for (int i = 1; i < p.size; i++)
    for (int j = i; j > 0 && less(j, j - 1); j--)
      for (int d = 0; d < dims; d++) std::swap(p.color[d][j], p.color[d][j - 1]);
  int kept = 0;
  for (int i = 0; i < p.size; i++) {
    if (kept > 0 && !less(kept - 1, i)) continue;
    for (int d = 0; d < dims; d++) p.color[d][kept] = p.color[d][i];
    kept++;
  }
  p.size = kept;
}

}  // namespace

template <Pixel P>
bool PaletteSearch<P>::count_luma(const BlockInfo& info) {
  const ColorMapSize size = color_map_size(s_.layout(), info, 0);
  const P* const src = s_.source_at(0, info.mi_row, info.mi_col);
  colors_.clear();
  bool few = true;
  for (int y = 0; y < size.onscreen_h && few; y++)
    for (int x = 0; x < size.onscreen_w; x++) {
      const P v = src[y * s_.source_stride[0] + x];
      uint8_t& number = luma_number_[v];
      if (number == 0) {
        if (colors_.full()) {
          few = false;
          break;
        }
        colors_.push_back({{v, 0}, 0, static_cast<uint8_t>(colors_.size())});
        number = static_cast<uint8_t>(colors_.size());
      }
      colors_[number - 1].count++;
      ids_[y * kSbSize + x] = static_cast<uint8_t>(number - 1);
    }
  for (const Color& c : colors_) luma_number_[c.value[0]] = 0;
  return few;
}

template <Pixel P>
bool PaletteSearch<P>::count_chroma(const BlockInfo& info) {
  const ColorMapSize size = color_map_size(s_.layout(), info, 1);
  const P *const u = s_.source_at(1, info.mi_row, info.mi_col), *const v = s_.source_at(2, info.mi_row, info.mi_col);
  colors_.clear();
  int last = 0;
  for (int y = 0; y < size.onscreen_h; y++)
    for (int x = 0; x < size.onscreen_w; x++) {
      const uint16_t a = u[y * s_.source_stride[1] + x], b = v[y * s_.source_stride[2] + x];
      const auto is = [&](const Color& c) { return c.value[0] == a && c.value[1] == b; };
      if (last >= colors_.size() || !is(colors_[last])) {
        last = static_cast<int>(std::find_if(colors_.begin(), colors_.end(), is) - colors_.begin());
        if (last == colors_.size()) {
          if (colors_.full()) return false;
          colors_.push_back({{a, b}, 0, static_cast<uint8_t>(last)});
        }
      }
      colors_[last].count++;
      ids_[y * kSbSize + x] = static_cast<uint8_t>(last);
    }
  return true;
}

/// Whether a palette would say most of the block. colors_ is sorted.
template <Pixel P>
bool PaletteSearch<P>::covered() const {
  int all = 0, first = 0;
  for (int i = 0; i < colors_.size(); i++) {
    all += colors_[i].count;
    if (i < PALETTE_COLORS) first += colors_[i].count;
  }
  return first * 100 >= all * kCoveredPct;
}

/// The `size` most frequent colours, moved to the middles of those nearest to them. Colours that most of their samples have
/// exactly stay where they are: on screens they are what was drawn.
template <Pixel P>
Palette PaletteSearch<P>::cluster(int size, int dims) const {
  Palette p = {.size = size};
  for (int i = 0; i < size; i++)
    for (int d = 0; d < dims; d++) p.color[d][i] = colors_[i].value[d];
  if (colors_.size() <= size) return p;
  Array<uint8_t, kMaxColors> home = {};
  for (int round = 0; round < kClusterRounds; round++) {
    Table2<int64_t, 2, PALETTE_COLORS> sum = {};
    Array<int, PALETTE_COLORS> count = {}, most = {}, mode = {};
    bool moved = round == 0;
    for (int i = 0; i < colors_.size(); i++) {
      const Color& c = colors_[i];
      const uint8_t k = static_cast<uint8_t>(nearest(c.value, p, dims).index);
      moved |= k != home[i];
      home[i] = k;
      for (int d = 0; d < dims; d++) sum[d][k] += static_cast<int64_t>(c.value[d]) * c.count;
      count[k] += c.count;
      if (c.count > most[k]) {
        most[k] = c.count;
        mode[k] = i;
      }
    }
    if (!moved) break;
    for (int k = 0; k < size; k++) {
      if (count[k] == 0) continue;
      for (int d = 0; d < dims; d++)
        p.color[d][k] = 2 * most[k] >= count[k] ? colors_[mode[k]].value[d]
                                                : static_cast<uint16_t>((sum[d][k] + count[k] / 2) / count[k]);
    }
  }
  return p;
}

/// Colours next to one that the cache has become it.
template <Pixel P>
void PaletteSearch<P>::move_to_cache(const BlockInfo& info, int dims, Palette& p) const {
  const PaletteCache cache = get_palette_cache(s_.wc, info.mi_row, info.mi_col, dims - 1);
  const int reach = 1 << (s_.bit_depth() - 8);
  for (int i = 0; i < p.size; i++) {
    int best = reach + 1;
    uint16_t color = 0;
    for (uint16_t c : cache)
      if (std::abs(c - p.color[0][i]) < best) {
        best = std::abs(c - p.color[0][i]);
        color = c;
      }
    if (best <= reach) p.color[0][i] = color;
  }
}

template <Pixel P>
void PaletteSearch<P>::fill_map(const BlockInfo& info, int plane, const Palette& p) {
  const ColorMapSize size = color_map_size(s_.layout(), info, plane);
  const View2d<uint8_t> all = s_.frame.palettes.map(plane);
  const PictureFormat& f = s_.frame.format;
  uint8_t* const map = all.ptr((info.mi_col * MI_SIZE) >> f.ss_x(plane), (info.mi_row * MI_SIZE) >> f.ss_y(plane), size.w, size.h);
  Array<uint8_t, kMaxColors> index = {};
  for (const Color& c : colors_) index[c.number] = static_cast<uint8_t>(nearest(c.value, p, plane ? 2 : 1).index);
  for (int y = 0; y < size.h; y++) {
    uint8_t* const row = map + y * all.stride();
    if (y >= size.onscreen_h) {
      std::copy_n(row - all.stride(), size.w, row);
      continue;
    }
    const uint8_t* const ids = ids_.data() + y * kSbSize;
    for (int x = 0; x < size.onscreen_w; x++) row[x] = index[ids[x]];
    std::fill(row + size.onscreen_w, row + size.w, row[size.onscreen_w - 1]);
  }
}

template <Pixel P>
void PaletteSearch<P>::apply(BlockInfo& info, int plane, const Palette& p) {
  PaletteColors& colors = s_.frame.palettes.colors(info.mi_row, info.mi_col);
  colors[plane] = p.color[0];
  if (plane) colors[2] = p.color[1];
  info.palette_size[plane] = static_cast<uint8_t>(p.size);
  fill_map(info, plane, p);
}

template <Pixel P>
uint64_t PaletteSearch<P>::rate(const BlockInfo& info, int plane) {
  FrozenCostCounter counter = s_.counter();
  if (plane) write_palette_uv(counter, s_.wc, info);
  else write_palette_y(counter, s_.wc, info);
  write_color_map(counter, s_.wc, info, plane);
  return counter.bits512();
}

template <Pixel P>
void PaletteSearch<P>::propose(BlockInfo& info, int plane, int most, Palettes& out) {
  out.clear();
  if (!(plane ? count_chroma(info) : count_luma(info)) || colors_.size() < 2) return;
  std::sort(colors_.begin(), colors_.end(), [](const Color& a, const Color& b) {
    if (a.count != b.count) return a.count > b.count;
    return a.value[0] != b.value[0] ? a.value[0] < b.value[0] : a.value[1] < b.value[1];
  });
  if (!covered()) return;
  const int dims = plane ? 2 : 1, step = s_.settings().intra.palette_size_step;
  const double miss = s_.j(0, static_cast<uint64_t>(kMissBits * kCostOneBit));
  int tried = 0, worse = 0;
  double least = 0;
  for (int size = std::min(PALETTE_COLORS, colors_.size()); size >= 2 && worse < kMostWorse; size -= step) {
    Palette p = cluster(size, dims);
    move_to_cache(info, dims, p);
    sort_colors(p, dims);
    if (p.size < 2 || p.size == tried) continue;
    tried = p.size;
    p.rank = 0;
    for (const Color& c : colors_) p.rank += c.count * std::min<double>(nearest(c.value, p, dims).distance, miss);
    // Misses alone may be too many.
    if (out.size() == most && p.rank > out.back().rank) {
      worse++;
      continue;
    }
    apply(info, plane, p);
    p.rank += s_.j(0, rate(info, plane));
    worse = least > 0 && p.rank > least ? worse + 1 : 0;
    least = least > 0 ? std::min(least, p.rank) : p.rank;
    int at = out.size();
    while (at > 0 && out[at - 1].rank > p.rank) at--;
    if (at >= most) continue;
    if (out.size() == most) out.pop_back();
    out.insert(at, p);
  }
  info.palette_size[plane] = 0;
}

template <Pixel P>
void PaletteSearch<P>::predict(const BlockInfo& info, int plane, int x, int y, int w, int h, P* dst, ptrdiff_t dst_stride) const {
  const Array<uint16_t, PALETTE_COLORS>& color = s_.frame.palettes.colors(info.mi_row, info.mi_col)[plane];
  const View2d<uint8_t> map = s_.frame.palettes.map(plane);
  for (int r = 0; r < h; r++) {
    const uint8_t* const row = map.ptr(x, y + r, w, 1);
    for (int c = 0; c < w; c++) dst[r * dst_stride + c] = static_cast<P>(color[row[c]]);
  }
}

template class PaletteSearch<uint8_t>;
template class PaletteSearch<uint16_t>;

}  // namespace tessera
