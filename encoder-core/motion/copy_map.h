// Where a picture repeats itself exactly, as drawings do and cameras never: for each cell of 8x8 luma samples, places before
// it in coding order that an intra block copy may take it from.
#pragma once

#include <vector>

#include "base/array2d.h"
#include "base/fixed_vector.h"
#include "frame/copy_reach.h"
#include "frame/plane.h"

namespace tessera {

class CopyMap {
 public:
  static constexpr int kCell = 8, kMostVectors = 3;
  using Vectors = FixedVector<Mv, kMostVectors>;

  /// Makes room for the largest picture of the format; from then on nothing is allocated.
  void resize(const PictureFormat& format);
  /// Looks for the cells of one picture. Flat ones and weak textures are left out: they cost next to nothing as it is.
  template <Pixel P>
  void find(PlaneView<const P> luma, const PictureFormat& format, const TileInfo& tiles);

  /// Of the cell at this place in luma samples; those come first that serve the whole superblock.
  const Vectors& vectors(int x, int y) const { return cell_.at(x / kCell, y / kCell); }
  /// Whether so many cells occur again that copying pays for the frame's filters.
  bool pays() const { return repeated_ * kOneIn > textured_; }

 private:
  static constexpr int kColumns = 8;       ///< a tile's, in each of which the last place of a pattern is known
  static constexpr int kOneIn = 10;
  static constexpr int kFilterBits = 18;   ///< log2 of the bits that tell most hashes apart
  struct Place {
    uint16_t x = 0xffff, y = 0xffff;  ///< nowhere
    bool operator==(const Place&) const = default;
  };
  /// A pattern of some cell, and where it was seen last: the leftmost place of that row, within reach of the most cells.
  struct Pattern {
    uint32_t hash = 0;
    Array<Place, kColumns> seen = {};
  };

  template <Pixel P>
  void learn_patterns(PlaneView<const P> luma);
  template <Pixel P>
  void search_row(PlaneView<const P> luma, const TileRect& tile, int sb_row);
  template <Pixel P>
  void hash_rows(PlaneView<const P> luma, const TileRect& tile, int first, int end);
  void see_superblock(const TileRect& tile, int sb_col, int first_row, int end_row);
  template <Pixel P>
  void search_cell(PlaneView<const P> luma, const TileRect& tile, int x, int y);
  int slot_of(uint32_t hash) const;
  int column_of(const TileRect& tile, int x) const;

  PictureFormat format_;
  Array2d<Vectors> cell_;
  Array2d<uint32_t> cell_hash_;     ///< 0: weak
  std::vector<Pattern> patterns_;   ///< open addressing, a power of two; hash 0: free
  std::vector<uint32_t> filter_;    ///< a bit for each hash that patterns have
  std::vector<uint32_t> sums_;      ///< of a column of 8 samples
  Array2d<uint32_t> hashes_;        ///< of what begins at each place of the superblock row at hand
  int first_hashed_ = 0;            ///< the first of its rows
  int textured_ = 0, repeated_ = 0;
};

extern template void CopyMap::find(PlaneView<const uint8_t>, const PictureFormat&, const TileInfo&);
extern template void CopyMap::find(PlaneView<const uint16_t>, const PictureFormat&, const TileInfo&);

}  // namespace tessera
