#include "motion/superblock_motion.h"

#include <algorithm>
#include <cstdlib>

namespace tessera {
namespace {

constexpr int kMaxVectors = 96;

template <Pixel P>
class Search {
 public:
  Search(const SuperblockMotionQuery<P>& q, SuperblockMotion& out) : q_(q), out_(out) {
    out_.square.fill({});
    out_.half.fill({});
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
    FixedVector<Mv, 21> centres;
    for (int i = 0; i < kFirstSquare[3]; i++) {
      const Mv mv = out_.square[i].mv;
      if (out_.square[i].sad != ~0u && std::find(centres.begin(), centres.end(), mv) == centres.end()) centres.push_back(mv);
    }
    for (const Mv& c : centres) {
      try_at(add(c, -8, 0));
      try_at(add(c, 8, 0));
      try_at(add(c, 0, -8));
      try_at(add(c, 0, 8));
    }
  }

 private:
  static Mv add(Mv m, int row, int col) { return {static_cast<int16_t>(m.row + row), static_cast<int16_t>(m.col + col)}; }

  bool in_reach(Mv mv) const {
    const int x = q_.x_px + (mv.col >> 3), y = q_.y_px + (mv.row >> 3);
    return x >= -q_.ref.margin_x() && y >= -q_.ref.margin_y() && x + kSbSize <= q_.ref.width() + q_.ref.margin_x() &&
           y + kSbSize <= q_.ref.height() + q_.ref.margin_y();
  }

  void try_at(Mv mv) {
    if (tried_.full() || !in_reach(mv) || std::find(tried_.begin(), tried_.end(), mv) != tried_.end()) return;
    tried_.push_back(mv);
    uint32_t sad[kGridParts];
    q_.sad_grid(q_.src, q_.src_stride, q_.ref.ptr(q_.x_px + (mv.col >> 3), q_.y_px + (mv.row >> 3)), q_.ref.stride(), sad);
    // What it is coded against is not known yet: its length stands for its rate.
    const int far = std::abs(mv.row) + std::abs(mv.col);
    const uint32_t bits = far == 0 ? 1 : 5 + 2 * static_cast<uint32_t>(floor_log2(static_cast<uint32_t>(far)));
    const uint32_t rate = static_cast<uint32_t>(q_.lambda * 512.0f * static_cast<float>(bits));
    const auto offer = [&](SquareMotion& to, uint32_t s) {
      if (s + rate < to.cost) to = {mv, s, s + rate};
    };
    for (int i = 0; i < kGridParts; i++) offer(out_.square[kFirstSquare[3] + i], sad[i]);
    for (int level = 2; level >= 0; level--) {
      const int side = 1 << level;
      for (int r = 0; r < side; r++)
        for (int c = 0; c < side; c++) {
          const uint32_t* const at = sad + 4 * side * r + 2 * c;
          const uint32_t a = at[0], b = at[1], d = at[2 * side], e = at[2 * side + 1];
          const int index = square_index(level, r, c);
          offer(out_.half[4 * index + HALF_TOP], a + b);
          offer(out_.half[4 * index + HALF_BOTTOM], d + e);
          offer(out_.half[4 * index + HALF_LEFT], a + d);
          offer(out_.half[4 * index + HALF_RIGHT], b + e);
          offer(out_.square[index], a + b + d + e);
          sad[side * r + c] = a + b + d + e;
        }
    }
  }

  const SuperblockMotionQuery<P>& q_;
  SuperblockMotion& out_;
  FixedVector<Mv, kMaxVectors> tried_;
};

}  // namespace

template <Pixel P>
void search_superblock_motion(const SuperblockMotionQuery<P>& query, SuperblockMotion& out) {
  Search<P> search(query, out);
  search.start();
  for (int i = 0; i < query.rounds; i++) search.step_around_best();
}

template void search_superblock_motion(const SuperblockMotionQuery<uint8_t>&, SuperblockMotion&);
template void search_superblock_motion(const SuperblockMotionQuery<uint16_t>&, SuperblockMotion&);

}  // namespace tessera
