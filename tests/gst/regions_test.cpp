// Regions of interest: GstVideoRegionOfInterestMeta on the pictures.
#include "element_fixture.h"

namespace tessera::test {
namespace {

constexpr char kQuality[] = "cpu-used=10 lag-in-frames=0 cq-level=45";

struct Region {
  guint x, y, w, h;
  std::string params;  ///< a GstStructure as text; empty: none
};

struct Outcome {
  gsize bytes = 0;
  std::vector<Bytes> units;
  std::vector<std::string> warnings;
};

Outcome encode(const std::vector<Region>& regions, const std::string& properties = kQuality) {
  const std::string caps = raw_caps("I420", 200, 140);
  Harness harness(properties);
  harness.set_caps(caps);
  for (int i = 0; i < 6; i++) {
    BufferPtr picture = make_picture(caps, i);
    for (const Region& r : regions) {
      GstVideoRegionOfInterestMeta* meta = gst_buffer_add_video_region_of_interest_meta(picture.get(), "face", r.x, r.y, r.w, r.h);
      if (!r.params.empty()) gst_video_region_of_interest_meta_add_param(meta, gst_structure_from_string(r.params.c_str(), nullptr));
    }
    EXPECT_EQ(gst_harness_push(harness.get(), picture.release()), GST_FLOW_OK);
  }
  harness.end_of_stream();
  Outcome out;
  for (const BufferPtr& buffer : harness.pull()) {
    out.units.push_back(bytes_of(buffer.get()));
    out.bytes += out.units.back().size();
  }
  EXPECT_EQ(out.units.size(), 6u);
  out.warnings = harness.messages(GST_MESSAGE_WARNING);
  return out;
}

TEST(Regions, take_bits_as_they_are_asked_for) {
  const Outcome plain = encode({}), finer = encode({{64, 64, 64, 64, "roi/av1enc, delta-qp=-25;"}}),
                coarser = encode({{0, 0, 200, 140, "roi/av1enc, delta-qp=15;"}});
  EXPECT_GT(finer.bytes, plain.bytes);
  EXPECT_LT(coarser.bytes, plain.bytes);
  for (const Outcome* o : {&plain, &finer, &coarser}) EXPECT_TRUE(o->warnings.empty());
}

TEST(Regions, of_other_encoders_count_where_there_are_none_of_ours) {
  const Outcome ours = encode({{64, 64, 64, 64, "roi/av1enc, delta-qp=-25;"}});
  EXPECT_EQ(encode({{64, 64, 64, 64, "roi/vaapi, delta-qp=-25;"}}).units, ours.units);
  EXPECT_NE(encode({{64, 64, 64, 64, "roi/vaapi, delta-qp=-5;"}}).units, ours.units);
}

TEST(Regions, without_a_delta_are_none) {
  const Outcome plain = encode({});
  for (const char* params : {"", "roi/other, name=dog;"}) {
    const Outcome with = encode({{64, 64, 64, 64, params}});
    EXPECT_EQ(with.units, plain.units) << params;
    EXPECT_TRUE(with.warnings.empty()) << params;
  }
}

TEST(Regions, over_the_edge_are_cut) {
  const Outcome inside = encode({{130, 100, 70, 40, "roi/av1enc, delta-qp=-25;"}});
  for (guint size : {1000u, G_MAXUINT}) {
    const Outcome beyond = encode({{130, 100, size, size, "roi/av1enc, delta-qp=-25;"}});
    EXPECT_EQ(beyond.units, inside.units);
    EXPECT_TRUE(beyond.warnings.empty());
  }
}

TEST(Regions, that_make_no_sense_are_a_warning_once) {
  const struct {
    Region region;
    const char* says;
  } cases[] = {
      {{200, 0, 10, 10, "roi/av1enc, delta-qp=-25;"}, "200x140"},
      {{guint(-5), guint(-5), 10, 10, "roi/av1enc, delta-qp=-25;"}, "200x140"},
      {{10, 10, 0, 10, "roi/av1enc, delta-qp=-25;"}, "no part"},
      {{10, 10, 20, 20, "roi/av1enc, delta-qp=(string)much;"}, "delta-qp"},
  };
  const Outcome plain = encode({});
  for (const auto& c : cases) {
    const Outcome with = encode({c.region});
    EXPECT_EQ(with.units, plain.units) << c.says;
    ASSERT_EQ(with.warnings.size(), 1u) << c.says;
    EXPECT_NE(with.warnings[0].find(c.says), std::string::npos) << with.warnings[0];
  }
  const Outcome beyond = encode({{10, 10, 20, 20, "roi/av1enc, delta-qp=-1000;"}});
  EXPECT_EQ(beyond.units, encode({{10, 10, 20, 20, "roi/av1enc, delta-qp=-63;"}}).units);
  ASSERT_EQ(beyond.warnings.size(), 1u);
  EXPECT_NE(beyond.warnings[0].find("-63 to 63"), std::string::npos) << beyond.warnings[0];
}

TEST(Regions, are_offered_to_upstream) {
  Harness harness;
  const std::string text = raw_caps("I420", 64, 64);
  harness.set_caps(text);
  const CapsPtr caps(gst_caps_from_string(text.c_str()));
  const QueryPtr query(gst_query_new_allocation(caps.get(), TRUE));
  ASSERT_TRUE(gst_pad_peer_query(harness.get()->srcpad, query.get()));
  EXPECT_TRUE(gst_query_find_allocation_meta(query.get(), GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE, nullptr));
}

}  // namespace
}  // namespace tessera::test
