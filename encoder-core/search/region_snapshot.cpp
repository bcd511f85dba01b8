#include "search/region_snapshot.h"

#include <algorithm>
#include <cstring>

namespace tessera {

template <Pixel P>
RegionStart mark_region(const SearchContext<P>& s, int mi_col) {
  return {.context = s.context.save(mi_col),
          .decoded = s.decoded,
          .coefs = s.coefs.used(),
          .journal = s.journal.checkpoint(),
#ifdef TESSERA_CDF_FULL_COPY
          .cdfs = s.cdfs,
#endif
#ifdef TESSERA_SYMBOL_TRACE
          .traced = TracedCheckpoint(s.journal.trace),
#endif
  };
}

template <Pixel P>
void rewind_region(SearchContext<P>& s, const RegionStart& start) {
  s.context.restore(start.context);
  s.decoded = start.decoded;
  s.coefs.cut(start.coefs);
#ifdef TESSERA_SYMBOL_TRACE
  s.journal.trace.event('r');
#endif
#ifdef TESSERA_CDF_FULL_COPY
  s.cdfs = start.cdfs;
#else
  s.journal.rollback(s.cdfs, start.journal);
#endif
}

template <Pixel P>
void RegionSnapshot<P>::copy_samples(const SearchContext<P>& s, bool out) const {
  const PictureFormat& f = s.frame.format;
  for (int p = 0; p < f.planes(); p++) {
    const int w = (size_mi_ * MI_SIZE) >> f.ss_x(p), h = (size_mi_ * MI_SIZE) >> f.ss_y(p);
    const PlaneView<P> plane = s.frame.plane(p);
    P* const recon = plane.ptr((mi_col_ * MI_SIZE) >> f.ss_x(p), (mi_row_ * MI_SIZE) >> f.ss_y(p), w, h);
    P* const kept = samples_.plane(p);
    for (int y = 0; y < h; y++) {
      if (out) std::memcpy(recon + y * plane.stride(), kept + y * w, w * sizeof(P));
      else std::memcpy(kept + y * w, recon + y * plane.stride(), w * sizeof(P));
    }
  }
}

template <Pixel P>
void RegionSnapshot<P>::copy_palettes(const SearchContext<P>& s, bool out) const {
  const auto copy = [&]<class T>(View2d<T> frame, T* kept, int x, int y, int w, int h) {
    for (int r = 0; r < h; r++) {
      T* const row = frame.ptr(x, y + r, w, 1);
      if (out) std::copy_n(kept + r * w, w, row);
      else std::copy_n(row, w, kept + r * w);
    }
  };
  PaletteGrid& grid = s.frame.palettes;
  const PictureFormat& f = s.frame.format;
  const int squares = std::max(size_mi_ / 2, 1);
  copy(grid.all_colors(), palettes_.colors.data(), mi_col_ / 2, mi_row_ / 2, squares, squares);
  for (int p = 0; p < std::min(f.planes(), 2); p++)
    copy(grid.map(p), palettes_.map[p].data(), (mi_col_ * MI_SIZE) >> f.ss_x(p), (mi_row_ * MI_SIZE) >> f.ss_y(p),
         (size_mi_ * MI_SIZE) >> f.ss_x(p), (size_mi_ * MI_SIZE) >> f.ss_y(p));
}

template <Pixel P>
void RegionSnapshot<P>::save(const SearchContext<P>& s, const RegionStart& start, int mi_row, int mi_col, int size_mi) {
  mi_row_ = mi_row;
  mi_col_ = mi_col;
  size_mi_ = size_mi;
  context_ = s.context.save(mi_col);
  decoded_ = s.decoded;
  copy_samples(s, false);
  num_blocks_ = 0;
  has_palettes_ = false;
  const int rows = std::min(size_mi, s.header().size.mi_rows - mi_row), cols = std::min(size_mi, s.header().size.mi_cols - mi_col);
  const View2d<const TxUnit> tx = std::as_const(s.frame.tx).view();
  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < cols; c++) {
      const BlockInfo& info = std::as_const(s.frame.blocks).at(mi_row + r, mi_col + c);
      if (info.mi_row != mi_row + r || info.mi_col != mi_col + c) continue;
      blocks_[num_blocks_++] = info;
      has_palettes_ |= info.palette_size[0] > 0 || info.palette_size[1] > 0;
    }
    std::copy_n(tx.ptr(mi_col, mi_row + r, cols, 1), cols, tx_[r].data());
  }
  if (has_palettes_) copy_palettes(s, false);
  num_coefs_ = s.coefs.used() - start.coefs;
  std::copy_n(s.coefs.at(start.coefs), num_coefs_, coefs_.data());
}

template <Pixel P>
void RegionSnapshot<P>::restore(SearchContext<P>& s) const {
  s.context.restore(context_);
  s.decoded = decoded_;
  copy_samples(s, true);
  if (has_palettes_) copy_palettes(s, true);
  const int rows = std::min(size_mi_, s.header().size.mi_rows - mi_row_), cols = std::min(size_mi_, s.header().size.mi_cols - mi_col_);
  for (int i = 0; i < num_blocks_; i++) s.frame.blocks.place(blocks_[i]);
  for (int r = 0; r < rows; r++) std::copy_n(tx_[r].data(), cols, s.frame.tx.view().ptr(mi_col_, mi_row_ + r, cols, 1));
  std::copy_n(coefs_.data(), num_coefs_, s.coefs.tail());
  s.coefs.advance(static_cast<int>(num_coefs_));
}

template RegionStart mark_region(const SearchContext<uint8_t>&, int);
template RegionStart mark_region(const SearchContext<uint16_t>&, int);
template void rewind_region(SearchContext<uint8_t>&, const RegionStart&);
template void rewind_region(SearchContext<uint16_t>&, const RegionStart&);
template class RegionSnapshot<uint8_t>;
template class RegionSnapshot<uint16_t>;

}  // namespace tessera
