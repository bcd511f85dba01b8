// What the element says about the stream, against the stream.
#include "element_fixture.h"
#include "obu_reader.h"

namespace tessera::test {
namespace {

struct FormatCase {
  const char* format;
  int width, height;
  const char* chroma;
  guint depth;

  /// spec 6.4.1
  std::string profile() const {
    const std::string name = chroma;
    return depth == 12 || name == "4:2:2" ? "professional" : name == "4:4:4" ? "high" : "main";
  }
};

constexpr const char* kProfiles[] = {"main", "high", "professional"};

std::string field(const GstStructure* caps, const char* name) {
  const gchar* text = gst_structure_get_string(caps, name);
  return text ? text : "";
}

Bytes codec_data_of(const CapsPtr& caps) {
  const GValue* value = gst_structure_get_value(gst_caps_get_structure(caps.get(), 0), "codec_data");
  return value ? bytes_of(gst_value_get_buffer(value)) : Bytes{};
}

const Obu* find_obu(const std::vector<Obu>& obus, int type) {
  for (const Obu& obu : obus)
    if (obu.type == type) return &obu;
  return nullptr;
}

class Formats : public testing::TestWithParam<FormatCase> {};

TEST_P(Formats, caps_and_sequence_header_agree) {
  const FormatCase& c = GetParam();
  Harness harness;
  harness.set_caps(raw_caps(c.format, c.width, c.height));
  harness.push_frames(0, 3);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 3u);

  const CapsPtr caps = harness.output_caps();
  const GstStructure* fields = gst_caps_get_structure(caps.get(), 0);
  EXPECT_EQ(field(fields, "stream-format"), "obu-stream");
  EXPECT_EQ(field(fields, "alignment"), "tu");
  EXPECT_EQ(field(fields, "profile"), c.profile());
  EXPECT_EQ(field(fields, "tier"), "main");
  EXPECT_EQ(field(fields, "chroma-format"), c.chroma);
  guint luma = 0, chroma = 0;
  gint width = 0, height = 0, fps_n = 0, fps_d = 0;
  gst_structure_get_uint(fields, "bit-depth-luma", &luma);
  gst_structure_get_uint(fields, "bit-depth-chroma", &chroma);
  EXPECT_EQ(luma, c.depth);
  EXPECT_EQ(chroma, c.depth);
  gst_structure_get(fields, "width", G_TYPE_INT, &width, "height", G_TYPE_INT, &height, "framerate",
                    GST_TYPE_FRACTION, &fps_n, &fps_d, nullptr);
  EXPECT_EQ(width, c.width);
  EXPECT_EQ(height, c.height);
  EXPECT_EQ(fps_n, 30);
  EXPECT_EQ(fps_d, 1);

  const std::vector<Obu> obus = split_obus(bytes_of(buffers[0].get()));
  ASSERT_FALSE(obus.empty());
  EXPECT_EQ(obus[0].type, kObuTemporalDelimiter);
  const Obu* header = find_obu(obus, kObuSequenceHeader);
  ASSERT_NE(header, nullptr);
  const SequenceFields s = read_sequence_header(header->payload);
  EXPECT_EQ(kProfiles[s.profile], c.profile());
  EXPECT_EQ(s.max_width, c.width);
  EXPECT_EQ(s.max_height, c.height);
  EXPECT_EQ(s.bit_depth, int(c.depth));
  const std::string chroma_format = c.chroma;
  EXPECT_EQ(s.monochrome, chroma_format == "4:0:0");
  EXPECT_EQ(s.subsampling_x, chroma_format != "4:4:4");
  EXPECT_EQ(s.subsampling_y, chroma_format != "4:4:4" && chroma_format != "4:2:2");
  // 31, "maximum parameters", is no level and has no name: pictures under 16 x 16 are outside all levels.
  const std::string level = std::to_string(2 + s.level_idx / 4) + "." + std::to_string(s.level_idx % 4);
  EXPECT_EQ(field(fields, "level"), s.level_idx == 31 ? "" : level);
  EXPECT_EQ(s.level_idx == 31, c.width < 16 || c.height < 16);

