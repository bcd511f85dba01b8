#include "motion/superblock_motion.h"

#include <algorithm>
#include <cstdlib>

namespace tessera {
namespace {

constexpr int kMaxVectors = 96;
constexpr uint32_t kMostRate = (1 << 15) - 1;

template <Pixel P>
class Search {
 public:
  explicit Search(const SuperblockMotionQuery<P>& q) : q_(q) {
    best_.fill(kNone);
    seen_.fill(0);
  }

  void start() {
    try_at({});
    if (!q_.coarse) return;
    const int col = q_.x_px / kMotionUnit, row = q_.y_px / kMotionUnit;
    for (int r = row; r < std::min(row + 4, q_.coarse->mv.height()); r++)
      for (int c = col; c < std::min(col + 4, q_.coarse->mv.width()); c++) {
        const Mv m = q_.coarse->mv.at(c, r);
        try_at({static_cast<int16_t>(8 * m.row), static_cast<int16_t>(8 * m.col)});
      }
  }

  bool is_close() const { return best_[0] >> kVectorBits < q_.close * kSbSize * kSbSize; }

  /// The cross around every vector that a square of 16 or more has come to prefer.
  void step_around_best() {
    FixedVector<uint32_t, kFirstSquare[3]> centres;
    for (int i = 0; i < kFirstSquare[3]; i++) {
      const uint32_t vector = best_[i] & kVectorMask;
      if (best_[i] != kNone && std::find(centres.begin(), centres.end(), vector) == centres.end()) centres.push_back(vector);
    }
    for (const uint32_t centre : centres) {
      const Mv c = tried_[centre];
      try_at(add(c, -8, 0));
      try_at(add(c, 8, 0));
      try_at(add(c, 0, -8));
      try_at(add(c, 0, 8));
    }
  }

  void store(SuperblockMotion& out) const {
    const auto found = [&](int part) -> SquareMotion {
      if (best_[part] == kNone) return {};
      const uint32_t vector = best_[part] & kVectorMask, cost = best_[part] >> kVectorBits;
      return {tried_[vector], cost - rate_[vector], cost};
    };
    for (int i = 0; i < kSquares; i++) out.square[i] = found(i);
    for (int i = 0; q_.halves && i < kHalves; i++) out.half[i] = found(kSquares + i);
  }

 private:
  static constexpr uint32_t kNone = ~0u, kVectorMask = (1u << kVectorBits) - 1;
  static_assert(kMaxVectors <= 1 << kVectorBits);
  static constexpr int kSeenBits = 8;
  static_assert(kMaxVectors < 1 << kSeenBits);

  static Mv add(Mv m, int row, int col) { return {static_cast<int16_t>(m.row + row), static_cast<int16_t>(m.col + col)}; }

  bool in_reach(Mv mv) const {
    const int x = q_.x_px + (mv.col >> 3), y = q_.y_px + (mv.row >> 3);
    return x >= -q_.ref.margin_x() && y >= -q_.ref.margin_y() && x + kSbSize <= q_.ref.width() + q_.ref.margin_x() &&
           y + kSbSize <= q_.ref.height() + q_.ref.margin_y();
  }

  /// Whether a vector, of whole samples, comes for the first time.
  bool see(Mv mv) {
    const uint32_t key = static_cast<uint32_t>(static_cast<uint16_t>(mv.row)) << 16 | static_cast<uint16_t>(mv.col) | 1;
    uint32_t slot = key * 0x9E3779B1u >> (32 - kSeenBits);
    for (; seen_[slot] != 0; slot = (slot + 1) % seen_.size())
      if (seen_[slot] == key) return false;
    seen_[slot] = key;
    return true;
  }

  void try_at(Mv mv) {
    if (tried_.full() || !in_reach(mv) || !see(mv)) return;
    const uint32_t index = static_cast<uint32_t>(tried_.size());
    tried_.push_back(mv);
    Array<uint32_t, kGridParts> sad;
    q_.sad_grid.sads(q_.src, q_.src_stride, q_.ref.ptr(q_.x_px + (mv.col >> 3), q_.y_px + (mv.row >> 3)), q_.ref.stride(), sad.data());
    // What it is coded against is not known yet: its length stands for its rate.
    const int far = std::abs(mv.row) + std::abs(mv.col);
    const uint32_t bits = far == 0 ? 1 : 5 + 2 * static_cast<uint32_t>(floor_log2(static_cast<uint32_t>(far)));
    const uint32_t rate = std::min(static_cast<uint32_t>(q_.lambda * 512.0f * static_cast<float>(bits)), kMostRate);
    rate_[index] = rate;
    q_.sad_grid.offer(sad.data(), rate, index, best_.data());
    if (q_.halves) offer_to_halves(sad.data(), rate, index);
  }

  void offer_to_halves(const uint32_t* grid, uint32_t rate, uint32_t vector) {
    Array<uint32_t, kFirstSquare[3]> sum;  // of squares
    for (int level = 2; level >= 0; level--) {
      const int side = 1 << level;
      const uint32_t* const parts = level == 2 ? grid : sum.data() + kFirstSquare[level + 1];
      for (int r = 0; r < side; r++)
        for (int c = 0; c < side; c++) {
          const uint32_t* const at = parts + 4 * side * r + 2 * c;
          const uint32_t a = at[0], b = at[1], d = at[2 * side], e = at[2 * side + 1];
          const int square = square_index(level, r, c);
          uint32_t* const half = best_.data() + kSquares + 4 * square;
          const auto offer = [&](Half h, uint32_t sad) { half[h] = std::min(half[h], ((sad + rate) << kVectorBits) + vector); };
          offer(HALF_TOP, a + b);
          offer(HALF_BOTTOM, d + e);
          offer(HALF_LEFT, a + d);
          offer(HALF_RIGHT, b + e);
          sum[square] = a + b + d + e;
        }
    }
  }

  const SuperblockMotionQuery<P>& q_;
  FixedVector<Mv, kMaxVectors> tried_;
  Array<uint32_t, kMaxVectors> rate_;    ///< of those
  alignas(32) Array<uint32_t, 1 << kSeenBits> seen_;  ///< those again, each from the slot on that its hash names; 0: free
  alignas(32) Array<uint32_t, kSquares + kHalves> best_;
};

}  // namespace

template <Pixel P>
void search_superblock_motion(const SuperblockMotionQuery<P>& query, SuperblockMotion& out) {
  Search<P> search(query);
  search.start();
  for (int i = 0; i < query.rounds && !search.is_close(); i++) search.step_around_best();
  search.store(out);
}

template void search_superblock_motion(const SuperblockMotionQuery<uint8_t>&, SuperblockMotion&);
template void search_superblock_motion(const SuperblockMotionQuery<uint16_t>&, SuperblockMotion&);

}  // namespace tessera
