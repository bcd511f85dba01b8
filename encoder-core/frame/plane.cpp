#include "frame/plane.h"

#include <algorithm>
#include <cstring>

namespace tessera {

template <Pixel P>
void Picture<P>::extend_edges() {
  for (int p = 0; p < format_.planes(); p++) {
    const PlaneView<P> v = plane(p);
    const int w = format_.plane_width(p), h = format_.plane_height(p);
    const int right = v.width() + v.margin_x() - w;
    for (int y = 0; y < h; y++) {
      P* row = v.ptr(0, y);
      std::fill(row - v.margin_x(), row, row[0]);
      std::fill(row + w, row + w + right, row[w - 1]);
    }
    const size_t bytes = sizeof(P) * (v.width() + 2 * v.margin_x());
    for (int y = -v.margin_y(); y < 0; y++) std::memcpy(v.ptr(-v.margin_x(), y), v.ptr(-v.margin_x(), 0), bytes);
    for (int y = h; y < v.height() + v.margin_y(); y++)
      std::memcpy(v.ptr(-v.margin_x(), y), v.ptr(-v.margin_x(), h - 1), bytes);
  }
}

template class Picture<uint8_t>;
template class Picture<uint16_t>;

}  // namespace tessera
