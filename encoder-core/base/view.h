// Borrowed memory: a run of elements (Span) and a rectangle of a larger array (View2d). Views carry geometry
// only; owners live in aligned_buffer.h and array2d.h. A parameter is a view, a member is an owner.
#pragma once

#include <concepts>

#include "base/check.h"

namespace tessera {

template <class T>
concept Pixel = std::same_as<T, uint8_t> || std::same_as<T, uint16_t>;

template <class T>
class Span {
 public:
  constexpr Span() = default;
  constexpr Span(T* data, ptrdiff_t size) : data_(data), size_(size) {}
  constexpr T& operator[](Index i) const { return data_[checked_index(i, size_)]; }
  constexpr T* data() const { return data_; }
  constexpr ptrdiff_t size() const { return size_; }
  constexpr T* begin() const { return data_; }
  constexpr T* end() const { return data_ + size_; }
  constexpr Span sub(ptrdiff_t from, ptrdiff_t count) const {
    check(from >= 0 && count >= 0 && from + count <= size_, "sub-span outside its span");
    return {data_ + from, count};
  }
  constexpr operator Span<const T>() const { return {data_, size_}; }

 private:
  T* data_ = nullptr;
  ptrdiff_t size_ = 0;
};

/// A rectangle of `width` x `height` elements, rows `stride` elements apart. `origin` is element (0, 0);
/// `margin_*` say how far outside the rectangle the owner's memory may be read or written.
template <class T>
class View2d {
 public:
  constexpr View2d() = default;
  constexpr View2d(T* origin, ptrdiff_t stride, int width, int height, int margin_x = 0, int margin_y = 0)
      : origin_(origin), stride_(stride), width_(width), height_(height), margin_x_(margin_x), margin_y_(margin_y) {}

  constexpr int width() const { return width_; }
  constexpr int height() const { return height_; }
  constexpr ptrdiff_t stride() const { return stride_; }
  constexpr int margin_x() const { return margin_x_; }
  constexpr int margin_y() const { return margin_y_; }
  constexpr bool empty() const { return width_ == 0 || height_ == 0; }

#ifdef TESSERA_HARDENED
  /// Element (x, y), margins included.
  constexpr T& at(ptrdiff_t x, ptrdiff_t y, std::source_location where = std::source_location::current()) const {
    check_inside(x, y, where);
    return origin_[y * stride_ + x];
  }
  /// Address of (x, y) for a kernel that will touch w x h elements from there.
  constexpr T* ptr(ptrdiff_t x, ptrdiff_t y, int w = 0, int h = 0,
                   std::source_location where = std::source_location::current()) const {
    if (w > 0 && h > 0) {
      check_inside(x, y, where);
      check_inside(x + w - 1, y + h - 1, where);
    }
    return origin_ + y * stride_ + x;
  }
#else
  constexpr T& at(ptrdiff_t x, ptrdiff_t y) const { return origin_[y * stride_ + x]; }
  constexpr T* ptr(ptrdiff_t x, ptrdiff_t y, int = 0, int = 0) const { return origin_ + y * stride_ + x; }
#endif
  constexpr T* data() const { return origin_; }

  /// The rectangle of w x h at (x, y); what lies around it inside this view becomes its margin.
  constexpr View2d block(int x, int y, int w, int h) const {
    check(x >= -margin_x_ && y >= -margin_y_ && x + w <= width_ + margin_x_ && y + h <= height_ + margin_y_,
          "block outside its view");
    return {origin_ + y * stride_ + x, stride_, w, h};
  }

  constexpr operator View2d<const T>() const
    requires(!std::is_const_v<T>)
  {
    return {origin_, stride_, width_, height_, margin_x_, margin_y_};
  }

 private:
#ifdef TESSERA_HARDENED
  constexpr void check_inside(ptrdiff_t x, ptrdiff_t y, const std::source_location& where) const {
    if (x < -margin_x_ || x >= width_ + margin_x_) [[unlikely]]
      fail_check("column outside view", x, width_, where);
    if (y < -margin_y_ || y >= height_ + margin_y_) [[unlikely]]
      fail_check("row outside view", y, height_, where);
  }
#endif

  T* origin_ = nullptr;
  ptrdiff_t stride_ = 0;
  int width_ = 0, height_ = 0;
  int margin_x_ = 0, margin_y_ = 0;
};

template <class P>
using PlaneView = View2d<P>;

}  // namespace tessera
