#include "frame/source_frame.h"

#include <algorithm>
#include <cstring>

namespace tessera {
namespace {

/// dst (half the size, rounded up) = mean of 2x2 samples as 8 bit; the last row and column of an odd source count
/// twice.
template <Pixel P>
void halve(HalveFn<P> kernel, PlaneView<const P> src, int bit_depth, View2d<uint8_t> dst) {
  const int w = src.width() / 2, h = src.height() / 2;
  if (w > 0 && h > 0) kernel(dst.data(), dst.stride(), src.data(), src.stride(), w, h, bit_depth);
  const auto one = [&](int x, int y) {
    const int x1 = std::min(2 * x + 1, src.width() - 1), y1 = std::min(2 * y + 1, src.height() - 1);
    const P square[4] = {src.at(2 * x, 2 * y), src.at(x1, 2 * y), src.at(2 * x, y1), src.at(x1, y1)};
    kernel(dst.ptr(x, y), 1, square, 2, 1, 1, bit_depth);
  };
  if (w < dst.width())
    for (int y = 0; y < dst.height(); y++) one(w, y);
  if (h < dst.height())
    for (int x = 0; x < w; x++) one(x, h);
}

void replicate_edges(View2d<uint8_t> v) {
  for (int y = 0; y < v.height(); y++) {
    uint8_t* const row = v.ptr(0, y);
    std::memset(row - v.margin_x(), row[0], v.margin_x());
    std::memset(row + v.width(), row[v.width() - 1], v.margin_x());
  }
  const size_t bytes = v.width() + 2 * v.margin_x();
  for (int y = 1; y <= v.margin_y(); y++) {
    std::memcpy(v.ptr(-v.margin_x(), -y), v.ptr(-v.margin_x(), 0), bytes);
    std::memcpy(v.ptr(-v.margin_x(), v.height() - 1 + y), v.ptr(-v.margin_x(), v.height() - 1), bytes);
  }
}

template <Pixel P>
void take_plane(const PixelOpsTable<P>& ops, const void* src, ptrdiff_t stride_bytes, int shift, PlaneView<P> dst,
                int w, int h) {
  if constexpr (sizeof(P) == 2) {
    if (shift > 0) {
      ops.shift_down(dst.data(), dst.stride(), static_cast<const uint16_t*>(src), stride_bytes / 2, w, h, shift);
      return;
    }
  }
  for (int y = 0; y < h; y++)
    std::memcpy(dst.ptr(0, y), static_cast<const uint8_t*>(src) + y * stride_bytes, w * sizeof(P));
}

}  // namespace

void resize_luma_pyramid(int width, int height, LumaPyramid& pyramid) {
  for (Array2d<uint8_t>& level : pyramid.level) {
    width = (width + 1) / 2;
    height = (height + 1) / 2;
    if (level.width() != width || level.height() != height) level.resize(width, height, kPyramidMargin, kPyramidMargin);
  }
}

void copy_luma_pyramid(const LumaPyramid& from, LumaPyramid& to) {
  for (int i = 0; i < kPyramidLevels; i++) {
    const View2d<const uint8_t> src = from.level[i].view();
    const int mx = src.margin_x(), my = src.margin_y();
    if (to.level[i].width() != src.width() || to.level[i].height() != src.height()) to.level[i].resize(src.width(), src.height(), mx, my);
    const View2d<uint8_t> dst = to.level[i].view();
    for (int y = -my; y < src.height() + my; y++) std::memcpy(dst.ptr(-mx, y), src.ptr(-mx, y), static_cast<size_t>(src.width() + 2 * mx));
  }
}

template <Pixel P>
void build_luma_pyramid(const PixelOpsTable<P>& ops, PlaneView<const P> luma, int bit_depth, LumaPyramid& pyramid) {
  resize_luma_pyramid(luma.width(), luma.height(), pyramid);
  halve<P>(ops.halve, luma, bit_depth, pyramid.level[0].view());
  replicate_edges(pyramid.level[0].view());
  for (int i = 1; i < kPyramidLevels; i++) {
    halve<uint8_t>(ops.halve8, pyramid.level[i - 1].view(), 8, pyramid.level[i].view());
    replicate_edges(pyramid.level[i].view());
  }
}

template <Pixel P>
void SourceFrame<P>::take(const InputFrame& input_frame, const PictureFormat& picture_format,
                          const PixelOpsTable<P>& ops) {
  input = input_frame;
  format = picture_format;
  const bool planar = input.layout == PixelLayout::kPlanar;
  const bool high = input.layout == PixelLayout::kSemiPlanarHigh;
  const int shift = high ? 16 - format.bit_depth : 0;
  const auto in_place = [&](int p) {
    if (!input.may_hold || high || (p > 0 && !planar)) return false;
    return reinterpret_cast<uintptr_t>(input.plane[p]) % sizeof(P) == 0 && input.stride_bytes[p] % ptrdiff_t{sizeof(P)} == 0;
  };
  leased = false;
  for (int p = 0; p < format.planes(); p++) {
    const int w = format.plane_width(p), h = format.plane_height(p);
    if (in_place(p)) {
      plane[p] = {static_cast<const P*>(input.plane[p]), input.stride_bytes[p] / ptrdiff_t{sizeof(P)}, w, h};
      leased = true;
      continue;
    }
    if (copy.format() != format) copy.resize(format, 0);
    const PlaneView<P> own = copy.plane(p);
    if (p == 1 && !planar) {  // both chroma planes at once
      ops.split_pairs(own.data(), copy.plane(2).data(), own.stride(), static_cast<const P*>(input.plane[1]),
                      input.stride_bytes[1] / ptrdiff_t{sizeof(P)}, w, h, shift);
    } else if (p == 0 || planar) {
      take_plane(ops, input.plane[p], input.stride_bytes[p], shift, own, w, h);
    }
    plane[p] = {own.data(), own.stride(), w, h};
  }
  build_luma_pyramid<P>(ops, plane[0], format.bit_depth, pyramid);
  if (!leased) release_samples();
  leased = leased && input.release != nullptr;
}

template <Pixel P>
void SourceFrame<P>::release_samples() {
  if (input.release) input.release(input.lease);
  input.release = nullptr;
  leased = false;
}

template void build_luma_pyramid(const PixelOpsTable<uint8_t>&, PlaneView<const uint8_t>, int, LumaPyramid&);
template void build_luma_pyramid(const PixelOpsTable<uint16_t>&, PlaneView<const uint16_t>, int, LumaPyramid&);
template struct SourceFrame<uint8_t>;
template struct SourceFrame<uint16_t>;

}  // namespace tessera
