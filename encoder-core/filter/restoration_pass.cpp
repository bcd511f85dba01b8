#include "filter/restoration_pass.h"

#include <cstring>

#include "spec/filter_tables.h"

namespace tessera {

template <Pixel P>
void StripeLines<P>::make_room(const PictureFormat& format) {
  const int rows = num_stripes(format) * 2 * kRows;
  for (int p = 0; p < format.planes(); p++)
    if (lines_[p].width() != format.plane_width(p) || lines_[p].height() < rows) lines_[p].resize(format.plane_width(p), rows);
}

template <Pixel P>
void StripeLines<P>::save(FrameWork<P>& frame) {
  const PictureFormat& format = frame.format;
  const int stripes = num_stripes(format);
  make_room(format);
  for (int p = 0; p < format.planes(); p++) {
    const PlaneView<P> samples = frame.plane(p);
    const int width = format.plane_width(p), height = format.plane_height(p);
    for (int stripe = 1; stripe < stripes; stripe++) {
      const int start = StripeBlock(format, p, stripe, 0).stripe_start;
      for (int y = -kRows; y < kRows && start + y < height; y++)
        std::memcpy(lines_[p].view().ptr(0, (stripe - 1) * 2 * kRows + kRows + y), samples.ptr(0, start + y),
                    static_cast<size_t>(width) * sizeof(P));
    }
  }
}

StripeBlock::StripeBlock(const PictureFormat& format, int plane, int stripe_number, int column) : stripe(stripe_number) {
  const int ss_x = format.ss_x(plane), ss_y = format.ss_y(plane);
  plane_width = format.plane_width(plane);
  plane_height = format.plane_height(plane);
  stripe_start = (stripe * kSbSize - kStripeOffset) >> ss_y;
  stripe_end = stripe_start + (kSbSize >> ss_y) - 1;
  x = column * kSbSize >> ss_x;
  y = std::max(stripe_start, 0);
  width = std::min(kSbSize >> ss_x, plane_width - x);
  height = std::max(std::min(stripe_end + 1, plane_height) - y, 0);
}

template <Pixel P>
void load_restoration_tile(FrameWork<P>& frame, const StripeLines<P>& lines, int plane, const StripeBlock& block, bool keep_left,
                           RestorationTile& tile) {
  const PlaneView<P> samples = frame.plane(plane);
  const int full = kSbSize >> frame.format.ss_x(plane);  // only the last block of a stripe is narrower
  const int from = keep_left || block.x == 0 ? 0 : -kRestorationBorder;
  const int to = std::min(block.width + kRestorationBorder, block.plane_width - block.x);
  for (int y = -kRestorationBorder; y < block.height + kRestorationBorder; y++) {
    int16_t* const out = tile.at(0, y);
    const int row = clip3(0, block.plane_height - 1, block.y + y);
    const P* in;
    if (row < block.stripe_start)
      in = lines.row(plane, block.stripe, std::max(row - block.stripe_start, -StripeLines<P>::kRows));
    else if (row > block.stripe_end)
      in = lines.row(plane, block.stripe + 1, std::min(row - block.stripe_end - 1, StripeLines<P>::kRows - 1));
    else
      in = samples.ptr(0, row);
    in += block.x;
    if (keep_left)
      for (int x = -kRestorationBorder; x < 0; x++) out[x] = out[x + full];
    for (int x = from; x < to; x++) out[x] = static_cast<int16_t>(in[x]);
    if (block.x == 0) std::fill(out - kRestorationBorder, out, out[0]);
    // Kernels work on whole groups of 8 columns: give them samples there, too.
    std::fill(out + to, out + block.kernel_width() + kRestorationBorder, out[to - 1]);
  }
}

template <Pixel P>
const RestorationUnit& restoration_unit_of(const FrameWork<P>& frame, int plane, const StripeBlock& block) {
  const View2d<const RestorationUnit> units = frame.restoration_units(plane);
  const int size = frame.header.lr.loop_restoration_size[plane];
  const int row = (block.stripe * kSbSize >> frame.format.ss_y(plane)) / size;
  return units.at(std::min(block.x / size, units.width() - 1), std::min(row, units.height() - 1));
}

namespace {

template <Pixel P>
void restore_block(PlaneView<P> samples, const DspTable<P>& dsp, const RestorationTile& tile, const StripeBlock& block,
                   const RestorationUnit& unit, int bit_depth, SelfGuidedScratch& scratch) {
  constexpr int kPrjOne = 1 << 7;  // 1 << SGRPROJ_PRJ_BITS
  const RestorationTable<P>& kernels = dsp.restoration;
  const int width = block.kernel_width(), height = block.height;
  P* const dst = samples.ptr(block.x, block.y, width, height);
  if (unit.type == RESTORE_WIENER) {
    kernels.wiener(dst, samples.stride(), tile.at(0, 0), unit.wiener, width, height, bit_depth);
    return;
  }
  const auto& params = Sgr_Params[unit.sgr_set];
  const int16_t* differences[2] = {};
  for (int pass = 0; pass < 2; pass++) {
    const int radius = params[2 * pass];
    if (radius == 0) continue;
    kernels.box_sums(scratch.sums, tile.at(0, 0), radius, width, height);
    kernels.box_filter(scratch.differences[pass].data(), scratch.sums, tile.at(0, 0), radius, params[2 * pass + 1], width, height, bit_depth);
    differences[pass] = scratch.differences[pass].data();
  }
  const int w0 = unit.sgr_xqd[0], w2 = kPrjOne - unit.sgr_xqd[0] - unit.sgr_xqd[1];
  // A pass that does not run has no weight.
  const int16_t* const both[2] = {differences[0] ? differences[0] : differences[1], differences[1] ? differences[1] : differences[0]};
  kernels.self_guided(dst, samples.stride(), tile.at(0, 0), both, differences[0] ? w0 : 0, differences[1] ? w2 : 0, width, height, bit_depth);
}

}  // namespace

template <Pixel P>
void restore_stripe(FrameWork<P>& frame, const DspTable<P>& dsp, const StripeLines<P>& lines, int stripe) {
  RestorationTile tile;
  SelfGuidedScratch scratch;
  for (int p = 0; p < frame.format.planes(); p++) {
    if (frame.header.lr.frame_restoration_type[p] == RESTORE_NONE) continue;
    bool left_loaded = false;
    for (int column = 0; column < frame.format.sb_cols(); column++) {
      const StripeBlock block(frame.format, p, stripe, column);
      if (block.height == 0) break;
      const RestorationUnit& unit = restoration_unit_of(frame, p, block);
      const bool wanted = unit.type != RESTORE_NONE;
      if (wanted) {
        load_restoration_tile(frame, lines, p, block, left_loaded, tile);
        restore_block(frame.plane(p), dsp, tile, block, unit, frame.format.bit_depth, scratch);
      }
      left_loaded = wanted;
    }
  }
}

#define TESSERA_INSTANTIATE(P)                                                                                               \
  template class StripeLines<P>;                                                                                             \
  template void load_restoration_tile(FrameWork<P>&, const StripeLines<P>&, int, const StripeBlock&, bool, RestorationTile&); \
  template const RestorationUnit& restoration_unit_of(const FrameWork<P>&, int, const StripeBlock&);                         \
  template void restore_stripe(FrameWork<P>&, const DspTable<P>&, const StripeLines<P>&, int);
TESSERA_INSTANTIATE(uint8_t)
TESSERA_INSTANTIATE(uint16_t)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
