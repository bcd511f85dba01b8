// Everything that deciding a square of a superblock leaves behind, kept while another way to divide the square is
// tried, and put back if that one loses.
#pragma once

#include "search/search_context.h"

namespace tessera {

/// The cheap part of a superblock's state: what must be rewound before the same square is tried again.
struct RegionStart {
  BlockContext::Checkpoint context;
  BlockDecodedMap decoded;
  uint32_t coefs;
  CdfJournal::Checkpoint journal;
#ifdef TESSERA_CDF_FULL_COPY  // what the journal is measured against (docs/machinery.md)
  CdfContext cdfs;
#endif
#ifdef TESSERA_SYMBOL_TRACE
  TracedCheckpoint traced;
#endif
};

template <Pixel P>
RegionStart mark_region(const SearchContext<P>& s, int mi_col);
template <Pixel P>
void rewind_region(SearchContext<P>& s, const RegionStart& start);

/// Colours and maps of a square's palettes.
struct RegionPalettes {
  Array<PaletteColors, kSbMi * kSbMi / 4> colors;
  Table2<uint8_t, 2, kSbSize * kSbSize> map;
};

template <Pixel P>
class RegionSnapshot {
 public:
  /// Keeps the square of `size_mi` units at (mi_row, mi_col), decided since `start`.
  void save(const SearchContext<P>& s, const RegionStart& start, int mi_row, int mi_col, int size_mi);
  /// Puts it back; the context's coefficient store and adaptive state must stand at `start`.
  void restore(SearchContext<P>& s) const;

 private:
  void copy_samples(const SearchContext<P>& s, bool out) const;
  void copy_palettes(const SearchContext<P>& s, bool out) const;

  int mi_row_ = 0, mi_col_ = 0, size_mi_ = 0;
  BlockContext::Checkpoint context_;
  BlockDecodedMap decoded_;
  int num_blocks_ = 0;
  uint32_t num_coefs_ = 0;
  mutable BlockSamples<P> samples_;
  Array<BlockInfo, kSbMi * kSbMi> blocks_;
  Table2<TxUnit, kSbMi, kSbMi> tx_;
  Array<Level, 3 * kSbSize * kSbSize> coefs_;
  bool has_palettes_ = false;
  mutable RegionPalettes palettes_;
};

/// One per side of a square, by its log2 in mode-info units.
template <Pixel P>
struct RegionSnapshots {
  Array<RegionSnapshot<P>, 5> of_side;
  RegionSnapshot<P>& operator[](Index side_log2) { return of_side[side_log2]; }
};

extern template RegionStart mark_region(const SearchContext<uint8_t>&, int);
extern template RegionStart mark_region(const SearchContext<uint16_t>&, int);
extern template void rewind_region(SearchContext<uint8_t>&, const RegionStart&);
extern template void rewind_region(SearchContext<uint16_t>&, const RegionStart&);
extern template class RegionSnapshot<uint8_t>;
extern template class RegionSnapshot<uint16_t>;

}  // namespace tessera
