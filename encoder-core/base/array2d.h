// The owner of a rectangle of elements, optionally with a margin around it that may be read and written.
#pragma once

#include "base/aligned_buffer.h"

namespace tessera {

/// Element (0, 0) and, where sizeof(T) divides kAlignment, every row start on a kAlignment boundary.
template <class T>
class Array2d {
 public:
  Array2d() = default;
  Array2d(int width, int height, int margin_x = 0, int margin_y = 0) { resize(width, height, margin_x, margin_y); }

  /// Contents become undefined.
  void resize(int width, int height, int margin_x = 0, int margin_y = 0) {
    const size_t left = padded(static_cast<size_t>(margin_x));
    size_t stride = padded(left + static_cast<size_t>(width + margin_x));
    if (stride * sizeof(T) % kAliasBytes == 0) stride += padded(1);
    buffer_.resize(stride * static_cast<size_t>(height + 2 * margin_y));
    T* origin = buffer_.data() + static_cast<size_t>(margin_y) * stride + left;
    view_ = {origin, static_cast<ptrdiff_t>(stride), width, height, margin_x, margin_y};
  }
  /// Margins included.
  void fill(const T& value) { buffer_.fill(value); }

  View2d<T> view() { return view_; }
  View2d<const T> view() const { return view_; }
#ifdef TESSERA_HARDENED
  T& at(ptrdiff_t x, ptrdiff_t y, std::source_location where = std::source_location::current()) {
    return view_.at(x, y, where);
  }
  const T& at(ptrdiff_t x, ptrdiff_t y, std::source_location where = std::source_location::current()) const {
    return view_.at(x, y, where);
  }
#else
  T& at(ptrdiff_t x, ptrdiff_t y) { return view_.at(x, y); }
  const T& at(ptrdiff_t x, ptrdiff_t y) const { return view_.at(x, y); }
#endif
  int width() const { return view_.width(); }
  int height() const { return view_.height(); }
  ptrdiff_t stride() const { return view_.stride(); }

 private:
  /// Rows a multiple of this apart fall into the same few sets of a first-level cache.
  static constexpr size_t kAliasBytes = 2048;

  static size_t padded(size_t count) {
    if constexpr (kAlignment % sizeof(T) != 0) return count;
    constexpr size_t per = std::max<size_t>(kAlignment / sizeof(T), 1);
    return (count + per - 1) / per * per;
  }

  AlignedBuffer<T> buffer_;
  View2d<T> view_;
};

}  // namespace tessera
