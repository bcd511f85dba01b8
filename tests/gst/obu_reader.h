// Just enough of spec 5.3, 5.5 and 5.8 to check what the element says about a stream against the stream
// itself.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace tessera::test {

enum ObuType { kObuSequenceHeader = 1, kObuTemporalDelimiter = 2, kObuMetadata = 5 };

struct Obu {
  int type = 0;
  std::vector<uint8_t> whole;  ///< header, size and payload
  std::vector<uint8_t> payload;
};

/// The OBUs of a temporal unit, each with its size field (low-overhead format). Throws when they do not add
/// up.
inline std::vector<Obu> split_obus(const std::vector<uint8_t>& unit) {
  std::vector<Obu> obus;
  for (size_t at = 0; at < unit.size();) {
    const size_t start = at;
    const uint8_t header = unit[at++];
    if (header & 0x81) throw std::runtime_error("forbidden or reserved bit of an OBU header set");
    if (!(header & 2)) throw std::runtime_error("OBU without a size");
    if (header & 4) at++;
    size_t size = 0;
    for (int i = 0; i < 8; i++) {
      const uint8_t byte = unit.at(at++);
      size |= size_t(byte & 127) << (7 * i);
      if (!(byte & 128)) break;
    }
    if (at + size > unit.size()) throw std::runtime_error("OBU runs past the temporal unit");
    obus.push_back({(header >> 3) & 15,
                    {unit.begin() + long(start), unit.begin() + long(at + size)},
                    {unit.begin() + long(at), unit.begin() + long(at + size)}});
    at += size;
  }
  return obus;
}

class BitReader {
 public:
  explicit BitReader(const std::vector<uint8_t>& bytes) : bytes_(bytes) {}
  uint32_t f(int n) {
    uint32_t value = 0;
    for (; n > 0; n--, at_++) value = value << 1 | ((bytes_.at(at_ / 8) >> (7 - at_ % 8)) & 1);
    return value;
  }

 private:
  std::vector<uint8_t> bytes_;
  size_t at_ = 0;
};

struct SequenceFields {
  int profile = 0, level_idx = 0, tier = 0;
  int max_width = 0, max_height = 0;
  int bit_depth = 8;
  bool monochrome = false, full_range = false, subsampling_x = true, subsampling_y = true;
  int color_primaries = 2, transfer_characteristics = 2, matrix_coefficients = 2, chroma_sample_position = 0;
};

/// spec 5.5.2
inline void read_color_config(BitReader& r, SequenceFields* s) {
  const bool high_bitdepth = r.f(1);
  s->bit_depth = !high_bitdepth ? 8 : s->profile == 2 && r.f(1) ? 12 : 10;
  s->monochrome = s->profile != 1 && r.f(1);
  if (r.f(1)) {
    s->color_primaries = int(r.f(8));
    s->transfer_characteristics = int(r.f(8));
    s->matrix_coefficients = int(r.f(8));
  }
  s->full_range = r.f(1);  // sRGB, which has no such bit, is not among the tests
  s->subsampling_x = s->profile != 1;
  s->subsampling_y = s->profile == 0;
  if (s->monochrome) {
    s->subsampling_y = true;
    return;
  }
  if (s->profile == 2 && s->bit_depth == 12) {
    s->subsampling_x = r.f(1);
    s->subsampling_y = s->subsampling_x && r.f(1);
  }
  if (s->subsampling_x && s->subsampling_y) s->chroma_sample_position = int(r.f(2));
}

/// spec 5.5.1
inline SequenceFields read_sequence_header(const std::vector<uint8_t>& payload) {
  SequenceFields s;
  BitReader r(payload);
  s.profile = int(r.f(3));
  r.f(1);  // still_picture
  if (r.f(1)) {
    s.level_idx = int(r.f(5));
  } else {
    bool decoder_model = false;
    int delay_length = 0;
    if (r.f(1)) {  // timing_info
      r.f(32), r.f(32);
      if (r.f(1)) {  // equal_picture_interval: uvlc
        int zeros = 0;
        while (!r.f(1)) zeros++;
        r.f(zeros);
      }
      decoder_model = r.f(1);
      if (decoder_model) delay_length = int(r.f(5)) + 1, r.f(32), r.f(5), r.f(5);
    }
    const bool initial_display_delay = r.f(1);
    const int points = int(r.f(5)) + 1;
    for (int i = 0; i < points; i++) {
      r.f(12);
      const int level = int(r.f(5)), tier = level > 7 ? int(r.f(1)) : 0;
      if (i == 0) s.level_idx = level, s.tier = tier;
      if (decoder_model && r.f(1)) r.f(delay_length), r.f(delay_length), r.f(1);
      if (initial_display_delay && r.f(1)) r.f(4);
    }
  }
  const int width_bits = int(r.f(4)) + 1, height_bits = int(r.f(4)) + 1;
  s.max_width = int(r.f(width_bits)) + 1;
  s.max_height = int(r.f(height_bits)) + 1;
  const bool reduced = (payload[0] >> 3) & 1;
  if (!reduced && r.f(1)) r.f(4), r.f(3);  // frame_id_numbers
  r.f(3);                                  // superblock size, filter_intra, intra_edge_filter
  if (!reduced) {
    r.f(4);  // interintra, masked, warped, dual_filter
    const bool order_hint = r.f(1);
    if (order_hint) r.f(2);
    const bool screen_content = r.f(1) || r.f(1);
    if (screen_content && !r.f(1)) r.f(1);
    if (order_hint) r.f(3);
  }
  r.f(3);  // superres, cdef, restoration
  read_color_config(r, &s);
  return s;
}

}  // namespace tessera::test
