#include "frame/quantiser_offsets.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "base/int_math.h"

namespace tessera {

void QuantiserOffsets::start(const PictureFormat& format) {
  format_ = format;
  added_ = false;
  if (offset_.width() != format.sb_cols() || offset_.height() != format.sb_rows()) offset_.resize(format.sb_cols(), format.sb_rows());
}

void QuantiserOffsets::start(const QuantiserOffsets& like) {
  start(like.format_);
  added_ = like.added_;
  if (!added_) return;
  for (int y = 0; y < offset_.height(); y++)
    for (int x = 0; x < offset_.width(); x++) offset_.at(x, y) = like.offset_.at(x, y);
}

void QuantiserOffsets::add(const QuantiserRegion& region, int offset) {
  check(offset >= -255 && offset <= 255, "qindex offset out of range");
  const int64_t left = std::max(region.x, 0), right = std::min<int64_t>(int64_t{region.x} + region.width, format_.width);
  const int64_t top = std::max(region.y, 0), bottom = std::min<int64_t>(int64_t{region.y} + region.height, format_.height);
  if (left >= right || top >= bottom) return;
  if (!added_) offset_.fill(kNone);
  added_ = true;
  for (int64_t row = top / kSbSize; row <= (bottom - 1) / kSbSize; row++)
    for (int64_t col = left / kSbSize; col <= (right - 1) / kSbSize; col++) {
      int16_t& at = offset_.at(col, row);
      at = std::min(at, static_cast<int16_t>(offset));
    }
}

void QuantiserOffsets::add(int sb_col, int sb_row, int offset) {
  check(offset >= -255 && offset <= 255, "qindex offset out of range");
  if (!added_) offset_.fill(kNone);
  added_ = true;
  int16_t& at = offset_.at(sb_col, sb_row);
  at = static_cast<int16_t>(at == kNone ? offset : std::clamp(at + offset, -255, 255));
}

DeltaParams QuantiserOffsets::delta_params() const {
  unsigned bits = 0;  // of all magnitudes
  for (int row = 0; added_ && row < offset_.height(); row++)
    for (int col = 0; col < offset_.width(); col++)
      if (const int offset = offset_.at(col, row); offset != kNone) bits |= static_cast<unsigned>(std::abs(offset));
  DeltaParams params;
  params.delta_q_present = bits != 0;
  if (bits != 0) params.delta_q_res = static_cast<uint8_t>(std::min(std::countr_zero(bits), 3));
  return params;
}

int QuantiserOffsets::qindex(int base_q_idx, int delta_q_res, int sb_col, int sb_row) const {
  const int offset = added_ ? offset_.at(sb_col, sb_row) : kNone;
  if (offset == kNone) return base_q_idx;
  const int step = 1 << delta_q_res, q = base_q_idx + offset;
  if (q < 1) return q + align_up(1 - q, step);
  return q > 255 ? q - align_up(q - 255, step) : q;
}

}  // namespace tessera