  // av1C: four bytes, then the sequence header as in the stream.
  const Bytes codec_data = codec_data_of(caps);
  ASSERT_GT(codec_data.size(), 4u);
  EXPECT_EQ(codec_data[0], 0x81);
  EXPECT_EQ(codec_data[1], s.profile << 5 | s.level_idx);
  EXPECT_EQ(codec_data[2] & 0xfc, s.tier << 7 | (c.depth > 8) << 6 | (c.depth == 12) << 5 | s.monochrome << 4 | s.subsampling_x << 3 | s.subsampling_y << 2);
  EXPECT_EQ(codec_data[3], 0);
  EXPECT_EQ(Bytes(codec_data.begin() + 4, codec_data.end()), header->whole);
}

INSTANTIATE_TEST_SUITE_P(
    all, Formats,
    testing::Values(FormatCase{"I420", 1, 1, "4:2:0", 8}, FormatCase{"I420", 2, 2, "4:2:0", 8},
                    FormatCase{"I420", 16, 16, "4:2:0", 8}, FormatCase{"I420", 17, 19, "4:2:0", 8},
                    FormatCase{"I420", 64, 66, "4:2:0", 8}, FormatCase{"I420", 176, 144, "4:2:0", 8},
                    FormatCase{"NV12", 17, 19, "4:2:0", 8}, FormatCase{"YV12", 17, 19, "4:2:0", 8},
                    FormatCase{"GRAY8", 17, 19, "4:0:0", 8}, FormatCase{"I420_10LE", 17, 19, "4:2:0", 10},
                    FormatCase{"P010_10LE", 17, 19, "4:2:0", 10},
                    FormatCase{"P010_10LE", 64, 66, "4:2:0", 10}, FormatCase{"GRAY10_LE32", 17, 19, "4:0:0", 10},
                    FormatCase{"GRAY10_LE32", 1, 1, "4:0:0", 10}, FormatCase{"GRAY16_LE", 17, 19, "4:0:0", 10},
                    FormatCase{"I420_12LE", 17, 19, "4:2:0", 12}, FormatCase{"P012_LE", 17, 19, "4:2:0", 12},
                    FormatCase{"Y42B", 17, 19, "4:2:2", 8}, FormatCase{"NV16", 17, 19, "4:2:2", 8},
                    FormatCase{"I422_10LE", 1, 1, "4:2:2", 10}, FormatCase{"I422_12LE", 17, 19, "4:2:2", 12},
                    FormatCase{"Y444", 17, 19, "4:4:4", 8}, FormatCase{"NV24", 64, 66, "4:4:4", 8},
                    FormatCase{"Y444_10LE", 1, 1, "4:4:4", 10}, FormatCase{"Y444_12LE", 17, 19, "4:4:4", 12}),
    [](const auto& test) {
      return std::string(test.param.format) + "_" + std::to_string(test.param.width) + "x" +
             std::to_string(test.param.height);
    });

TEST(Caps, every_layout_gives_the_same_stream) {
  const auto stream_of = [](const char* format) {
    Harness harness("cpu-used=10 threads=1");
    harness.set_caps(raw_caps(format, 35, 21, "colorimetry=bt709"));
    harness.push_frames(0, 4);
    harness.end_of_stream();
    Bytes all;
    for (const BufferPtr& buffer : harness.pull()) {
      const Bytes one = bytes_of(buffer.get());
      all.insert(all.end(), one.begin(), one.end());
    }
    return all;
  };
  const Bytes i420 = stream_of("I420");
  ASSERT_FALSE(i420.empty());
  EXPECT_EQ(stream_of("NV12"), i420);
  EXPECT_EQ(stream_of("YV12"), i420);
  EXPECT_EQ(stream_of("P010_10LE"), stream_of("I420_10LE"));
  EXPECT_EQ(stream_of("P012_LE"), stream_of("I420_12LE"));
  EXPECT_EQ(stream_of("NV16"), stream_of("Y42B"));
  EXPECT_EQ(stream_of("NV24"), stream_of("Y444"));
  // The low six bits of GRAY16_LE are 0 in these pictures.
  EXPECT_EQ(stream_of("GRAY16_LE"), stream_of("GRAY10_LE32"));
  EXPECT_NE(stream_of("GRAY16_LE"), stream_of("GRAY8"));
}

TEST(Caps, what_the_core_does_not_carry_is_refused_in_negotiation) {
  for (const char* format : {"I420_10BE", "RGB", "GBR", "GRAY16_BE", "YUY2", "Y444_16LE"}) {
    const std::string text = raw_caps(format, 64, 64);
    const CapsPtr caps(gst_caps_from_string(text.c_str()));
    Harness harness;
    GstPad* pad = gst_element_get_static_pad(harness.element(), "sink");
    const CapsPtr taken(gst_pad_query_caps(pad, nullptr));
    EXPECT_FALSE(gst_caps_can_intersect(taken.get(), caps.get())) << format;
    EXPECT_FALSE(gst_pad_query_accept_caps(pad, caps.get())) << format;
    gst_object_unref(pad);
    harness.set_caps(text);
    EXPECT_EQ(harness.push(0), GST_FLOW_NOT_NEGOTIATED) << format;
  }
  for (const char* size : {"width=65537,height=64", "width=64,height=65537", "width=0,height=64", "width=64,height=-2"}) {
    const CapsPtr caps(gst_caps_from_string((std::string("video/x-raw,format=I420,framerate=30/1,") + size).c_str()));
    Harness harness;
    GstPad* pad = gst_element_get_static_pad(harness.element(), "sink");
    EXPECT_FALSE(gst_pad_query_accept_caps(pad, caps.get())) << size;
    gst_object_unref(pad);
  }
}

TEST(Caps, color_goes_into_the_stream) {
  Harness harness;
  harness.set_caps(raw_caps("I420_10LE", 64, 64, "colorimetry=bt2100-pq,chroma-site=(string)cosited"));
  harness.push_frames(0, 1);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 1u);
  const auto obus = split_obus(bytes_of(buffers[0].get()));
  const Obu* header = find_obu(obus, kObuSequenceHeader);
  ASSERT_NE(header, nullptr);
  const SequenceFields s = read_sequence_header(header->payload);
  EXPECT_EQ(s.color_primaries, 9);
  EXPECT_EQ(s.transfer_characteristics, 16);
  EXPECT_EQ(s.matrix_coefficients, 9);
  EXPECT_FALSE(s.full_range);
  EXPECT_EQ(s.chroma_sample_position, 2);
  EXPECT_EQ(field(gst_caps_get_structure(harness.output_caps().get(), 0), "colorimetry"), "bt2100-pq");
}

