// Moving pictures made on the spot, at any size and depth: gradients, textures, moving shapes, noise and a scene cut, or a screen
// with windows of scrolling text.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "api/encoder.h"

namespace tessera::test {

/// 30 pictures a second of this shape; all else as it comes.
inline EncoderConfig config_of_video(int width, int height, int bit_depth, ChromaFormat chroma = ChromaFormat::k420) {
  EncoderConfig c;
  c.width = width;
  c.height = height;
  c.bit_depth = bit_depth;
  c.chroma = chroma;
  c.fps_numerator = 30;
  return c;
}

/// For the names of cases, by ChromaFormat.
inline constexpr const char* kChromaNames[] = {" monochrome", "", " 4:2:2", " 4:4:4"};

/// What pictures of a video have in common.
struct PictureShape {
  int width, height, bit_depth;
  ChromaFormat chroma;

  PictureShape(int w, int h, int depth, ChromaFormat c = ChromaFormat::k420) : width(w), height(h), bit_depth(depth), chroma(c) {}
  PictureShape(const EncoderConfig& c) : PictureShape(c.width, c.height, c.bit_depth, c.chroma) {}

  bool monochrome() const { return chroma == ChromaFormat::kMonochrome; }
  int planes() const { return monochrome() ? 1 : 3; }
  int sample_bytes() const { return bit_depth > 8 ? 2 : 1; }
  /// Luma samples to one of the plane's.
  int step_x(int p) const { return p ? 1 << subsampling_x(chroma) : 1; }
  int step_y(int p) const { return p ? 1 << subsampling_y(chroma) : 1; }
  int plane_width(int p) const { return (width + step_x(p) - 1) / step_x(p); }
  int plane_height(int p) const { return (height + step_y(p) - 1) / step_y(p); }
};

/// One picture, planes tightly packed, 1 or 2 bytes a sample.
struct TestPicture : PictureShape {
  explicit TestPicture(const PictureShape& shape) : PictureShape(shape) {}

  std::vector<uint8_t> bytes = {};
  std::vector<QuantiserRegion> regions = {};

