#include "bitstream/bit_writer.h"

#include <gtest/gtest.h>

#include <random>

#include "bitstream/metadata_writer.h"
#include "bitstream/obu.h"
#include "tests/support/parser/bit_reader.h"
#include "tests/support/parser/container.h"

namespace tessera {
namespace {

parser::Bytes view(const ByteVector& v) {
  return {v.data(), static_cast<ptrdiff_t>(v.size())};
}

TEST(BitWriter, KnownBytes) {
  ByteVector out;
  BitWriter w(out);
  w.f(3, 5);
  w.f(10, 0x155);
  w.su(7, -3);
  w.trailing_bits();
  // 101 0101010101 1111101 1 000
  EXPECT_EQ(out, (ByteVector{0b10101010, 0b10101111, 0b11011000}));
}

TEST(BitWriter, Leb128AndUvlcOfTheSpecification) {
  ByteVector out;
  BitWriter w(out);
  w.leb128(0);
  w.leb128(127);
  w.leb128(128);
  w.leb128(300);
  EXPECT_EQ(out, (ByteVector{0x00, 0x7f, 0x80, 0x01, 0xac, 0x02}));
  EXPECT_EQ(leb128_size(127), 1);
  EXPECT_EQ(leb128_size(128), 2);
  EXPECT_EQ(leb128_size(0xffffffff), 5);
  out.clear();
  w.uvlc(0);  // 1
  w.uvlc(1);  // 010
  w.uvlc(2);  // 011
  w.uvlc(6);  // 00111
  w.byte_alignment();
  EXPECT_EQ(out, (ByteVector{0b10100110, 0b01110000}));
}

TEST(BitWriter, DescriptorsReadBack) {
  std::mt19937 rng(7);
  ByteVector out;
  for (int round = 0; round < 200; round++) {
    struct Item {
      int kind, n;
      uint32_t value;
      int signed_value;
    };
    std::vector<Item> items;
    out.clear();
    BitWriter w(out);
    for (int i = 0; i < 60; i++) {
      Item item{static_cast<int>(rng() % 4), static_cast<int>(1 + rng() % 32), 0, 0};
      switch (item.kind) {
        case 0:
          item.value = static_cast<uint32_t>(rng() & ((uint64_t{1} << item.n) - 1));
          w.f(item.n, item.value);
          break;
        case 1:
          item.n = 1 + item.n % 16;
          item.signed_value = static_cast<int>(rng() % (1u << item.n)) - (1 << (item.n - 1));
          w.su(item.n, item.signed_value);
          break;
        case 2:
          item.n = 1 + static_cast<int>(rng() % 5000);
          item.value = static_cast<uint32_t>(rng() % static_cast<uint32_t>(item.n));
          w.ns(static_cast<uint32_t>(item.n), item.value);
          break;
        default:
          item.value = static_cast<uint32_t>(rng() >> (rng() % 32));
          if (item.value == UINT32_MAX) item.value = 0;
          w.uvlc(item.value);
      }
      items.push_back(item);
    }
    w.trailing_bits();
    parser::BitReader r(view(out));
    for (const Item& item : items) {
      switch (item.kind) {
        case 0: EXPECT_EQ(r.f(item.n), item.value); break;
        case 1: EXPECT_EQ(r.su(item.n), item.signed_value); break;
        case 2: EXPECT_EQ(r.ns(static_cast<uint32_t>(item.n)), item.value); break;
        default: EXPECT_EQ(r.uvlc(), item.value);
      }
    }
    EXPECT_TRUE(r.flag());
    EXPECT_LT(r.bits_left(), 8);
  }
}

TEST(Obu, SizesOfAnyLength) {
  for (size_t payload : {0u, 1u, 127u, 128u, 129u, 16383u, 16384u, 70000u}) {
    ByteVector out = {0xaa};
    const ByteVector data(payload, 0x5b);
    {
      SizedObu obu(out, OBU_PADDING, {true, 5, 2});
      obu.bits().bytes({data.data(), static_cast<ptrdiff_t>(data.size())});
    }
    out.push_back(0xbb);
    parser::Bytes rest = view(out).sub(1, static_cast<ptrdiff_t>(out.size()) - 1);
    const parser::Obu read = parser::next_obu(rest);
    EXPECT_EQ(read.type, OBU_PADDING);
    EXPECT_EQ(read.temporal_id, 5);
    EXPECT_EQ(read.spatial_id, 2);
    EXPECT_TRUE(std::equal(read.payload.begin(), read.payload.end(), data.begin(), data.end()));
    ASSERT_EQ(rest.size(), 1);
    EXPECT_EQ(rest[0], 0xbb);
  }
}

TEST(Obu, TemporalDelimiter) {
  ByteVector out;
  write_temporal_delimiter(out);
  EXPECT_EQ(out, (ByteVector{0x12, 0x00}));
}

TEST(Metadata, Layout) {
  ByteVector out;
  write_metadata_hdr_cll(out, {1000, 400});
  EXPECT_EQ(out, (ByteVector{0x2a, 6, 1, 0x03, 0xe8, 0x01, 0x90, 0x80}));
  out.clear();
  const uint8_t payload[] = {0x12, 0x34};
  write_metadata_itut_t35(out, 0xff, 0x11, {payload, 2});
  EXPECT_EQ(out, (ByteVector{0x2a, 6, 4, 0xff, 0x11, 0x12, 0x34, 0x80}));
  out.clear();
  MasteringDisplayColorVolume m;
  m.primary_chromaticity_x = {1, 3, 5};
  m.primary_chromaticity_y = {2, 4, 6};
  m.white_point_chromaticity_x = 7;
  m.white_point_chromaticity_y = 8;
  m.luminance_max = 0x01020304;
  m.luminance_min = 9;
  write_metadata_hdr_mdcv(out, m);
  EXPECT_EQ(out, (ByteVector{0x2a, 26, 2, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0,
                             6,    0,  7, 0, 8, 1, 2, 3, 4, 0, 0, 0, 9, 0x80}));
  out.clear();
  Timecode t;
  t.n_frames = 24;
  t.seconds_value = 59;
  t.minutes_value = 1;
  t.hours_value = 23;
  write_metadata_timecode(out, t);
  parser::BitReader r(view(out));
  r.skip(16);
  EXPECT_EQ(r.leb128(), 5u);
  EXPECT_EQ(r.f(5), 0u);
  EXPECT_EQ(r.f(3), 0b100u);
  EXPECT_EQ(r.f(9), 24u);
  EXPECT_EQ(r.f(6), 59u);
  EXPECT_EQ(r.f(6), 1u);
  EXPECT_EQ(r.f(5), 23u);
  EXPECT_EQ(r.f(5), 0u);
}

}  // namespace
}  // namespace tessera