TEST(Caps, mpeg2_chroma_site_is_csp_vertical_and_full_range_is_kept) {
  Harness harness;
  harness.set_caps(raw_caps("I420", 64, 64, "colorimetry=1:3:5:1,chroma-site=mpeg2"));
  harness.push_frames(0, 1);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 1u);
  const auto obus = split_obus(bytes_of(buffers[0].get()));
  const Obu* header = find_obu(obus, kObuSequenceHeader);
  ASSERT_NE(header, nullptr);
  const SequenceFields s = read_sequence_header(header->payload);
  EXPECT_EQ(s.color_primaries, 1);
  EXPECT_EQ(s.matrix_coefficients, 1);
  EXPECT_TRUE(s.full_range);
  EXPECT_EQ(s.chroma_sample_position, 1);
}

constexpr char kMastering[] = "34000:16000:13250:34500:7500:3000:15635:16450:10000000:1";
constexpr char kHdr[] =
    "colorimetry=bt2100-pq,mastering-display-info=(string)34000:16000:13250:34500:7500:3000:15635:16450:"
    "10000000:1,"
    "content-light-level=(string)1000:400";

TEST(Caps, hdr_metadata_is_in_the_stream_in_its_units) {
  Harness harness;
  harness.set_caps(raw_caps("I420_10LE", 64, 64, kHdr));
  harness.push_frames(0, 1);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 1u);

  bool mastering = false, light = false;
  for (const Obu& obu : split_obus(bytes_of(buffers[0].get()))) {
    if (obu.type != kObuMetadata) continue;
    BitReader r(obu.payload);
    const uint32_t type = r.f(8);  // leb128 of one byte
    if (type == 1) {
      light = true;
      EXPECT_EQ(r.f(16), 1000u);
      EXPECT_EQ(r.f(16), 400u);
    }
    if (type == 2) {
      mastering = true;
      // 1/50000 to 1/65536, red first; 1/10000 cd/m2 to 24.8 and 18.14 fixed point.
      for (const uint32_t expected : {44564u, 20972u, 17367u, 45220u, 9830u, 3932u, 20493u, 21561u})
        EXPECT_EQ(r.f(16), expected);
      EXPECT_EQ(r.f(32), 1000u << 8);
      EXPECT_EQ(r.f(32), 2u);
    }
  }
  EXPECT_TRUE(mastering);
  EXPECT_TRUE(light);
  const CapsPtr caps = harness.output_caps();
  EXPECT_EQ(field(gst_caps_get_structure(caps.get(), 0), "mastering-display-info"), kMastering);
  EXPECT_EQ(field(gst_caps_get_structure(caps.get(), 0), "content-light-level"), "1000:400");
}