  InputFrame input(uint64_t id) {
    InputFrame f;
    uint8_t* at = bytes.data();
    for (int p = 0; p < planes(); p++) {
      f.plane[p] = at;
      f.stride_bytes[p] = plane_width(p) * sample_bytes();
      at += f.stride_bytes[p] * plane_height(p);
    }
    f.frame_id = id;
    f.regions = regions.data();
    f.num_regions = static_cast<int>(regions.size());
    return f;
  }
};

/// Picture `index` of a sequence; from `cut` on another scene.
inline TestPicture make_test_picture(const PictureShape& shape, int index, int cut = 1 << 30) {
  TestPicture pic(shape);
  const auto [width, height, bit_depth, chroma] = shape;
  const int scene = index >= cut, shift = bit_depth - 8;
  uint32_t noise = 0x9e3779b9u * static_cast<uint32_t>(index + 1);
  for (int p = 0; p < pic.planes(); p++) {
    for (int y = 0; y < pic.plane_height(p); y++) {
      for (int x = 0; x < pic.plane_width(p); x++) {
        const int sx = pic.step_x(p) * x, sy = pic.step_y(p) * y;
        const int u = sx + 3 * index + 40 * scene, v = sy + index;
        int s = p == 0 ? 60 + (u * 2 + v) % 97 + ((u / 8 + v / 8) & 1) * 30 : 128 + 20 * p - (u / 4 + v / 3) % 50;
        const int bx = (17 + 5 * index) % (width + 20) - 10, by = (9 + 2 * index) % (height + 20) - 10;
        if (sx >= bx && sx < bx + 24 && sy >= by && sy < by + 20) s = scene ? 20 + 60 * p : 220 - 50 * p;
        if (sx > width * 3 / 4 && sy > height / 2) s = (s + ((u * v) & 63)) & 255;
        noise = noise * 1664525u + 1013904223u;
        s += static_cast<int>(noise >> 30) - 1;
        s = s < 0 ? 0 : s > 255 ? 255 : s;
        const int sample = (s << shift) | (shift ? static_cast<int>(noise >> 20 & 3) : 0);
        pic.bytes.push_back(static_cast<uint8_t>(sample));
        if (bit_depth > 8) pic.bytes.push_back(static_cast<uint8_t>(sample >> 8));
      }
    }
  }
  return pic;
}

/// Regions for picture `index` of a sequence: a fine one on its way, a coarse one, a corner mostly outside, and two that overlap.
inline std::vector<QuantiserRegion> make_regions(int width, int height, int index) {
  return {{.x = 17 * index % width, .y = 9 * index % height, .width = width / 3 + 1, .height = height / 3 + 1, .delta = -18},
          {.x = width / 2, .y = 0, .width = width / 4 + 1, .height = height, .delta = 9 + index % 3},
          {.x = -1000, .y = -1000, .width = 1001, .height = 1020, .delta = -63},
          {.x = width - 2, .y = height - 2, .width = 500, .height = 500, .delta = 63},
          {.x = width - 9, .y = height - 70, .width = 500, .height = 500, .delta = index % 5}};
}

/// Picture `index` of a texture that turns and grows around the middle, quicker the farther out: no two blocks move alike.
inline TestPicture make_turning_picture(const PictureShape& shape, int index) {
  TestPicture pic(shape);
  const auto [width, height, bit_depth, chroma] = shape;
  const double turn = 0.03 * index, scale = 1 + 0.012 * index, c = std::cos(turn) * scale, s = std::sin(turn) * scale;
  const int top = (1 << bit_depth) - 1;
  for (int p = 0; p < pic.planes(); p++)
    for (int y = 0; y < pic.plane_height(p); y++)
      for (int x = 0; x < pic.plane_width(p); x++) {
        const double u = pic.step_x(p) * x - width / 2, v = pic.step_y(p) * y - height / 2;
        const double a = c * u - s * v, b = s * u + c * v;
        const double value = 0.5 + 0.2 * std::sin(a / (9 + p)) + 0.15 * std::sin(b / 8 + a / 13) + 0.1 * std::sin(a * b / 900);
        const int sample = std::clamp(static_cast<int>(value * top), 0, top);
        pic.bytes.push_back(static_cast<uint8_t>(sample));
        if (bit_depth > 8) pic.bytes.push_back(static_cast<uint8_t>(sample >> 8));
      }
  return pic;
}

/// Picture `index` of a screen: a dithered desktop, a window of scrolling text with coloured letters on a flat ground, and a bar of
/// icons. No noise.
inline TestPicture make_screen_picture(const PictureShape& shape, int index) {
  TestPicture pic(shape);
  const auto [width, height, bit_depth, chroma] = shape;
  const int shift = bit_depth - 8;
  const auto hash = [](int a, int b) {
    uint32_t h = static_cast<uint32_t>(a) * 0x9e3779b9u ^ static_cast<uint32_t>(b) * 0x85ebca6bu;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    return h ^ h >> 12;
  };
  constexpr int kInk[4][3] = {{220, 128, 128}, {150, 90, 170}, {170, 160, 100}, {90, 110, 210}};
  for (int p = 0; p < pic.planes(); p++)
    for (int y = 0; y < pic.plane_height(p); y++)
      for (int x = 0; x < pic.plane_width(p); x++) {
        const int sx = pic.step_x(p) * x, sy = pic.step_y(p) * y, ty = sy + 3 * index;  // text scrolls
        const int letter = static_cast<int>(hash(sx / 6, ty / 9) & 255), part = static_cast<int>(hash(letter, sx % 6 * 16 + ty % 9) & 7);
        int s = p == 0 ? (((sx ^ sy) & 1) ? 200 : 206) : 124 + 4 * p;
        if (sy < 8) s = static_cast<int>(hash(sx / 8, p) & 15) * 16;
        else if (sx >= width / 8) {
          s = p == 0 ? 24 : 128;
          if (letter > 90 && sx % 6 < 5 && ty % 9 < 7 && part > 3) s = part == 4 ? (s + kInk[letter & 3][p]) / 2 : kInk[letter & 3][p];
        }
        const int sample = s << shift;
        pic.bytes.push_back(static_cast<uint8_t>(sample));
        if (bit_depth > 8) pic.bytes.push_back(static_cast<uint8_t>(sample >> 8));
      }
  return pic;
}

/// Picture `index` of a game that scrolls: tiles of 32x24 over a gradient, four kinds of them, and a figure on its way. No noise.
inline TestPicture make_drawn_picture(const PictureShape& shape, int index) {
  TestPicture pic(shape);
  const auto [width, height, bit_depth, chroma] = shape;
  const int shift = bit_depth - 8;
  for (int p = 0; p < pic.planes(); p++)
    for (int y = 0; y < pic.plane_height(p); y++)
      for (int x = 0; x < pic.plane_width(p); x++) {
        const int sx = pic.step_x(p) * x + 6 * index, sy = pic.step_y(p) * y;
        const int col = sx / 32, row = sy / 24, u = sx % 32, v = sy % 24, kind = (col * 7 + row * 5 + col / 5) % 4;
        int s = p == 0 ? 90 + sy / 9 : 120 + 8 * p;
        if (kind < 3) s = (p == 0 ? 40 + 60 * kind : 100 + 20 * kind) + ((u * v * (kind + 3) + 5 * u * u + 11 * v) >> 2) % (p == 0 ? 90 : 30);
        const int fx = sx - 6 * index - 31 - 4 * index % (width + 1), fy = sy - height / 3;
        if (fx * fx + fy * fy < 180) s = p == 0 ? 200 + (fx * fy & 31) : 60 + 90 * (p - 1);
        const int sample = s << shift;
        pic.bytes.push_back(static_cast<uint8_t>(sample));
        if (bit_depth > 8) pic.bytes.push_back(static_cast<uint8_t>(sample >> 8));
      }
  return pic;
}

/// A whole sequence through the encoder.
struct EncodedSequence {
  std::vector<std::vector<uint8_t>> units;   ///< temporal units
  std::vector<uint64_t> frame_ids;
  std::vector<bool> keys;
  std::vector<uint8_t> reconstruction;       ///< shown pictures back to back

