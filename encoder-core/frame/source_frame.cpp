#include "frame/source_frame.h"

#include <algorithm>
#include <cstring>

namespace tessera {
namespace {

/// dst (half the size, rounded up) = mean of 2x2 samples, shifted down to 8 bit; the last row and column of an
/// odd source count twice.
template <Pixel P>
void halve(PlaneView<const P> src, int shift, View2d<uint8_t> dst) {
  const int round = 2 << shift;
  for (int y = 0; y < dst.height(); y++) {
    const P* const row0 = src.ptr(0, 2 * y);
    const P* const row1 = src.ptr(0, std::min(2 * y + 1, src.height() - 1));
    uint8_t* const out = dst.ptr(0, y);
    const int pairs = src.width() / 2;
    for (int x = 0; x < pairs; x++)
      out[x] = static_cast<uint8_t>((row0[2 * x] + row0[2 * x + 1] + row1[2 * x] + row1[2 * x + 1] + round) >> (2 + shift));
    for (int x = pairs; x < dst.width(); x++)
      out[x] = static_cast<uint8_t>((2 * row0[2 * x] + 2 * row1[2 * x] + round) >> (2 + shift));
  }
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
void copy_plane(const void* src, ptrdiff_t stride_bytes, PlaneView<P> dst, int w, int h) {
  for (int y = 0; y < h; y++)
    std::memcpy(dst.ptr(0, y), static_cast<const uint8_t*>(src) + y * stride_bytes, w * sizeof(P));
}

/// Reads every `step`-th sample from `first` on, shifted down: luma and chroma of semi-planar layouts.
template <Pixel P>
void gather_plane(const void* src, ptrdiff_t stride_bytes, int first, int step, int shift, PlaneView<P> dst, int w, int h) {
  for (int y = 0; y < h; y++) {
    const P* const in = reinterpret_cast<const P*>(static_cast<const uint8_t*>(src) + y * stride_bytes) + first;
    P* const out = dst.ptr(0, y);
    if (step == 2)
      for (int x = 0; x < w; x++) out[x] = static_cast<P>(in[2 * x] >> shift);
    else
      for (int x = 0; x < w; x++) out[x] = static_cast<P>(in[x] >> shift);
  }
}

}  // namespace

void resize_luma_pyramid(int width, int height, LumaPyramid& pyramid) {
  for (Array2d<uint8_t>& level : pyramid.level) {
    width = (width + 1) / 2;
    height = (height + 1) / 2;
    if (level.width() != width || level.height() != height) level.resize(width, height, kPyramidMargin, kPyramidMargin);
  }
}

template <Pixel P>
void build_luma_pyramid(PlaneView<const P> luma, int bit_depth, LumaPyramid& pyramid) {
  resize_luma_pyramid(luma.width(), luma.height(), pyramid);
  halve<P>(luma, bit_depth - 8, pyramid.level[0].view());
  replicate_edges(pyramid.level[0].view());
  halve<uint8_t>(pyramid.level[0].view(), 0, pyramid.level[1].view());
  replicate_edges(pyramid.level[1].view());
}

template <Pixel P>
void SourceFrame<P>::take(const InputFrame& input_frame, const PictureFormat& picture_format) {
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
    if (planar) copy_plane<P>(input.plane[p], input.stride_bytes[p], own, w, h);
    else if (p == 0) gather_plane<P>(input.plane[0], input.stride_bytes[0], 0, 1, shift, own, w, h);
    else gather_plane<P>(input.plane[1], input.stride_bytes[1], p - 1, 2, shift, own, w, h);
    plane[p] = {own.data(), own.stride(), w, h};
  }
  build_luma_pyramid<P>(plane[0], format.bit_depth, pyramid);
  if (!leased) release_samples();
  leased = leased && input.release != nullptr;
}

template <Pixel P>
void SourceFrame<P>::release_samples() {
  if (input.release) input.release(input.lease);
  input.release = nullptr;
  leased = false;
}

template void build_luma_pyramid(PlaneView<const uint8_t>, int, LumaPyramid&);
template void build_luma_pyramid(PlaneView<const uint16_t>, int, LumaPyramid&);
template struct SourceFrame<uint8_t>;
template struct SourceFrame<uint16_t>;

}  // namespace tessera