TEST(Caps, hdr_change_alone_starts_anew_and_loses_nothing) {
  Harness harness("cpu-used=10 lag-in-frames=4");
  harness.set_caps(raw_caps("I420_10LE", 64, 64, "colorimetry=bt2100-pq"));
  harness.push_frames(0, 6);
  EXPECT_FALSE(
      gst_structure_has_field(gst_caps_get_structure(harness.output_caps().get(), 0), "content-light-level"));
  harness.set_caps(raw_caps("I420_10LE", 64, 64, kHdr));
  harness.push_frames(6, 6);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 12u);
  EXPECT_TRUE(is_key(buffers[6]));
  EXPECT_EQ(field(gst_caps_get_structure(harness.output_caps().get(), 0), "content-light-level"), "1000:400");
}

/// What most decoders play, unless upstream has nothing else.
TEST(Caps, profile_main_is_preferred) {
  Harness harness;
  GstPad* pad = gst_element_get_static_pad(harness.element(), "sink");
  const CapsPtr fixed(gst_caps_fixate(gst_pad_query_caps(pad, nullptr)));
  gst_object_unref(pad);
  EXPECT_EQ(field(gst_caps_get_structure(fixed.get(), 0), "format"), "I420");
}

TEST(Caps, downstream_restricts_what_is_taken) {
  const auto sink_caps = [](const char* downstream) {
    Harness harness;
    gst_harness_set_sink_caps_str(harness.get(), downstream);
    GstPad* pad = gst_element_get_static_pad(harness.element(), "sink");
    CapsPtr caps(gst_pad_query_caps(pad, nullptr));
    gst_object_unref(pad);
    return caps;
  };
  const auto takes = [](const CapsPtr& caps, const char* format) {
    CapsPtr raw(gst_caps_from_string(raw_caps(format, 64, 64).c_str()));
    return gst_caps_can_intersect(caps.get(), raw.get());
  };
  const CapsPtr ten = sink_caps("video/x-av1,bit-depth-luma=(uint)10");
  EXPECT_TRUE(takes(ten, "I420_10LE"));
  EXPECT_TRUE(takes(ten, "P010_10LE"));
  EXPECT_FALSE(takes(ten, "I420"));
  const CapsPtr gray = sink_caps("video/x-av1,chroma-format=4:0:0");
  EXPECT_TRUE(takes(gray, "GRAY8"));
  EXPECT_FALSE(takes(gray, "NV12"));
  const CapsPtr professional = sink_caps("video/x-av1,profile=professional"), high = sink_caps("video/x-av1,profile=high");
  EXPECT_TRUE(takes(professional, "Y42B") && takes(professional, "I420_12LE") && takes(professional, "Y444_12LE"));
  EXPECT_FALSE(takes(professional, "I420") || takes(professional, "Y444"));
  EXPECT_TRUE(takes(high, "Y444") && takes(high, "Y444_10LE"));
  EXPECT_FALSE(takes(high, "I420_10LE") || takes(high, "Y444_12LE"));
  EXPECT_TRUE(gst_caps_is_empty(sink_caps("video/x-av1,bit-depth-luma=(uint)16").get()));
  const CapsPtr size = sink_caps("video/x-av1,width=[1,32]");
  EXPECT_FALSE(takes(size, "I420"));
}

