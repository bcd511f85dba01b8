// Whole pipelines into each container, and back through decoders that are not ours.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include <gst/app/gstappsink.h>

#include "element_fixture.h"
#include "pipeline_runner.h"

namespace tessera::test {
namespace {

namespace fs = std::filesystem;

constexpr int kFrames = 20;
const std::string kSource = "videotestsrc pattern=ball num-buffers=" + std::to_string(kFrames) +
                            " ! video/x-raw,format=I420,width=128,height=96,framerate=30/1 ! ";

class Pipeline : public ScratchTest {};

class Container : public Pipeline, public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(Container, comes_back_whole) {
  const auto& [muxer, reader] = GetParam();
  const std::string file = path("stream");
  ASSERT_EQ(run_pipeline(kSource + "tesseraav1enc cpu-used=8 lag-in-frames=8 ! " + muxer +
                         "filesink location=" + file),
            "");
  std::string error;
  const auto source = decode(kSource + "appsink name=out", &error);
  const auto decoded =
      decode("filesrc location=" + file + " ! " + reader + " ! av1dec ! appsink name=out", &error);
  ASSERT_EQ(error, "");
  ASSERT_EQ(source.size(), size_t(kFrames));
  ASSERT_EQ(decoded.size(), size_t(kFrames));
  for (size_t i = 0; i < decoded.size(); i++) {
    ASSERT_EQ(decoded[i].luma.size(), source[i].luma.size());
    EXPECT_GT(luma_psnr(decoded[i].luma, source[i].luma), 30) << "frame " << i;
    if (*muxer) {  // Matroska counts milliseconds
      EXPECT_NEAR(double(decoded[i].pts), double(source[i].pts), 1e6) << i;
    }
  }
}

std::string container_name(const testing::TestParamInfo<std::pair<const char*, const char*>>& test) {
  const std::string muxer = test.param.first;
  if (muxer.empty()) return "obu";
  const char* form = muxer.find('=') == std::string::npos ? "" : "_in_pieces";
  return muxer.substr(0, muxer.find("mux")) + form;
}

INSTANTIATE_TEST_SUITE_P(all, Container,
                         testing::Values(std::pair("matroskamux ! ", "matroskademux"),
                                         std::pair("matroskamux streamable=true ! ", "matroskademux"),
                                         std::pair("webmmux ! ", "matroskademux"), std::pair("mp4mux ! ", "qtdemux"),
                                         std::pair("mp4mux fragment-duration=200 ! ", "qtdemux"),
                                         std::pair("qtmux ! ", "qtdemux"), std::pair("", "av1parse")),
                         container_name);

TEST_F(Pipeline, dav1d_reads_the_raw_stream) {
  ASSERT_EQ(system("command -v dav1d >/dev/null"), 0) << "dav1d is needed (package dav1d)";
  for (const char* format : {"I420", "I420_10LE", "GRAY8", "NV12", "P010_10LE", "GRAY10_LE32", "GRAY16_LE", "Y42B", "Y444", "I422_10LE",
                             "Y444_10LE", "I420_12LE", "I422_12LE", "Y444_12LE"}) {
    const std::string stream = path("a.obu"), pictures = path("a.yuv");
    ASSERT_EQ(
        run_pipeline(
            "videotestsrc pattern=ball num-buffers=10 ! video/x-raw,format=" + std::string(format) +
            ",width=66,height=50,framerate=30/1 ! tesseraav1enc cpu-used=9 ! filesink location=" + stream),
        "");
    ASSERT_EQ(system(("dav1d -q -i " + stream + " -o " + pictures).c_str()), 0) << format;
    const std::string name = format;
    const bool gray = name.rfind("GRAY", 0) == 0;
    const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
    const int chroma = gray ? 0 : has("444") ? 66 * 50 : has("422") || has("42B") ? 33 * 50 : 33 * 25;
    EXPECT_EQ(fs::file_size(pictures), uintmax_t(10 * (66 * 50 + 2 * chroma) * (has("_") ? 2 : 1)))
        << format;
  }
}

TEST_F(Pipeline, lossless_gives_back_every_sample) {
  const std::string file = path("a.obu");
  ASSERT_EQ(run_pipeline(kSource + "tesseraav1enc cpu-used=10 cq-level=0 ! filesink location=" + file), "");
  std::string error;
  const auto source = decode(kSource + "appsink name=out", &error);
  const auto decoded = decode("filesrc location=" + file + " ! av1parse ! av1dec ! appsink name=out", &error);
  ASSERT_EQ(error, "");
  ASSERT_EQ(decoded.size(), source.size());
  for (size_t i = 0; i < decoded.size(); i++) EXPECT_EQ(decoded[i].luma, source[i].luma) << i;
}

TEST_F(Pipeline, old_pipelines_run) {
  // As written for libaom's wrapper.
  EXPECT_EQ(run_pipeline(kSource +
                         "av1enc end-usage=cbr target-bitrate=300 cpu-used=8 usage-profile=realtime "
                         "threads=2 row-mt=true tile-columns=0 keyframe-max-dist=10 min-quantizer=2 "
                         "max-quantizer=56 undershoot-pct=50 overshoot-pct=50 buf-sz=1000 "
                         "buf-initial-sz=500 buf-optimal-sz=600 lag-in-frames=0 drop-frame=0 ! av1parse ! "
                         "av1dec ! fakesink"),
            "");
  EXPECT_EQ(run_pipeline(kSource + "av1enc ! av1parse ! matroskamux ! filesink location=" + path("old.mkv")),
            "");
}

TEST_F(Pipeline, splitmuxsink_cuts_where_it_wants) {
  ASSERT_EQ(run_pipeline(
                "videotestsrc is-live=true num-buffers=60 ! video/x-raw,format=I420,width=64,height=64,framerate=30/1 ! "
                "tesseraav1enc cpu-used=10 keyframe-mode=disabled usage-profile=realtime ! splitmuxsink muxer=matroskamux "
                "max-size-time=500000000 send-keyframe-requests=true location=" +
                path("part%02d.mkv")),
            "");
  int parts = 0;
  for (const auto& entry : fs::directory_iterator(directory_)) parts += entry.is_regular_file();
  EXPECT_EQ(parts, 4);
}

TEST_F(Pipeline, two_side_by_side) {
  EXPECT_EQ(run_pipeline(kSource + "tee name=t t. ! queue ! tesseraav1enc cpu-used=10 ! av1dec ! fakesink "
                                   "t. ! queue ! tesseraav1enc cpu-used=9 ! av1dec ! fakesink"),
            "");
}

TEST_F(Pipeline, encodebin_takes_ours) {
  // By caps; with properties; with a preset; in each container.
  const std::pair<const char*, const char*> profiles[] = {{"video/x-matroska:video/x-av1", "matroskademux"},
                                                          {"video/webm:video/x-av1|element-properties,cpu-used=10", "matroskademux"},
                                                          {"video/x-matroska:video/x-av1+live", "matroskademux"},
                                                          {"video/quicktime,variant=iso:video/x-av1", "qtdemux"}};
  for (const auto& [profile, reader] : profiles)
    for (const char* bin : {"encodebin", "encodebin2"}) {
      if (const ElementPtr there{gst_element_factory_make(bin, nullptr)}; !there) continue;
      const std::string file = path("bin");
      EXPECT_EQ(run_pipeline(kSource + bin + " profile=\"" + profile + "\" ! filesink location=" + file), "") << profile;
      std::string error;
      EXPECT_EQ(decode("filesrc location=" + file + " ! " + reader + " ! av1dec ! appsink name=out", &error).size(), size_t(kFrames))
          << bin << " " << profile << " " << error;
    }
}

/// The element of ours that encodebin made for a profile.
ElementPtr made_by_encodebin(const std::string& profile) {
  const ElementPtr pipeline(gst_parse_launch(("videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=64,height=64 ! encodebin profile=\"" +
                                              profile + "\" ! fakesink").c_str(), nullptr));
  if (!pipeline) return nullptr;
  GstElement* found = nullptr;
  GstIterator* all = gst_bin_iterate_recurse(GST_BIN(pipeline.get()));
  GValue item = G_VALUE_INIT;
  while (!found && gst_iterator_next(all, &item) == GST_ITERATOR_OK) {
    auto* element = GST_ELEMENT(g_value_get_object(&item));
    if (std::string(G_OBJECT_TYPE_NAME(element)).rfind("TesseraAv1Enc", 0) == 0) found = GST_ELEMENT(gst_object_ref(element));
    g_value_reset(&item);
  }
  g_value_unset(&item);
  gst_iterator_free(all);
  return ElementPtr(found);
}

TEST_F(Pipeline, encodebin_hands_on_properties_and_presets) {
  const struct {
    const char* profile;
    gint speed, usage_profile;
    guint target;
  } cases[] = {{"video/webm:video/x-av1", 6, 0, 0},
               {"video/webm:video/x-av1|element-properties,cpu-used=9,target-bitrate=700", 9, 0, 700},
               {"video/webm:video/x-av1+live", 10, 1, 2500},
               {"video/webm:video/x-av1+archive", 3, 0, 0}};
  for (const auto& c : cases) {
    const ElementPtr element = made_by_encodebin(c.profile);
    ASSERT_TRUE(element) << c.profile;
    gint speed = -1, usage_profile = -1;
    guint target = 1;
    g_object_get(element.get(), "cpu-used", &speed, "usage-profile", &usage_profile, "target-bitrate", &target, nullptr);
    EXPECT_EQ(speed, c.speed) << c.profile;
    EXPECT_EQ(usage_profile, c.usage_profile) << c.profile;
    EXPECT_EQ(target, c.target) << c.profile;
  }
}

TEST_F(Pipeline, seeks_start_again_with_a_key_frame_where_they_lead) {
  const ElementPtr pipeline(gst_parse_launch("videotestsrc ! video/x-raw,format=I420,width=64,height=64,framerate=30/1 ! "
                                             "tesseraav1enc cpu-used=10 lag-in-frames=8 keyframe-mode=disabled ! appsink name=out sync=false max-buffers=4",
                                             nullptr));
  ASSERT_TRUE(pipeline);
  const ElementPtr sink(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  GstClockTime start = 0;
  for (const int seconds : {5, 1, 100, 0}) {
    for (int i = 0; i < 6; i++) {
      GstSample* sample = gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), 30 * GST_SECOND);
      ASSERT_NE(sample, nullptr) << seconds << " " << i;
      GstBuffer* buffer = gst_sample_get_buffer(sample);
      EXPECT_NEAR(double(GST_BUFFER_PTS(buffer)), double(start + GstClockTime(i) * kFrame), 10) << i;
      EXPECT_EQ(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT), i > 0) << i;
      gst_sample_unref(sample);
    }
    ASSERT_TRUE(gst_element_seek_simple(pipeline.get(), GST_FORMAT_TIME, static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE),
                                        seconds * gint64(GST_SECOND)));
    start = GstClockTime(seconds) * GST_SECOND;
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
}

}  // namespace
}  // namespace tessera::test