  std::vector<uint8_t> bytes() const {
    std::vector<uint8_t> all;
    for (const auto& u : units) all.insert(all.end(), u.begin(), u.end());
    return all;
  }
};

inline void drain(Encoder& encoder, EncodedSequence& out) {
  Packet packet;
  while (encoder.receive_packet(&packet).ok()) {
    out.units.emplace_back(packet.data, packet.data + packet.size);
    out.frame_ids.push_back(packet.frame_id);
    out.keys.push_back(packet.key_frame);
    if (packet.reconstruction)
      out.reconstruction.insert(out.reconstruction.end(), packet.reconstruction, packet.reconstruction + packet.reconstruction_size);
    encoder.recycle(&packet);
  }
}

/// `frames` pictures, each `make`( its index ), encoded with this configuration; `status` tells what create() or send_frame() said.
template <class Make>
EncodedSequence encode_pictures(const EncoderConfig& config, int frames, Status* status, Make make) {
  EncodedSequence out;
  std::unique_ptr<Encoder> encoder;
  *status = Encoder::create(config, &encoder);
  for (int i = 0; i < frames && status->ok(); i++) {
    TestPicture picture = make(i);
    *status = encoder->send_frame(picture.input(static_cast<uint64_t>(i)));
    drain(*encoder, out);
  }
  if (encoder && status->ok()) {
    encoder->finish();
    drain(*encoder, out);
  }
  return out;
}

/// The same of test pictures.
inline EncodedSequence encode_test_video(const EncoderConfig& config, int frames, Status* status, int cut = 1 << 30) {
  return encode_pictures(config, frames, status, [&](int i) {
    return make_test_picture(config, i, cut);
  });
}
inline EncodedSequence encode_screen_video(const EncoderConfig& config, int frames, Status* status) {
  return encode_pictures(config, frames, status, [&](int i) {
    return make_screen_picture(config, i);
  });
}

}  // namespace tessera::test
