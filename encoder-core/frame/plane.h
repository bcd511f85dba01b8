// An owned, padded plane of samples and the three planes of a picture.
#pragma once

#include "base/array2d.h"
#include "base/view.h"
#include "spec/constants.h"

namespace tessera {

/// Luma samples of replicated edge around a reference: the largest block beyond the picture, with its filter's taps.
/// Further out nothing new is found; blocks that a vector leads there are built in scratch memory (block/predict_inter).
inline constexpr int kFrameMargin = 80;

struct PictureFormat {
  int width = 0, height = 0;  ///< luma samples
  int bit_depth = 8;
  bool monochrome = false;
  int subsampling_x = 1, subsampling_y = 1;

  int planes() const { return monochrome ? 1 : kPlanes; }
  int ss_x(int plane) const { return plane ? subsampling_x : 0; }
  int ss_y(int plane) const { return plane ? subsampling_y : 0; }
  /// Samples of the picture in a plane (spec: (size + subsampling) >> subsampling).
  int plane_width(int plane) const { return (width + ss_x(plane)) >> ss_x(plane); }
  int plane_height(int plane) const { return (height + ss_y(plane)) >> ss_y(plane); }
  int mi_cols() const { return 2 * ((width + 7) >> 3); }
  int mi_rows() const { return 2 * ((height + 7) >> 3); }
  int sb_cols() const { return (mi_cols() + kSbMi - 1) / kSbMi; }
  int sb_rows() const { return (mi_rows() + kSbMi - 1) / kSbMi; }
  bool operator==(const PictureFormat&) const = default;
};

/// Three planes, each covering whole superblocks plus a margin. Views have the coded size (whole superblocks).
template <Pixel P>
class Picture {
 public:
  Picture() = default;
  explicit Picture(const PictureFormat& format, int margin = kFrameMargin) { resize(format, margin); }

  void resize(const PictureFormat& format, int margin = kFrameMargin) {
    format_ = format;
    for (int p = 0; p < format.planes(); p++) {
      const int w = (format.sb_cols() * kSbSize) >> format.ss_x(p), h = (format.sb_rows() * kSbSize) >> format.ss_y(p);
      plane_[p].resize(w, h, margin >> format.ss_x(p), margin >> format.ss_y(p));
    }
  }
  const PictureFormat& format() const { return format_; }
  PlaneView<P> plane(int p) { return plane_[p].view(); }
  PlaneView<const P> plane(int p) const { return plane_[p].view(); }

  /// Replicates the last true sample of every row and column outwards, over the padding inside the coded size
  /// and the margin.
  void extend_edges();

 private:
  PictureFormat format_;
  Array2d<P> plane_[kPlanes];
};

extern template class Picture<uint8_t>;
extern template class Picture<uint16_t>;

}  // namespace tessera
