#include "motion/copy_map.h"

#include <algorithm>

#include "base/int_math.h"
#include "base/rolling_hash.h"

namespace tessera {
namespace {

constexpr int kCell = CopyMap::kCell;
/// Between the least and the most of a cell that is worth looking for, in 8 bits.
constexpr int kTexture = 12;
/// Of the polynomials in rows and columns that hashes are.
constexpr uint32_t kRowFactor = kHashFactor, kColumnFactor = 0x85EBCA77u;

template <Pixel P>
bool is_weak(PlaneView<const P> luma, int x, int y, int shift) {
  int least = 1 << 16, most = 0;
  for (int r = 0; r < kCell; r++) {
    const P* const row = luma.ptr(x, y + r, kCell, 1);
    for (int c = 0; c < kCell; c++) {
      least = std::min<int>(least, row[c]);
      most = std::max<int>(most, row[c]);
    }
  }
  return (most - least) >> shift < kTexture;
}

template <Pixel P>
uint32_t hash_cell(PlaneView<const P> luma, int x, int y) {
  uint32_t h = 0;
  for (int c = kCell - 1; c >= 0; c--) {
    uint32_t sum = 0;
    for (int r = 0; r < kCell; r++) sum = sum * kRowFactor + luma.at(x + c, y + r);
    h = h * kColumnFactor + sum;
  }
  return finish_hash(h);
}

template <Pixel P>
bool alike(PlaneView<const P> luma, int ax, int ay, int bx, int by) {
  for (int r = 0; r < kCell; r++)
    if (!std::equal(luma.ptr(ax, ay + r, kCell, 1), luma.ptr(ax, ay + r) + kCell, luma.ptr(bx, by + r, kCell, 1))) return false;
  return true;
}

}  // namespace

void CopyMap::resize(const PictureFormat& format) {
  if (format_ == format) return;
  format_ = format;
  const int cols = div_ceil(format.width, kCell), rows = div_ceil(format.height, kCell);
  cell_.resize(cols, rows);
  cell_hash_.resize(cols, rows);
  size_t slots = 16;
  while (slots < 2 * static_cast<size_t>(cols) * static_cast<size_t>(rows)) slots *= 2;
  patterns_.resize(slots);
  filter_.resize((size_t{1} << kFilterBits) / 32);
  sums_.resize(static_cast<size_t>(format.width));
  hashes_.resize(format.width, kSbSize);
}

/// The pattern's slot, or the free one where it belongs.
int CopyMap::slot_of(uint32_t hash) const {
  const uint32_t mask = static_cast<uint32_t>(patterns_.size() - 1);
  uint32_t at = hash & mask;
  while (patterns_[at].hash != 0 && patterns_[at].hash != hash) at = (at + 1) & mask;
  return static_cast<int>(at);
}

int CopyMap::column_of(const TileRect& tile, int x) const {
  const int width = std::min(tile.mi_col_end * MI_SIZE, format_.width) - tile.mi_col_start * MI_SIZE;
  return std::clamp((x - tile.mi_col_start * MI_SIZE) * kColumns / width, 0, kColumns - 1);
}

template <Pixel P>
void CopyMap::learn_patterns(PlaneView<const P> luma) {
  std::fill(patterns_.begin(), patterns_.end(), Pattern{});
  std::fill(filter_.begin(), filter_.end(), 0u);
  for (int row = 0; row < cell_.height(); row++)
    for (int col = 0; col < cell_.width(); col++) {
      cell_.at(col, row).clear();
      uint32_t& hash = cell_hash_.at(col, row);
      hash = 0;
      if ((col + 1) * kCell > format_.width || (row + 1) * kCell > format_.height) continue;
      if (is_weak(luma, col * kCell, row * kCell, format_.bit_depth - 8)) continue;
      textured_++;
      hash = hash_cell(luma, col * kCell, row * kCell);
      patterns_[static_cast<size_t>(slot_of(hash))].hash = hash;
      filter_[hash >> (32 - kFilterBits) >> 5] |= 1u << (hash >> (32 - kFilterBits) & 31);
    }
}

/// Hashes of what begins in these rows, each of which is followed by 7 more in the picture.
template <Pixel P>
void CopyMap::hash_rows(PlaneView<const P> luma, const TileRect& tile, int first, int end) {
  constexpr uint32_t kOldest = hash_power(kRowFactor, kCell - 1), kColumn2 = hash_power(kColumnFactor, 2), kColumn4 = hash_power(kColumnFactor, 4);
  const int x0 = tile.mi_col_start * MI_SIZE, w = std::min(tile.mi_col_end * MI_SIZE, format_.width) - x0;
  uint32_t* const sums = sums_.data();
  std::fill_n(sums, w, 0u);
  for (int r = first; r < first + kCell - 1; r++) {
    const P* const in = luma.ptr(x0, r, w, 1);
    for (int x = 0; x < w; x++) sums[x] = sums[x] * kRowFactor + in[x];
  }
  first_hashed_ = first;
  for (int y = first; y < end; y++) {
    const P* const in = luma.ptr(x0, y + kCell - 1, w, 1);
    for (int x = 0; x < w; x++) sums[x] = sums[x] * kRowFactor + in[x];
    uint32_t* const h = hashes_.view().ptr(0, y - first, w, 1);
    std::copy_n(sums, w, h);
    // Eight columns by doubling.
    for (int x = 0; x + 1 < w; x++) h[x] += kColumnFactor * h[x + 1];
    for (int x = 0; x + 3 < w; x++) h[x] += kColumn2 * h[x + 2];
    for (int x = 0; x + 7 < w; x++) h[x] = finish_hash(h[x] + kColumn4 * h[x + 4]);
    const P* const out = luma.ptr(x0, y, w, 1);
    for (int x = 0; x < w; x++) sums[x] -= kOldest * out[x];
  }
}

/// Enters the places whose last sample lies in this superblock.
void CopyMap::see_superblock(const TileRect& tile, int sb_col, int first_row, int end_row) {
  const int x0 = tile.mi_col_start * MI_SIZE, picture_end = std::min(tile.mi_col_end * MI_SIZE, format_.width);
  const int begin = std::max(sb_col * kSbSize - kCell + 1, x0), end = std::min((sb_col + 1) * kSbSize, picture_end) - kCell + 1;
  for (int y = first_row; y < end_row; y++) {
    const uint32_t* const h = hashes_.view().ptr(0, y - first_hashed_, 1, 1);
    for (int x = begin; x < end; x++) {
      const uint32_t hash = h[x - x0], bit = hash >> (32 - kFilterBits);
      if (!(filter_[bit >> 5] >> (bit & 31) & 1)) continue;
      Pattern& p = patterns_[static_cast<size_t>(slot_of(hash))];
      if (p.hash != hash) continue;
      Place& last = p.seen[column_of(tile, x)];
      if (last.y != y) last = {static_cast<uint16_t>(x), static_cast<uint16_t>(y)};
    }
  }
}

template <Pixel P>
void CopyMap::search_cell(PlaneView<const P> luma, const TileRect& tile, int x, int y) {
  const uint32_t hash = cell_hash_.at(x / kCell, y / kCell);
  if (hash == 0) return;
  const Pattern& p = patterns_[static_cast<size_t>(slot_of(hash))];
  const CopyTarget cell = {x, y, kCell, kCell}, superblock = {x & ~(kSbSize - 1), y & ~(kSbSize - 1), kSbSize, kSbSize};
  Vectors& out = cell_.at(x / kCell, y / kCell);
  Vectors narrow;  // serve the cell alone
  const auto offer = [&](int column) {
    if (column < 0 || column >= kColumns) return;
    const Place from = p.seen[column];
    if (from == Place{} || out.full() || !may_copy(tile, cell, from.x - x, from.y - y) || !alike(luma, x, y, from.x, from.y)) return;
    const Mv mv = copy_vector(from.x - x, from.y - y);
    if (may_copy(tile, superblock, from.x - x, from.y - y)) out.push_back(mv);
    else if (!narrow.full()) narrow.push_back(mv);
  };
  const int at = column_of(tile, x);
  offer(at);
  for (int d = 1; d < kColumns && !out.full(); d++) {
    offer(at - d);
    offer(at + d);
  }
  for (const Mv mv : narrow)
    if (!out.full()) out.push_back(mv);
  repeated_ += !out.empty();
}

template <Pixel P>
void CopyMap::search_row(PlaneView<const P> luma, const TileRect& tile, int sb_row) {
  constexpr int kDelay = INTRABC_DELAY_PIXELS / kSbSize;
  const int tile_top = tile.mi_row_start * MI_SIZE, bottom = std::min({(sb_row + 1) * kSbSize, tile.mi_row_end * MI_SIZE, format_.height});
  const int first = std::max(sb_row * kSbSize - kCell + 1, tile_top), end = bottom - kCell + 1;
  if (end > first) hash_rows(luma, tile, first, end);
  const int sb_begin = tile.mi_col_start / kSbMi, sb_end = (tile.mi_col_end + kSbMi - 1) / kSbMi;
  const int right = std::min(tile.mi_col_end * MI_SIZE, format_.width);
  for (int sb = sb_begin; sb < sb_end + kDelay + 1; sb++) {
    if (sb - kDelay - 1 >= sb_begin && end > first) see_superblock(tile, sb - kDelay - 1, first, end);
    for (int y = sb_row * kSbSize; sb < sb_end && y + kCell <= bottom; y += kCell)
      for (int x = sb * kSbSize; x + kCell <= std::min((sb + 1) * kSbSize, right); x += kCell) search_cell(luma, tile, x, y);
  }
}

template <Pixel P>
void CopyMap::find(PlaneView<const P> luma, const PictureFormat& format, const TileInfo& tiles) {
  resize(format);
  textured_ = repeated_ = 0;
  learn_patterns(luma);
  for (int t = 0; t < tiles.num_tiles(); t++) {
    const TileRect tile = tile_rect(tiles, t);
    // What another tile has seen is out of reach.
    for (Pattern& p : patterns_) p.seen = {};
    for (int sb_row = tile.mi_row_start / kSbMi; sb_row * kSbMi < tile.mi_row_end; sb_row++) search_row(luma, tile, sb_row);
  }
}

template void CopyMap::find(PlaneView<const uint8_t>, const PictureFormat&, const TileInfo&);
template void CopyMap::find(PlaneView<const uint16_t>, const PictureFormat&, const TileInfo&);

}  // namespace tessera