TEST(Caps, a_higher_level_that_downstream_insists_on_is_borne) {
  const std::pair<const char*, const char*> cases[] = {{"level=(string)4.0", "4.0"},           {"level=(string)6.3", "6.3"},
                                                       {"level=(string){5.1,3.0}", "3.0"},     {"level=(string){2.0,3.0}", "2.0"},
                                                       {"profile=main,level=(string)2.1", "2.1"}};
  for (const auto& [wanted, expected] : cases) {
    Harness harness;
    gst_harness_set_sink_caps_str(harness.get(), (std::string("video/x-av1,") + wanted).c_str());
    harness.set_caps(raw_caps("I420", 64, 64));
    harness.push_frames(0, 2);
    harness.end_of_stream();
    const CapsPtr caps = harness.output_caps();
    EXPECT_EQ(field(gst_caps_get_structure(caps.get(), 0), "level"), expected) << wanted;
    const auto buffers = harness.pull();
    ASSERT_EQ(buffers.size(), 2u);
    const auto obus = split_obus(bytes_of(buffers[0].get()));
    const Obu* header = find_obu(obus, kObuSequenceHeader);
    ASSERT_NE(header, nullptr);
    const SequenceFields s = read_sequence_header(header->payload);
    EXPECT_EQ(std::to_string(2 + s.level_idx / 4) + "." + std::to_string(s.level_idx % 4), expected);
    const Bytes codec_data = codec_data_of(caps);
    EXPECT_EQ(codec_data[1], s.profile << 5 | s.level_idx);
    EXPECT_EQ(Bytes(codec_data.begin() + 4, codec_data.end()), header->whole);
  }
}

TEST(Caps, a_level_too_low_or_unknown_is_an_error) {
  for (const char* level : {"2.0", "2.2", "9.9"}) {
    Harness harness;
    gst_harness_set_sink_caps_str(harness.get(), (std::string("video/x-av1,level=(string)") + level).c_str());
    harness.set_caps(raw_caps("I420", 640, 480));
    EXPECT_EQ(harness.push(0), GST_FLOW_NOT_NEGOTIATED) << level;
    EXPECT_EQ(harness.messages(GST_MESSAGE_ERROR).size(), 1u) << level;
  }
}

TEST(Caps, a_tier_that_downstream_does_not_take_is_an_error) {
  Harness harness;
  gst_harness_set_sink_caps_str(harness.get(), "video/x-av1,tier=high");
  harness.set_caps(raw_caps("I420", 64, 64));
  for (int i = 0; i < 3; i++) EXPECT_EQ(harness.push(i), GST_FLOW_NOT_NEGOTIATED);
  EXPECT_EQ(harness.messages(GST_MESSAGE_ERROR).size(), 1u);
}

TEST(Caps, fields_are_coded_as_pictures_with_a_warning) {
  for (const char* mode : {"progressive", "interleaved", "mixed"}) {
    Harness harness;
    harness.set_caps(raw_caps("I420", 64, 64, std::string("interlace-mode=") + mode));
    harness.push_frames(0, 3);
    harness.end_of_stream();
    EXPECT_EQ(harness.pull().size(), 3u) << mode;
    const auto warnings = harness.messages(GST_MESSAGE_WARNING);
    ASSERT_EQ(warnings.size(), mode == std::string("progressive") ? 0u : 1u) << mode;
    if (!warnings.empty()) {
      EXPECT_NE(warnings[0].find(std::string("interlace-mode is ") + mode), std::string::npos) << warnings[0];
    }
  }
}

TEST(Caps, muxers_take_the_stream_as_it_is) {
  for (const char* muxer : {"matroskamux", "webmmux", "mp4mux"}) {
    const ElementPtr element(
        static_cast<GstElement*>(gst_object_ref_sink(gst_element_factory_make(muxer, nullptr))));
    ASSERT_TRUE(element) << muxer;
    Harness harness;
    harness.set_caps(raw_caps("I420", 64, 64));
    harness.push_frames(0, 1);
    harness.end_of_stream();
    const CapsPtr caps = harness.output_caps();
    EXPECT_TRUE(gst_element_factory_can_sink_any_caps(gst_element_get_factory(element.get()), caps.get()))
        << muxer;
  }
}

}  // namespace
}  // namespace tessera::test
