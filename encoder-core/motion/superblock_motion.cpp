#include "motion/superblock_motion.h"

#include <algorithm>
#include <cstdlib>

namespace tessera {
namespace {

constexpr int kMaxVectors = 96;

template <Pixel P>
class Search {
 public:
  explicit Search(const SuperblockMotionQuery<P>& q) : q_(q) {
    cost_.fill(~0u);
    vector_.fill(kNone);
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

  /// The cross around every vector that a square of 16 or more has come to prefer.
  void step_around_best() {
    FixedVector<uint32_t, kFirstSquare[3]> centres;
    for (int i = 0; i < kFirstSquare[3]; i++)
      if (vector_[i] != kNone && std::find(centres.begin(), centres.end(), vector_[i]) == centres.end()) centres.push_back(vector_[i]);
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
      const uint32_t v = vector_[part];
      if (v == kNone) return {};
      return {tried_[v], cost_[part] - rate_[v], cost_[part]};
    };
    for (int i = 0; i < kSquares; i++) out.square[i] = found(i);
    for (int i = 0; i < kHalves; i++) out.half[i] = found(kSquares + i);
  }

 private:
  static constexpr int kHalves = 4 * kFirstSquare[3], kParts = kSquares + kHalves;
  static constexpr uint32_t kNone = ~0u;

  static Mv add(Mv m, int row, int col) { return {static_cast<int16_t>(m.row + row), static_cast<int16_t>(m.col + col)}; }

  bool in_reach(Mv mv) const {
    const int x = q_.x_px + (mv.col >> 3), y = q_.y_px + (mv.row >> 3);
    return x >= -q_.ref.margin_x() && y >= -q_.ref.margin_y() && x + kSbSize <= q_.ref.width() + q_.ref.margin_x() &&
           y + kSbSize <= q_.ref.height() + q_.ref.margin_y();
  }

  void try_at(Mv mv) {
    if (tried_.full() || !in_reach(mv) || std::find(tried_.begin(), tried_.end(), mv) != tried_.end()) return;
    const uint32_t index = static_cast<uint32_t>(tried_.size());
    tried_.push_back(mv);
    Array<uint32_t, kParts> sad;
    q_.sad_grid(q_.src, q_.src_stride, q_.ref.ptr(q_.x_px + (mv.col >> 3), q_.y_px + (mv.row >> 3)), q_.ref.stride(),
                sad.data() + kFirstSquare[3]);
    // What it is coded against is not known yet: its length stands for its rate.
    const int far = std::abs(mv.row) + std::abs(mv.col);
    const uint32_t bits = far == 0 ? 1 : 5 + 2 * static_cast<uint32_t>(floor_log2(static_cast<uint32_t>(far)));
    const uint32_t rate = static_cast<uint32_t>(q_.lambda * 512.0f * static_cast<float>(bits));
    rate_[index] = rate;
    for (int level = 2; level >= 0; level--) {
      const int side = 1 << level;
      for (int r = 0; r < side; r++)
        for (int c = 0; c < side; c++) {
          const uint32_t* const at = sad.data() + kFirstSquare[level + 1] + 4 * side * r + 2 * c;
          const uint32_t a = at[0], b = at[1], d = at[2 * side], e = at[2 * side + 1];
          const int square = square_index(level, r, c);
          uint32_t* const half = sad.data() + kSquares + 4 * square;
          half[HALF_TOP] = a + b;
          half[HALF_BOTTOM] = d + e;
          half[HALF_LEFT] = a + d;
          half[HALF_RIGHT] = b + e;
          sad[square] = a + b + d + e;
        }
    }
    uint32_t* const cost = cost_.data();
    uint32_t* const vector = vector_.data();
    const uint32_t* const s = sad.data();
    for (int i = 0; i < kParts; i++) {  // without branches, so that it goes in vectors
      const uint32_t c = s[i] + rate;
      const bool better = c < cost[i];
      vector[i] = better ? index : vector[i];
      cost[i] = better ? c : cost[i];
    }
  }

  const SuperblockMotionQuery<P>& q_;
  FixedVector<Mv, kMaxVectors> tried_;
  Array<uint32_t, kMaxVectors> rate_;    ///< of those
  // Of the best vector so far: the squares, then the halves.
  alignas(16) Array<uint32_t, kParts> cost_, vector_;
};

}  // namespace

template <Pixel P>
void search_superblock_motion(const SuperblockMotionQuery<P>& query, SuperblockMotion& out) {
  Search<P> search(query);
  search.start();
  for (int i = 0; i < query.rounds; i++) search.step_around_best();
  search.store(out);
}

template void search_superblock_motion(const SuperblockMotionQuery<uint8_t>&, SuperblockMotion&);
template void search_superblock_motion(const SuperblockMotionQuery<uint16_t>&, SuperblockMotion&);

}  // namespace tessera
