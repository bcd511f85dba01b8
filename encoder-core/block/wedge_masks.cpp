#include "block/wedge_masks.h"

#include <algorithm>

#include "base/array.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

constexpr int MASK_MASTER_SIZE = 64, kDirections = 6, kLargestArea = 32 * 32;

using Master = Table3<uint8_t, kDirections, MASK_MASTER_SIZE, MASK_MASTER_SIZE>;

/// spec 7.11.3.11: MasterMask.
void fill_master(Master& master) {
  constexpr int kLast = MASK_MASTER_SIZE - 1;
  for (int j = 0; j < MASK_MASTER_SIZE; j++) {
    int shift = MASK_MASTER_SIZE / 4;
    for (int i = 0; i < MASK_MASTER_SIZE; i += 2) {
      master[WEDGE_OBLIQUE63][i][j] = Wedge_Master_Oblique_Even[std::clamp(j - shift, 0, kLast)];
      shift--;
      master[WEDGE_OBLIQUE63][i + 1][j] = Wedge_Master_Oblique_Odd[std::clamp(j - shift, 0, kLast)];
      master[WEDGE_VERTICAL][i][j] = master[WEDGE_VERTICAL][i + 1][j] = Wedge_Master_Vertical[j];
    }
  }
  for (int i = 0; i < MASK_MASTER_SIZE; i++)
    for (int j = 0; j < MASK_MASTER_SIZE; j++) {
      const uint8_t weight = master[WEDGE_OBLIQUE63][i][j];
      master[WEDGE_OBLIQUE27][j][i] = weight;
      master[WEDGE_OBLIQUE117][i][kLast - j] = master[WEDGE_OBLIQUE153][kLast - j][i] = static_cast<uint8_t>(64 - weight);
      master[WEDGE_HORIZONTAL][j][i] = master[WEDGE_VERTICAL][i][j];
    }
}

struct WedgeMasks {
  /// [ size ][ wedge_sign ][ wedge_index ][ sample ]
  Array<Table3<uint8_t, 2, WEDGE_TYPES, kLargestArea>, BLOCK_SIZES> mask = {};

  WedgeMasks() {
    Master master = {};
    fill_master(master);
    for (int size = BLOCK_8X8; size < BLOCK_SIZES; size++)
      if (Wedge_Bits[size] > 0)
        for (int wedge = 0; wedge < WEDGE_TYPES; wedge++) cut(master, static_cast<BlockSize>(size), wedge);
  }

  void cut(const Master& master, BlockSize size, int wedge) {
    const int w = block_width(size), h = block_height(size), shape = h > w ? 0 : h < w ? 1 : 2;
    const Array<uint8_t, 3>& code = Wedge_Codebook[shape][wedge];
    const auto& from = master[code[0]];
    const int xoff = MASK_MASTER_SIZE / 2 - ((code[1] * w) >> 3), yoff = MASK_MASTER_SIZE / 2 - ((code[2] * h) >> 3);
    int sum = 0;
    for (int i = 0; i < w; i++) sum += from[yoff][xoff + i];
    for (int i = 1; i < h; i++) sum += from[yoff + i][xoff];
    const bool flip_sign = (sum + (w + h - 1) / 2) / (w + h - 1) < 32;
    for (int i = 0; i < h; i++)
      for (int j = 0; j < w; j++) {
        const uint8_t weight = from[yoff + i][xoff + j];
        mask[size][flip_sign][wedge][i * w + j] = weight;
        mask[size][!flip_sign][wedge][i * w + j] = static_cast<uint8_t>(64 - weight);
      }
  }
};

}  // namespace

const uint8_t* wedge_mask(BlockSize size, int wedge_sign, int wedge_index) {
  static const WedgeMasks masks;
  return masks.mask[size][wedge_sign][wedge_index].data();
}

}  // namespace tessera
