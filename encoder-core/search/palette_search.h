// Palettes for a block of a screen: found by counting the source's colours, ranked by what their maps and their misses cost.
#pragma once

#include "search/search_context.h"

namespace tessera {

/// Colours of a luma palette ([ 0 ]) or of a chroma palette (U in [ 0 ], V in [ 1 ]), as PaletteColors has them.
struct Palette {
  int size = 0;
  Table2<uint16_t, 2, PALETTE_COLORS> color = {};
  double rank = 0;  ///< squared error and rate, without a residual
};
using Palettes = FixedVector<Palette, PALETTE_COLORS>;

/// May blocks of this size have palettes? The standard's 4x16 and 16x4 are left out.
constexpr bool searches_palettes(BlockSize size) {
  return block_width(size) >= 8 && block_height(size) >= 8 && block_width(size) <= 64 && block_height(size) <= 64;
}

template <Pixel P>
class PaletteSearch {
 public:
  explicit PaletteSearch(SearchContext<P>& context) : s_(context) {}

  /// The best few palettes, at most `most`, for luma (plane 0) or chroma (1), best first; none where the source has too many
  /// colours or only one, or where too few of its samples have the most frequent ones. `info` says which modes they compete
  /// in. Uses the block's place in the palette grid.
  void propose(BlockInfo& info, int plane, int most, Palettes& out);
  /// Makes a palette that was proposed last the block's: colours and map into the grid, size into `info`.
  void apply(BlockInfo& info, int plane, const Palette& palette);
  /// spec 7.11.4: predicts a rectangle of a plane from the block's palette; x, y in samples of the plane.
  void predict(const BlockInfo& info, int plane, int x, int y, int w, int h, P* dst, ptrdiff_t dst_stride) const;
  /// What the palette adds to the mode info, map included, 1/512 bit.
  uint64_t rate(const BlockInfo& info, int plane);

 private:
  static constexpr int kMaxColors = 64;  ///< distinct colours of a source beyond which none is sought

  /// A colour of the source and how many samples have it.
  struct Color {
    uint16_t value[2];
    int count;
    uint8_t number;  ///< by which ids_ names it
  };
  using Colors = FixedVector<Color, kMaxColors>;

  bool count_luma(const BlockInfo& info);
  bool count_chroma(const BlockInfo& info);
  bool covered() const;
  Palette cluster(int size, int dims) const;
  void move_to_cache(const BlockInfo& info, int dims, Palette& palette) const;
  void fill_map(const BlockInfo& info, int plane, const Palette& palette);

  SearchContext<P>& s_;
  Colors colors_;                           ///< of the block's source, most frequent first
  alignas(64) Array<uint8_t, kSbSize * kSbSize> ids_;  ///< for every sample on screen its colour's number
  Array<uint8_t, 1 << 12> luma_number_ = {};           ///< by value, 1 + number; all zero between calls
};

extern template class PaletteSearch<uint8_t>;
extern template class PaletteSearch<uint16_t>;

}  // namespace tessera
